"""What is looked for in the audit log, as people name it: names and refs in, a search out. It writes nothing.

The log names contacts by id; whoever asks may give a ref, and is told the present one.
"""

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection, select

from jobs.records import contacts
from jobs.store.values import CHORE, person
from scheduler.asking.refs import contacts_meant
from scheduler.identities.audit import Noted, Search

_PARTS: Final = frozenset({CHORE})
"""Parts of Quietbell that the log names without a colon."""


def search_of(  # noqa: PLR0913 - as many as a search has
    connection: Connection,
    practice: str,
    *,
    by: str | None = None,
    action: str | None = None,
    subject_kind: str | None = None,
    subject_id: str | None = None,
    since: dt.datetime | None = None,
    until: dt.datetime | None = None,
) -> Search:
    """Return a search: `by` is a user's name as well as `key:NAME`, `subject_id` of a contact its ref as well."""
    if subject_kind == "contact" and subject_id is not None:
        known: uuid.UUID | None = connection.scalar(contacts_meant(practice, subject_id))
        subject_id = subject_id if known is None else known.hex
    return Search(
        by=by if by is None or ":" in by or by in _PARTS else person(by),
        action=action,
        subject_kind=subject_kind,
        subject_id=subject_id,
        since=since,
        until=until,
    )


def known_refs(connection: Connection, practice: str, acts: Sequence[Noted]) -> dict[str, str]:
    """Return the present refs of the contacts whom acts were done to, by id as the log has it."""
    ids = {_id(each.act.subject.id) for each in acts if each.act.subject.kind == "contact"} - {None}
    if not ids:
        return {}
    query = select(contacts.c.id, contacts.c.ref).where(contacts.c.practice == practice, contacts.c.id.in_(list(ids)))
    return {row.id.hex: row.ref for row in connection.execute(query)}


def _id(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None
