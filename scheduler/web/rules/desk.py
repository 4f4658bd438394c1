"""What somebody has before them in the rules' room: their draft beside what is published, and what is wrong with it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import Depends, Request
from sqlalchemy import Connection

from jobs.errors import NotFoundError
from scheduler.identities.rights import Right
from scheduler.publishing.checks.listing import check_desk
from scheduler.publishing.drafts import Edit, fresh_edit, read_edit
from scheduler.publishing.given_files import as_given, read_given
from scheduler.publishing.history import find_revision
from scheduler.publishing.revisions import current_revision
from scheduler.rulebook.desk import Desk
from scheduler.rulebook.positions import Problem
from scheduler.rulebook.schema import Rulebook
from scheduler.web.forms import Filled, checked
from scheduler.web.people import Person, signed_in
from scheduler.web.place import WebPlace
from scheduler.web.practices import current_of
from scheduler.web.words import sentence

LARGEST_FORM: Final = 4_000_000
"""Bytes: a file of a million characters as a browser encodes it."""
Reader = Annotated[Person, signed_in(Right.READ_RULEBOOK)]
Editor = Annotated[Person, signed_in(Right.PUBLISH)]
LargeForm = Annotated[Filled, Depends(checked(largest=LARGEST_FORM))]

SAID: Final = (
    *(
        sentence("new"),
        sentence("changed"),
        sentence("removed"),
        sentence("moved"),
        sentence("error"),
        sentence("warning"),
    ),
    *(
        sentence("a reminder"),
        sentence("a correction"),
        sentence("an acknowledgement"),
        sentence("an automatic answer"),
    ),
)
"""What pages say by its value: `t(file.change)`, `t(each.severity)`, `t(each.usage.value)`."""
_TEMPLATE: Final = re.compile(r"templates_sms/(?:[^/]+/)?([a-z][a-z0-9_]*)\.([a-z]{2,3}(?:_[A-Z]{2})?)\.txt\.j2")


@dataclass(frozen=True, slots=True)
class FileShown:
    """One file of the list: its path, what it is called, and how it differs from what is published."""

    path: str
    name: str
    change: str = ""


@dataclass(frozen=True, slots=True)
class Room:
    """A person's draft (what is published, where they have none), what it began with, and what is current."""

    edit: Edit
    base_files: Mapping[str, str]
    current: str | None

    @property
    def is_behind(self) -> bool:
        """Tell whether somebody published since the draft began."""
        return self.edit.is_kept and self.edit.base != self.current

    def change_of(self, path: str) -> str:
        """Return how a file differs from what the draft began with; empty where it does not."""
        if path not in self.base_files:
            return "new"
        if path not in self.edit.files:
            return "removed"
        return "" if self.base_files[path] == self.edit.files[path] else "changed"

    @property
    def changed(self) -> list[FileShown]:
        """Return the files that differ."""
        paths = sorted({*self.base_files, *self.edit.files})
        return [FileShown(path, name_of_file(path), change) for path in paths if (change := self.change_of(path))]

    @property
    def rule_files(self) -> list[FileShown]:
        """Return the files of rules, practice.yaml first."""
        paths = sorted(
            (path for path in self.edit.files if path.startswith("rules/")),
            key=lambda path: (not path.endswith("/practice.yaml"), path),
        )
        return [FileShown(path, name_of_file(path), self.change_of(path)) for path in paths]

    @property
    def templates(self) -> dict[str, dict[str, FileShown]]:
        """Return the files of texts by name and language, the practice's own before the shared one."""
        found: dict[str, dict[str, FileShown]] = {}
        for path in sorted(self.edit.files, key=lambda path: (path.count("/"), path)):
            match = _TEMPLATE.fullmatch(path)
            if match is not None:
                shown = FileShown(path, name_of_file(path), self.change_of(path))
                found.setdefault(match[1], {})[match[2]] = shown
        return dict(sorted(found.items()))


@dataclass(frozen=True, slots=True)
class Looked:
    """A draft that was read and checked."""

    desk: Desk
    problems: tuple[Problem, ...]

    @property
    def errors(self) -> list[Problem]:
        """Return what forbids publishing."""
        return [each for each in self.problems if each.severity == "error"]

    def rulebook(self) -> Rulebook | None:
        """Return the rulebook, None where something forbids publishing it."""
        return None if self.errors else self.desk.rulebook()

    def of(self, paths: Iterable[str]) -> list[Problem]:
        """Return what is wrong with some files."""
        wanted = set(paths)
        return [each for each in self.problems if each.position.file in wanted]


def enter(here: WebPlace, person: Person) -> Room:
    """Return what somebody has before them; who may not publish sees what is published."""
    with here.database.read() as connection:
        return room_of(connection, person)


def room_of(connection: Connection, person: Person) -> Room:
    """Return the same, over a connection that is open."""
    if person.may(Right.PUBLISH):
        edit = read_edit(connection, person.practice, person.caller.name)
    else:
        edit = fresh_edit(connection, person.practice, person.caller.name)
    base = {} if edit.base is None else find_revision(connection, person.practice, edit.base).files
    return Room(edit, base, current_revision(connection, person.practice))


def look_over(request: Request, person: Person, files: Mapping[str, str]) -> Looked:
    """Read and check files beside what is published.

    Raises:
        InputError: they are too many or too large.

    """
    desk, lay_in = read_given(person.practice, files)
    current = current_of(request, person.practice)
    verdict = check_desk(desk, None if current is None else current.rulebook)
    return Looked(desk, tuple(as_given(verdict.problems, lay_in)))


def must_have(room: Room, path: str) -> str:
    """Return the text of a file of the draft.

    Raises:
        NotFoundError: there is no such file.

    """
    if path not in room.edit.files:
        message = f"there is no file {path[:120]!r}"
        raise NotFoundError(message)
    return room.edit.files[path]


def name_of_file(path: str) -> str:
    """Return what people call a file: its last part."""
    return path.rsplit("/", 1)[-1]


def page_of(path: str) -> str:
    """Return the address of the page on which a file is edited."""
    match = _TEMPLATE.fullmatch(path)
    return f"/rules/files/{path}" if match is None else f"/rules/templates/{match[1]}"


def as_typed(typed: str, before: str) -> str:
    """Return what a browser's field holds with the line ends that the file had: forms send CRLF (RFC 7578)."""
    plain = typed.replace("\r\n", "\n").replace("\r", "\n")
    return plain.replace("\n", "\r\n") if "\r\n" in before else plain
