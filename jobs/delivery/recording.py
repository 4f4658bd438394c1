"""Writes what came of a wave's requests, in one transaction: endings, states, money, and what else an answer means.

Outcomes come in, values of a closed list; `retries` says where a job goes. It asks no provider.
"""

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from typing import Final

from sqlalchemy import Connection, select

from jobs import bad_numbers, consent, retries, spending
from jobs.conversation.opting import opt_out
from jobs.delivery.batches import Ended
from jobs.delivery.taking_over import has_fallback, who_takes_over
from jobs.providers.contract import Accepted, Closed, Fault, Later, NotWritten, Outcome, Refused, Throttled, Unknown
from jobs.receipts import adopt
from jobs.records import attempts
from jobs.senders import PROVIDER, SENDER, Pause, Slowed, active_pauses, pause, slow_down
from jobs.states import State
from jobs.store.values import WORKER, Ending, Result
from jobs.store.worker import record
from jobs.taking.rooms import note_answers, note_unknowns
from jobs.terms import SenderTerms

_ENDINGS: dict[type[Outcome], Ending] = {
    Accepted: Ending.ACCEPTED,
    Refused: Ending.REFUSED,
    Later: Ending.LATER,
    Throttled: Ending.THROTTLED,
    Closed: Ending.CLOSED,
    Unknown: Ending.UNKNOWN,
    NotWritten: Ending.NOT_WRITTEN,
}

_SILENT: Final = (Unknown, Later, NotWritten)
"""Outcomes in which a provider may have said nothing at all."""


class Recording:
    """The endings of a wave; `commit` may run again, from the start, with its transaction."""

    def __init__(self, ended: Sequence[Ended], now: dt.datetime, jitter: Callable[[], float]) -> None:
        """Decide where each job goes, once; nothing is written yet."""
        self._ended = ended
        self._now = now
        self._nexts = [retries.after(each.outcome, each.going.facts.job, now, jitter) for each in ended]

    def commit(self, connection: Connection) -> None:
        """Write endings, move the jobs, settle what they reserved; note opt-outs, closed and throttled senders."""
        held = spending.open_reserves(connection, [each.going.intent.attempt_id for each in self._ended])
        record(connection, self._results(connection), now=self._now)
        self._adopt_receipts(connection)
        spending.close(connection, held)
        for each in self._ended:
            if _said_stop(each):
                opt_out(connection, _opt_out(each), by=WORKER, now=self._now)
            if isinstance(each.outcome, Refused) and each.outcome.fault is Fault.NUMBER:
                intent, outcome = each.going.intent, each.outcome
                key = (intent.practice, intent.to_number)
                bad_numbers.mark(connection, key, outcome.reason, outcome.code, now=self._now)
        slow_down(connection, self._slowed())
        self._note_health(connection)
        pause(connection, [found for each in self._ended if (found := _pause(each))], by=WORKER, now=self._now)

    def _results(self, connection: Connection) -> list[Result]:
        """Return how each attempt ended and where its job goes, to another sender where one takes over."""
        waiting = {each.going.intent.job_id: each for each in self._ended if _may_be_taken_over(each, self._now)}
        others: dict[uuid.UUID, SenderTerms | None] = {}
        if waiting:
            practice_ids = {each.going.intent.practice for each in waiting.values()}
            paused = active_pauses(connection, practice_ids, self._now)
            unsent = waiting.keys() - doubted(connection, waiting)
            others = {job_id: who_takes_over(waiting[job_id], paused) for job_id in unsent}
        return [
            _result(each, then, others.get(each.going.intent.job_id), self._now)
            for each, then in zip(self._ended, self._nexts, strict=True)
        ]

    def _adopt_receipts(self, connection: Connection) -> None:
        """Let receipts count that were here before the answer which says whose they are."""
        given: dict[str, list[str]] = {}
        for each in self._ended:
            if isinstance(each.outcome, Accepted):
                given.setdefault(each.going.intent.provider, []).append(each.outcome.provider_id)
        for provider, ids in sorted(given.items()):
            adopt(connection, provider, ids, now=self._now)

    def _note_health(self, connection: Connection) -> None:
        """Tell each provider's breaker of the wave: unknowns may open it, answers let it close again.

        What was never written, or did not reach it, says nothing of its health.
        """
        unknowns = Counter(each.going.intent.provider for each in self._ended if isinstance(each.outcome, Unknown))
        for provider, count in sorted(unknowns.items()):
            note_unknowns(connection, provider, count, now=self._now)
        answered = {each.going.intent.provider for each in self._ended if not isinstance(each.outcome, _SILENT)}
        for provider in sorted(answered - set(unknowns)):
            note_answers(connection, provider)

    def _slowed(self) -> list[Slowed]:
        """Return the senders that were throttled, each with its latest moment."""
        until: dict[tuple[str, str], dt.datetime] = {}
        for each, then in zip(self._ended, self._nexts, strict=True):
            if isinstance(each.outcome, Throttled) and then.due_at is not None:
                key = (each.going.intent.practice, each.going.intent.sender)
                until[key] = max(then.due_at, until.get(key, then.due_at))
        return [Slowed(practice, sender, moment) for (practice, sender), moment in sorted(until.items())]


def doubted(connection: Connection, job_ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Return which of these jobs may have been sent by an attempt that nobody knows the end of, but were resent."""
    query = select(attempts.c.job_id).where(
        attempts.c.job_id.in_(sorted(job_ids)), attempts.c.outcome == Ending.UNKNOWN.value
    )
    return set(connection.execute(query).scalars())


def _may_be_taken_over(ended: Ended, now: dt.datetime) -> bool:
    return has_fallback(ended) and retries.may_take_over(ended.outcome, ended.going.facts.job, now)


def _result(ended: Ended, then: retries.Next, other: SenderTerms | None, now: dt.datetime) -> Result:
    intent = ended.going.intent
    return Result(
        attempt_id=intent.attempt_id,
        job_id=intent.job_id,
        fence=intent.fence,
        ending=_ENDINGS[type(ended.outcome)],
        state=State.RETRYING if other else then.state,
        reason=f"{then.reason}; {other.id} takes over" if other else then.reason,
        error_code=then.code,
        provider_id=ended.outcome.provider_id if isinstance(ended.outcome, Accepted) else None,
        due_at=now if other else then.due_at,
        provider=other.provider if other else None,
        sender=other.id if other else None,
    )


def _said_stop(ended: Ended) -> bool:
    return isinstance(ended.outcome, Refused) and ended.outcome.opted_out


def _opt_out(ended: Ended) -> consent.ConsentWord:
    """Return the opt-out that a carrier keeps and we did not know of."""
    outcome = ended.outcome
    return consent.ConsentWord(
        practice=ended.going.intent.practice,
        number=ended.going.intent.to_number,
        what=consent.OPT_OUT,
        source="carrier",
        by="provider",
        evidence=outcome.reason if isinstance(outcome, Refused) else None,
    )


def _pause(ended: Ended) -> Pause | None:
    """Return the pause of a closed sender, or of the practice's account at that provider; None where none is closed."""
    outcome, intent = ended.outcome, ended.going.intent
    if not isinstance(outcome, Closed):
        return None
    is_account = outcome.what == "account"
    return Pause(
        PROVIDER if is_account else SENDER,
        intent.practice,
        intent.provider if is_account else intent.sender,
        f"the {outcome.what} is closed: {outcome.reason}",
    )
