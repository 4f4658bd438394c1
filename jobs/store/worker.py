"""What a worker does to the jobs it holds: claim, withhold, send (commit the intents) and record what came of them.

Every move is fenced; what does not come back was lost to someone else. Acceptance moves a job whoever holds it.
"""

import datetime as dt
import uuid
from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType

from sqlalchemy import Connection

from jobs.states import ACCEPTED, State, Verb
from jobs.store.arrows import Standing, lock, lock_queued, step, walk
from jobs.store.outcomes import Ended, Grounds, add_attempts, end_attempts
from jobs.store.reading import read_jobs
from jobs.store.stepping import Step
from jobs.store.telling import tell
from jobs.store.values import BEING_REPLANNED, MAYBE_ACCEPTED, WORKER, Ending, Intent, Job, Moved, Result, Withheld

WITHHELD_VERBS = {
    State.HELD: Verb.HOLD,
    State.BLOCKED: Verb.BLOCK,
    State.EXPIRED: Verb.EXPIRE,
    State.CANCELLED: Verb.CANCEL,
    State.SCHEDULED: Verb.RELEASE,
}
RESULT_VERBS = {
    State.SENT: Verb.RECORD,
    State.RETRYING: Verb.RETRY,
    State.HELD: Verb.HOLD,
    State.FAILED: Verb.FAIL,
    State.BLOCKED: Verb.BLOCK,
    State.EXPIRED: Verb.EXPIRE,
    State.CANCELLED: Verb.CANCEL,
    State.IN_DOUBT: Verb.DOUBT,
}
_BURNS = frozenset({State.RETRYING, State.FAILED})
_YIELDS_TO_STOP = frozenset({State.RETRYING, State.HELD})
_SETTLED_TO = {State.HELD: State.RETRYING, State.BLOCKED: State.RETRYING}
"""Where a doubt ends instead that is settled by its own worker; what is blocked meets that gate again."""


def claim(
    connection: Connection, ids: Sequence[uuid.UUID], *, worker: str, lease: dt.timedelta, now: dt.datetime
) -> list[Job]:
    """Take hold of queued jobs (fence+1, lease until now + `lease`) and return them whole, in the order of `ids`."""
    hold = {"worker": worker, "lease_until": now + lease}
    queued = lock_queued(connection, ids)
    steps = [step(each, Verb.CLAIM, State.CLAIMED, by=WORKER, bump=True, values=hold) for each in queued]
    walk(connection, steps, now=now)
    rows = {job.id: job for job in read_jobs(connection, [each.id for each in steps])}
    return [rows[each] for each in dict.fromkeys(ids) if each in rows]


def withhold(connection: Connection, withheld: Sequence[Withheld], *, now: dt.datetime) -> list[Moved]:
    """Move claimed jobs that do not go: held until a moment, blocked, expired, cancelled, or released unharmed."""
    by_id = {each.id: each for each in withheld}
    steps = [
        _withhold(standing, by_id[standing.id])
        for standing in lock(connection, by_id).values()
        if standing.state is State.CLAIMED and standing.fence == by_id[standing.id].fence
    ]
    return walk(connection, steps, now=now)


def send(
    connection: Connection,
    intents: Sequence[Intent],
    *,
    now: dt.datetime,
    grounds: Mapping[uuid.UUID, Grounds] = MappingProxyType({}),
) -> list[Intent]:
    """Commit intents of claimed jobs, the point of no return: sending, a row of attempts each; return those to send.

    A request may go out only for what comes back, and only after the transaction is committed. `grounds`, by attempt
    id, are kept with the attempts.
    """
    by_id = {intent.job_id: intent for intent in intents}
    standings = [
        standing
        for standing in lock(connection, by_id).values()
        if standing.state is State.CLAIMED and standing.fence == by_id[standing.id].fence
    ]
    steps = [_send(standing, by_id[standing.id]) for standing in standings]
    walk(connection, steps, now=now)
    going = {standing.id for standing in standings}
    sendable = [intent for intent in intents if intent.job_id in going]
    add_attempts(connection, sendable, grounds)
    tell(connection, sendable)
    return sendable


def record(connection: Connection, results: Sequence[Result], *, by: str = WORKER, now: dt.datetime) -> list[Moved]:
    """Write how attempts ended, and move their jobs: by the fence, or by acceptance whoever holds it.

    A second acceptance of one job is counted (`doubled`). A wanted stop turns retry and hold into cancel. What others
    doubted meanwhile is settled by its worker's word that it was surely not sent.
    """
    moved = []
    for batch in one_a_job(results):
        standings = lock(connection, [result.job_id for result in batch])
        accepted = end_attempts(connection, [_ended(result) for result in batch], now=now)
        steps = [
            found
            for result in batch
            if result.job_id in standings
            and (found := _recorded(standings[result.job_id], result, result.attempt_id in accepted, by=by))
        ]
        moved += walk(connection, steps, now=now)
    return moved


def accept(standing: Standing, *, by: str, reason: str | None, data: dict[str, object]) -> Step:
    """Return the step of newly proven acceptance: to sent, or, where it was accepted before, counted as a double."""
    if standing.state in ACCEPTED:
        values = {"doubled": standing.doubled + 1}
        return step(standing, Verb.RECORD, None, by=by, reason="accepted a second time", values=values, data=data)
    verb = Verb.SETTLE if standing.state is State.IN_DOUBT else Verb.RECORD
    return step(standing, verb, State.SENT, by=by, reason=reason, bump=standing.state is not State.SENDING, data=data)


def one_a_job(results: Iterable[Result]) -> list[list[Result]]:
    """Return the results in batches that name each job once, in their order."""
    batches: list[dict[uuid.UUID, Result]] = []
    for result in results:
        room = next((batch for batch in batches if result.job_id not in batch), None)
        if room is None:
            batches.append(room := {})
        room[result.job_id] = result
    return [list(batch.values()) for batch in batches]


def _withhold(standing: Standing, withheld: Withheld) -> Step:
    verb = WITHHELD_VERBS[withheld.state]
    reason = BEING_REPLANNED if withheld.being_replanned else withheld.reason
    values: dict[str, object] = {} if verb is Verb.RELEASE else {"deaths": 0}
    if withheld.until is not None:
        values["due_at"] = withheld.until
    return step(standing, verb, withheld.state, by=WORKER, reason=reason, values=values)


def _send(standing: Standing, intent: Intent) -> Step:
    data: dict[str, object] = {"attempt": intent.attempt_id, "provider": intent.provider, "sender": intent.sender}
    return step(standing, Verb.SEND, State.SENDING, by=WORKER, values={"deaths": 0}, data=data)


def _ended(result: Result) -> Ended:
    return Ended(
        id=result.attempt_id,
        outcome=result.ending,
        reason=result.reason,
        error_code=result.error_code,
        provider_id=result.provider_id,
    )


def _recorded(standing: Standing, result: Result, is_news: bool, *, by: str) -> Step | None:  # noqa: FBT001 - private
    data: dict[str, object] = {"attempt": result.attempt_id, "ending": result.ending.value}
    if result.ending is Ending.ACCEPTED:
        return accept(standing, by=by, reason=result.reason, data=data) if is_news else None
    # Doubting a silent worker's job leaves its fence: with the same one, no later attempt can have been made.
    is_doubted = standing.state is State.IN_DOUBT and result.ending not in MAYBE_ACCEPTED
    if standing.fence != result.fence or not (is_doubted or standing.state is State.SENDING):
        return None
    target = _SETTLED_TO.get(result.state, result.state) if is_doubted else result.state
    if standing.stop_wanted and target in _YIELDS_TO_STOP:
        mover, reason = standing.stop_by or by, standing.stop_reason
        verb = Verb.SETTLE if is_doubted else Verb.CANCEL
        return step(standing, verb, State.CANCELLED, by=mover, reason=reason, bump=is_doubted, data=data)
    return step(
        standing,
        Verb.SETTLE if is_doubted else RESULT_VERBS[result.state],
        target,
        by=by,
        bump=is_doubted,
        reason=result.reason,
        values=_result_values(standing, result),
        data=data,
    )


def _result_values(standing: Standing, result: Result) -> dict[str, object]:
    named = {"due_at": result.due_at, "provider": result.provider, "sender": result.sender}
    values: dict[str, object] = {name: value for name, value in named.items() if value is not None}
    if result.state in _BURNS:
        values["attempts"] = standing.attempts + 1
    return values
