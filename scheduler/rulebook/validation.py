"""From data with positions to a model of the schema, or to problems in plain words, each where it stands.

Knows pydantic's errors and lets none of its words through. Reads no file.
"""

import types
import typing
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from scheduler.rulebook.meant import key_meant
from scheduler.rulebook.positions import (
    MappingNode,
    Node,
    Path,
    Problem,
    ScalarNode,
    SequenceNode,
    child,
    key_position_of,
    plain_data,
    position_of,
)
from scheduler.rulebook.schema import Practice
from scheduler.rulebook.spelling import suggestion
from scheduler.rulebook.wording import sentence_of

MOST_PROBLEMS = 100
"""Problems told of one model; more of them would hide the first."""

_SAME = frozenset({"is", "equals", "equal", "eq", "in", "any", "any_of", "="})
_ELSEWHERE = {"rules": "Rules stand in a file of their own beside it, such as `appointments.yaml`"}
Model = TypeVar("Model", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Validated(Generic[Model]):
    """The model, or None with what is wrong; `broken` are the top keys that hold a problem, `places` all of them."""

    model: Model | None
    problems: tuple[Problem, ...] = ()
    broken: frozenset[str] = frozenset()
    places: tuple[Path, ...] = ()


def validate(model: type[Model], node: Node, *, what: str) -> Validated[Model]:
    """Validate one node; `what` names it in a sentence ("a rule", "the practice file").

    A value that must be text and was written as a bare number or `true` is taken as written (`01` stays "01").
    """
    data = plain_data(node)
    try:
        return Validated(model.model_validate(data, by_alias=True, by_name=False))
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
    if _write_as_text(data, node, found):
        try:
            return Validated(model.model_validate(data, by_alias=True, by_name=False))
        except ValidationError as error:
            found = error.errors(include_url=False, include_input=False)
    problems = tuple(_problems(found, model, node, what))
    broken = frozenset(str(detail["loc"][0]) for detail in found if detail["loc"])
    places = [(detail, _path_in(node, detail["loc"])) for detail in found]
    kept = (_with_missing(detail, path) for detail, path in places if not _only_lacks_bad_items(detail, path, node))
    return Validated(None, problems, broken, tuple(kept))


def _with_missing(detail: ErrorDetails, path: Path) -> Path:
    """Return the path of what is wrong, a missing key with its name."""
    return (*path, str(detail["loc"][-1])) if detail["type"] == "missing" else path


def _write_as_text(data: object, node: Node, found: list[ErrorDetails]) -> bool:
    """Put the text as written where text was wanted and a bare scalar stands; return whether anything changed."""
    changed = False
    for detail in found:
        path = _path_in(node, detail["loc"])
        if detail["type"] != "string_type" or not path or _inside_condition(path):
            continue
        below = _node_at(node, path)
        if isinstance(below, ScalarNode) and below.plain and below.value is not None:
            changed = _put(data, path, below.written) or changed
    return changed


def _inside_condition(path: Path) -> bool:
    return "only_if" in path or "unless" in path


def _put(data: object, path: Path, text: str) -> bool:
    target: Any = data
    for segment in path[:-1]:
        target = target[segment]
    target[path[-1]] = text
    return True


def _path_in(node: Node, location: Path) -> Path:
    """Return the segments of pydantic's location that exist in the data (it adds tags of unions and functions)."""
    path: list[str | int] = []
    for segment in location:
        below = child(node, segment)
        if below is not None:
            node = below
            path.append(segment)
    return tuple(path)


def _node_at(node: Node, path: Path) -> Node:
    for segment in path:
        node = child(node, segment) or node
    return node


def _problems(found: list[ErrorDetails], model: type[BaseModel], node: Node, what: str) -> Iterator[Problem]:
    told: set[tuple[Path, str]] = set()
    for detail in found:
        path = _path_in(node, detail["loc"])
        union = _union_of(detail, path, node)
        if union == "another form" or _only_lacks_bad_items(detail, path, node):
            continue
        kind = "union" if union else detail["type"]
        told_as = f"missing {detail['loc'][-1]}" if kind == "missing" else kind
        if (path, told_as) in told or (union and any((path[:length], "union") in told for length in range(len(path)))):
            continue
        if len(told) >= MOST_PROBLEMS:
            text = f"there are more problems in {what} than are listed. Mend the first ones and check again"
            yield Problem(node.position, text)
            return
        told.add((path, told_as))
        yield _problem(detail, kind, path, _Context(model, node, what))


def _only_lacks_bad_items(detail: ErrorDetails, path: Path, node: Node) -> bool:
    """Tell whether a list is too short only since its bad items, told by themselves, do not count."""
    below = _node_at(node, path)
    return detail["type"] == "too_short" and isinstance(below, SequenceNode) and bool(below.items)


@dataclass(frozen=True, slots=True)
class _Context:
    """What is being validated."""

    model: type[BaseModel]
    node: Node
    what: str


def _problem(detail: ErrorDetails, kind: str, path: Path, context: _Context) -> Problem:
    if kind == "extra_forbidden":
        key = str(path[-1])
        where = key_position_of(context.node, path)
        place = _place_name(path[:-1], context.what)
        return Problem(where, f"unknown key `{key[:60]}` in {place}. {_advice(key, path, context)}")
    if kind == "missing":
        key = str(detail["loc"][-1])
        return Problem(
            position_of(context.node, path), f"`{key}` is missing in {_place_name(path, context.what)}. Add it"
        )
    if detail["loc"] and detail["loc"][-1] == "[key]":
        where, written = key_position_of(context.node, path), str(path[-1])
        return Problem(where, sentence_of(detail, kind, path[:-1], written))
    below = _node_at(context.node, path)
    return Problem(
        below.position, sentence_of(detail, kind, path, below.written if isinstance(below, ScalarNode) else None)
    )


def _advice(key: str, path: Path, context: _Context) -> str:
    """Return what to write instead of an unknown key."""
    if _inside_condition(path) and path[-2:-1] == ("contact",):
        return f"Write a contact's field as one word: `contact.{key[:60]}`"
    if _inside_condition(path) and key in _SAME:
        return "Write the value itself, or a list of values"
    if path[-2:-1] == ("on",) and key == "created":
        return "Write `on: created`"
    if key in _ELSEWHERE and context.model is Practice:
        return _ELSEWHERE[key]
    known = _keys_at(context.model, path[:-1])
    meant = key_meant(key, known)
    return f"Did you mean {meant}?" if meant else suggestion(key, known)


def _union_of(detail: ErrorDetails, path: Path, node: Node) -> str | None:
    """Return None for an error of its own, "union" for one of several forms, "another form" for one to leave out.

    Where a mapping was written, only what is wrong with the mapping's form is told.
    """
    tags = [segment for segment in detail["loc"] if isinstance(segment, str) and segment not in (*path, "[key]")]
    if detail["type"] == "missing":
        tags = tags[:-1]
    if not tags:
        return None
    in_model = any(model in tag for tag in tags for model in ("ValueTest", "OnStatus", "XProperty"))
    below = _node_at(node, path)
    if in_model and detail["type"] != "model_type":
        return None
    parent_is_mapping = isinstance(below, MappingNode) and _has_mapping_form(path)
    return "another form" if parent_is_mapping else "union"


def _has_mapping_form(path: Path) -> bool:
    return _inside_condition(path) or path[-1:] == ("on",) or path[-2:-1] == ("contact",)


def _place_name(path: Path, what: str) -> str:
    words = [segment for segment in path if isinstance(segment, str)]
    if not words:
        return what
    return {"steps": "a step", "senders": "a sender", "rules": "a rule"}.get(words[-1], f"`{words[-1]}`")


def _keys_at(model: type[BaseModel], path: Path) -> tuple[str, ...]:
    """Return the keys that the schema knows at `path`."""
    annotation: object = model
    for segment in path:
        annotation = _step_into(annotation, segment)
    found = _model_of(annotation)
    return tuple(field.alias or name for name, field in found.model_fields.items()) if found else ()


def _step_into(annotation: object, segment: str | int) -> object:
    model = _model_of(annotation)
    if isinstance(segment, str) and model is not None:
        by_key = {field.alias or name: field.annotation for name, field in model.model_fields.items()}
        return by_key.get(segment)
    held = (item for item in _arguments(annotation) if _is_model(item))
    return next(held, annotation)


def _arguments(annotation: object) -> Iterator[object]:
    for argument in typing.get_args(annotation):
        yield argument
        yield from _arguments(argument)


def _model_of(annotation: object) -> type[BaseModel] | None:
    """Return the one model that an annotation is, alone or as a form of several."""
    is_union = typing.get_origin(annotation) in (typing.Union, types.UnionType)
    forms = typing.get_args(annotation) if is_union else (annotation,)
    return next((form for form in forms if _is_model(form)), None)


def _is_model(item: object) -> bool:
    return isinstance(item, type) and issubclass(item, BaseModel)
