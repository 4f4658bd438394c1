"""What every table keeps of a person: the one table that retention, export and erasure all follow. Pure.

Each column that can hold words, numbers or values of people is named here with what is done about it; a test fails when
one of the records is not.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import JSON, Column, LargeBinary, Table, Text

from jobs import records


class Care(StrEnum):
    """What a column holds, and so what becomes of it."""

    WORDS = "words"
    """Words to, from or about a person: emptied once `keep: bodies` is over, and when the person is erased."""
    NUMBER = "number"
    """A person's number: cut once `keep: numbers` is over, and on erasure; in a key, the row goes."""
    MENTIONS = "mentions"
    """A reason that may name a number: the number in it is cut, at the same times."""
    PERSON = "person"
    """What is recorded about a person: emptied on erasure, and where they were removed before `keep: numbers`."""
    TRANSIENT = "transient"
    """Goes by itself, soon: rows of an import once it is taken in, events after a month, plans after ten."""
    STAYS = "stays"
    """No person's, or what proves and counts: ids, refs, states, hashes, settings, names of staff."""


_SETTINGS: Final = (
    "practices",
    "revisions",
    "step_publishings",
    "publishings",
    "replans",
    "drafts",
    "senders",
    "providers",
    "pauses",
    "spending",
    "imports",
    "sweeps",
    "calendars",
    "endpoints",
    "users",
    "sessions",
    "sign_ins",
    "sign_in_steps",
    "api_keys",
    "audit",
    "holds",
    "contact_aliases",
    "occasion_aliases",
    "occasion_people",
    "one_off_keys",
    "job_views",
    "bulk_orders",
    "bulk_jobs",
    "fallen",
)
"""Tables that hold no words, number or values of the people who are texted.

The audit log names them by id; keys of one-offs keep answers without words and numbers; views of lists hold no number.
"""

CARES: Final[Mapping[str, Mapping[str, Care]]] = {
    "contacts": {
        "name": Care.PERSON,
        "first_name": Care.PERSON,
        "phone_given": Care.PERSON,
        "phone": Care.PERSON,
        "phone_problem": Care.PERSON,
        "phone_zones": Care.PERSON,
        "timezone": Care.PERSON,
        "language": Care.PERSON,
        "owner": Care.PERSON,
        "fields": Care.PERSON,
    },
    "occasions": {"fields": Care.PERSON},
    "told": {"fields": Care.WORDS},
    "jobs": {
        "to_number": Care.NUMBER,
        "text": Care.WORDS,
        "variables": Care.WORDS,
        "reason": Care.MENTIONS,
        "stop_reason": Care.MENTIONS,
    },
    "timeline": {"reason": Care.MENTIONS},
    "attempts": {
        "to_number": Care.NUMBER,
        "body": Care.WORDS,
        "told_fields": Care.WORDS,
        "reason": Care.MENTIONS,
    },
    "receipts": {"raw": Care.WORDS},
    "texts": {"number": Care.NUMBER, "body": Care.WORDS, "media": Care.WORDS},
    "conversations": {"number": Care.NUMBER},
    "conversation_notes": {"number": Care.NUMBER, "note": Care.WORDS},
    "notes": {"note": Care.WORDS},
    "consents": {"number": Care.NUMBER, "evidence": Care.PERSON, "wording": Care.PERSON},
    "number_faults": {"number": Care.NUMBER},
    "number_days": {"number": Care.NUMBER},
    "calendar_events": {"title": Care.WORDS, "reason": Care.WORDS},
    "calendar_links": {},
    "import_rows": {"data": Care.TRANSIENT},
    "events": {"payload": Care.TRANSIENT},
    "deliveries": {"answer": Care.TRANSIENT},
    "plans": {"summary": Care.TRANSIENT, "effects": Care.TRANSIENT, "soon": Care.TRANSIENT, "listed": Care.TRANSIENT},
}
"""By table and column. A table's columns that are left out are in `STAYING`."""

STAYING: Final[Mapping[str, frozenset[str]]] = {
    "contacts": frozenset({"practice", "ref"}),
    "occasions": frozenset(
        {"practice", "kind", "ref", "case_ref", "status", "answer", "start", "end", "timezone", "changes", "skip"}
    ),
    "told": frozenset({"start"}),
    "jobs": frozenset(
        {"practice", "origin", "rule", "step", "role", "anchor", "idempotency_key", "sender", "provider", "template"}
        | {"purpose", "state", "plan_hash", "revision", "worker", "moved_by", "stop_by", "sent_by"}
    ),
    "timeline": frozenset({"verb", "from_state", "to_state", "by", "data"}),
    "attempts": frozenset(
        {"practice", "provider", "account", "sender", "from_number", "body_hash", "encoding", "template", "language"}
        | {"revision", "told_start", "template_hash", "window", "consent", "caused_by", "outcome", "error_code"}
        | {"provider_id", "cost_estimated", "cost_actual", "currency", "price", "price_currency", "spending_month"}
    ),
    "receipts": frozenset({"practice", "provider", "provider_id", "status", "error_code"}),
    "texts": frozenset(
        {"practice", "direction", "provider_id", "case_ref", "owner", "provider", "own_number", "meaning", "settled_by"}
    ),
    "conversations": frozenset({"practice", "assigned_to", "case_ref", "updated_by"}),
    "conversation_notes": frozenset({"practice", "by"}),
    "notes": frozenset({"practice", "did", "start", "rules", "by"}),
    "consents": frozenset({"practice", "what", "purpose", "source", "by", "basis"}),
    "number_faults": frozenset({"practice", "reason", "error_code"}),
    "number_days": frozenset({"practice", "day"}),
    "calendar_events": frozenset({"practice", "calendar", "kind", "ref", "uid", "recurrence", "state", "start"}),
    "calendar_links": frozenset({"practice", "calendar", "uid", "recurrence", "by"}),
    "events": frozenset({"practice", "kind", "key"}),
    "plans": frozenset(
        {"id", "practice", "base", "started_from", "revision", "content", "files", "by"},
    ),
}
"""Columns that stay as they are, of tables that hold something of people."""


def unclassified() -> list[str]:
    """Return the columns of the records, as `table.column`, that this module says nothing of; there should be none."""
    return sorted(
        f"{table.name}.{column.name}"
        for table in records.metadata.tables.values()
        if table.name not in _SETTINGS
        for column in table.columns
        if _can_hold_words(column) and care_of(table, column.name) is None
    )


def unknown() -> list[str]:
    """Return what this module names that is not in the records; there should be nothing."""
    tables = records.metadata.tables
    named = [(table, column) for of in (CARES, STAYING) for table, columns in of.items() for column in columns]
    gone = [f"{table}.{column}" for table, column in named if table not in tables or column not in tables[table].c]
    return sorted([*gone, *(name for name in [*_SETTINGS, *CARES] if name not in tables)])


def care_of(table: Table, column: str) -> Care | None:
    """Return what becomes of a column; None where it is not classified."""
    if column in STAYING.get(table.name, ()):
        return Care.STAYS
    return CARES.get(table.name, {}).get(column)


def columns_of(table: Table, *cares: Care) -> list[Column[Any]]:
    """Return the columns of a table of those kinds, in their order."""
    return [column for column in table.columns if care_of(table, column.name) in cares]


def emptied(columns: Iterable[Column[Any]]) -> dict[str, object]:
    """Return by name what columns hold once they are emptied: nothing, or an empty value where one must be."""
    return {column.name: _empty(column) for column in columns}


def _empty(column: Column[Any]) -> object:
    if column.nullable:
        return None
    return {} if isinstance(column.type, JSON) else ""


def _can_hold_words(column: Column[Any]) -> bool:
    return isinstance(column.type, Text | JSON | LargeBinary)
