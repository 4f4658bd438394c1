"""Parts beside the editor: how texts would read, what is wrong, what comes next; and the draft kept while one types."""

from collections.abc import Collection
from http import HTTPStatus
from itertools import groupby
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from jobs.errors import NotFoundError
from scheduler.identities.rights import Right
from scheduler.publishing.drafts import Written, WrittenElsewhereError, digest_of, keep_file
from scheduler.publishing.preview_people import find_whom
from scheduler.publishing.previewing import Whom, previews
from scheduler.publishing.upcoming import upcoming
from scheduler.rulebook.desk import Desk, templates_named
from scheduler.rulebook.json_schema import rule_files_schema
from scheduler.web.people import Person
from scheduler.web.place import Here, WebPlace
from scheduler.web.practices import zone_info_of
from scheduler.web.rules.desk import Editor, LargeForm, Reader, as_typed, enter, look_over, must_have, page_of
from scheduler.web.showing import show_part

router = APIRouter()

DAYS_AHEAD: Final = 14
MOST_COMING: Final = 300


@router.get("/rules/schema.json")
def schema(_person: Reader) -> JSONResponse:
    """Return what may stand in a rule file, for completion and help."""
    return JSONResponse(rule_files_schema(), headers={"Cache-Control": "private, max-age=3600"})


@router.post("/rules/check")
def check(form: LargeForm, request: Request, here: Here, person: Editor) -> JSONResponse:
    """Tell what is wrong with the draft, one file taken as it is typed right now; nothing is kept."""
    room = enter(here, person)
    path = form.text("path")
    typed = as_typed(form.raw("text"), must_have(room, path))
    looked = look_over(request, person, {**room.edit.files, path: typed})
    problems = [
        {
            "file": each.position.file,
            "line": each.position.line,
            "column": each.position.column,
            "severity": each.severity,
            "text": each.text,
            "page": page_of(each.position.file),
        }
        for each in looked.problems
    ]
    return JSONResponse({"problems": problems})


@router.post("/rules/draft")
def keep(form: LargeForm, here: Here, person: Editor) -> JSONResponse:
    """Keep one file of the draft while it is typed."""
    room = enter(here, person)
    path = form.text("path")
    written = Written(path, as_typed(form.raw("text"), room.edit.files.get(path, "")), form.text("seen"))
    try:
        kept = here.database.write(
            lambda connection: keep_file(connection, room.edit, written, here.database.moment(connection))
        )
    except WrittenElsewhereError as other:
        said = {"text": other.text, "seen": digest_of(other.text or "")}
        return JSONResponse(said, HTTPStatus.CONFLICT)
    is_behind = kept.base != room.current
    return JSONResponse({"seen": digest_of(written.text), "behind": is_behind})


@router.get("/rules/preview")
def preview(  # noqa: PLR0913, PLR0917 - one of the two is named, and for whom
    request: Request, here: Here, person: Editor, file: str = "", template: str = "", contact: str = ""
) -> Response:
    """Show how the texts of a file, or one text, would read by the draft."""
    room = enter(here, person)
    looked = look_over(request, person, room.edit.files)
    names = [template] if template else names_in(looked.desk, file)
    values = preview_values(here, person, looked.desk, names, contact)
    return show_part(request, "rules/preview.html.j2", **values)


@router.get("/rules/upcoming")
def coming(request: Request, here: Here, person: Editor) -> Response:
    """Show the next reminders by the draft, day by day."""
    looked = look_over(request, person, enter(here, person).edit.files)
    rulebook = looked.rulebook()
    if rulebook is None:
        return show_part(request, "rules/upcoming.html.j2", days=None, is_cut=False, count=0)
    with here.database.read() as connection:
        now = here.database.moment(connection)
    found = upcoming(here.database, rulebook, now, DAYS_AHEAD)
    zone = zone_info_of(request, person.practice)
    by_day = groupby(found.coming[:MOST_COMING], key=lambda each: each.at.astimezone(zone).date())
    days = {day: list(each) for day, each in by_day}
    return show_part(request, "rules/upcoming.html.j2", days=days, is_cut=found.is_cut, count=len(found.coming))


def preview_values(
    here: WebPlace, person: Person, desk: Desk, names: Collection[str], contact: str
) -> dict[str, object]:
    """Return what the part of a preview shows; a contact that is not there is said, and a typical one taken."""
    missing = ""
    whom = Whom()
    with here.database.read() as connection:
        now = here.database.moment(connection)
        if contact and person.may(Right.REVEAL):
            try:
                whom = find_whom(connection, person.practice, contact, now)
            except NotFoundError:
                missing = contact
    shown = previews(desk, names, whom, now)
    return {"shown": shown, "whom": whom, "contact": contact, "missing": missing, "code": ord}


def names_in(desk: Desk, file: str) -> list[str]:
    """Return the texts that the rules of a file name, in their order; of practice.yaml, its automatic answer."""
    named = (
        name
        for placed in desk.rules
        if placed.node.position.file.endswith(file)
        for name, _ in templates_named(placed.rule)
    )
    return list(dict.fromkeys(named))
