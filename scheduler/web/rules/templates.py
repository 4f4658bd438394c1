"""A text in all its languages side by side: what it may read, how it would read, how long it may become."""

from http import HTTPStatus

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from jobs.errors import NotFoundError
from scheduler.identities.rights import Right
from scheduler.publishing.drafts import Written, WrittenElsewhereError, digest_of, keep_file
from scheduler.publishing.previewing import variables_of
from scheduler.rulebook.desk import templates_named
from scheduler.web.notices import Notice, go_on
from scheduler.web.people import Person
from scheduler.web.place import Here, WebPlace
from scheduler.web.rules.desk import (
    Editor,
    FileShown,
    LargeForm,
    Looked,
    Reader,
    Room,
    as_typed,
    enter,
    look_over,
    page_of,
)
from scheduler.web.rules.preview import preview_values
from scheduler.web.showing import show
from scheduler.web.words import sentence

router = APIRouter()


@router.get("/rules/templates/{name}")
def one_template(request: Request, name: str, here: Here, person: Reader, contact: str = "") -> HTMLResponse:
    """Show a text in every language."""
    return _show(request, here, person, enter(here, person), name, contact=contact)


@router.post("/rules/templates/{name}")
def keep_languages(form: LargeForm, request: Request, name: str, here: Here, person: Editor) -> Response:
    """Keep what was typed in each language."""
    room = enter(here, person)
    typed: dict[str, str] = {}
    elsewhere: dict[str, str] = {}
    for shown in _files(room, name).values():
        if form.data.get(f"text:{shown.path}") is None:
            continue
        text = as_typed(form.raw(f"text:{shown.path}"), room.edit.files[shown.path])
        typed[shown.path] = text
        other = _keep(here, room, Written(shown.path, text, form.text(f"seen:{shown.path}")))
        if other is not None:
            elsewhere[shown.path] = other
    if elsewhere:
        return _show(request, here, person, enter(here, person), name, typed=typed, elsewhere=elsewhere)
    if form.text("do") == "plan":
        return go_on(request, "/rules/changes")
    return go_on(
        request, f"/rules/templates/{name}", Notice(sentence("Your draft is kept. Nothing is published by that."))
    )


def _keep(here: WebPlace, room: Room, written: Written) -> str | None:
    """Keep one file; return what stands there where it was changed in another window meanwhile."""
    try:
        here.database.write(
            lambda connection: keep_file(connection, room.edit, written, here.database.moment(connection))
        )
    except WrittenElsewhereError as other:
        return other.text or ""
    return None


def _show(  # noqa: PLR0913 - what was typed and what stands elsewhere come together
    request: Request,
    here: Here,
    person: Person,
    room: Room,
    name: str,
    *,
    contact: str = "",
    typed: dict[str, str] | None = None,
    elsewhere: dict[str, str] | None = None,
) -> HTMLResponse:
    files = _files(room, name)
    looked = look_over(request, person, {**room.edit.files, **(typed or {})})
    texts = {each.path: (typed or {}).get(each.path, room.edit.files[each.path]) for each in files.values()}
    stands = {**room.edit.files, **(elsewhere or {})}
    return show(
        request,
        "rules/template.html.j2",
        room=room,
        name=name,
        files=files,
        texts=texts,
        seen={path: digest_of(stands[path]) for path in texts},
        elsewhere=elsewhere or {},
        problems=looked.of(texts),
        variables=variables_of(looked.desk, name),
        users=_users(looked, name),
        page_of=page_of,
        may_edit=person.may(Right.PUBLISH),
        status=HTTPStatus.CONFLICT if elsewhere else HTTPStatus.OK,
        part=preview_values(here, person, looked.desk, [name], contact),
    )


def _files(room: Room, name: str) -> dict[str, FileShown]:
    found = room.templates.get(name)
    if found is None:
        message = f"there is no text {name[:80]!r}"
        raise NotFoundError(message)
    return found


def _users(looked: Looked, name: str) -> list[str]:
    """Return the rules and steps that use a text."""
    found = []
    for placed in looked.desk.rules:
        for used, path in templates_named(placed.rule):
            if used == name:
                step = placed.rule.steps[int(path[1])].id if path[0] == "steps" else str(path[0])
                found.append(f"{placed.rule.id}/{step}")
    return found
