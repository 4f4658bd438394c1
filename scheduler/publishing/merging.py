"""Two edits that began with the same files, laid together file by file: three sides in, one with conflicts out. Pure.

What only one side touched goes through; a file that both touched, each otherwise, is for a person to decide.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Conflict:
    """A file that both sides touched; None where a side removed it, or there was none."""

    path: str
    base: str | None
    mine: str | None
    theirs: str | None


@dataclass(frozen=True, slots=True)
class Merged:
    """What goes through, which files come from the other side, which are one's own, and what is to be decided."""

    files: Mapping[str, str]
    taken: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    conflicts: tuple[Conflict, ...] = ()


def three_way(base: Mapping[str, str], mine: Mapping[str, str], theirs: Mapping[str, str]) -> Merged:
    """Return both edits together; conflicting files stand in it as they are on one's own side."""
    files: dict[str, str] = {}
    taken, kept, conflicts = [], [], []
    for path in sorted({*base, *mine, *theirs}):
        before, own, other = base.get(path), mine.get(path), theirs.get(path)
        chosen = own
        if own == before and other != before:
            chosen = other
            taken.append(path)
        elif own != before and other == before:
            kept.append(path)
        elif own != other:
            conflicts.append(Conflict(path, before, own, other))
        if chosen is not None:
            files[path] = chosen
    return Merged(files, tuple(taken), tuple(kept), tuple(conflicts))
