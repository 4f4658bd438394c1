"""The fields of a form about a contact or an occasion: columns and what is stored in, fields as a page shows them out.

What is stored is shown as people type it, so that a field that nobody touched names nothing when it comes back.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from scheduler.intake.reading import What
from scheduler.intake.rows import ANNOUNCE, CONTACTS, ONLY_ROLE, REMINDERS, SKIP
from scheduler.planning.stored import StoredRow
from scheduler.rulebook.schema import Kind
from scheduler.web.words import sentence

_ELSEWHERE: Final = frozenset({REMINDERS, SKIP, ANNOUNCE, "version", "ref"})
"""Columns that no field of a form is for: they have their own buttons, or are the case system's."""
_LABELS: Final = {
    "contact": sentence("Contact"),
    "start": sentence("Start"),
    "end": sentence("End"),
    "date": sentence("Day"),
    "status": sentence("Status"),
    "case_ref": sentence("Case"),
    "timezone": sentence("Time zone"),
    "remote": sentence("Held remotely"),
    "name": sentence("Name"),
    "first_name": sentence("First name"),
    "phone": sentence("Phone"),
    "language": sentence("Language"),
    "owner": sentence("Looked after by"),
    "via": sentence("Uses the phone of"),
    "type": sentence("Type"),
    "mode": sentence("Mode"),
    "place": sentence("Place"),
    "amount": sentence("Amount"),
    "balance": sentence("Balance"),
    "tags": sentence("Tags"),
}
_HINTS: Final = {
    "contact": sentence("A name, a number or a reference."),
    "timezone": sentence("Such as America/Toronto; empty: the practice’s."),
    "via": sentence("A name, a number or a reference; empty: their own."),
    "first_name": sentence("As texts greet them."),
}
_INPUTS: Final = {"day": "date", "moment": "datetime-local", "yes_no": "yes_no"}
_PEOPLE: Final = frozenset({ONLY_ROLE, "via"})
_OWN: Final = {"start": "moment", "end": "moment", "date": "day", "remote": "yes_no"}
_LONGEST_LOCAL: Final = len("2026-12-01T10:00:00")


@dataclass(frozen=True, slots=True)
class Field:
    """A field: how it is called (a sentence, or a practice's own word), of which sort, what stands in it and is wrong.

    `kind` is an input's type, or select, yes_no, person; `options` are the words of a select.
    """

    name: str
    label: str
    kind: str
    value: str = ""
    hint: str = ""
    problem: str = ""
    options: tuple[str, ...] = ()
    is_required: bool = False
    is_decimal: bool = False


def names_of(what: What) -> tuple[str, ...]:
    """Return the columns that a form has fields for, in its order."""
    return tuple(name for name in what.columns.names if name not in _ELSEWHERE)


def fields_of(
    what: What,
    types: Mapping[str, str],
    values: Mapping[str, str],
    problems: Mapping[str, str],
    languages: Collection[str],
) -> list[Field]:
    """Return the fields of a form; `types` are those of the practice's own fields, `values` what stands in each."""
    return [
        _field(what, types, name, (values.get(name, ""), problems.get(name, "")), languages) for name in names_of(what)
    ]


def types_of(what: What, contact_fields: Mapping[str, str]) -> Mapping[str, str]:
    """Return the types of a record's own fields, by name."""
    return contact_fields if what.kind is None else what.kind.fields


def label_of(name: str) -> str:
    """Return what a column is called: a sentence of ours, or the practice's own word."""
    return _LABELS.get(name) or name.replace("_", " ").capitalize()


def shown_occasion(row: StoredRow, people: Mapping[str, str], kind: Kind) -> dict[str, str]:
    """Return what stands in the fields of a stored occasion; `people` are refs by role."""
    by_day = kind.dated == "day"
    own = {"date": row["start"]} if by_day else {"start": row["start"], "end": row["end"]}
    named = {name: row[name] for name in ("status", "case_ref", "timezone", "remote")}
    return _shown({**own, **named, **people, **_fields(row)})


def shown_contact(row: StoredRow, via: str | None) -> dict[str, str]:
    """Return what stands in the fields of a stored contact; `via` is the ref of whose phone is used."""
    names = ("name", "first_name", "language", "timezone", "owner")
    own = {name: row[name] for name in names} | {"phone": row["phone_given"], "via": via}
    return _shown({**own, **_fields(row)})


def _fields(row: StoredRow) -> Mapping[str, object]:
    fields: Mapping[str, object] = row["fields"] or {}
    return fields


def _shown(values: Mapping[str, object]) -> dict[str, str]:
    return {name: _text(value) for name, value in values.items()}


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(str(each) for each in value) if isinstance(value, list | tuple) else str(value)


def _field(
    what: What, types: Mapping[str, str], name: str, stands: tuple[str, str], languages: Collection[str]
) -> Field:
    value, problem = stands
    sort = _OWN.get(name) if name in what.columns.own else types.get(name)
    kind, options = _INPUTS.get(sort or "", "text"), tuple[str, ...]()
    if name in what.columns.roles or name in _PEOPLE:
        kind = "person"
    elif name == "status" and what.kind is not None:
        kind, options = "select", (*what.kind.status.live, *what.kind.status.done, *what.kind.status.off)
    elif name == "phone" and what.name == CONTACTS:
        kind = "tel"
    elif name == "language" and what.name == CONTACTS:
        kind, options = "select", ("", *dict.fromkeys((*languages, *([value] if value else []))))
    elif kind == "datetime-local" and len(value) > _LONGEST_LOCAL:
        kind = "text"  # with an offset, which no such field shows
    return Field(
        name,
        label_of(name),
        kind,
        value,
        _HINTS.get(name, ""),
        problem,
        options,
        is_required=name in {"start", "date"},
        is_decimal=sort in {"number", "money"},
    )
