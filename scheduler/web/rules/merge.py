"""Where somebody else published meanwhile: both sides shown, one's draft laid upon what is current; nothing is lost."""

from collections.abc import Mapping

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy import Connection

from scheduler.publishing.differing import Side, unified
from scheduler.publishing.drafts import Edit, keep_edit
from scheduler.publishing.history import find_revision, last_publishing
from scheduler.publishing.merging import Merged, three_way
from scheduler.web.notices import Notice, go_on
from scheduler.web.people import Person
from scheduler.web.place import Here, WebPlace
from scheduler.web.rules.desk import Editor, LargeForm, Room, as_typed, page_of, room_of
from scheduler.web.rules.diffs import lines_of
from scheduler.web.showing import show
from scheduler.web.words import sentence

router = APIRouter()


@router.get("/rules/merge")
def both_sides(request: Request, here: Here, person: Editor) -> Response:
    """Show what was published since the draft began, and which files both sides touched."""
    with here.database.read() as connection:
        room, current, merged = _sides(connection, person)
        last = last_publishing(connection, person.practice)
    if not room.is_behind:
        return go_on(request, "/rules")
    return _show(request, room, current, merged, last=last)


@router.post("/rules/merge")
def lay_upon(form: LargeForm, request: Request, here: Here, person: Editor) -> Response:
    """Lay the draft upon what is current; of each file that both touched, the side that was chosen."""
    with here.database.read() as connection:
        room, current, merged = _sides(connection, person)
        last = last_publishing(connection, person.practice)
    if not room.is_behind:
        return go_on(request, "/rules")
    undecided = [each.path for each in merged.conflicts if form.text(f"side:{each.path}") not in {"mine", "theirs"}]
    if undecided or form.text("onto") != room.current:
        return _show(request, room, current, merged, last=last, undecided=undecided)
    files = dict(merged.files)
    for each in merged.conflicts:
        text = each.theirs
        if form.text(f"side:{each.path}") == "mine":
            text = as_typed(form.raw(f"text:{each.path}"), each.mine or "") if each.mine is not None else None
        if text is None:
            files.pop(each.path, None)
        else:
            files[each.path] = text
    _keep(here, room, files)
    said = sentence("Your draft lies upon {revision} now. Look it over, then plan it.")
    return go_on(request, "/rules/changes", Notice(said, {"revision": room.current or ""}))


def _keep(here: WebPlace, room: Room, files: Mapping[str, str]) -> None:
    edit = Edit(room.edit.practice, room.edit.by, room.current, files)
    here.database.write(lambda connection: keep_edit(connection, edit, here.database.moment(connection)))


def _sides(connection: Connection, person: Person) -> tuple[Room, Mapping[str, str], Merged]:
    room = room_of(connection, person)
    current: Mapping[str, str] = {}
    if room.current is not None:
        current = find_revision(connection, person.practice, room.current).files
    return room, current, three_way(room.base_files, room.edit.files, current)


def _show(  # noqa: PLR0913 - all of both sides
    request: Request,
    room: Room,
    current: Mapping[str, str],
    merged: Merged,
    *,
    last: object,
    undecided: list[str] | None = None,
) -> HTMLResponse:
    base, now = room.edit.base or "nothing", room.current or "nothing"
    return show(
        request,
        "rules/merge.html.j2",
        status=422 if undecided else 200,
        room=room,
        merged=merged,
        last=last,
        undecided=undecided or [],
        diff=lines_of(unified(Side(base, room.base_files), Side(now, current))),
        page_of=page_of,
    )
