"""How the files of two rulebooks differ, as a unified diff; where files were not kept, how their contents do. Pure."""

import difflib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

CONTENT: Final = "rulebook.json"


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a comparison: its name, the files by path, and the content where it is known."""

    name: str
    files: Mapping[str, str]
    content: Mapping[str, object] | None = None


NOTHING: Final = Side("nothing", {})


def unified(before: Side, after: Side) -> str:
    """Return the diff of all files that differ, practice.yaml first; empty where none does."""
    old, new = _comparable(before, after)
    return "".join(_lines(before.name, after.name, old, new))


def _comparable(before: Side, after: Side) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Return the files of both sides; the contents as one file where a side was published without files."""
    sides = [side for side in (before, after) if side is not NOTHING]
    if all(side.files for side in sides) or any(side.content is None for side in sides):
        return before.files, after.files
    return _as_file(before), _as_file(after)


def _as_file(side: Side) -> Mapping[str, str]:
    if side.content is None:
        return {}
    return {CONTENT: json.dumps(side.content, indent=2, sort_keys=True, ensure_ascii=False) + "\n"}


def _lines(was: str, becomes: str, old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[str]:
    for path in sorted({*old, *new}, key=lambda path: (not path.endswith("/practice.yaml"), path)):
        before, after = old.get(path), new.get(path)
        if before == after:
            continue
        names = (f"{path} ({was})" if before is not None else "/dev/null", f"{path} ({becomes})")
        diff = difflib.unified_diff(
            _split(before), _split(after), names[0], names[1] if after is not None else "/dev/null"
        )
        for line in diff:
            yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def _split(text: str | None) -> list[str]:
    return [] if text is None else text.splitlines(keepends=True)
