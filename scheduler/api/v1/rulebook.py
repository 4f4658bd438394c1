"""Rules and templates: what is published, what a draft would change, publishing it, revisions."""

from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, Header, Path, Response
from pydantic import Field
from sqlalchemy import Connection

from jobs.errors import NotFoundError, RefusedError
from scheduler.api.v1.calling import Here, Place, needs
from scheduler.api.v1.paging import USUAL_ROWS, Cursor, Limit, Page, number_of_cursor, page_of
from scheduler.api.v1.plain import Body, Name, Text
from scheduler.api.v1.problems import MEDIA_TYPE, ProblemBody, Trouble
from scheduler.api.v1.rulebook_answers import (
    Files,
    Published,
    PublishingRow,
    Verdict,
    plan_shown,
    problem_row,
    publishing_row,
    sends_of,
)
from scheduler.asking.publishes import note_publish
from scheduler.identities.audit import signed_by
from scheduler.identities.rights import Caller, Right
from scheduler.publishing.applying import Applied, publish_plan
from scheduler.publishing.checks.listing import check_desk
from scheduler.publishing.given_files import as_given, read_given
from scheduler.publishing.history import Revision, find_revision, publishings_of
from scheduler.publishing.keeping import Draft, KeptPlan, keep_plan, load_plan
from scheduler.publishing.revisions import Signature, current_revision, load_current
from scheduler.rulebook.schema import Rulebook

router = APIRouter(tags=["rulebook"])

Reader = Annotated[Caller, needs(Right.READ_RULEBOOK)]
Publisher = Annotated[Caller, needs(Right.PUBLISH)]
FileText = Annotated[Text, Field(max_length=1_000_000)]
IfMatch = Annotated[
    str | None,
    Header(alias="If-Match", max_length=200, description="The ETag of `GET /rulebook`: what is to be replaced."),
]
IfNoneMatch = Annotated[str | None, Header(alias="If-None-Match", max_length=200)]


_PRECONDITIONS: Final[dict[int | str, dict[str, object]]] = {
    status.value: {"model": ProblemBody, "description": status.phrase, "content": {MEDIA_TYPE: {}}}
    for status in (HTTPStatus.PRECONDITION_FAILED, HTTPStatus.PRECONDITION_REQUIRED)
}


class Given(Body):
    """A practice's files, to be looked at."""

    files: dict[str, FileText] = Field(
        max_length=600, description="Each file's text by its path, as `GET /rulebook` has."
    )
    started_from: Name | None = Field(default=None, description="The revision that the edit began with; the current.")


class Publishing(Body):
    """What is to be published."""

    plan: Name = Field(description="A plan's id.")
    note: Text = Field(default="", max_length=1_000, description="Why; kept with the publish.")
    count: int | None = Field(default=None, ge=0, description="The plan's `count`, where it says `asks_count`.")
    author: Name | None = Field(default=None, description="Who publishes; the key where it is left out.")


@router.get(
    "/rulebook",
    summary="What is published",
    response_model=Files,
    responses={HTTPStatus.NOT_MODIFIED.value: {"description": "Not Modified: `If-None-Match` names it"}},
)
def show(here: Here, caller: Reader, answer: Response, seen: IfNoneMatch = None) -> Files | Response:
    """Return the current revision's files, its id as ETag."""
    with here.database.read() as connection:
        current = load_current(connection, caller.practice)
        revision = find_revision(connection, caller.practice, current.revision)
    answer.headers["ETag"] = _etag(revision.id)
    if seen is not None and _named(seen) == revision.id:
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers={"ETag": _etag(revision.id)})
    return _files(revision)


@router.post("/rulebook/plan", summary="What publishing files would do")
def plan(asked: Given, here: Here, caller: Publisher) -> Verdict:
    """Check files and tell every problem, or what publishing them would do; nothing is changed."""
    desk, lay_in = read_given(caller.practice, asked.files)
    published, base = _published(here, caller.practice)
    verdict = check_desk(desk, published)
    problems = [problem_row(each) for each in as_given(verdict.problems, lay_in)]
    rulebook = desk.rulebook()
    if not verdict.may_publish or rulebook is None:
        return Verdict(may_publish=False, problems=problems, plan=None)
    kept = keep_plan(here.database, Draft(rulebook, desk.files, asked.started_from or base, caller.name))
    return Verdict(may_publish=True, problems=problems, plan=plan_shown(kept))


@router.post("/rulebook/publish", summary="Publish what a plan showed", responses=_PRECONDITIONS)
def publish(asked: Publishing, here: Here, caller: Publisher, answer: Response, expected: IfMatch = None) -> Published:
    """Publish a plan over the revision that `If-Match` names."""
    with here.database.read() as connection:
        kept = load_plan(connection, asked.plan)
        if kept.draft.practice != caller.practice:
            message = f"there is no plan {asked.plan!r}"
            raise NotFoundError(message)
        current = current_revision(connection, caller.practice)
    _must_match(expected, current)
    _must_be_counted(kept, asked.count)
    signed = Signature(asked.author or caller.name, asked.note)
    applied = publish_plan(here.database, kept, signed, onto=current)
    here.database.write(lambda connection: _note(connection, here, caller, applied, signed))
    answer.headers["ETag"] = _etag(applied.published.revision)
    return Published(
        revision=applied.published.revision,
        base=applied.published.base,
        jobs=applied.soon.counts(),
        differences=applied.differences.counts(),
    )


@router.get("/rulebook/revisions", summary="What was published when")
def history(here: Here, caller: Reader, limit: Limit = USUAL_ROWS, cursor: Cursor = None) -> Page[PublishingRow]:
    """List publishes, the newest first."""
    with here.database.read() as connection:
        found = publishings_of(connection, caller.practice, limit=limit + 1, before=number_of_cursor(cursor))
    shown, following = page_of(found, limit, lambda each: (str(each.number),))
    return Page(items=[publishing_row(each) for each in shown], next=following)


@router.get("/rulebook/revisions/{revision}", summary="One revision")
def show_revision(revision: Annotated[str, Path(max_length=80)], here: Here, caller: Reader, answer: Response) -> Files:
    """Return a revision's files, by its id."""
    with here.database.read() as connection:
        found = find_revision(connection, caller.practice, revision)
    answer.headers["ETag"] = _etag(found.id)
    return _files(found)


def _note(connection: Connection, here: Place, caller: Caller, applied: Applied, signed: Signature) -> None:
    """Note a publish in the audit log, right after its own transaction."""
    note_publish(
        connection, signed_by(caller, here.database.moment(connection)), applied.published, author=signed.author
    )


def _must_match(expected: str | None, current: str | None) -> None:
    """Refuse to publish over what the caller has not seen.

    Raises:
        Trouble: 428 without `If-Match`, 412 where another revision is current.

    """
    if current is None:
        return
    if expected is None:
        detail = f'say what is replaced with the header `If-Match: "{current}"`, as `GET /rulebook` answers it'
        raise Trouble(HTTPStatus.PRECONDITION_REQUIRED, detail)
    if _named(expected) != current:
        detail = f"{current} is current by now, not {_named(expected)}: look at what was published, and plan again"
        raise Trouble(HTTPStatus.PRECONDITION_FAILED, detail, headers={"ETag": _etag(current)})


def _must_be_counted(kept: KeptPlan, count: int | None) -> None:
    """Refuse to publish what moves many texts without their number.

    Raises:
        RefusedError: the number is missing, or another one.

    """
    sends, asks = sends_of(kept)
    if count is not None and count != sends:
        message = f"`count` says {count:,}, but this plans {sends:,} new and moved texts; nothing was published"
        raise RefusedError(message)
    if count is None and asks:
        message = f"this plans {sends:,} new and moved texts, more than confirm_above: look at the plan, give `count`"
        raise RefusedError(message)


def _published(here: Place, practice: str) -> tuple[Rulebook | None, str | None]:
    with here.database.read() as connection:
        if current_revision(connection, practice) is None:
            return None, None
        current = load_current(connection, practice)
    return current.rulebook, current.revision


def _files(revision: Revision) -> Files:
    return Files(
        revision=revision.id,
        published_at=revision.published_at,
        author=revision.author,
        note=revision.note,
        files=dict(revision.files),
    )


def _etag(revision: str) -> str:
    return f'"{revision}"'


def _named(tag: str) -> str:
    """Return the revision that an ETag names, strong or weak."""
    return tag.strip().removeprefix("W/").strip('"')
