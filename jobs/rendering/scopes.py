"""What a template may read: contact, occasion, practice, in corrections what was told; what of it was read. Pure."""

import datetime as dt
from collections.abc import Iterator, Mapping
from decimal import Decimal

from jinja2 import Undefined

from jobs import printing
from jobs.drafts import Facts, Told
from jobs.printing import Moment, Printing


class Missing(Undefined):
    """A field that is declared but has no value: false in a condition, equal to nothing, an error when printed."""

    __slots__ = ()

    def __str__(self) -> str:  # noqa: PLE0307 - it never returns
        """Refuse to be printed, with the field's name."""
        self._fail_with_undefined_error()

    def __iter__(self) -> Iterator[object]:
        """Refuse to be gone through, with the field's name."""
        self._fail_with_undefined_error()


class Scope:
    """One root of a template (`occasion`): its names, and which of them the text has read."""

    __slots__ = ("_read", "_values")

    def __init__(self, values: Mapping[str, object]) -> None:
        """Hold the values; nothing was read yet."""
        self._values = values
        self._read: set[str] = set()

    def __getitem__(self, name: str) -> object:
        """Return a value and remember that it was read."""
        value = self._values[name]
        self._read.add(name)
        return value


def names_read(scope: Scope) -> frozenset[str]:
    """Return the names that the text has read of a scope."""
    return frozenset(scope._read)  # noqa: SLF001 - kept from templates by its underscore, not from its own module


def make_scopes(facts: Facts, language: str, now: dt.datetime) -> tuple[dict[str, Scope], Printing]:
    """Return what a template may read, and how to print it."""
    zone, named = printing.zone_printed(facts.occasion, facts.contact, facts.terms.timezone)
    how = printing.printing_for(language, facts.terms.country, now.astimezone(zone), names_zone=named)
    values: dict[str, dict[str, object]] = {
        "contact": _contact_values(facts, zone),
        "occasion": _occasion_values(facts, zone),
        "practice": {"name": facts.terms.name, "phone": facts.terms.phone or _missing("practice.phone")},
    }
    if facts.told is not None:
        values["told"] = _told_values(facts, facts.told, zone)
    for name, value in facts.job.variables.items():
        root, dot, rest = name.partition(".")
        if dot and root in values:
            values[root][rest] = _given(value, zone)
    return {root: Scope(named) for root, named in values.items()}, how


def _given(value: object, zone: dt.tzinfo) -> object:
    """Return a value that a one-off brings: a day or a moment where it is written as one, else as it is."""
    return printing.read_moment(value, zone) if isinstance(value, str) and printing.wall_text(value, zone) else value


def _contact_values(facts: Facts, zone: dt.tzinfo) -> dict[str, object]:
    person = facts.contact
    if person is None:
        return {}
    values = _typed(person.fields, facts.terms.contact_fields, zone, "contact")
    name = person.name or person.first_name
    values["name"] = name or _missing("contact.name")
    values["first_name"] = person.first_name or name or _missing("contact.first_name")
    return values


def _occasion_values(facts: Facts, zone: dt.tzinfo) -> dict[str, object]:
    occasion = facts.occasion
    if occasion is None:
        return {}
    kind = facts.terms.kinds.get(occasion.kind)
    values = _typed(occasion.fields, kind.fields if kind else {}, zone, "occasion")
    own = printing.zone_printed(None, None, occasion.timezone or facts.terms.timezone)[0]
    values["kind"] = occasion.kind
    for name, given in (("start", occasion.start), ("end", occasion.end)):
        moment = _read(given, own, zone)
        values[name] = _missing(f"occasion.{name}") if moment is None else moment
    values["date"] = values["start"]
    return values


def _told_values(facts: Facts, told: Told, zone: dt.tzinfo) -> dict[str, object]:
    """Return what the contact was told: the start, and every field of the kind, as missing where it was not told."""
    occasion = facts.occasion
    kind = facts.terms.kinds.get(occasion.kind) if occasion else None
    own = printing.zone_printed(None, None, (occasion.timezone if occasion else None) or facts.terms.timezone)[0]
    values = _typed(told.fields, kind.fields if kind else {}, zone, "told")
    values["start"] = values["date"] = _read(told.start, own, zone)
    return values


def _read(given: str | None, own: dt.tzinfo, zone: dt.tzinfo) -> Moment | None:
    """Return an occasion's wall time, given in its own zone, in the zone printed."""
    if given is None:
        return None
    moment = printing.read_moment(given, own)
    return moment.astimezone(zone) if isinstance(moment, dt.datetime) else moment


def _typed(given: Mapping[str, object], types: Mapping[str, str], zone: dt.tzinfo, root: str) -> dict[str, object]:
    """Return declared fields as values of their types, those without a value as missing."""
    values: dict[str, object] = dict(given)
    for name, type_name in types.items():
        value = given.get(name)
        values[name] = _missing(f"{root}.{name}") if value is None or value == "" else _value(value, type_name, zone)
    return values


def _value(value: object, type_name: str, zone: dt.tzinfo) -> object:
    if type_name in {"money", "number"} and not isinstance(value, bool):
        return Decimal(str(value))
    if type_name in {"day", "moment"} and isinstance(value, str):
        return printing.read_moment(value, zone)
    return tuple(value) if isinstance(value, list) else value


def _missing(name: str) -> Missing:
    return Missing(hint=f"{name} has no value")
