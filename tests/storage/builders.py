"""Builders with a default for everything: a practice with its sender, jobs in any state, intents and results."""

import datetime as dt
import itertools
import uuid
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sqlalchemy import Connection, insert, select

from jobs import senders, store
from jobs.database import Database
from jobs.records import attempts, contacts, new_id, occasions, practices, timeline
from jobs.states import Origin, State
from jobs.terms import SenderTerms

NOW = dt.datetime(2026, 3, 2, 15, 0, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)
LEASE = dt.timedelta(seconds=60)

_numbers = itertools.count(1)


def make_sender_terms(**changes: object) -> SenderTerms:
    """Return a sender that is fast enough not to matter."""
    values: dict[str, Any] = {"id": "main", "number": "+15145550100", "provider": "terminal"}
    values |= {"segments_per_second": Decimal(1000)} | changes
    return SenderTerms(**values)


def add_practice(connection: Connection, practice: str = "northlight", *terms: SenderTerms) -> str:
    """Lay a practice with its senders."""
    connection.execute(insert(practices).values(id=practice, number=next(_numbers), created_at=NOW))
    senders.lay_senders(connection, practice, terms or [make_sender_terms()])
    return practice


def add_contact(connection: Connection, practice: str = "northlight", **changes: object) -> uuid.UUID:
    """Add a contact and return its id."""
    values = {"id": new_id(), "practice": practice, "ref": f"C-{next(_numbers)}", "fields": {}, "phone": "+15145550101"}
    values |= {"created_at": NOW, "updated_at": NOW} | changes
    connection.execute(insert(contacts).values(**values))
    return uuid.UUID(str(values["id"]))


def add_occasion(connection: Connection, practice: str = "northlight", **changes: object) -> uuid.UUID:
    """Add an appointment and return its id."""
    values = {"id": new_id(), "practice": practice, "kind": "appointment", "ref": f"A-{next(_numbers)}", "fields": {}}
    values |= {"status": "booked", "start": "2026-03-10T10:00", "starts_at": NOW + 8 * DAY, "dated_at": NOW}
    values |= {"created_at": NOW, "updated_at": NOW} | changes
    connection.execute(insert(occasions).values(**values))
    return uuid.UUID(str(values["id"]))


def make_job(**changes: object) -> store.NewJob:
    """Return a new one-off that is due now and useful for a day."""
    values: dict[str, Any] = {"practice": "northlight", "identity": uuid.uuid4(), "origin": Origin.ONE_OFF}
    values |= {"sender": "main", "provider": "terminal", "planned_for": NOW, "useful_until": NOW + DAY}
    values |= changes
    return store.NewJob(**values)


def plan(database: Database, *jobs: store.NewJob, by: str = store.PLANNER) -> list[uuid.UUID]:
    """Plan jobs (one where none is given) and return the ids of those planned."""
    return database.write(
        lambda connection: store.plan(connection, jobs or [make_job()], by=by, now=database.moment(connection))
    )


def make_intent(job: store.Job, **changes: object) -> store.Intent:
    """Return an intent of a claimed job."""
    values: dict[str, Any] = {"job_id": job.id, "fence": job.fence, "practice": job.practice, "provider": job.provider}
    values |= {"sender": job.sender, "from_number": "+15145550100", "to_number": "+15145550101", "body": "Hello."}
    values |= {"segments": 1, "encoding": "GSM-7", "started_at": NOW, "deadline": NOW + MINUTE}
    values |= changes
    return store.Intent(**values)


def make_result(intent: store.Intent, state: State, ending: store.Ending, **changes: object) -> store.Result:
    """Return what came of an intent."""
    values: dict[str, Any] = {"attempt_id": intent.attempt_id, "job_id": intent.job_id, "fence": intent.fence}
    values |= {"state": state, "ending": ending} | changes
    return store.Result(**values)


def accepted(intent: store.Intent, **changes: object) -> store.Result:
    """Return that an intent was accepted."""
    return make_result(intent, State.SENT, store.Ending.ACCEPTED, **({"provider_id": f"T{next(_numbers)}"} | changes))


def enqueue(database: Database, ids: Sequence[uuid.UUID]) -> list[store.Moved]:
    """Move waiting jobs to queued."""
    return database.write(lambda connection: store.enqueue(connection, ids, now=database.moment(connection)))


def claim(database: Database, ids: Sequence[uuid.UUID], worker: str = "w1") -> list[store.Job]:
    """Queue and claim jobs."""
    enqueue(database, ids)
    return database.write(
        lambda connection: store.claim(connection, ids, worker=worker, lease=LEASE, now=database.moment(connection))
    )


def send(database: Database, ids: Sequence[uuid.UUID], **changes: object) -> list[store.Intent]:
    """Queue, claim and commit intents."""
    intents = [make_intent(job, **changes) for job in claim(database, ids)]
    return database.write(lambda connection: store.send(connection, intents, now=database.moment(connection)))


def record(database: Database, *results: store.Result, by: str = store.WORKER) -> list[store.Moved]:
    """Record results."""
    return database.write(lambda connection: store.record(connection, results, by=by, now=database.moment(connection)))


def read(database: Database, job_id: uuid.UUID) -> store.Job:
    """Return a job as it stands."""
    with database.read() as connection:
        [job] = store.read_jobs(connection, [job_id])
    return job


def verbs(database: Database, job_id: uuid.UUID) -> list[str]:
    """Return the verbs of a job's timeline."""
    with database.read() as connection:
        found = select(timeline.c.verb).where(timeline.c.job_id == job_id).order_by(timeline.c.id)
        return list(connection.execute(found).scalars())


def outcome(database: Database, attempt_id: uuid.UUID) -> str | None:
    """Return how an attempt ended, None while it is sending."""
    with database.read() as connection:
        found: str | None = connection.execute(
            select(attempts.c.outcome).where(attempts.c.id == attempt_id)
        ).scalar_one()
    return found


def put_in(database: Database, state: State, **changes: object) -> tuple[uuid.UUID, store.Intent | None]:
    """Plan a job and lead it to `state` by the store's own verbs; return its id and its last intent."""
    [job_id] = plan(database, make_job(**changes))
    ways: dict[State, tuple[State, store.Ending] | None] = {
        State.SENDING: None,
        State.RETRYING: (State.RETRYING, store.Ending.LATER),
        State.FAILED: (State.FAILED, store.Ending.REFUSED),
        State.IN_DOUBT: (State.IN_DOUBT, store.Ending.UNKNOWN),
        State.SENT: (State.SENT, store.Ending.ACCEPTED),
        State.DELIVERED: (State.SENT, store.Ending.ACCEPTED),
        State.UNDELIVERED: (State.SENT, store.Ending.ACCEPTED),
    }
    if state is State.QUEUED:
        enqueue(database, [job_id])
    elif state is State.CLAIMED:
        claim(database, [job_id])
    elif state in {State.HELD, State.BLOCKED, State.EXPIRED, State.CANCELLED}:
        withhold(database, claim(database, [job_id])[0], state)
    if state not in ways:
        return job_id, None
    [intent] = send(database, [job_id])
    if (way := ways[state]) is not None:
        record(database, make_result(intent, *way, due_at=NOW))
    if state in {State.DELIVERED, State.UNDELIVERED}:
        prove(database, intent.attempt_id, delivered=state is State.DELIVERED)
    return job_id, intent


def withhold(database: Database, job: store.Job, state: State, **changes: object) -> list[store.Moved]:
    """Withhold a claimed job."""
    values: dict[str, Any] = {"id": job.id, "fence": job.fence, "state": state, "reason": "a gate said so"}
    values["until"] = NOW if state is State.HELD else None
    values |= changes
    withheld = store.Withheld(**values)
    return database.write(lambda connection: store.withhold(connection, [withheld], now=database.moment(connection)))


def prove(database: Database, attempt_id: uuid.UUID, *, delivered: bool | None) -> list[store.Moved]:
    """Bring a receipt."""
    proof = store.Proof(attempt_id=attempt_id, delivered=delivered)
    return database.write(lambda connection: store.prove(connection, [proof], now=database.moment(connection)))
