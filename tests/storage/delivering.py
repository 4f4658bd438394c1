"""A practice in force, its jobs, a provider that answers from a script, and a worker's pipeline, with defaults."""

import asyncio
import uuid
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection, insert, select, update

from jobs import store
from jobs.database import Database
from jobs.delivery import Delivery
from jobs.providers.contract import Accepted, Capabilities, NotWritten, Outcome, SendRequest
from jobs.records import attempts, practices, revisions
from jobs.states import Origin
from jobs.terms import KindTerms, TemplateTerms, Terms
from tests.storage.builders import (
    DAY,
    NOW,
    add_contact,
    add_occasion,
    add_practice,
    enqueue,
    make_job,
    make_sender_terms,
    plan,
)

REMINDER = "See you {{ occasion.start | date }} at {{ occasion.start | time }}."


def make_terms(**changes: Any) -> Terms:
    """Return the terms of a practice in Toronto that may text from 9 to 20 every day."""
    values: dict[str, Any] = {
        "practice": "northlight",
        "name": "Northlight",
        "timezone": "America/Toronto",
        "country": "CA",
        "languages": ("en", "fr"),
        "sending_window": {"mon-sun": "09:00-20:00", "holidays": "09:00-20:00"},
        "countries": ("CA",),
        "senders": (make_sender_terms(),),
        "kinds": {"appointment": KindTerms(fields={"place": "text"})},
        "templates": {"reminder": TemplateTerms(sources={"en": REMINDER})},
        "plan_hashes": {"consultation/day-before": "h1"},
    }
    return Terms(**(values | changes))


def publish(connection: Connection, terms: Terms, revision: str = "r-1") -> None:
    """Put terms in force as a revision of their practice."""
    row = {
        "practice": terms.practice,
        "id": revision,
        "content": {},
        "files": {},
        "author": "test",
        "published_at": NOW,
    }
    connection.execute(insert(revisions).values(**row, terms=terms.model_dump(mode="json")))
    connection.execute(update(practices).where(practices.c.id == terms.practice).values(current_revision=revision))


def open_practice(database: Database, **changes: Any) -> Terms:
    """Lay a practice and put its first revision in force."""
    terms = make_terms(**changes)

    def work(connection: Connection) -> None:
        add_practice(connection, terms.practice, *terms.senders)
        publish(connection, terms)

    database.write(work)
    return terms


def queue_reminder(database: Database, **changes: Any) -> uuid.UUID:
    """Plan and queue one reminder of an appointment eight days ahead, and return its job's id."""
    contact = changes.pop("contact", {})
    occasion = changes.pop("occasion", {})
    contact_id = database.write(lambda connection: add_contact(connection, **contact))
    occasion_id = database.write(lambda connection: add_occasion(connection, **occasion))
    values: dict[str, Any] = {
        "origin": Origin.REMINDER,
        "rule": "consultation",
        "step": "day-before",
        "plan_hash": "h1",
    }
    values |= {"occasion_id": occasion_id, "contact_id": contact_id, "role": "contact", "template": "reminder"}
    values |= {"anchor": "2026-03-10T10:00", "revision": "r-1"}
    [job_id] = plan(database, make_job(**(values | changes)))
    enqueue(database, [job_id])
    return job_id


def queue_one_off(database: Database, **changes: Any) -> uuid.UUID:
    """Plan and queue one text of a person's own words, and return its job's id."""
    [job_id] = plan(database, make_job(**({"text": "The door code changed.", "to_number": "+15145550101"} | changes)))
    enqueue(database, [job_id])
    return job_id


class ScriptedProvider:
    """Answers from a script, then accepts; remembers what it was asked for."""

    id = "terminal"
    capabilities = Capabilities(at_once=20)

    def __init__(self, *outcomes: Outcome | Exception) -> None:
        """Answer with these, in turn."""
        self._outcomes = list(outcomes)
        self.asked: list[SendRequest] = []

    async def send(self, request: SendRequest) -> Outcome:
        """Answer with what the script says; write nothing past the deadline."""
        if not request.may_write():
            return NotWritten()
        self.asked.append(request)
        outcome = self._outcomes.pop(0) if self._outcomes else Accepted(f"P-{request.attempt_id}")
        if isinstance(outcome, Exception):
            raise outcome
        return outcome


class Steady:
    """A steady clock that stands until it is moved."""

    def __init__(self) -> None:
        """Stand at zero."""
        self.seconds = 0.0

    def __call__(self) -> float:
        """Return the seconds."""
        return self.seconds


def make_delivery(database: Database, provider: ScriptedProvider, **changes: Any) -> Delivery:
    """Return a worker's pipeline over one provider, with a steady clock that stands."""
    values: dict[str, Any] = {"database": database, "providers": {provider.id: provider}, "run_coroutine": asyncio.run}
    values |= {"worker": "w1", "steady": Steady(), "jitter": lambda: 0.5}
    return Delivery(**(values | changes))


def at_step(wanted: str, act: Callable[[], object]) -> Callable[[str], None]:
    """Return a checkpoint that acts once when the step of that name is done."""
    waiting = [act]

    def checkpoint(step: str) -> None:
        if step == wanted and waiting:
            waiting.pop()()

    return checkpoint


def attempts_of(database: Database, job_ids: Sequence[uuid.UUID]) -> list[Any]:
    """Return the attempts of these jobs, oldest first."""
    with database.read() as connection:
        found = select(attempts).where(attempts.c.job_id.in_(job_ids)).order_by(attempts.c.id)
        return list(connection.execute(found).mappings())


def cancel(database: Database, job_id: uuid.UUID, reason: str = "no longer wanted") -> list[store.Moved]:
    """Cancel a job as a person would."""
    return database.write(
        lambda connection: store.cancel(
            connection, [store.Pick(id=job_id, reason=reason)], by=store.person("ana"), now=NOW
        )
    )


__all__ = [
    "DAY",
    "NOW",
    "ScriptedProvider",
    "Steady",
    "at_step",
    "attempts_of",
    "cancel",
    "make_delivery",
    "make_terms",
    "open_practice",
    "publish",
    "queue_one_off",
    "queue_reminder",
]
