"""Between the desk and what is published: which revision a folder began with, and a revision written back into it.

Local edits are never overwritten unless that is wished. Writes files below the two folders it is given, nothing else.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from jobs.errors import RefusedError
from scheduler.publishing.differing import Side, unified
from scheduler.publishing.history import Revision
from scheduler.rulebook.folder import Sheet, read_sheets, read_template, template_files

REVISION_FILE: Final = ".revision"

_RULES: Final = re.compile(r"rules/([^/\\]+)/([A-Za-z0-9][A-Za-z0-9._ -]{0,80}\.yaml)")
_TEMPLATE: Final = re.compile(
    r"templates_sms/(?:([^/\\]+)/)?(([a-z][a-z0-9_]{0,59})\.([a-z]{2,3}(?:_[A-Z]{2})?)\.txt\.j2)"
)


class LocalEditsError(RefusedError):
    """The folder holds edits that were not published; `diff` shows them. Nothing was written."""

    def __init__(self, message: str, diff: str) -> None:
        """Keep the diff beside the sentence."""
        super().__init__(message)
        self.diff = diff


@dataclass(frozen=True, slots=True)
class DeskFolder:
    """Where a practice's files lie: the folder of all practices' rules, and that of the templates."""

    rules: Path
    templates: Path
    practice: str


@dataclass(frozen=True, slots=True)
class Pulled:
    """What a pull wrote and removed, by path, and the edits that it overwrote, as a diff."""

    revision: str
    written: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    overwritten: str = ""


def started_from(folder: DeskFolder) -> str | None:
    """Return the revision that the files in the folder began with, None where they do not say."""
    try:
        written = (folder.rules / folder.practice / REVISION_FILE).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return None
    return written or None


def note_started(folder: DeskFolder, revision: str) -> None:
    """Write into the folder that its files are those of a revision.

    Raises:
        RefusedError: the folder cannot be written to.

    """
    _write(folder.rules / folder.practice / REVISION_FILE, f"{revision}\n")


def local_files(folder: DeskFolder, like: Mapping[str, str]) -> dict[str, str]:
    """Return the rule files of the folder, and the templates that `like` names, by path as a revision keeps them."""
    desk = _Local.read(folder)
    found = dict(desk.rules)
    found.update({path: text for path in like if (text := desk.template(path)) is not None})
    return found


def pull(folder: DeskFolder, current: Revision, base: Revision | None, *, force: bool = False) -> Pulled:
    """Write a revision's files into the folder, with its id; `base` is the one that the files there began with.

    Raises:
        LocalEditsError: the folder holds edits, and it was not told to overwrite them.
        RefusedError: the revision keeps no files, or they cannot be written.

    """
    _must_be_writable(current)
    desk = _Local.read(folder)
    edits = _edits(folder, current, base)
    if edits and not force:
        message = (
            f"{folder.practice}: the files under {folder.rules / folder.practice} hold edits that were not published. "
            "Publish them, or overwrite them with --force; nothing was written"
        )
        raise LocalEditsError(message, edits)
    wanted = {path: text for path, text in current.files.items() if desk.text(path) != text}
    for path, text in wanted.items():
        _write(desk.place_of(path), text)
    gone = sorted(path for path in desk.rules if path not in current.files)
    for path in gone:
        desk.place_of(path).unlink()
    note_started(folder, current.id)
    return Pulled(current.id, tuple(sorted(wanted)), tuple(gone), edits)


def _edits(folder: DeskFolder, current: Revision, base: Revision | None) -> str:
    """Return what of the folder differs from what its files began with, and from what is to be written."""
    began_with = base or current
    local = local_files(folder, began_with.files)
    rules = {path for path in local if _RULES.fullmatch(path)}
    if not rules or (rules <= current.files.keys() and local_files(folder, current.files) == dict(current.files)):
        return ""
    # A template that does not lie in the folder was not edited: shipped ones need not be there.
    kept = {path: text for path, text in began_with.files.items() if path in local or _RULES.fullmatch(path)}
    return unified(Side(began_with.id, kept), Side("the folder", local))


@dataclass(frozen=True, slots=True)
class _Local:
    """What lies in the folder now: rule files by kept path, templates by name and language."""

    folder: DeskFolder
    rules: dict[str, str]
    templates: dict[tuple[str, str], Path] = field(default_factory=dict)

    @classmethod
    def read(cls, folder: DeskFolder) -> "_Local":
        sheets = read_sheets(folder.rules, folder.practice).sheets
        templates, _ = template_files(folder.templates, folder.practice)
        return cls(folder, {sheet.path: _text(sheet) for sheet in sheets}, templates)

    def text(self, path: str) -> str | None:
        """Return the text that lies there for a path of a revision."""
        return self.rules.get(path) if path.startswith("rules/") else self.template(path)

    def template(self, path: str) -> str | None:
        """Return the text that the practice has now for a template of that path: its own before the shared one."""
        match = _TEMPLATE.fullmatch(path)
        place = self.templates.get((match[3], match[4])) if match else None
        sheet = read_template(place, self.folder.templates) if place is not None else None
        return _text(sheet) if isinstance(sheet, Sheet) else None

    def place_of(self, path: str) -> Path:
        """Return where a file of a revision is written: a template beside the shared one, never over it."""
        rules = _RULES.fullmatch(path)
        if rules:
            return self.folder.rules / self.folder.practice / rules[2]
        match = _TEMPLATE.fullmatch(path)
        if match is None:
            message = f"{path!r} is no place for a rulebook's file"
            raise RefusedError(message)
        own = self.folder.templates / self.folder.practice / match[2]
        is_shared = match[1] is None and (match[3], match[4]) not in self.templates
        return self.folder.templates / match[2] if is_shared else own


def _must_be_writable(revision: Revision) -> None:
    """Refuse what does not name places of the practice's own files, before anything is written."""
    if not revision.files:
        message = f"{revision.id} was published without files, so there is nothing to write"
        raise RefusedError(message)
    for path in revision.files:
        match = _RULES.fullmatch(path) or _TEMPLATE.fullmatch(path)
        if match is None or match[1] not in {None, revision.practice}:
            message = f"{revision.id} holds a file {path!r}, which is no place for a file of {revision.practice}"
            raise RefusedError(message)


def _text(sheet: Sheet) -> str:
    return sheet.content.decode("utf-8-sig", errors="replace")


def _write(path: Path, text: str) -> None:
    """Write a file whole or not at all."""
    beside = path.with_name(f".{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.write_text(text, encoding="utf-8", newline="")
        beside.replace(path)
    except OSError as problem:
        message = f"{path} cannot be written: {problem.strerror or problem}"
        raise RefusedError(message) from problem
