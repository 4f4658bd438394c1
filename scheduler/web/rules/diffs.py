"""A unified diff as lines that a page can show: text in, lines with what each is out. Pure."""

from dataclasses import dataclass
from typing import Final

MOST_LINES: Final = 2_000


@dataclass(frozen=True, slots=True)
class DiffLine:
    """One line: `file`, `place`, `added`, `removed` or `same`; `mark` is the sign that stands before it."""

    what: str
    mark: str
    text: str


def lines_of(diff: str) -> list[DiffLine]:
    """Return the lines of a diff, no more than a page can bear."""
    written = diff.splitlines()[:MOST_LINES]
    return [line for before, each in zip(["", *written], written, strict=False) if (line := _line(each, before))]


def _line(written: str, before: str) -> DiffLine | None:
    """Return one line; of the two that name a file the first that does."""
    if written.startswith("--- "):
        return _head(written)
    if written.startswith("+++ "):
        return _head(written) if before.startswith("--- /dev/null") else None
    if written.startswith("@@"):
        return DiffLine("place", "", written)
    kinds = {"+": "added", "-": "removed"}
    return DiffLine(kinds.get(written[:1], "same"), written[:1].strip(), written[1:])


def _head(written: str) -> DiffLine | None:
    name = written[4:].rsplit(" (", 1)[0]
    return None if name == "/dev/null" else DiffLine("file", "", name)
