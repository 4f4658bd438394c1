"""When a row of each table is kept no longer: by `keep`, never what is open and never what is on legal hold.

Moments come in, conditions go out, one sweep a table for words and one for numbers. It reads and writes nothing.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import JSON, Column, ColumnElement, Table, and_, exists, or_

from jobs.records import (
    attempts,
    calendar_events,
    consents,
    contacts,
    conversation_notes,
    conversations,
    jobs,
    metadata,
    notes,
    number_days,
    number_faults,
    occasion_people,
    occasions,
    receipts,
    texts,
    timeline,
    told,
)
from jobs.states import ENDED
from jobs.store.held import held_occasions, is_held, is_held_job, is_held_number, is_held_text
from scheduler.keeping.cares import Care, columns_of
from scheduler.keeping.cutting import HASHED, holds_number

_ENDED: Final = [state.value for state in sorted(ENDED)]

Old = Callable[[str, dt.datetime], ColumnElement[bool]]
"""Gives the condition that a row of a practice is older than a moment, over with, and not on hold."""


class Done(StrEnum):
    """What a sweep does to what it finds."""

    EMPTY = "empty"
    CUT = "cut"
    HIDE = "hide"
    REMOVE = "remove"


@dataclass(frozen=True, slots=True)
class Sweep:
    """One table's rows that are kept no longer: which they are, and what is done to them. `name` is kept."""

    name: str
    table: Table
    columns: tuple[Column[Any], ...]
    overdue: ColumnElement[bool]
    done: Done


def sweeps(practice: str, *, bodies: dt.datetime | None, numbers: dt.datetime | None) -> list[Sweep]:
    """Return the sweeps of a practice that keeps words and numbers from those moments on; None: for ever."""
    found: list[Sweep] = []
    if bodies is not None:
        found += [_words(metadata.tables[name], old(practice, bodies)) for name, old in _WORDS.items()]
    if numbers is not None:
        found += [_numbers(metadata.tables[name], old(practice, numbers)) for name, old in _NUMBERS.items()]
        found.append(_gone_people(practice, numbers))
    return found


def _words(table: Table, old: ColumnElement[bool]) -> Sweep:
    columns = columns_of(table, Care.WORDS)
    held = or_(*(_holds_something(column) for column in columns))
    return Sweep(f"{table.name}: words", table, tuple(columns), and_(held, old), Done.EMPTY)


def _numbers(table: Table, old: ColumnElement[bool]) -> Sweep:
    name = f"{table.name}: numbers"
    if table is consents:
        return Sweep(name, table, (), and_(~consents.c.number.startswith(HASHED), old), Done.HIDE)
    if any(column.primary_key for column in columns_of(table, Care.NUMBER)):
        return Sweep(name, table, (), old, Done.REMOVE)
    return Sweep(name, table, (), and_(holds_number(table), old), Done.CUT)


def _gone_people(practice: str, before: dt.datetime) -> Sweep:
    """Return the sweep over contacts who were removed before that moment."""
    columns = columns_of(contacts, Care.PERSON)
    held = or_(*(_holds_something(column) for column in columns))
    old = and_(contacts.c.practice == practice, contacts.c.gone_at < before, ~is_held(contacts.c.id))
    return Sweep("contacts: removed ones", contacts, tuple(columns), and_(held, old), Done.EMPTY)


def _holds_something(column: Column[Any]) -> ColumnElement[bool]:
    if column.nullable:
        return column.is_not(None)
    return column != ({} if isinstance(column.type, JSON) else "")


def _old_job(practice: str, before: dt.datetime) -> ColumnElement[bool]:
    over = and_(jobs.c.state.in_(_ENDED), jobs.c.useful_until < before, jobs.c.updated_at < before)
    return and_(jobs.c.practice == practice, over, ~is_held_job())


def _of_ended_job(job_id: ColumnElement[Any], practice: str) -> ColumnElement[bool]:
    """Return the condition that a row is of a job of the practice that has ended and that no hold keeps."""
    return exists().where(jobs.c.id == job_id, jobs.c.practice == practice, jobs.c.state.in_(_ENDED), ~is_held_job())


def _old_attempt(practice: str, before: dt.datetime) -> ColumnElement[bool]:
    ended = _of_ended_job(attempts.c.job_id, practice)
    return and_(attempts.c.practice == practice, attempts.c.started_at < before, ended)


def _old_event(practice: str, before: dt.datetime) -> ColumnElement[bool]:
    return and_(timeline.c.at < before, _of_ended_job(timeline.c.job_id, practice))


def _old_receipt(practice: str, before: dt.datetime) -> ColumnElement[bool]:
    """Return the condition on receipts; of those that belong to no attempt, the first practice's `keep` decides."""
    asked = attempts.alias("asked")
    ended = exists().where(asked.c.id == receipts.c.attempt_id, _of_ended_job(asked.c.job_id, practice))
    return and_(receipts.c.at < before, or_(ended, receipts.c.attempt_id.is_(None)))


def _old_text(practice: str, before: dt.datetime) -> ColumnElement[bool]:
    """Return the condition on texts; one that still asks staff is open."""
    asks = and_(texts.c.flagged, texts.c.settled_at.is_(None))
    of_open = and_(
        texts.c.job_id.is_not(None), exists().where(jobs.c.id == texts.c.job_id, jobs.c.state.not_in(_ENDED))
    )
    return and_(texts.c.practice == practice, texts.c.at < before, ~asks, ~of_open, ~is_held_text())


def _old_told(practice: str, before: dt.datetime) -> ColumnElement[bool]:
    """Return the condition on what was told: of an occasion ahead it is compared with what is planned."""
    past = exists().where(
        occasions.c.id == told.c.occasion_id, occasions.c.practice == practice, occasions.c.starts_at < before
    )
    held = or_(is_held(told.c.contact_id), told.c.occasion_id.in_(held_occasions()))
    return and_(told.c.at < before, past, ~held)


def _old_note(practice: str, before: dt.datetime) -> ColumnElement[bool]:
    named = exists().where(occasion_people.c.occasion_id == notes.c.occasion_id, is_held(occasion_people.c.contact_id))
    of_case = and_(notes.c.occasion_id.is_not(None), notes.c.occasion_id.in_(held_occasions()))
    held = or_(is_held(notes.c.contact_id), named, of_case)
    return and_(notes.c.practice == practice, notes.c.at < before, ~held)


def _old_inbox_note(practice: str, before: dt.datetime) -> ColumnElement[bool]:
    its = conversation_notes.c
    return and_(its.practice == practice, its.at < before, ~is_held_number(its.practice, its.number))


def _old_calendar_event(practice: str, before: dt.datetime) -> ColumnElement[bool]:
    its = calendar_events.c
    named = exists().where(occasion_people.c.occasion_id == its.occasion_id, is_held(occasion_people.c.contact_id))
    of_case = and_(its.occasion_id.is_not(None), its.occasion_id.in_(held_occasions()))
    return and_(its.practice == practice, its.starts_at < before, ~named, ~of_case)


def _old_word(practice: str, before: dt.datetime) -> ColumnElement[bool]:
    its = consents.c
    return and_(its.practice == practice, its.at < before, _is_nobodys(its.practice, its.number))


def _old_conversation(practice: str, before: dt.datetime) -> ColumnElement[bool]:
    its, said = conversations.c, texts.alias("spoken")
    goes_on = exists().where(said.c.practice == its.practice, said.c.number == its.number)
    held = is_held_number(its.practice, its.number)
    return and_(its.practice == practice, its.updated_at < before, ~goes_on, ~held)


def _old_fault(practice: str, before: dt.datetime) -> ColumnElement[bool]:
    its = number_faults.c
    return and_(its.practice == practice, its.at < before, _is_nobodys(its.practice, its.number))


def _old_day(practice: str, before: dt.datetime) -> ColumnElement[bool]:
    its = number_days.c
    held = is_held_number(its.practice, its.number)
    return and_(its.practice == practice, its.day < before.date().isoformat(), ~held)


def _is_nobodys(practice: ColumnElement[str], number: ColumnElement[str]) -> ColumnElement[bool]:
    """Return the condition that no contact of the practice has a number now, and no hold keeps it."""
    has = contacts.alias("owning")
    owned = exists().where(has.c.practice == practice, has.c.phone == number, has.c.gone_at.is_(None))
    return and_(~owned, ~is_held_number(practice, number))


_WORDS: Final[Mapping[str, Old]] = {
    "jobs": _old_job,
    "attempts": _old_attempt,
    "receipts": _old_receipt,
    "texts": _old_text,
    "told": _old_told,
    "notes": _old_note,
    "conversation_notes": _old_inbox_note,
    "calendar_events": _old_calendar_event,
}
_NUMBERS: Final[Mapping[str, Old]] = {
    "jobs": _old_job,
    "timeline": _old_event,
    "attempts": _old_attempt,
    "texts": _old_text,
    "conversation_notes": _old_inbox_note,
    "consents": _old_word,
    "conversations": _old_conversation,
    "number_faults": _old_fault,
    "number_days": _old_day,
}
"""In the order in which they are swept: conversations end after their texts."""


def swept() -> dict[str, set[Care]]:
    """Return by table which kinds of columns age: what the table of cares says must be the same."""
    found: dict[str, set[Care]] = {}
    for names, cares in ((_WORDS, {Care.WORDS}), (_NUMBERS, {Care.NUMBER, Care.MENTIONS})):
        for name in names:
            of_table = {care for care in cares if columns_of(metadata.tables[name], care)}
            found.setdefault(name, set()).update(of_table)
    return found
