"""A practice whose rules correct what was told, with its worker: texts really go, and what was asked for comes back."""

import datetime as dt
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from jobs import store
from jobs.providers.contract import Outcome
from jobs.records import attempts, occasions, told
from jobs.states import WAITING, Origin, State
from jobs.store.values import Job
from scheduler.chores import replan_fallen
from scheduler.chores.context import Context
from scheduler.planning.basis import Occurrence, basis_of
from scheduler.planning.changes import Cause
from scheduler.planning.replanner import replan
from scheduler.publishing.revisions import load_current
from scheduler.rulebook.schema import Rulebook
from tests.storage.delivering import ScriptedProvider, make_delivery
from tests.storage.intake_practice import DAY_BEFORE, WEEK_BEFORE, Desk, opened

TORONTO = ZoneInfo("America/Toronto")
TUESDAY, WEDNESDAY, THURSDAY = "2026-12-01 10:00", "2026-12-02 10:00", "2026-12-03 10:00"

BOOKED: Mapping[str, object] = {"id": "booked", "on": "created", "template": "booked"}
PAID: Mapping[str, object] = {"id": "thanks", "on": {"status": "paid"}, "template": "thanks"}
CORRECTS: Mapping[str, object] = {
    "moved": "moved",
    "cancelled": "cancelled",
    "changed": {"of": ["place", "mode"], "template": "changed"},
}
TEMPLATES: Mapping[str, str] = {
    "reminder": "See you {{ occasion.start | date }} at {{ occasion.start | time }}.",
    "at_place": "{{ occasion.start | date }}, {{ occasion.start | time }}, {{ occasion.place }}.",
    "booked": "Booked: {{ occasion.start | date }} at {{ occasion.start | time }}.",
    "due": "Due {{ occasion.date | date }}.",
    "thanks": "Thank you.",
    "moved": "Not {{ told.start | date }} {{ told.start | time }}: "
    "{{ occasion.start | date }} {{ occasion.start | time }}.",
    "due_moved": "Not {{ told.date | date }}: {{ occasion.date | date }}.",
    "cancelled": "Cancelled: {{ told.start | date }}.",
    "changed": "Now {{ occasion.place }}, not {{ told.place }}.",
    "hearing_moved": "Hearing: {{ occasion.start | date }} {{ occasion.start | time }}.",
}


def make_rule(rule_id: str = "visit", **changes: object) -> dict[str, object]:
    """Return a rule about appointments with two steps, that corrects what it told."""
    steps = ({**WEEK_BEFORE, "template": "at_place"}, dict(DAY_BEFORE))
    return {"id": rule_id, "for": "appointment", "steps": list(steps), **CORRECTS, **changes}


def make_rulebook(*rules: Mapping[str, object], **practice: object) -> Rulebook:
    """Return a rulebook of these rules, one that corrects where none is given; other settings where they are given."""
    settings = {
        "practice": "northlight",
        "name": "Northlight",
        "timezone": "America/Toronto",
        "country": "CA",
        "languages": ["en"],
        "senders": [{"id": "main", "number": "+15145550100", "provider": "terminal", "segments_per_second": 100}],
        **practice,
    }
    templates = {name: {"en": source} for name, source in TEMPLATES.items()}
    return Rulebook.model_validate(
        {"practice": settings, "rules": list(rules) or [make_rule()], "templates": templates}
    )


def at(local: str) -> dt.datetime:
    """Return the moment of a local time in Toronto."""
    return dt.datetime.fromisoformat(local).replace(tzinfo=TORONTO).astimezone(dt.UTC)


@dataclass(slots=True)
class Office:
    """A desk with a worker beside it."""

    desk: Desk

    def go_to(self, local: str) -> None:
        """Let time pass until a local time in Toronto."""
        self.desk.clock.jump_to(at(local))

    def due(self) -> list[uuid.UUID]:
        """Return what is due and waits."""
        now = self.desk.clock.now()
        return [job.id for job in self.desk.jobs() if job.state in WAITING and job.due_at <= now < job.useful_until]

    def work(self, *outcomes: Outcome, **worker: Any) -> list[str]:
        """Deliver what is due; return the texts that were asked for, by number and words."""
        provider = ScriptedProvider(*outcomes)
        delivery = make_delivery(self.desk.database, provider, **worker)
        ids = self.due()
        moved = self.desk.database.write(lambda c: store.enqueue(c, ids, now=self.desk.clock.now()))
        delivery.deliver([each.id for each in moved])
        return sorted(f"{request.to_number[-4:]} {request.body}" for request in provider.asked)

    def work_at(self, local: str, *outcomes: Outcome) -> list[str]:
        """Let time pass until then, and deliver what is due."""
        self.go_to(local)
        return self.work(*outcomes)

    def start_sending(self, job: Job) -> store.Intent:
        """Commit the intent of a job, as its worker does before the request; return it."""
        database, now = self.desk.database, self.desk.clock.now()
        database.write(lambda c: store.enqueue(c, [job.id], now=now))

        def crash(step: str) -> None:
            if step == "intended":
                raise _CrashError

        delivery = make_delivery(database, ScriptedProvider(), checkpoint=crash)
        with suppress(_CrashError):
            delivery.deliver([job.id])
        [sending] = [each for each in self.desk.jobs() if each.id == job.id]
        assert sending.state is State.SENDING, sending.reason
        return _intent_of(self, sending)

    def ends(self, intent: store.Intent, ending: store.Ending, state: State, **more: Any) -> None:
        """Record what came of an intent."""
        values: dict[str, Any] = {"attempt_id": intent.attempt_id, "job_id": intent.job_id, "fence": intent.fence}
        result = store.Result(**values, ending=ending, state=state, **more)
        now = self.desk.clock.now()
        self.desk.database.write(lambda c: store.record(c, [result], now=now))

    def plan_fallen(self) -> None:
        """Run the chore that plans again what fell."""
        replan_fallen.run(Context(self.desk.database, lambda _entry: None))

    def corrections(self) -> list[tuple[str | None, str]]:
        """Return what every correction tells, and its state, in the order in which they were made."""
        found = sorted((job for job in self.desk.jobs() if job.origin is Origin.CORRECTION), key=lambda job: job.id)
        return [(job.step, job.state.value) for job in found]

    def correction(self) -> Job:
        """Return the only correction."""
        (found,) = (job for job in self.desk.jobs() if job.origin is Origin.CORRECTION)
        return found

    def correction_of(self, what: str) -> Job:
        """Return the only correction that tells this."""
        (found,) = (job for job in self.desk.jobs() if job.origin is Origin.CORRECTION and job.step == what)
        return found

    def replan(self) -> None:
        """Plan every occasion again, as a publish does."""
        database, now = self.desk.database, self.desk.clock.now()

        def work(connection: Connection) -> None:
            current = load_current(connection, "northlight")
            basis = basis_of(current.revision, current.rulebook, current.plan)
            ids = list(connection.execute(select(occasions.c.id)).scalars())
            replan(connection, basis, ids, Occurrence(now, Cause.PUBLISHING))

        database.write(work)

    def told(self) -> list[tuple[str, dict[str, Any]]]:
        """Return what contacts were told last, by its start."""
        with self.desk.database.read() as connection:
            rows = connection.execute(select(told.c.start, told.c.fields).order_by(told.c.start)).all()
        return [(row.start, row.fields) for row in rows]

    def told_on_tuesday(self, **visit: object) -> None:
        """Let a person have been told of Tuesday by the week-before text, at its place."""
        given: dict[str, Any] = {"contact": "C-1", "start": TUESDAY, "status": "booked", "place": "Main St"} | visit
        self.desk.visit(**given)
        assert len(self.work_at("2026-11-24 10:00")) == 1


class _CrashError(Exception):
    """The worker dies here."""


def _intent_of(office: Office, job: Job) -> store.Intent:
    with office.desk.database.read() as connection:
        row = (
            connection.execute(select(attempts).where(attempts.c.job_id == job.id).order_by(attempts.c.id.desc()))
            .mappings()
            .first()
        )
    assert row is not None
    names = [name for name in store.Intent.__dataclass_fields__ if name in row]
    return store.Intent(**{name: row[name] for name in names}, attempt_id=row["id"])


@contextmanager
def working(url: str, rulebook: Rulebook | None = None) -> Iterator[Office]:
    """Give an office over an empty database, with a contact and no occasion, on a Friday at noon."""
    with opened(url, rulebook or make_rulebook()) as desk:
        yield Office(desk)
