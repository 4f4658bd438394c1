"""What was published when, by whom and why; how two revisions differ; and the way back to an earlier one."""

from typing import Final
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy import Connection

from scheduler.identities.rights import Right
from scheduler.publishing.differing import NOTHING, Side, unified
from scheduler.publishing.history import Revision, find_revision, publishings_of
from scheduler.publishing.keeping import Draft, keep_plan
from scheduler.publishing.revisions import current_revision
from scheduler.web.forms import CheckedForm
from scheduler.web.notices import Notice, go_on
from scheduler.web.place import Here
from scheduler.web.rules.desk import Editor, Reader
from scheduler.web.rules.diffs import lines_of
from scheduler.web.showing import show
from scheduler.web.words import sentence

router = APIRouter()

ROWS: Final = 50
_LONGEST_NUMBER: Final = 18


@router.get("/rules/revisions")
def history(request: Request, here: Here, person: Reader, before: str = "") -> HTMLResponse:
    """List publishes, the newest first."""
    number = int(before) if before.isascii() and before.isdecimal() and len(before) <= _LONGEST_NUMBER else None
    with here.database.read() as connection:
        found = publishings_of(connection, person.practice, limit=ROWS + 1, before=number)
        current = current_revision(connection, person.practice)
    following = f"/rules/revisions?before={found[ROWS - 1].number}" if len(found) > ROWS else None
    return show(
        request,
        "rules/revisions.html.j2",
        publishings=found[:ROWS],
        current=current,
        is_first=number is None,
        following=following,
        may_edit=person.may(Right.PUBLISH),
    )


@router.get("/rules/revisions/{revision}")
def one_revision(request: Request, revision: str, here: Here, person: Reader, to: str = "") -> HTMLResponse:
    """Show a revision, and how it differs from the one before it or another one."""
    with here.database.read() as connection:
        found = find_revision(connection, person.practice, revision)
        current = current_revision(connection, person.practice)
        other = to or _before(connection, found)
        beside = None if other is None else find_revision(connection, person.practice, other)
    before = NOTHING if beside is None else _side(beside)
    return show(
        request,
        "rules/revision.html.j2",
        revision=found,
        beside=beside,
        current=current,
        diff=lines_of(unified(before, _side(found))),
        may_edit=person.may(Right.PUBLISH),
    )


@router.post("/rules/revisions/{revision}/return")
def go_back(_form: CheckedForm, request: Request, revision: str, here: Here, person: Editor) -> Response:
    """Plan the publish of an earlier revision, shown beforehand like any other."""
    with here.database.read() as connection:
        found = find_revision(connection, person.practice, revision)
        current = current_revision(connection, person.practice)
    kept = keep_plan(here.database, Draft(found.rulebook(), found.files, current, person.caller.name))
    if kept.plan.id is None:
        return go_on(request, "/rules/revisions", Notice(sentence("This revision is the current one."), tone="warning"))
    note = quote(f"return to {found.id}")
    return go_on(request, f"/rules/plans/{kept.id}?note={note}")


def _before(connection: Connection, revision: Revision) -> str | None:
    """Return what was current before a revision was published last."""
    found = publishings_of(connection, revision.practice, limit=ROWS)
    return next((each.base for each in found if each.revision == revision.id), None)


def _side(revision: Revision) -> Side:
    return Side(revision.id, revision.files, revision.content)
