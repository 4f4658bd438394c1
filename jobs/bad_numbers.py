"""Numbers that can never be texted, as their provider said: why, by practice and number. The only writer of them."""

import datetime as dt
from collections.abc import Collection

from sqlalchemy import Connection, insert, select, update

from jobs.records import number_faults

Key = tuple[str, str]
"""A practice and a number (E.164)."""


def mark(connection: Connection, key: Key, reason: str, code: str | None, *, now: dt.datetime) -> None:
    """Note that a number can never be texted; the newest reason stands."""
    practice, number = key
    known = (number_faults.c.practice == practice) & (number_faults.c.number == number)
    values = {"reason": reason, "error_code": code, "at": now}
    if not connection.execute(update(number_faults).where(known).values(**values)).rowcount:
        connection.execute(insert(number_faults).values(practice=practice, number=number, **values))


def reasons(connection: Connection, keys: Collection[Key]) -> dict[Key, str]:
    """Return of which of these numbers it is known that they can never be texted, and why."""
    if not keys:
        return {}
    rows = connection.execute(
        select(number_faults.c.practice, number_faults.c.number, number_faults.c.reason).where(
            number_faults.c.practice.in_(sorted({practice for practice, _ in keys})),
            number_faults.c.number.in_(sorted({number for _, number in keys})),
        )
    )
    return {(row.practice, row.number): row.reason for row in rows}
