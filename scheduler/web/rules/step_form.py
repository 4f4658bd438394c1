"""Rules and settings as a form, for those who do not like YAML: it changes single values of the same text."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from jobs.errors import InputError
from scheduler.publishing.drafts import Written, WrittenElsewhereError, digest_of, keep_file
from scheduler.rulebook.data import read_yaml
from scheduler.rulebook.patching import value_at, with_value
from scheduler.rulebook.positions import MappingNode, Node, Path, SequenceNode, child
from scheduler.web.forms import CheckedForm
from scheduler.web.notices import Notice, go_on
from scheduler.web.place import Here
from scheduler.web.rules.desk import Editor, Room, enter, look_over, must_have, name_of_file, page_of
from scheduler.web.showing import show
from scheduler.web.words import sentence

router = APIRouter()

QUIET: Final = ("", "later", "earlier", "nearest", "skip")
LATE: Final = ("", "skip", "send_now")
STEP_KEYS: Final = (
    ("before", sentence("Before the start")),
    ("after", sentence("After the end")),
    ("at", sentence("At (HH:MM)")),
    ("template", sentence("Text")),
    ("in_quiet_hours", sentence("In quiet hours")),
    ("if_late", sentence("If it is late already")),
    ("useful_until", sentence("Of use until")),
)
SETTINGS: Final = (
    ("name", sentence("Name of the practice")),
    ("phone", sentence("Its phone")),
    ("starts_with", sentence("Every text starts with")),
    ("corrections_window", sentence("Hours for corrections")),
    ("confirm_above", sentence("Ask for the number above")),
)
_OPTIONS: Final = {"in_quiet_hours": QUIET, "if_late": LATE}


@dataclass(frozen=True, slots=True)
class Field:
    """One value of the form; `options` where it is one of some."""

    path: Path
    label: str
    value: str
    options: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Return the field's name in the form."""
        return "/".join(str(each) for each in self.path)


@dataclass(frozen=True, slots=True)
class Group:
    """Fields that belong together: a step, or a part of the settings."""

    rule: str
    title: str
    fields: tuple[Field, ...]


@router.get("/rules/form/{path:path}")
def as_form(request: Request, path: str, here: Here, person: Editor) -> HTMLResponse:
    """Show a file's values as fields."""
    return _show(request, enter(here, person), path)


@router.post("/rules/form/{path:path}")
def keep_form(form: CheckedForm, request: Request, path: str, here: Here, person: Editor) -> Response:
    """Change in the text what was changed in the form, and keep that in the draft."""
    room = enter(here, person)
    text = before = must_have(room, path)
    typed = {each.name: form.text(each.name) for group in _groups(room, path) for each in group.fields}
    try:
        for each in [each for group in _groups(room, path) for each in group.fields if each.name in form.data]:
            if typed[each.name] != each.value:
                text = with_value(text, each.path, typed[each.name] or None)
        wrong = [str(each) for each in look_over(request, person, {**room.edit.files, path: text}).of([path])]
        was = {str(each) for each in look_over(request, person, room.edit.files).of([path])}
        if new := [each for each in wrong if each not in was and "warning:" not in each]:
            return _show(request, room, path, typed=typed, told=new)
        written = Written(path, text, form.text("seen"))
        here.database.write(
            lambda connection: keep_file(connection, room.edit, written, here.database.moment(connection))
        )
    except (InputError, WrittenElsewhereError) as error:
        return _show(request, room, path, typed=typed, told=[str(error)])
    said = sentence("The text is as it was.") if text == before else sentence("Your draft is kept.")
    return go_on(request, f"/rules/form/{path}", Notice(said))


def _show(
    request: Request, room: Room, path: str, *, typed: dict[str, str] | None = None, told: list[str] | None = None
) -> HTMLResponse:
    text = must_have(room, path)
    return show(
        request,
        "rules/form.html.j2",
        status=422 if told else 200,
        room=room,
        path=path,
        name=name_of_file(path),
        seen=digest_of(text),
        groups=_groups(room, path),
        typed=typed or {},
        told=told or [],
        page_of=page_of,
    )


def _groups(room: Room, path: str) -> list[Group]:
    found = read_yaml(must_have(room, path).encode(), path)
    if found.node is None or not path.startswith("rules/"):
        return []
    return list(_settings(found.node) if path.endswith("/practice.yaml") else _steps(found.node, tuple(room.templates)))


def _settings(node: Node) -> Iterator[Group]:
    fields = (Field((key,), label, value_at(node, (key,)) or "") for key, label in SETTINGS)
    yield Group("", sentence("Settings of the practice"), tuple(fields))
    window = child(node, "sending_window")
    if isinstance(window, MappingNode):
        days = [(day, value_at(window, (day,))) for day in window.entries]
        hours = (Field(("sending_window", day), day, value) for day, value in days if value is not None)
        yield Group("", sentence("Hours in which texts may go"), tuple(hours))


def _steps(node: Node, templates: tuple[str, ...]) -> Iterator[Group]:
    rules = child(node, "rules")
    for at, rule in enumerate(rules.items if isinstance(rules, SequenceNode) else ()):
        steps = child(rule, "steps")
        for index, step in enumerate(steps.items if isinstance(steps, SequenceNode) else ()):
            here: Path = ("rules", at, "steps", index)
            yield Group(
                value_at(rule, ("id",)) or "", value_at(step, ("id",)) or "", tuple(_fields(step, here, templates))
            )


def _fields(step: Node, here: Path, templates: tuple[str, ...]) -> Iterator[Field]:
    for key, label in STEP_KEYS:
        value = value_at(step, (key,))
        if value is None and (key in {"before", "after"} or child(step, key) is not None):
            continue
        options = (*sorted({value or "", *templates}),) if key == "template" else _OPTIONS.get(key, ())
        yield Field((*here, key), label, value or "", options)
