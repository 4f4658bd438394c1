"""A provider that answers nothing: one wave of its texts is in doubt, the rest goes back, and other providers go on."""

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Sequence

from sqlalchemy import select

from jobs.clock import SteppingClock
from jobs.database import Database
from jobs.delivery import Delivery
from jobs.providers.contract import Accepted, Capabilities, Later, NotWritten, Outcome, SendRequest, Unknown
from jobs.records import jobs, providers
from jobs.states import State
from jobs.taking.rooms import CLOSED, OPEN, note_unknowns
from scheduler.chores.take_due import take_due
from tests.storage.builders import NOW, enqueue, make_job, make_sender_terms, plan, read
from tests.storage.delivering import ScriptedProvider, make_delivery, open_practice

SECOND = dt.timedelta(seconds=1)
WAVE = 20
SILENCE = Unknown("no answer from dead within 12 seconds")


class Dead(ScriptedProvider):
    """A provider that never answers, as far as a worker can tell."""

    id = "dead"
    capabilities = Capabilities(at_once=WAVE)

    async def send(self, request: SendRequest) -> Outcome:
        """Be silent."""
        await super().send(request)
        return SILENCE


class World:
    """A practice at a provider that is dead, another one at one that lives, and a worker for both."""

    def __init__(self, database: Database, clock: SteppingClock) -> None:
        """Lay both."""
        self.database, self.clock = database, clock
        self.dead: ScriptedProvider = Dead()
        self.living = ScriptedProvider()
        open_practice(database, senders=(make_sender_terms(provider="dead"),))
        open_practice(database, practice="southlight", senders=(make_sender_terms(number="+15145550177"),))

    def plan(self, count: int, practice: str = "northlight") -> list[uuid.UUID]:
        """Plan so many texts, each to a phone of its own."""
        provider = "dead" if practice == "northlight" else "terminal"
        made = (
            make_job(practice=practice, provider=provider, text="Hello.", to_number=f"+1514555{each:04d}")
            for each in range(count)
        )
        return plan(self.database, *made)

    def worker(self) -> Delivery:
        """Return a worker."""
        return make_delivery(self.database, self.living, providers={"dead": self.dead, "terminal": self.living})

    def tick(self) -> list[Sequence[uuid.UUID]]:
        """Take what is due and return the entries."""
        entries = self.database.write(lambda connection: take_due(connection, now=self.clock.now()))
        return [entry.ids for entry in entries]

    def deliver_all(self) -> None:
        """Tick and deliver until nothing is taken any more."""
        while entries := self.tick():
            for ids in entries:
                self.worker().deliver(ids)

    def states(self, practice: str = "northlight") -> Counter[str]:
        """Count a practice's jobs by state."""
        with self.database.read() as connection:
            return Counter(connection.execute(select(jobs.c.state).where(jobs.c.practice == practice)).scalars())

    def breaker(self) -> str:
        """Return how the breaker of the dead one stands."""
        with self.database.read() as connection:
            return str(connection.execute(select(providers.c.breaker).where(providers.c.id == "dead")).scalar_one())


def test_a_dead_provider_leaves_one_wave_in_doubt_and_gives_back_the_rest(
    database: Database, clock: SteppingClock
) -> None:
    world = World(database, clock)
    ids = world.plan(50)
    enqueue(database, ids)
    world.worker().deliver(ids)
    assert world.states() == Counter(in_doubt=WAVE, scheduled=50 - WAVE)
    assert len(world.dead.asked) == WAVE
    back = next(job for job in (read(database, each) for each in ids) if job.state is State.SCHEDULED)
    assert (back.reason, back.attempts, back.due_at) == ("dead does not answer", 0, NOW)


def test_entries_that_were_taken_before_it_fell_silent_are_given_back_too(
    database: Database, clock: SteppingClock
) -> None:
    world = World(database, clock)
    world.plan(90)
    entries = world.tick()
    assert len(entries) > 1
    for ids in entries:
        world.worker().deliver(ids)
    assert world.states() == Counter(in_doubt=WAVE, scheduled=90 - WAVE)


def test_the_other_practices_texts_all_go_and_on_time(database: Database, clock: SteppingClock) -> None:
    world = World(database, clock)
    world.plan(60)
    others = world.plan(60, "southlight")
    world.deliver_all()
    assert world.states("southlight") == Counter(sent=60)
    assert world.states()["in_doubt"] == WAVE
    assert {read(database, each).updated_at for each in others} == {NOW}


def test_a_provider_that_stays_dead_is_tried_with_one_text_at_a_time(database: Database, clock: SteppingClock) -> None:
    world = World(database, clock)
    world.plan(60)
    world.deliver_all()
    for tries in range(1, 4):
        clock.jump_to(clock.now() + 30 * SECOND)
        world.deliver_all()
        assert world.states()["in_doubt"] == WAVE + tries


def test_an_entry_that_is_worked_late_asks_a_silent_provider_for_one_text_only(
    database: Database, clock: SteppingClock
) -> None:
    world = World(database, clock)
    ids = world.plan(10)
    enqueue(database, ids)
    database.write(lambda connection: note_unknowns(connection, "dead", 5, now=NOW))
    clock.jump_to(NOW + 31 * SECOND)
    world.worker().deliver(ids)
    assert world.states() == Counter(in_doubt=1, scheduled=9)


def test_what_never_reached_a_silent_provider_does_not_take_it_for_well(
    database: Database, clock: SteppingClock
) -> None:
    world = World(database, clock)
    ids = world.plan(3)
    database.write(lambda connection: note_unknowns(connection, "dead", 5, now=NOW))
    outcomes: list[Outcome] = [NotWritten(), Later("it was not reached"), Accepted("P-1")]
    for job_id, outcome, breaker in zip(ids, outcomes, (OPEN, OPEN, CLOSED), strict=True):
        clock.jump_to(clock.now() + 31 * SECOND)
        world.dead = ScriptedProvider(outcome)
        enqueue(database, [job_id])
        world.worker().deliver([job_id])
        assert world.breaker() == breaker
