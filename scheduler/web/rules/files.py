"""The list of a practice's files, and each file as it is edited: kept as a draft, checked, added, removed."""

import re
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from jobs.errors import InputError
from scheduler.identities.rights import Right
from scheduler.publishing.drafts import Written, WrittenElsewhereError, add_files, digest_of, drop_edit, keep_file
from scheduler.publishing.drafts import remove_file as take_out
from scheduler.rulebook.desk import templates_used
from scheduler.web.notices import Notice, go_on
from scheduler.web.people import Person
from scheduler.web.place import Here
from scheduler.web.rules import beginning
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
    must_have,
    name_of_file,
    page_of,
)
from scheduler.web.showing import show
from scheduler.web.words import sentence

router = APIRouter()

_RULE_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,60}")
_TEMPLATE_NAME: Final = re.compile(r"[a-z][a-z0-9_]{0,59}")
NEW_RULES: Final = """rules:
  - id: {name}
    for: appointment
    steps:
      - {{id: day-before, before: 1 day, at: "16:00", template: {template}}}
"""
NEW_TEXT: Final = "{{ contact.first_name }}, {{ occasion.start | date }}.\n"


@router.get("/rules")
def files(request: Request, here: Here, person: Reader) -> HTMLResponse:
    """List the files and texts, with what the draft changes and what is wrong with it."""
    room = enter(here, person)
    looked = look_over(request, person, room.edit.files) if room.edit.files else None
    return show(
        request,
        "rules/files.html.j2",
        room=room,
        looked=looked,
        page_of=page_of,
        used=_used(looked),
        ids=_rule_ids(looked),
        may_edit=person.may(Right.PUBLISH),
    )


@router.get("/rules/files/{path:path}")
def one_file(request: Request, path: str, here: Here, person: Reader) -> HTMLResponse:
    """Show one file in the editor."""
    room = enter(here, person)
    return _show_file(request, person, room, path)


@router.post("/rules/files/{path:path}")
def keep_one(form: LargeForm, request: Request, path: str, here: Here, person: Editor) -> Response:
    """Keep one file as it was typed, or take it out of the draft."""
    room = enter(here, person)
    before = must_have(room, path)
    if form.text("do") == "remove":
        here.database.write(lambda connection: take_out(connection, room.edit, path, here.database.moment(connection)))
        return go_on(request, "/rules", Notice(sentence("{file} is taken out of your draft."), {"file": path}))
    written = Written(path, as_typed(form.raw("text"), before), form.text("seen"))
    try:
        here.database.write(
            lambda connection: keep_file(connection, room.edit, written, here.database.moment(connection))
        )
    except WrittenElsewhereError as other:
        return _show_file(request, person, room, path, typed=written.text, elsewhere=other.text or "")
    if form.text("do") == "plan":
        return go_on(request, "/rules/changes")
    return go_on(request, page_of(path), Notice(sentence("Your draft is kept. Nothing is published by that.")))


@router.post("/rules/new")
def add_one(form: LargeForm, request: Request, here: Here, person: Editor) -> Response:
    """Add a file of rules, or a text in every language of the practice."""
    name = form.text("name").removesuffix(".yaml")
    room = enter(here, person)
    paths = _new_paths(request, person, room, form.text("what"), name)
    texts = (
        NEW_RULES.format(name=name.lower().replace("_", "-"), template=next(iter(room.templates), "reminder"))
        if form.text("what") == "rules"
        else NEW_TEXT
    )
    files = dict.fromkeys(paths, texts)
    here.database.write(lambda connection: add_files(connection, room.edit, files, here.database.moment(connection)))
    return go_on(request, page_of(paths[0]), Notice(sentence("{file} is in your draft."), {"file": name}))


@router.post("/rules/begin")
def begin(_form: LargeForm, request: Request, here: Here, person: Editor) -> Response:
    """Lay a first practice into the draft, where nothing was published yet."""
    room = enter(here, person)
    if not room.edit.files:
        first = beginning.files_of(person.practice)
        here.database.write(
            lambda connection: add_files(connection, room.edit, first, here.database.moment(connection))
        )
    return go_on(request, "/rules")


@router.post("/rules/discard")
def discard(_form: LargeForm, request: Request, here: Here, person: Editor) -> Response:
    """Forget the draft."""
    here.database.write(lambda connection: drop_edit(connection, person.practice, person.caller.name))
    return go_on(request, "/rules", Notice(sentence("Your draft is gone; what is published stands as it was.")))


def _show_file(  # noqa: PLR0913 - what was typed and what stands elsewhere come together
    request: Request, person: Person, room: Room, path: str, *, typed: str | None = None, elsewhere: str | None = None
) -> HTMLResponse:
    text = must_have(room, path)
    shown = text if typed is None else typed
    looked = look_over(request, person, {**room.edit.files, path: shown})
    is_rules = path.startswith("rules/") and not path.endswith("/practice.yaml")
    return show(
        request,
        "rules/file.html.j2",
        room=room,
        file=FileShown(path, name_of_file(path), room.change_of(path)),
        text=shown,
        seen=digest_of(text if elsewhere is None else elsewhere),
        elsewhere=elsewhere,
        problems=looked.of([path]),
        looked=looked,
        page_of=page_of,
        is_rules=is_rules,
        may_edit=person.may(Right.PUBLISH),
    )


def _new_paths(request: Request, person: Person, room: Room, what: str, name: str) -> list[str]:
    if what == "rules":
        if not _RULE_NAME.fullmatch(name):
            message = "give the file a name of letters, digits and hyphens"
            raise InputError(message)
        return [f"rules/{person.practice}/{name}.yaml"]
    if not _TEMPLATE_NAME.fullmatch(name):
        message = "give the text a name of lower-case letters, digits and underscores, such as `payment_due`"
        raise InputError(message)
    settings = look_over(request, person, room.edit.files).desk.settings
    known = room.templates.get(name, {})
    languages = [each for each in (settings.languages if settings else ("en",)) if each not in known]
    if not languages:
        message = f"the text {name} is there in every language already"
        raise InputError(message)
    return [f"templates_sms/{person.practice}/{name}.{language}.txt.j2" for language in languages]


def _used(looked: Looked | None) -> frozenset[str]:
    if looked is None or looked.desk.settings is None:
        return frozenset()
    return frozenset(templates_used(looked.desk.settings, tuple(placed.rule for placed in looked.desk.rules)))


def _rule_ids(looked: Looked | None) -> dict[str, list[str]]:
    """Return the rules of each file, by its path."""
    found: dict[str, list[str]] = {}
    for placed in looked.desk.rules if looked else ():
        file = placed.node.position.file
        key = "rules/" + file.rsplit("/rules/", 1)[-1]
        found.setdefault(key, []).append(placed.rule.id)
    return found
