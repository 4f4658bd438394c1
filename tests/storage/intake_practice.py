"""A practice with rules, in a database of one's own, and what tests of intake and the replanner ask of it."""

import datetime as dt
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select, update

from jobs import store
from jobs.clock import SteppingClock
from jobs.database import Database
from jobs.records import attempts, contacts, jobs, new_id, occasions, timeline
from jobs.states import State
from jobs.store.values import Job
from scheduler.intake.entry import Intake
from scheduler.intake.outcomes import Imported, NeedsConfirmation, Refused, Upserted
from scheduler.intake.reading import FileRequest
from scheduler.intake.staging import CompleteDays
from scheduler.publishing.revisions import Signature, publish
from scheduler.rulebook.schema import Rulebook
from tests.databases import lay_tables, make_keyring

NOW = dt.datetime(2026, 11, 20, 17, 0, tzinfo=dt.UTC)
"""A Friday, noon in Toronto."""

WEEK_BEFORE: Mapping[str, object] = {"id": "week-before", "before": "7 days", "at": "10:00", "template": "reminder"}
DAY_BEFORE: Mapping[str, object] = {"id": "day-before", "before": "1 day", "at": "16:00", "template": "reminder"}


def make_rulebook(
    *,
    steps: tuple[Mapping[str, object], ...] = (WEEK_BEFORE, DAY_BEFORE),
    rule: Mapping[str, object] | None = None,
    practice: Mapping[str, object] | None = None,
) -> Rulebook:
    """Return a rulebook with one rule about appointments and one about payments."""
    about_payments = {"id": "upcoming", "before": "2 days", "at": "10:00", "template": "reminder"}
    return Rulebook.model_validate(
        {
            "practice": {
                "practice": "northlight",
                "name": "Northlight",
                "timezone": "America/Toronto",
                "country": "CA",
                "languages": ["en"],
                "senders": [{"id": "main", "number": "+15145550100", "provider": "terminal"}],
                **(practice or {}),
            },
            "rules": [
                {"id": "visit", "for": "appointment", "steps": list(steps), **(rule or {})},
                {"id": "payment", "for": "payment", "steps": [about_payments]},
            ],
            "templates": {"reminder": {"en": "See you {{ occasion.start | day }}"}},
        }
    )


@dataclass(slots=True)
class Desk:
    """A database with one published practice, a clock that stands still, and its intake."""

    database: Database
    clock: SteppingClock
    intake: Intake

    def publish(self, rulebook: Rulebook) -> None:
        """Make a rulebook current; nothing is planned again by it."""
        signed = Signature("tests")
        self.database.write(lambda connection: publish(connection, rulebook, signed, self.clock.now()))

    def later(self, **time: float) -> None:
        """Let time pass."""
        self.clock.jump_to(self.clock.now() + dt.timedelta(**time))

    def contact(self, ref: str = "C-1", **values: object) -> Upserted:
        """Upsert a contact; with no values but defaults where it is given none."""
        named = {"ref": ref, **(values or {"phone": "+15145550001", "first_name": "Ana"})}
        return taken(self.intake.upsert("northlight", "contacts", [named]))

    def visit(self, ref: str = "A-1", **values: object) -> Upserted:
        """Upsert an appointment; with no values a default one."""
        named = {"ref": ref, **(values or {"contact": "C-1", "start": "2026-12-01 10:00", "status": "booked"})}
        return taken(self.intake.upsert("northlight", "appointment", [named]))

    def jobs(self) -> list[Job]:
        """Return all jobs by planned moment."""
        with self.database.read() as connection:
            ids = list(connection.execute(select(jobs.c.id)).scalars())
            found = store.read_jobs(connection, ids)
        return sorted(found, key=lambda job: (job.planned_for, job.id))

    def states(self) -> list[tuple[str | None, str]]:
        """Return step and state of all jobs by planned moment."""
        return [(job.step, job.state.value) for job in self.jobs()]

    def job(self, step: str, state: State | None = None) -> Job:
        """Return the only job of a step (in a state)."""
        (found,) = (job for job in self.jobs() if job.step == step and state in {None, job.state})
        return found

    def set_job(self, job: Job, **values: object) -> None:
        """Write columns of a job as if the verbs that lead there had run."""
        self.database.write(
            lambda connection: connection.execute(update(jobs).where(jobs.c.id == job.id).values(values))
        )

    def send(self, job: Job, outcome: str | None = "accepted", state: State = State.SENT) -> None:
        """Let a job have gone out, with an attempt of that outcome."""
        row = {
            "id": new_id(),
            "job_id": job.id,
            "practice": job.practice,
            "fence": job.fence,
            "provider": job.provider,
            "sender": job.sender,
            "from_number": "+15145550100",
            "to_number": "+15145550001",
            "body": "…",
            "body_hash": "",
            "segments": 1,
            "encoding": "GSM-7",
            "started_at": self.clock.now(),
            "deadline": self.clock.now(),
            "outcome": outcome,
        }
        self.database.write(lambda connection: connection.execute(insert(attempts).values(row)))
        self.set_job(job, state=state.value, moved_by="worker")

    def rows(self) -> dict[str, list[dict[str, Any]]]:
        """Return every row of the tables that intake and planning write."""
        tables = (contacts, occasions, jobs, timeline)
        with self.database.read() as connection:
            return {
                table.name: [dict(row) for row in connection.execute(select(table).order_by(table.c.id)).mappings()]
                for table in tables
            }

    def occasion(self, ref: str = "A-1") -> dict[str, Any]:
        """Return an occasion's row."""
        with self.database.read() as connection:
            return dict(connection.execute(select(occasions).where(occasions.c.ref == ref)).mappings().one())

    def occasion_id(self, ref: str = "A-1") -> uuid.UUID:
        """Return an occasion's id."""
        found: uuid.UUID = self.occasion(ref)["id"]
        return found

    def import_text(
        self,
        path: Path,
        text: str,
        what: str = "appointments",
        **options: Any,
    ) -> Imported | Refused | NeedsConfirmation:
        """Write a file and import it."""
        return self.intake.import_file(make_request(path, text, what, **options))


def make_request(path: Path, text: str, what: str = "appointments", **options: Any) -> FileRequest:
    """Write a file into a folder and return the request to import it."""
    file = path / f"{what}.csv"
    file.write_text(text)
    days = options.pop("days", None)
    complete = None if days is None else CompleteDays(*(dt.date.fromisoformat(day) for day in days))
    return FileRequest(practice="northlight", what=what, path=file, by="person:ana", complete=complete, **options)


def taken(result: Upserted | Refused) -> Upserted:
    """Return what was upserted; a refusal fails the test with its problems."""
    assert isinstance(result, Upserted), result
    return result


def imported(result: Imported | Refused | NeedsConfirmation) -> Imported:
    """Return what was imported; a refusal fails the test with its problems."""
    assert isinstance(result, Imported), result
    return result


@contextmanager
def opened(url: str, rulebook: Rulebook | None = None) -> Iterator[Desk]:
    """Give a desk over an empty database, with a contact and no occasion."""
    clock = SteppingClock(NOW)
    database = Database(url, clock, trust_clock=True, keyring=make_keyring())
    try:
        lay_tables(database.engine)
        desk = Desk(database, clock, Intake(database))
        desk.publish(rulebook or make_rulebook())
        desk.contact()
        desk.later(minutes=1)
        yield desk
    finally:
        database.dispose()
