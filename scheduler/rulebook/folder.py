"""Finds and reads the files of a practice: names, kinds and sizes are checked before a byte is read.

Paths come in, sheets (bytes with the name that problems carry) and problems go out. Knows nothing of what they hold.
"""

import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path

from scheduler.rulebook.positions import Position, Problem

MOST_FILES = 60
MOST_NAMES = 5_000
LARGEST_TOTAL = 2_000_000
LARGEST_SHEET = 1_000_000

_RULE_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._ -]{0,80}\.yaml")
_TEMPLATE_FILE = re.compile(r"([a-z][a-z0-9_]{0,59})\.([a-z]{2,3}(?:_[A-Z]{2})?)\.txt\.j2")


_MEANT_AS_TEMPLATE = re.compile(r"[a-z][a-z0-9_]*\.[a-z]{2,3}\.txt")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One file: its path below the root, as a revision keeps it, the name that problems carry, and its bytes."""

    path: str
    shown: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Sheets:
    """The rule files of a practice, practice.yaml first, then by name."""

    sheets: tuple[Sheet, ...]
    problems: tuple[Problem, ...] = ()


TemplateFiles = dict[tuple[str, str], Path]
"""The file of each template by name and language; a practice's own one before the shipped one."""


def practices_in(rules: Path) -> tuple[str, ...]:
    """Return the names of the folders under `rules` that hold a practice.yaml."""
    if not rules.is_dir():
        return ()
    return tuple(sorted(entry.name for entry in rules.iterdir() if (entry / "practice.yaml").exists()))


def read_sheets(rules: Path, practice: str) -> Sheets:
    """Read practice.yaml and every other `*.yaml` of the practice's folder, within the limits on count and size."""
    folder = rules / practice
    sheets: list[Sheet] = []
    problems: list[Problem] = []
    total = 0
    for name in _names(folder, problems):
        found = _read(folder / name, f"rules/{practice}/{name}", folder)
        if isinstance(found, Problem):
            problems.append(found)
            continue
        total += len(found.content)
        if total > LARGEST_TOTAL:
            text = f"the rule files together are larger than {LARGEST_TOTAL:,} bytes. Remove what is not needed"
            problems.append(Problem(Position(found.shown), text))
            break
        sheets.append(found)
    return Sheets(tuple(sheets), tuple(problems))


def template_files(templates: Path, practice: str) -> tuple[TemplateFiles, tuple[Problem, ...]]:
    """Return the template files that a practice may use; nothing is read."""
    found: TemplateFiles = {}
    problems: list[Problem] = []
    for folder, own in ((templates, False), (templates / practice, True)):
        for name in sorted(_entries(folder, problems)):
            match = _TEMPLATE_FILE.fullmatch(name)
            if match:
                found[match[1], match[2]] = folder / name
            elif own or name.endswith(".j2") or _MEANT_AS_TEMPLATE.fullmatch(name):
                problems.extend(_misnamed(folder / name))
    return found, tuple(problems)


def read_template(path: Path, templates: Path) -> Sheet | Problem:
    """Read one template file."""
    return _read(path, f"templates_sms/{path.relative_to(templates).as_posix()}", templates)


def shown_path(path: Path) -> str:
    """Return a path as people know it: from the working folder where it lies below, odd characters written out."""
    here = Path.cwd()
    text = str(path.relative_to(here)) if path.is_absolute() and path.is_relative_to(here) else str(path)
    return text if text.isprintable() else ascii(text)[1:-1]


def _names(folder: Path, problems: list[Problem]) -> list[str]:
    """Return the names of the rule files, practice.yaml first; odd ones become problems."""
    names: list[str] = []
    for name in sorted(_entries(folder, problems)):
        if name.startswith("."):
            continue
        if _RULE_FILE.fullmatch(name):
            names.append(name)
        elif name.lower().endswith((".yaml", ".yml")):
            text = "this file is not read: its name is odd. Rename it to letters, digits and hyphens, ending in `.yaml`"
            problems.append(Problem(Position(shown_path(folder / name)), text))
    if len(names) > MOST_FILES:
        text = f"the folder holds {len(names)} rule files, more than {MOST_FILES}. Put rules together"
        problems.append(Problem(Position(shown_path(folder)), text))
        return []
    return sorted(names, key=lambda name: (name != "practice.yaml", name))


def _entries(folder: Path, problems: list[Problem]) -> list[str]:
    """Return the names of what lies in a folder that is not a folder itself; none where there is no folder."""
    if not folder.is_dir():
        return []
    names: list[str] = []
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if len(names) >= MOST_NAMES:
                    text = f"the folder holds more than {MOST_NAMES:,} files. Remove what does not belong here"
                    problems.append(Problem(Position(shown_path(folder)), text))
                    return []
                if not Path(entry).is_dir():
                    names.append(entry.name)
    except OSError as error:
        text = f"the folder cannot be read: {error.strerror}. Check its permissions"
        problems.append(Problem(Position(shown_path(folder)), text))
    return names


def _read(path: Path, kept_as: str, root: Path) -> Sheet | Problem:
    """Read a regular file that lies below `root`, also when it is a link; one byte over the limit at most."""
    shown = shown_path(path)
    try:
        target = path.resolve(strict=True)
        if not target.is_relative_to(root.resolve()):
            return Problem(Position(shown), "this is a link to a file outside its folder. Put the file itself here")
        if not stat.S_ISREG(target.stat().st_mode):
            return Problem(Position(shown), "this is not an ordinary file. Put a text file here")
        with target.open("rb") as stream:
            return Sheet(kept_as, shown, stream.read(LARGEST_SHEET + 1))
    except (OSError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or "it is a link to itself"
        return Problem(Position(shown), f"the file cannot be read: {reason}. Check that it exists and its permissions")


def _misnamed(path: Path) -> list[Problem]:
    if path.name.startswith(".") or not path.name.endswith((".j2", ".txt")):
        return []
    text = "this file is not read: its name is not `<name>.<language>.txt.j2`, as in `payment_due.en.txt.j2`. Rename it"
    return [Problem(Position(shown_path(path)), text)]
