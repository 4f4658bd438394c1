"""Writes what came of a wave's requests, in one transaction: endings, states, money, and what else an answer means.

Outcomes come in, values of a closed list; `retries` says where a job goes. It asks no provider.
"""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Sequence

from sqlalchemy import Connection

from jobs import bad_numbers, consent, retries, spending
from jobs.conversation.opting import opt_out
from jobs.delivery.batches import Ended
from jobs.providers.contract import Accepted, Closed, Fault, Later, NotWritten, Outcome, Refused, Throttled, Unknown
from jobs.senders import PROVIDER, SENDER, Pause, Slowed, pause, slow_down
from jobs.states import State
from jobs.store.values import WORKER, Ending, Result
from jobs.store.worker import record
from jobs.taking.rooms import note_answers, note_unknowns

_ENDINGS: dict[type[Outcome], Ending] = {
    Accepted: Ending.ACCEPTED,
    Refused: Ending.REFUSED,
    Later: Ending.LATER,
    Throttled: Ending.THROTTLED,
    Closed: Ending.CLOSED,
    Unknown: Ending.UNKNOWN,
    NotWritten: Ending.NOT_WRITTEN,
}


class Recording:
    """The endings of a wave; `commit` may run again, from the start, with its transaction."""

    def __init__(self, ended: Sequence[Ended], now: dt.datetime, jitter: Callable[[], float]) -> None:
        """Decide where each job goes, once; nothing is written yet."""
        self._ended = ended
        self._now = now
        self._results = [_result(each, now, jitter) for each in ended]

    def commit(self, connection: Connection) -> None:
        """Write endings, move the jobs, settle what they reserved; note opt-outs, closed and throttled senders."""
        held = spending.open_reserves(connection, [result.attempt_id for result in self._results])
        record(connection, self._results, now=self._now)
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

    def _note_health(self, connection: Connection) -> None:
        """Tell each provider's breaker of the wave: unknowns may open it, answers let it close again."""
        unknowns = Counter(each.going.intent.provider for each in self._ended if isinstance(each.outcome, Unknown))
        for provider, count in sorted(unknowns.items()):
            note_unknowns(connection, provider, count, now=self._now)
        for provider in sorted({each.going.intent.provider for each in self._ended} - set(unknowns)):
            note_answers(connection, provider)

    def _slowed(self) -> list[Slowed]:
        """Return the senders that were throttled, each with its latest moment."""
        until: dict[tuple[str, str], dt.datetime] = {}
        for each, result in zip(self._ended, self._results, strict=True):
            if isinstance(each.outcome, Throttled) and result.due_at is not None:
                key = (each.going.intent.practice, each.going.intent.sender)
                until[key] = max(result.due_at, until.get(key, result.due_at))
        return [Slowed(practice, sender, moment) for (practice, sender), moment in sorted(until.items())]


def _result(ended: Ended, now: dt.datetime, jitter: Callable[[], float]) -> Result:
    intent, job = ended.going.intent, ended.going.facts.job
    then = retries.after(ended.outcome, job, now, jitter)
    sender = ended.going.facts.terms.sender(intent.sender)
    fallback = ended.going.facts.terms.sender(sender.fallback) if sender and sender.fallback else None
    other = fallback if fallback and retries.may_take_over(ended.outcome, job, now) else None
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
