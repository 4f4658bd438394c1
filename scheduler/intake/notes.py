"""What a person did about a contact or an occasion besides texts, and why: phoned, muted, unmuted. Only appended.

The only writer of notes, in the caller's transaction.
"""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import Connection, insert

from jobs.errors import InputError
from jobs.records import new_id, notes
from scheduler.intake.values import LONGEST_TEXT, read_line


class Did(StrEnum):
    """What a person did."""

    PHONED = "phoned"
    MUTED = "muted"
    UNMUTED = "unmuted"


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What was done, about which occasion or contact, by whom and why; `start` is the start that was told on the phone.

    `rules` are those that were muted or unmuted; none: all reminders.
    """

    practice: str
    did: Did
    because: str
    by: str
    occasion_id: uuid.UUID | None = None
    contact_id: uuid.UUID | None = None
    start: str | None = None
    rules: tuple[str, ...] = ()


def add_notes(connection: Connection, written: Sequence[Note], now: dt.datetime) -> None:
    """Keep notes as of `now`."""
    rows = [
        {
            "id": new_id(),
            "practice": note.practice,
            "occasion_id": note.occasion_id,
            "contact_id": note.contact_id,
            "did": note.did.value,
            "start": note.start,
            "rules": list(note.rules) or None,
            "note": note.because,
            "by": note.by,
            "at": now,
        }
        for note in written
    ]
    if rows:
        connection.execute(insert(notes), rows)


def read_reason(given: str) -> str:
    """Return why a person did it, as it is kept.

    Raises:
        InputError: there are no words, too many, or some that no database keeps.

    """
    try:
        words = read_line(given, LONGEST_TEXT)
    except ValueError as error:
        message = f"the reason {error}"
        raise InputError(message) from error
    if not words:
        message = "a reason is needed: it is kept"
        raise InputError(message)
    return words
