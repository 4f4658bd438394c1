"""Contacts in: a set of rows is upserted, and the occasions that their change concerns are planned again with it.

In the caller's transaction, which holds the practice's intake. The only writer of contacts.
"""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import Connection

from jobs.conversation import attach
from jobs.records import contacts
from scheduler.intake.finding import contacts_by_ref, occasions_naming, reached_via
from scheduler.intake.merging import Merged, merge_contact
from scheduler.intake.outcomes import Refused, RowOutcome, Upserted
from scheduler.intake.rows import Problem, Row, refuse_doubles
from scheduler.intake.via import reach_via
from scheduler.intake.writing import put
from scheduler.planning.basis import Occurrence, basis_of
from scheduler.planning.replanner import replan
from scheduler.publishing.revisions import Current

_DATES_JOBS: Final = frozenset({"phone", "phone_zones", "timezone", "fields", "gone_at", "via_id", "reminders_off"})
"""Columns whose change can change what is planned."""


def upsert_contacts(
    connection: Connection, current: Current, rows: Sequence[Row], now: dt.datetime
) -> Upserted | Refused:
    """Take contacts in by ref; what a changed one concerns is planned again, waiting jobs follow a changed number.

    Refused, and nothing written, where one is to be reached via somebody who is not known, or is reached so too.

    Raises:
        InputError: two rows have the same ref.

    """
    refuse_doubles(rows)
    practice = current.rulebook.practice
    stored = contacts_by_ref(connection, practice.practice, [row.ref for row in rows])
    merged = [merge_contact(stored.get(row.ref), row, practice.country, practice.practice, now) for row in rows]
    merged, problems = reach_via(connection, practice.practice, merged)
    if problems:
        return Refused(problems)
    put(connection, contacts, [each.values for each in merged if each.is_to_be_written])
    attach(connection, practice.practice, _numbers(merged))
    concerned = [each for each in merged if each.row.ref in stored and each.changed & _DATES_JOBS]
    new_numbers = _new_numbers(connection, concerned)
    ids = occasions_naming(connection, [_id(each.values) for each in concerned])
    basis = basis_of(current.revision, current.rulebook, current.plan)
    jobs = replan(connection, basis, ids, Occurrence(now, new_numbers=new_numbers))
    outcomes = tuple(RowOutcome(each.row.ref, each.outcome, each.row.line) for each in merged)
    return Upserted(outcomes, tuple(filter(None, map(_warning, merged))), jobs)


def _numbers(merged: Sequence[Merged]) -> dict[str, uuid.UUID]:
    """Return who has which number now, of those whose number is new here."""
    fresh = (each for each in merged if each.is_to_be_written and each.values["phone"])
    return {str(each.values["phone"]): _id(each.values) for each in fresh}


def _new_numbers(connection: Connection, concerned: Sequence[Merged]) -> frozenset[uuid.UUID]:
    """Return the contacts who are reached on another number now."""
    own = [_id(each.values) for each in concerned if "phone" in each.changed and each.values["phone"]]
    others = [_id(each.values) for each in concerned if "via_id" in each.changed]
    return frozenset([*own, *others, *reached_via(connection, own)])


def _id(values: Mapping[str, Any]) -> uuid.UUID:
    contact_id: uuid.UUID = values["id"]
    return contact_id


def _warning(merged: Merged) -> Problem | None:
    """Say that a contact that was just taken in cannot be texted, and why."""
    problem = merged.values.get("phone_problem")
    if problem is None or not merged.is_to_be_written:
        return None
    given = merged.values["phone_given"]
    return Problem(f"{given!r} {problem}: {merged.row.ref} is kept and cannot be texted", merged.row.line, "phone")
