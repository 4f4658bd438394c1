"""Checks of what conditions name and compare with: fields, status words, answers. A subject in, problems out."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal

from scheduler.publishing.checks.subject import Subject, error
from scheduler.rulebook.desk import PlacedRule
from scheduler.rulebook.positions import Path, Problem
from scheduler.rulebook.schema import Condition, ConditionValue, Kind, Scalar, ValueTest
from scheduler.rulebook.spelling import list_of, suggestion
from scheduler.rulebook.words import read_day

ANSWERS = ("none", "confirmed", "wants_move", "declined")
_OF_CONTACT = "contact."


@dataclass(frozen=True, slots=True)
class _Key:
    """A key of a condition: where it stands, what type it compares."""

    placed: PlacedRule
    path: Path
    name: str
    type_name: str
    words: tuple[str, ...] = ()


def check_conditions(subject: Subject) -> Iterator[Problem]:
    """Check that every key of every condition is known, and compared with what it can be."""
    for placed, kind in subject.rules():
        for path, condition in _conditions(placed):
            if not condition or not all(condition):
                yield error(
                    placed.key(*path), f"`{path[-1]}` is empty. Name a field with the values wanted, or leave it out"
                )
            for index, mapping in enumerate(condition):
                for name, value in mapping.items():
                    place = (*path, index, name)
                    yield from _key_problems(subject, kind, _Key(placed, place, name, ""), value)


def _conditions(placed: PlacedRule) -> Iterator[tuple[Path, Condition]]:
    owners: list[tuple[Path, Condition | None, Condition | None]] = [((), placed.rule.only_if, placed.rule.unless)]
    owners += [(("steps", index), step.only_if, step.unless) for index, step in enumerate(placed.rule.steps)]
    for path, only_if, unless in owners:
        for word, condition in (("only_if", only_if), ("unless", unless)):
            if condition is not None:
                yield (*path, word), condition


def _key_problems(subject: Subject, kind: Kind, key: _Key, value: ConditionValue) -> Iterator[Problem]:
    typed = _typed(subject, kind, key)
    if typed is None:
        known = [
            *kind.fields,
            "status",
            "answer",
            *(f"{_OF_CONTACT}{name}" for name in subject.settings.contact_fields),
        ]
        where = key.placed.key(*key.path)
        yield error(where, f"unknown field `{key.name[:60]}` in a condition. {_advice(key.name, known)}")
        return
    if isinstance(value, ValueTest):
        yield from _test_problems(typed, value)
    else:
        yield from _values_problems(typed, typed.path, value)


def _advice(name: str, known: Sequence[str]) -> str:
    """Return what to write instead; a contact's own field has to be declared by the practice."""
    near = suggestion(name, known)
    own = name.removeprefix(_OF_CONTACT)
    if own == name or near.startswith("Did you mean `contact."):
        return near
    return f"Declare it in practice.yaml, such as `contact_fields: {{{own[:60]}: word}}`, if contacts have it"


def _typed(subject: Subject, kind: Kind, key: _Key) -> _Key | None:
    """Return the key with the type that it compares, or None for an unknown one."""
    if key.name == "status":
        words = (*kind.status.live, *kind.status.done, *kind.status.off)
        return _Key(key.placed, key.path, key.name, "status", words)
    if key.name == "answer":
        return _Key(key.placed, key.path, key.name, "answer", ANSWERS)
    fields = kind.fields
    name = key.name
    if name.startswith(_OF_CONTACT):
        fields, name = subject.settings.contact_fields, name.removeprefix(_OF_CONTACT)
    return _Key(key.placed, key.path, key.name, fields[name]) if name in fields else None


def _test_problems(key: _Key, test: ValueTest) -> Iterator[Problem]:
    for word in ("under", "over"):
        if getattr(test, word) is not None and key.type_name not in {"number", "money"}:
            where = key.placed.key(*key.path, word)
            yield error(
                where, f"`{word}` compares numbers, and `{key.name}` is a {key.type_name}. Name the values wanted"
            )
    if test.not_ is not None:
        yield from _values_problems(key, (*key.path, "not"), test.not_)


def _values_problems(key: _Key, path: Path, value: Scalar | tuple[Scalar, ...]) -> Iterator[Problem]:
    values = value if isinstance(value, tuple) else (value,)
    if not values:
        yield error(key.placed.at(*path), f"`{key.name}` is compared with nothing. Name the values wanted")
    for index, item in enumerate(values):
        where = key.placed.at(*path, index)
        if key.words:
            if item not in key.words:
                yield error(where, f"unknown {key.name} `{item}`. {suggestion(str(item), key.words)}")
        else:
            fits, wanted = _FITS[key.type_name]
            if not fits(item):
                yield error(
                    where, f"`{_written(item)}` cannot be compared with `{key.name}`, a {key.type_name}. {wanted}"
                )


def _written(value: Scalar) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _is_text(value: Scalar) -> bool:
    return isinstance(value, str)


def _is_number(value: Scalar) -> bool:
    return isinstance(value, (int, Decimal)) and not isinstance(value, bool)


def _is_yes_or_no(value: Scalar) -> bool:
    return isinstance(value, bool)


def _is_day(value: Scalar) -> bool:
    with suppress(ValueError):
        read_day(value)
        return True
    return False


_QUOTED = "Write a text, in quotes if it looks like a number"
_FITS: dict[str, tuple[Callable[[Scalar], bool], str]] = {
    "word": (_is_text, _QUOTED),
    "words": (_is_text, _QUOTED),
    "text": (_is_text, _QUOTED),
    "number": (_is_number, "Write a number, without quotes"),
    "money": (_is_number, "Write a number, without quotes or currency"),
    "yes_no": (_is_yes_or_no, f"Write {list_of(('true', 'false'))}"),
    "day": (_is_day, "Write a day as YYYY-MM-DD"),
    "moment": (_is_text, _QUOTED),
}
