"""What a provider's receipts do to jobs: proof of acceptance, then delivered or undelivered, never backwards.

Proofs by attempt id come in; attempts that are not ours are passed over.
"""

import datetime as dt
import uuid
from collections.abc import Sequence

from sqlalchemy import Connection

from jobs.states import State, Verb, sources_of
from jobs.store.arrows import Standing, lock, step, walk
from jobs.store.outcomes import jobs_of_attempts
from jobs.store.stepping import Step
from jobs.store.values import PROVIDER, Ending, Moved, Proof, Result
from jobs.store.worker import record


def prove(connection: Connection, proofs: Sequence[Proof], *, by: str = PROVIDER, now: dt.datetime) -> list[Moved]:
    """Record that attempts were accepted and, where the receipt says so, that their texts arrived or did not.

    A later contradiction turns undelivered into delivered; nothing turns delivered back.
    """
    owners = jobs_of_attempts(connection, [proof.attempt_id for proof in proofs])
    known = [proof for proof in proofs if proof.attempt_id in owners]
    moved = record(connection, [_accepted(proof, owners[proof.attempt_id]) for proof in known], by=by, now=now)
    for batch in _one_a_job([proof for proof in known if proof.delivered is not None], owners):
        standings = lock(connection, batch)
        steps = [_deliver(standings[job_id], proof, by=by) for job_id, proof in batch.items()]
        moved += walk(connection, [each for each in steps if each is not None], now=now)
    return moved


def _one_a_job(proofs: Sequence[Proof], owners: dict[uuid.UUID, uuid.UUID]) -> list[dict[uuid.UUID, Proof]]:
    """Return the proofs in batches that name each job once, in their order."""
    batches: list[dict[uuid.UUID, Proof]] = []
    for proof in proofs:
        job_id = owners[proof.attempt_id]
        room = next((batch for batch in batches if job_id not in batch), None)
        if room is None:
            batches.append(room := {})
        room[job_id] = proof
    return batches


def _deliver(standing: Standing, proof: Proof, *, by: str) -> Step | None:
    target = State.DELIVERED if proof.delivered else State.UNDELIVERED
    if standing.state not in sources_of(Verb.RECORD, target):
        return None
    data = {"attempt": proof.attempt_id, "error_code": proof.error_code}
    return step(standing, Verb.RECORD, target, by=by, reason=proof.reason, data=data)


def _accepted(proof: Proof, job_id: uuid.UUID) -> Result:
    return Result(
        attempt_id=proof.attempt_id,
        job_id=job_id,
        fence=-1,  # acceptance asks for no fence
        ending=Ending.ACCEPTED,
        state=State.SENT,
        reason=proof.reason,
        error_code=proof.error_code,
        provider_id=proof.provider_id,
    )
