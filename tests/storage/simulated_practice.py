"""A practice at work for a fortnight: its records, and the run of its real chores and worker with a stepping clock."""

import asyncio
import datetime as dt
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import RowMapping, func, insert, select, update

from jobs import consent, senders, store
from jobs.clock import SteppingClock
from jobs.database import Database
from jobs.delivery import Delivery
from jobs.providers.terminal import TerminalProvider
from jobs.records import attempts, contacts, jobs, metadata, new_id, occasions, pauses
from jobs.states import WAITING, Origin, State
from jobs.store.values import Change, NewJob, Pick, person
from scheduler.chores import CHORES
from scheduler.chores.context import Context
from scheduler.intake.entry import Intake
from scheduler.intake.outcomes import Imported, Upserted
from scheduler.intake.reading import FileRequest
from scheduler.processes.demo import records
from scheduler.publishing.revisions import Signature, publish
from scheduler.rulebook.reader import read_desk
from scheduler.rulebook.schema import Practice, Rulebook, Step
from scheduler.simulate import BackTest, Period, Simulation, back_test, simulate
from tests.databases import lay_tables
from tests.storage.delivering import Steady

CHECKOUT = Path(__file__).parents[2]
ZONE = ZoneInfo("America/Toronto")
PRACTICE = "northlight"
BEGINS = dt.datetime(2026, 11, 24, 15, 59, 40, tzinfo=ZONE).astimezone(dt.UTC)
"""A Tuesday, just before the day-before reminders of the shipped rules."""
TICK = dt.timedelta(seconds=0.25)
DAY_BEFORE: Mapping[str, object] = {"id": "day-before", "before": "1 day", "at": "16:00", "template": "reminder"}

Sent = tuple[uuid.UUID, str, dt.datetime | None, str | None]
"""A job's identity, state, the minute its text went, and the text."""


def shipped_rulebook(**changes: Any) -> Rulebook:
    """Return the practice that is shipped with the program, with other settings where they are given."""
    rulebook = read_desk(CHECKOUT / "rules", CHECKOUT / "templates_sms", PRACTICE).rulebook()
    assert rulebook is not None
    settings = rulebook.practice.model_dump(by_alias=True, exclude_unset=True) | changes
    return rulebook.model_copy(update={"practice": Practice.model_validate(settings)})


def with_steps(rulebook: Rulebook, rule: str, steps: Sequence[Mapping[str, object]]) -> Rulebook:
    """Return the rulebook with other steps in one of its rules."""
    made = tuple(Step.model_validate(step) for step in steps)
    rules = tuple(each.model_copy(update={"steps": made}) if each.id == rule else each for each in rulebook.rules)
    return rulebook.model_copy(update={"rules": rules})


@dataclass(slots=True)
class Office:
    """A practice in a database of its own, with a clock that jumps."""

    database: Database
    clock: SteppingClock
    intake: Intake
    folder: Path

    def publish(self, rulebook: Rulebook) -> None:
        """Make a rulebook current."""
        self.database.write(lambda connection: publish(connection, rulebook, Signature("tests"), self.clock.now()))

    def take_in(self, what: str, text: str) -> None:
        """Import a file."""
        path = self.folder / f"{what}.csv"
        path.write_text(text, encoding="utf-8")
        came = self.intake.import_file(FileRequest(practice=PRACTICE, what=what, path=path, by="tests"))
        assert isinstance(came, Imported), came

    def opt_out(self, ref: str) -> None:
        """Record that a contact opted out."""
        word = consent.ConsentWord(
            practice=PRACTICE, number=self.number(ref), what=consent.OPT_OUT, source="text", by=ref
        )
        self.database.write(lambda connection: consent.record(connection, [word], now=self.clock.now()))

    def agree(self, ref: str, *, until: dt.datetime) -> None:
        """Record that a contact agreed to texts until then."""
        word = consent.ConsentWord(
            practice=PRACTICE,
            number=self.number(ref),
            what=consent.CONSENT,
            source="form",
            by="ana",
            expires_at=until,
        )
        self.database.write(lambda connection: consent.record(connection, [word], now=self.clock.now()))

    def lend_phone(self, ref: str, *, of: str) -> None:
        """Let a contact's texts go to the phone of another."""
        with self.database.read() as connection:
            via = connection.execute(select(contacts.c.id).where(contacts.c.ref == of)).scalar_one()
        lent = update(contacts).where(contacts.c.ref == ref).values(via_id=via)
        self.database.write(lambda connection: connection.execute(lent))

    def number(self, ref: str) -> str:
        """Return a contact's number."""
        with self.database.read() as connection:
            found: str = connection.execute(select(contacts.c.phone).where(contacts.c.ref == ref)).scalar_one()
        return found

    def write_to(self, ref: str, text: str = "Your file is ready.") -> None:
        """Let a person of the staff write a text that is due now."""
        now = self.clock.now()
        with self.database.read() as connection:
            contact = connection.execute(select(contacts.c.id).where(contacts.c.ref == ref)).scalar_one()
        job = NewJob(
            practice=PRACTICE,
            identity=uuid.uuid4(),
            origin=Origin.ONE_OFF,
            sender="main",
            provider="terminal",
            planned_for=now,
            useful_until=now + dt.timedelta(days=1),
            contact_id=contact,
            text=text,
            urgency=2,
        )
        self.database.write(lambda connection: store.plan(connection, [job], by=person("ana"), now=now))

    def pause(self, scope: str, target: str | None, *, days: float | None = None) -> None:
        """Pause something for some days, or until it is lifted."""
        now = self.clock.now()
        row = {"id": new_id(), "scope": scope, "practice": PRACTICE, "target": target, "reason": "we are moving house"}
        until = None if days is None else now + dt.timedelta(days=days)
        row |= {"by": "ana", "since": now, "until": until}
        self.database.write(lambda connection: connection.execute(insert(pauses).values(row)))

    def job(self, ref: str, step: str) -> store.Job:
        """Return the only job of an occasion's step."""
        with self.database.read() as connection:
            of = select(jobs.c.id).join(occasions, occasions.c.id == jobs.c.occasion_id)
            found = connection.execute(of.where(occasions.c.ref == ref, jobs.c.step == step)).scalar_one()
            [job] = store.read_jobs(connection, [found])
        return job

    def reschedule(self, job: store.Job, due_at: dt.datetime) -> None:
        """Let a person choose another moment for a job."""
        change = Change(id=job.id, due_at=due_at, reason="she asked")
        self.database.write(lambda c: store.reschedule(c, [change], by=person("ana"), now=self.clock.now()))

    def cancel(self, job: store.Job) -> None:
        """Let a person cancel a job."""
        pick = Pick(id=job.id, reason="she knows")
        self.database.write(lambda c: store.cancel(c, [pick], by=person("ana"), now=self.clock.now()))

    def upsert(self, what: str, **values: object) -> None:
        """Take one row in."""
        taken = self.intake.upsert(PRACTICE, what, [values])
        assert isinstance(taken, Upserted), taken

    def simulate(self, days: float = 14, *, after: float = 0) -> Simulation:
        """Simulate so many days from now, or from so many days after now on."""
        now = self.clock.now()
        begins = now + dt.timedelta(days=after)
        with self.database.read() as connection:
            return simulate(connection, PRACTICE, Period(begins, begins + dt.timedelta(days=days)), now)

    def back_test(self, rulebook: Rulebook, since: dt.datetime = BEGINS) -> BackTest:
        """Compare a draft with what was sent from then until now."""
        with self.database.read() as connection:
            return back_test(connection, rulebook, Period(since, self.clock.now()))

    def run(self, days: int = 14) -> None:
        """Run the real chores and a real worker for so many days, the clock jumping as a ticker would tick."""
        provider = TerminalProvider(lambda _line: None, self.clock)
        delivery = Delivery(
            database=self.database,
            providers={"terminal": provider},
            run_coroutine=asyncio.run,
            worker="tests",
            steady=Steady(),
        )
        context = Context(self.database, lambda entry: delivery.deliver(entry.ids))
        until = self.clock.now() + dt.timedelta(days=days)
        while True:
            for chore in CHORES:
                chore.run(context)
            coming = self._next_moment()
            if coming is None or coming >= until:
                return
            self.clock.jump_to(coming)

    def became(self) -> list[Sent]:
        """Return what became of all jobs."""
        started = select(attempts.c.job_id, func.max(attempts.c.started_at).label("at"), attempts.c.body)
        last = started.group_by(attempts.c.job_id, attempts.c.body).subquery()
        query = select(jobs.c.identity, jobs.c.state, last.c.at, last.c.body).outerjoin(
            last, last.c.job_id == jobs.c.id
        )
        with self.database.read() as connection:
            return sorted((row[0], row[1], to_the_minute(row[2]), row[3]) for row in connection.execute(query))

    def rows(self) -> dict[str, list[dict[str, object]]]:
        """Return every row there is."""
        with self.database.read() as connection:
            return {
                table.name: [dict(row) for row in connection.execute(select(table)).mappings()]
                for table in metadata.sorted_tables
            }

    def _next_moment(self) -> dt.datetime | None:
        """Return when the ticker next finds something: a tick while due jobs stand in line, else the next event."""
        with self.database.read() as connection:
            if store.practices_with_fallen(connection):
                return self.clock.now() + TICK
        now = self.clock.now()
        waiting = jobs.c.state.in_([str(state) for state in WAITING])
        with self.database.read() as connection:
            pausing = senders.active_pauses(connection, [PRACTICE], now)
            ends = connection.execute(select(pauses.c.until).where(pauses.c.until > now)).scalars().all()
            rows = connection.execute(select(jobs).where(waiting)).mappings().all()
        events = [*ends, *(row["due_at"] for row in rows), *(row["useful_until"] for row in rows)]
        is_in_line = any(row["due_at"] <= now and not _is_paused(row, pausing) for row in rows)
        return now + TICK if is_in_line else min((event for event in events if event > now), default=None)


def _is_paused(row: RowMapping, pausing: Sequence[senders.Pause]) -> bool:
    of = {name: row[name] for name in ("practice", "rule", "sender", "provider")}
    return any(pause.covers(**of) for pause in pausing)


def to_the_minute(moment: dt.datetime | None) -> dt.datetime | None:
    """Return a moment without its seconds."""
    return None if moment is None else moment.replace(second=0, microsecond=0)


def foreseen(simulation: Simulation) -> list[Sent]:
    """Return what a simulation says will become of jobs."""
    return sorted(
        (
            fate.job.identity,
            fate.state.value,
            to_the_minute(fate.at) if fate.state is State.SENT else None,
            fate.body if fate.state is State.SENT else None,
        )
        for fate in simulation.fates
    )


@contextmanager
def opened(
    url: str, folder: Path, rulebook: Rulebook | None = None, *, begins: dt.datetime = BEGINS
) -> Iterator[Office]:
    """Give an office with the shipped practice published and nothing taken in."""
    clock = SteppingClock(begins)
    database = Database(url, clock, trust_clock=True)
    try:
        lay_tables(database.engine)
        office = Office(database, clock, Intake(database), folder)
        office.publish(rulebook or shipped_rulebook())
        yield office
    finally:
        database.dispose()


def small_rulebook(**changes: Any) -> Rulebook:
    """Return a practice of one rule with one step, a day before at 16:00, that says the name, the date and the time."""
    text = "{{ contact.first_name }}: {{ occasion.start | date }} {{ occasion.start | time }}"
    practice = {
        "practice": PRACTICE,
        "name": "Northlight",
        "timezone": ZONE.key,
        "country": "CA",
        "languages": ["en"],
        "senders": [{"id": "main", "number": "+15145550100", "provider": "terminal", "segments_per_second": 10}],
    }
    rule = {"id": "visit", "for": "appointment", "steps": [DAY_BEFORE]}
    return Rulebook.model_validate(
        {"practice": practice | changes, "rules": [rule], "templates": {"reminder": {"en": text}}}
    )


def take_in_visit(office: Office, ref: str = "A-1", contact: str = "C-1", start: str = "2026-12-01 10:00") -> None:
    """Take in one appointment, a Tuesday, with its contact."""
    office.upsert("contacts", ref=contact, phone="+15145550001", first_name="Ana")
    office.upsert("appointment", ref=ref, contact=contact, start=start)


def take_in_everything(office: Office) -> None:
    """Take in the demo's people, appointments and payments; one opted out, staff wrote to somebody abroad at night."""
    local = office.clock.now().astimezone(ZONE)
    office.take_in("contacts", records.contacts_csv())
    office.opt_out(records.OPTED_OUT)
    office.take_in("appointments", records.appointments_csv(local))
    office.take_in("payments", records.payments_csv(local))
    office.write_to(records.ABROAD)
