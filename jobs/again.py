"""Texts that did not arrive, once more: undelivered jobs in, new ones out, in the transaction that records the receipt.

Only of steps that say `if_undelivered: again`, and once. Whether each is still wanted is for planning and the gates.
"""

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from sqlalchemy import Connection

from jobs import store
from jobs.facts import FactsReader
from jobs.providers.contract import Fault
from jobs.states import Origin, State
from jobs.store.falling import note_fallen
from jobs.store.values import PROVIDER, Job, Moved, NewJob, Pick
from jobs.terms import Terms

LASTING: Final = frozenset({Fault.NUMBER, Fault.OPTED_OUT, Fault.CONTENT})
"""What stands in the way another time too: the number, the person's own word, the words of the text."""
AFTER: Final = dt.timedelta(minutes=30)
"""How long a phone that was off is given; at most half of the time in which the text is of use."""
_SHORT_ID: Final = 8
_LOST: Final = (State.SENT, State.UNDELIVERED)


def send_again(
    connection: Connection, moved: Iterable[Moved], faults: Mapping[uuid.UUID, Fault | None], *, now: dt.datetime
) -> list[uuid.UUID]:
    """Plan once more what has just become undelivered, and stop what goes once more for a text that did arrive.

    `faults`: by job, what the receipt's error says beyond its text. Returns the ids of the jobs planned; planning looks
    at their occasions next, since what is not wanted any more does not go.
    """
    moved = list(moved)
    arrived = {each.id for each in moved if each.to_state is State.DELIVERED}
    _stop(connection, [each.id for each in moved if each.id in arrived and each.from_state is State.UNDELIVERED], now)
    lost = {each.id for each in moved if (each.from_state, each.to_state) == _LOST} - arrived
    lost = {each for each in lost if faults.get(each) not in LASTING}
    found = [job for job in store.read_jobs(connection, lost) if _may_go_again(job, now)]
    in_force = FactsReader().in_force(connection, {job.practice for job in found})
    new = [
        _once_more(job, current.revision, current.terms, now)
        for job in found
        if (current := in_force.get(job.practice)) is not None and _is_asked_for(job, current.terms)
    ]
    planned = store.plan(connection, new, by=PROVIDER, now=now) if new else []
    note_fallen(connection, planned)
    return planned


def _may_go_again(job: Job, now: dt.datetime) -> bool:
    is_first = job.origin is Origin.REMINDER and job.again_count == 0
    return is_first and job.useful_until > now and not job.stop_wanted


def _is_asked_for(job: Job, terms: Terms) -> bool:
    rule = terms.rule(job.rule or "")
    return rule is not None and job.step in rule.again


def _once_more(job: Job, revision: str, terms: Terms, now: dt.datetime) -> NewJob:
    return NewJob(
        practice=job.practice,
        identity=store.again_identity(job_id=job.id, count=1),
        origin=job.origin,
        sender=job.sender,
        provider=job.provider,
        planned_for=now + min(AFTER, (job.useful_until - now) / 2),
        useful_until=job.useful_until,
        rule=job.rule,
        step=job.step,
        occasion_id=job.occasion_id,
        role=job.role,
        anchor=job.anchor,
        repeat=job.repeat,
        again_of=job.id,
        again_count=1,
        contact_id=job.contact_id,
        template=job.template,
        variables=job.variables,
        purpose=job.purpose,
        urgency=job.urgency,
        plan_hash=terms.plan_hashes.get(f"{job.rule}/{job.step}", ""),
        revision=revision,
        segments=job.segments,
        reason=f"once more, since job {job.id.hex[-_SHORT_ID:]} did not arrive"
        + (f": {job.reason}" if job.reason else ""),
    )


def _stop(connection: Connection, arrived: Sequence[uuid.UUID], now: dt.datetime) -> None:
    """Cancel what would say once more what arrived after all."""
    identities = [(None, store.again_identity(job_id=each, count=1)) for each in arrived]
    found = store.ids_by_identity(connection, identities).values()
    picks = [Pick(id=each, reason="the first one arrived after all") for each in found]
    store.cancel(connection, picks, by=PROVIDER, now=now)
