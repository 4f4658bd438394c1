"""Single values of a rule file changed in its text: comments, order and everything else stay to the letter. Pure.

A text, a path and a value come in, a text out. What cannot be changed so is refused, never guessed.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import yaml

from jobs.errors import InputError
from scheduler.rulebook.data import read_yaml, resolve
from scheduler.rulebook.positions import Node, Path, ScalarNode, child, plain_data
from scheduler.rulebook.yaml_guard import guarded_events

_PLAIN: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*(?: [A-Za-z0-9_.-]+)*")
_FILE: Final = "the form"


@dataclass(slots=True)
class _Spot:
    """Where a value stands in the text; of a mapping its entries too, each key with its own beginning."""

    start: int
    end: int
    is_flow: bool = False
    is_scalar: bool = False
    entries: dict[str | int, tuple[int, "_Spot"]] = field(default_factory=dict)


def with_value(text: str, path: Path, value: str | None) -> str:
    """Return the text with the value at `path` as it is given; None takes the key out.

    Raises:
        InputError: the place cannot be changed without touching something else: it is for the text itself.

    """
    before = _data(text)
    expected = _changed(before, path, value)
    spot = _spot_of(text, path[:-1])
    known = None if spot is None else spot.entries.get(path[-1])
    if spot is None or (known is not None and not known[1].is_scalar) or (known is None and value is None):
        raise InputError(_refusal(path))
    if known is not None and value is not None:
        patched = text[: known[1].start] + _written(value) + text[known[1].end :]
    elif value is not None:
        patched = _inserted(text, spot, str(path[-1]), _written(value))
    else:
        patched = _without(text, spot, path[-1])
    if _data_or_none(patched) != expected:
        raise InputError(_refusal(path))
    return patched


def value_at(node: Node, path: Path) -> str | None:
    """Return a single value as it is written at `path`, None where there is none, or more than one."""
    found: Node | None = node
    for segment in path:
        found = None if found is None else child(found, segment)
    return found.written if isinstance(found, ScalarNode) else None


def _inserted(text: str, spot: _Spot, key: str, written: str) -> str:
    first = next(iter(spot.entries.values()), None)
    if first is None:
        raise InputError(_refusal((key,)))
    if spot.is_flow:
        last = max(below.end for _, below in spot.entries.values())
        return f"{text[:last]}, {key}: {written}{text[last:]}"
    column = first[0] - (text.rfind("\n", 0, first[0]) + 1)
    end = text.find("\n", first[1].end)
    end = len(text) if end < 0 else end
    return f"{text[:end]}\n{' ' * column}{key}: {written}{text[end:]}"


def _without(text: str, spot: _Spot, key: str | int) -> str:
    """Return the text without an entry and the comma or the line that goes with it."""
    start, below = spot.entries[key]
    if spot.is_flow:
        comma = re.match(r"\s*,[ \t]*", text[below.end :])
        if comma is not None:
            return text[:start] + text[below.end + comma.end() :]
        return text[:start].rstrip().removesuffix(",") + text[below.end :]
    line = text.rfind("\n", 0, start) + 1
    end = text.find("\n", below.end)
    return text if text[line:start].strip() else text[:line] + ("" if end < 0 else text[end + 1 :])


def _written(value: str) -> str:
    """Return a value as YAML: plain where that means the same text, a number, or true; else in quotes."""
    is_plain = _PLAIN.fullmatch(value) is not None and resolve(value) is not None
    return value if is_plain else json.dumps(value, ensure_ascii=False)


def _changed(data: object, path: Path, value: str | None) -> object:
    """Return what the data is to be."""
    key, rest = path[0], path[1:]
    below = data.get(key) if isinstance(data, dict) else None
    if isinstance(data, list) and isinstance(key, int) and key < len(data):
        return [_changed(each, rest, value) if index == key else each for index, each in enumerate(data)]
    if not isinstance(data, dict):
        raise InputError(_refusal(path))
    if rest:
        return {**data, key: _changed(below, rest, value)}
    if value is None:
        return {name: each for name, each in data.items() if name != key}
    written = _written(value)
    return {**data, key: resolve(written) if written == value else value}


def _data(text: str) -> object:
    found = read_yaml(text.encode(), _FILE)
    if found.node is None or found.problems:
        message = "the file cannot be read yet: mend it in the text first"
        raise InputError(message)
    return plain_data(found.node)


def _data_or_none(text: str) -> object:
    found = read_yaml(text.encode(), _FILE)
    return None if found.node is None or found.problems else plain_data(found.node)


def _spot_of(text: str, path: Path) -> _Spot | None:
    lines = [0]
    lines += [found.end() for found in re.finditer("\n", text)]
    events = (
        each for each in guarded_events(text, _FILE) if isinstance(each, yaml.NodeEvent | yaml.CollectionEndEvent)
    )
    spot: _Spot | None = _read(events, lines)
    for segment in path:
        found = None if spot is None else spot.entries.get(segment)
        spot = None if found is None else found[1]
    return spot


def _read(events: Iterator[yaml.Event], lines: list[int], event: yaml.Event | None = None) -> _Spot:
    event = event or next(events)
    spot = _Spot(
        _offset(event.start_mark, lines), _offset(event.end_mark, lines), bool(getattr(event, "flow_style", 0))
    )
    if isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
        is_mapping = isinstance(event, yaml.MappingStartEvent)
        for index, each in enumerate(events):
            if isinstance(each, yaml.CollectionEndEvent):
                spot.end = _offset(each.end_mark, lines)
                break
            key = str(getattr(each, "value", index)) if is_mapping else index
            below = _read(events, lines, None if is_mapping else each)
            spot.entries[key] = (_offset(each.start_mark, lines), below)
    else:
        spot.is_scalar = isinstance(event, yaml.ScalarEvent) and not event.anchor
    return spot


def _offset(mark: object, lines: list[int]) -> int:
    return lines[getattr(mark, "line", 0)] + int(getattr(mark, "column", 0))


def _refusal(path: Path) -> str:
    named = ".".join(str(each) for each in path)
    return f"`{named}` cannot be changed by the form without touching what stands beside it: change it in the text"
