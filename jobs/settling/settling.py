"""From a doubt to a settled job: what was taken and what the provider said come in; the store's verbs write the rest.

No request is made here and none inside a transaction: `take_doubts`, then ask, then `settle_doubts`.
"""

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from jobs import spending, store
from jobs.facts import FactsReader
from jobs.providers.contract import Capabilities, Found, Listing
from jobs.settling import reading
from jobs.settling.judging import SOONEST, Absent, Accepted, Unclear, Verdict, judge
from jobs.settling.reading import Doubt
from jobs.store.arrows import lock
from jobs.store.outcomes import Ended, end_attempts
from jobs.store.values import CHORE, Ending, Finding, Proof, Settlement

UNDER_WAY: Final = dt.timedelta(seconds=15)
"""When to look again where a twin is on the wire."""
FOUND: Final = "the provider lists it"
ABSENT: Final = "the provider lists no such text"
_ENDINGS: Final = {
    "resend": (Finding.RESEND, "the rules say to send again"),
    "give_up": (Finding.GIVE_UP, "the rules say to give up"),
}
"""By a practice's `on_doubt`; under `hold` a job stays in doubt, before a person."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A doubt, what its provider said of it, and when that was asked."""

    doubt: Doubt
    found: Found | None
    can: Capabilities
    asked_at: dt.datetime


def take_doubts(connection: Connection, providers: Collection[str], *, now: dt.datetime) -> list[Doubt]:
    """Return the doubts that may be asked about now; a text whose twin is on the wire waits for that."""
    taken = reading.take(connection, providers, now)
    later = {each.id: now + UNDER_WAY for doubt in taken if doubt.is_under_way for each in doubt.attempts}
    reading.ask_again(connection, later)
    return [doubt for doubt in taken if not doubt.is_under_way]


def put_back(connection: Connection, doubts: Sequence[Doubt], *, now: dt.datetime) -> None:
    """Let doubts that were taken and never asked about be taken again soon; nothing was learnt of them."""
    soon = {each.id: now + SOONEST for doubt in doubts for each in doubt.attempts}
    reading.ask_again(connection, soon)


def settle_doubts(connection: Connection, asked: Sequence[Asked], *, now: dt.datetime) -> Counter[str]:
    """Settle what the answers tell; what they do not waits for the next asking, or ends as its practice says.

    Returns how many attempts were found, absent, unclear, and how many jobs went by `on_doubt`.
    """
    counts: Counter[str] = Counter()
    for each in asked:
        counts.update(_settle(connection, each, now))
    return counts


def _settle(connection: Connection, asked: Asked, now: dt.datetime) -> Counter[str]:
    doubt = asked.doubt
    lock(connection, set(doubt.jobs.values()))  # before any attempt, as every verb does
    is_open = reading.still_open(connection, [each.id for each in doubt.attempts])
    left = [each for each in doubt.attempts if each.id in is_open]
    if isinstance(asked.found, Listing) and reading.has_newer_twin(connection, doubt):
        reading.ask_again(connection, {each.id: now + UNDER_WAY for each in left})
        return Counter(unclear=len(left))
    listed = [each.provider_id for each in asked.found.texts] if isinstance(asked.found, Listing) else []
    claimed = reading.claimed_ids(connection, doubt.provider, listed)
    verdicts = judge(left, asked.found, asked.can, claimed=claimed, now=asked.asked_at)
    held = spending.open_reserves(connection, [each.id for each in left])
    counts = _write(connection, doubt, verdicts, now)
    spending.close(connection, held)
    return counts


def _write(
    connection: Connection, doubt: Doubt, verdicts: Mapping[uuid.UUID, Verdict], now: dt.datetime
) -> Counter[str]:
    found = {each: verdict for each, verdict in verdicts.items() if isinstance(verdict, Accepted)}
    proofs = [Proof(attempt_id=each, provider_id=it.provider_id, reason=FOUND) for each, it in found.items()]
    store.prove(connection, proofs, by=CHORE, now=now)
    unclear = {each: verdict for each, verdict in verdicts.items() if isinstance(verdict, Unclear)}
    reading.ask_again(connection, {each: verdict.again_at for each, verdict in unclear.items()})
    absent = [each for each, verdict in verdicts.items() if isinstance(verdict, Absent)]
    ended = [Ended(id=each, outcome=Ending.SETTLED_ABSENT, reason=ABSENT) for each in absent]
    end_attempts(connection, ended, now=now)
    over = [each for each, verdict in unclear.items() if verdict.again_at is None]
    store.settle(connection, _settlements(connection, doubt, absent, over), by=CHORE, now=now)
    return Counter(found=len(found), absent=len(absent), unclear=len(unclear) - len(over), left=len(over))


def _settlements(
    connection: Connection, doubt: Doubt, absent: Sequence[uuid.UUID], over: Sequence[uuid.UUID]
) -> list[Settlement]:
    """Return how jobs in doubt end: by all their attempts, also those of other words that were judged elsewhere.

    Without an open attempt left it was not sent; where asking tells nothing more of any of them, its practice says.
    """
    in_doubt = {doubt.jobs[each] for each in (*absent, *over)} & doubt.in_doubt
    open_moments = reading.open_moments(connection, in_doubt)
    unsent = sorted(job for job in in_doubt if job not in open_moments)
    untold = sorted(job for job, moments in open_moments.items() if set(moments) == {reading.NEVER})
    settlements = [Settlement(id=job, finding=Finding.ABSENT, reason=ABSENT) for job in unsent]
    return settlements + _by_terms(connection, doubt, untold)


def _by_terms(connection: Connection, doubt: Doubt, jobs: Sequence[uuid.UUID]) -> list[Settlement]:
    """Return how the jobs end of which asking tells nothing more, as their practices say; else a person must."""
    in_force = FactsReader().in_force(connection, {doubt.practices[job] for job in jobs})
    settlements = []
    for job in jobs:
        found = in_force.get(doubt.practices[job])
        ending = None if found is None else _ENDINGS.get(found.terms.on_doubt)
        if ending is not None:
            settlements.append(Settlement(id=job, finding=ending[0], reason=f"nobody can tell, and {ending[1]}"))
    return settlements
