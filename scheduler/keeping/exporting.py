"""Everything that is kept of a contact, as plain data for a file: by table, as it stands, with the acts about them."""

import datetime as dt
import uuid
from typing import Any, Final

from sqlalchemy import Connection, RowMapping, select

from jobs.records import audit as acts
from jobs.records import jobs, metadata, texts
from scheduler.identities import audit
from scheduler.identities.audit import Act, Signed
from scheduler.keeping.belonging import Belongings, find_belongings
from scheduler.proof.finding import find_party

EXPORTED: Final = "contact.exported"
"""The action in the audit log."""
FORM: Final = 1
"""Counts up when the shape changes."""


def export(connection: Connection, practice: str, ref: str, now: dt.datetime) -> dict[str, Any]:
    """Return everything that is kept of a contact: by table its rows, oldest first, and the acts about them.

    Moments are ISO 8601 in UTC, ids as text. A number that others have now too is listed in `shared_numbers`: of what
    hangs on it alone only words on consent are theirs.

    Raises:
        NotFoundError: there is no such contact.

    """
    found = find_belongings(connection, practice, ref)
    tables = {name: _rows(connection, name, chosen) for name, chosen in found.rows(for_export=True).items()}
    return {
        "form": FORM,
        "practice": practice,
        "contact": found.ref,
        "former_refs": list(found.party.former_refs),
        "exported_at": now.isoformat(),
        "shared_numbers": sorted(found.shared),
        "tables": {name: rows for name, rows in tables.items() if rows},
        "audit": _acts(connection, found),
    }


def note_export(connection: Connection, ref: str, signed: Signed) -> None:
    """Note in the audit log that somebody took an export of the contact of that ref."""
    row = find_party(connection, signed.practice, ref).row
    audit.note(connection, Act(signed, EXPORTED, audit.contact(row["id"])))


def _rows(connection: Connection, name: str, chosen: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - a condition
    table = metadata.tables[name]
    query = select(table).where(chosen).order_by(*table.primary_key.columns)
    return [_plain_row(row) for row in connection.execute(query).mappings()]


def _acts(connection: Connection, found: Belongings) -> list[dict[str, Any]]:
    """Return the acts about the contact, and about jobs and texts of theirs, oldest first."""
    party = found.party
    theirs = {
        "contact": set(party.ids),
        "job": set(connection.execute(select(jobs.c.id).where(party.has_job())).scalars()),
        "text": set(connection.execute(select(texts.c.id).where(party.has_text())).scalars()),
    }
    query = select(acts).where(acts.c.practice == party.practice, acts.c.subject_kind.in_(sorted(theirs)))
    ids = {(kind, each.hex) for kind, found_ids in theirs.items() for each in found_ids}
    rows = connection.execute(query.order_by(acts.c.id)).mappings()
    return [_plain_row(row) for row in rows if (row["subject_kind"], row["subject_id"]) in ids]


def _plain_row(row: RowMapping) -> dict[str, Any]:
    return {name: _plain(value) for name, value in row.items()}


def _plain(value: Any) -> Any:  # noqa: ANN401 - any value of a column
    if isinstance(value, dt.datetime):
        return value.isoformat()
    return str(value) if isinstance(value, uuid.UUID) else value
