"""What an opt-out and its end do, in the caller's transaction: the word is recorded, the jobs to the number follow.

Per practice and number, across all senders and contacts: waiting jobs are blocked with the reason; the end of an
opt-out reopens those of them that are still of use. Whether they are still wanted is for planning to say.
"""

import datetime as dt
import uuid
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, Connection, TextClause, and_, or_, select, text, union

from jobs import consent, store
from jobs.consent import OPT_IN, OPT_OUT, ConsentWord
from jobs.conversation.telling import tell_opted_out
from jobs.events import Kind, wants
from jobs.gates.opted_out import OPTED_OUT
from jobs.records import contacts, jobs
from jobs.records.life import IN_FLIGHT_SQL, UNSAID_SQL, WAITING_SQL
from jobs.states import Origin, State
from jobs.store.values import Change, Job, Moved, Pick

CARRIER_REFUSED: Final = "the provider refused it: "
"""How the reason of a job begins that was blocked because its carrier knew of an opt-out; see `jobs.retries`."""


@dataclass(frozen=True, slots=True)
class Opted:
    """What a word did. `is_new`: the number did not stand so before; `jobs`: what was blocked, or waits again."""

    is_new: bool
    jobs: tuple[Moved, ...] = ()
    occasions: tuple[uuid.UUID, ...] = ()


def opt_out(connection: Connection, word: ConsentWord, *, by: str, now: dt.datetime) -> Opted:
    """Record an opt-out and block every unsent job to the number but the confirmation itself.

    A carrier that says it again is not recorded again; jobs that were planned since are blocked all the same.
    """
    standing = consent.standings(connection, [(word.practice, word.number)], now).get((word.practice, word.number))
    is_new = standing is None or standing.opted_out is None
    if is_new or word.source != "carrier":
        consent.record(connection, [word], now=now)
    reason = f"{OPTED_OUT} (by {word.source}, {now:%Y-%m-%d})"
    waiting = [job for job in _unsent_to(connection, word.practice, word.number) if not _confirms(job)]
    blocked = store.block(connection, [Pick(id=job.id, reason=reason) for job in waiting], by=by, now=now)
    if is_new and wants(connection, Kind.CONTACT_OPTED_OUT, word.practice):
        tell_opted_out(connection, word, _reached_on(connection, word.practice, word.number), now=now)
    return Opted(is_new, tuple(blocked), _occasions(waiting, blocked))


def opt_in(connection: Connection, word: ConsentWord, *, by: str, now: dt.datetime) -> Opted:
    """Record the end of an opt-out and reopen what it blocked, if it is still of use; the caller plans it again.

    Where there was no opt-out nothing is recorded.
    """
    standing = consent.standings(connection, [(word.practice, word.number)], now).get((word.practice, word.number))
    if standing is None or standing.opted_out is None:
        return Opted(is_new=False)
    consent.record(connection, [word], now=now)
    ended = [job for job in _blocked_to(connection, word.practice, word.number) if job.useful_until > now]
    reason = f"the person opted in again (by {word.source}, {now:%Y-%m-%d})"
    changes = [Change(id=job.id, fence=job.fence, due_at=max(job.planned_for, now), reason=reason) for job in ended]
    reopened = store.reopen(connection, changes, by=by, now=now)
    return Opted(is_new=True, jobs=tuple(reopened), occasions=_occasions(ended, reopened))


def _confirms(job: Job) -> bool:
    return job.origin is Origin.ACKNOWLEDGEMENT and job.step == OPT_OUT


def _occasions(found: Iterable[Job], moved: Collection[Moved]) -> tuple[uuid.UUID, ...]:
    ids = {each.id for each in moved}
    return tuple(sorted({job.occasion_id for job in found if job.id in ids and job.occasion_id is not None}))


def _unsent_to(connection: Connection, practice: str, number: str) -> list[Job]:
    """Return the jobs to a number of which no request can exist: waiting, queued or claimed."""
    found = _jobs_to(connection, practice, number, [text(WAITING_SQL), text(IN_FLIGHT_SQL)])
    return [job for job in found if job.state is not State.SENDING]


def _blocked_to(connection: Connection, practice: str, number: str) -> list[Job]:
    """Return the jobs to a number that an opt-out blocked, here or at the carrier's."""
    reasons = or_(jobs.c.reason.startswith(OPTED_OUT), jobs.c.reason.startswith(CARRIER_REFUSED))
    is_blocked = and_(text(UNSAID_SQL), jobs.c.state == State.BLOCKED.value, reasons)
    found = _jobs_to(connection, practice, number, [is_blocked])
    return [job for job in found if job.origin is not Origin.ACKNOWLEDGEMENT]


def _jobs_to(
    connection: Connection, practice: str, number: str, wanted: Sequence[ColumnElement[bool] | TextClause]
) -> list[Job]:
    """Return the jobs to every contact who is reached on a number, and to the number itself.

    Each condition is a query of its own. All are found by `ix_jobs_contact_id`, where jobs to a number alone are those
    without a contact. Their practice is compared afterwards: asked for in the query, SQLite without statistics read
    every waiting job of the practice instead (186 ms of a million, against 2 ms).
    """
    people = _reached_on(connection, practice, number)
    of_number = and_(jobs.c.contact_id.is_(None), jobs.c.to_number == number)
    theirs = jobs.c.contact_id.in_(people)
    queries = [select(jobs.c.id).where(whose, each) for whose in (theirs, of_number) for each in wanted]
    ids: Sequence[uuid.UUID] = connection.execute(union(*queries)).scalars().all()
    return [job for job in store.read_jobs(connection, ids) if job.practice == practice]


def _reached_on(connection: Connection, practice: str, number: str) -> list[uuid.UUID]:
    """Return the contacts whose own number it is, and those who are reached via one of these; gone ones too."""
    has_it = (contacts.c.practice == practice) & (contacts.c.phone == number)
    rows = connection.execute(select(contacts.c.id, contacts.c.via_id).where(has_it)).all()
    own = [row.id for row in rows if row.via_id is None]
    via = select(contacts.c.id).where(contacts.c.via_id.in_([row.id for row in rows]))
    return [*own, *connection.execute(via).scalars()]


__all__ = ["OPT_IN", "OPT_OUT", "Opted", "opt_in", "opt_out"]
