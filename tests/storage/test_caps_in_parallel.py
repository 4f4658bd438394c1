"""Workers in processes of their own meet one cap on a real PostgreSQL: the server itself refuses any row over it.

A check that this test adds to `spending` and `number_days` makes a moment over the cap an error, not only an end.
"""

import multiprocessing
import uuid
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from decimal import Decimal

import pytest
from sqlalchemy import select, text

from jobs import store
from jobs.clock import SteppingClock
from jobs.database import Database
from jobs.providers.contract import Accepted, Later, Outcome, Refused, Unknown
from jobs.records import attempts, jobs, number_days
from jobs.records import spending as months
from jobs.states import Origin, State
from jobs.terms import SpendingTerms
from tests.storage.builders import DAY, add_contact, add_occasion, enqueue, make_job, make_sender_terms, plan
from tests.storage.delivering import NOW, ScriptedProvider, make_delivery, open_practice

WORKERS, ENTRIES_EACH, ENTRY = 3, 5, 8
COUNT = WORKERS * ENTRIES_EACH * ENTRY
COST = 10_000
"""Millionths of a dollar that a text costs."""
CAP = 37
"""Texts that the cap pays for: no multiple of an entry, a wave or a worker's share."""


@dataclass(frozen=True, slots=True)
class Share:
    """What one worker delivers, entry by entry, and how its texts end; all of it travels to a process."""

    url: str
    entries: tuple[tuple[uuid.UUID, ...], ...]
    outcomes: tuple[Outcome, ...] = ()


def deliver(share: Share) -> int:
    """Be a worker in a process of its own; return how many requests it made."""
    database = Database(share.url, SteppingClock(NOW), trust_clock=True)
    try:
        provider = ScriptedProvider(*share.outcomes)
        worker = make_delivery(database, provider)
        for ids in share.entries:
            worker.deliver(ids)
        return len(provider.asked)
    finally:
        database.dispose()


def lay(database: Database, **spending: object) -> None:
    priced = make_sender_terms(currency="CAD", price={"CA": Decimal("0.01")})
    open_practice(database, senders=(priced,), spending=SpendingTerms(currency="CAD", **spending))  # type: ignore[arg-type]  # keywords


def never_over(database: Database, table: str, condition: str) -> None:
    """Let the server refuse every row of a table that does not meet the condition."""
    statement = text(f"ALTER TABLE {table} ADD CONSTRAINT never_over CHECK ({condition})")
    database.write(lambda connection: connection.execute(statement))


def queue(database: Database, *numbers: str) -> list[tuple[uuid.UUID, ...]]:
    """Queue as many entries as all workers have, with a one-off for each of these numbers in turn."""
    made = [make_job(text="Hello.", to_number=numbers[each % len(numbers)]) for each in range(COUNT)]
    return in_entries(database, made)


def queue_reminders(database: Database, *numbers: str) -> list[tuple[uuid.UUID, ...]]:
    """Do the same with reminders, which wait for the next day where a phone had its number of texts."""
    people = [database.write(lambda c, phone=phone: add_contact(c, phone=phone)) for phone in numbers]  # type: ignore[misc]  # bound now
    visits = [database.write(add_occasion) for _ in numbers]
    made = [
        make_job(
            origin=Origin.REMINDER,
            rule="consultation",
            step="day-before",
            plan_hash="h1",
            template="reminder",
            role="contact",
            anchor="2026-03-10T10:00",
            repeat=each // len(numbers),
            occasion_id=visits[each % len(numbers)],
            contact_id=people[each % len(numbers)],
            useful_until=NOW + 3 * DAY,
        )
        for each in range(COUNT)
    ]
    return in_entries(database, made)


def in_entries(database: Database, made: Sequence[store.NewJob]) -> list[tuple[uuid.UUID, ...]]:
    ids = plan(database, *made)
    enqueue(database, ids)
    return [tuple(ids[start : start + ENTRY]) for start in range(0, len(ids), ENTRY)]


def work(url: str, entries: Sequence[tuple[uuid.UUID, ...]], *outcomes: Outcome) -> int:
    """Let every worker deliver its share at once; return how many requests all made."""
    shares = [
        Share(url, tuple(entries[number::WORKERS]), ids_of_its_own(number, outcomes)) for number in range(WORKERS)
    ]
    with ProcessPoolExecutor(WORKERS, multiprocessing.get_context("spawn")) as processes:
        return sum(processes.map(deliver, shares))


def ids_of_its_own(number: int, outcomes: Sequence[Outcome]) -> tuple[Outcome, ...]:
    """Give a worker's accepted texts ids that no other worker's have, as a provider does."""
    return tuple(Accepted(f"P-{number}-{n}") if isinstance(each, Accepted) else each for n, each in enumerate(outcomes))


def money(database: Database) -> dict[str, tuple[int, int]]:
    with database.read() as connection:
        return {row.what: (row.spent, row.reserved) for row in connection.execute(select(months))}


def states(database: Database) -> Counter[str]:
    with database.read() as connection:
        return Counter(connection.execute(select(jobs.c.state)).scalars())


@pytest.fixture
def url(migrated_postgres_url: str) -> str:
    return migrated_postgres_url


CAPPED = f"what <> 'one_offs' OR spent + reserved <= {CAP * COST}"


def test_workers_in_processes_of_their_own_never_go_one_over_the_cap(postgres: Database, url: str) -> None:
    lay(postgres, one_offs_cap=Decimal(CAP * COST) / 1_000_000)
    never_over(postgres, "spending", CAPPED)
    entries = queue(postgres, *(f"+1514555{each:04d}" for each in range(50)))
    assert work(url, entries) == CAP
    assert money(postgres) == {"all": (CAP * COST, 0), "one_offs": (CAP * COST, 0)}
    assert states(postgres) == Counter(sent=CAP, blocked=COUNT - CAP)


def test_reserves_that_are_freed_and_kept_meanwhile_leave_the_cap_whole(postgres: Database, url: str) -> None:
    lay(postgres, one_offs_cap=Decimal(CAP * COST) / 1_000_000)
    never_over(postgres, "spending", CAPPED)
    entries = queue(postgres, *(f"+1514555{each:04d}" for each in range(50)))
    mixed = (Later("busy"), Unknown("silence"), Refused("no"), Accepted("P-1")) * 2
    work(url, entries, *mixed)
    # What one frees after the others have met the full cap is there for whoever comes next, to the last text.
    work(url, queue(postgres, *(f"+1514556{each:04d}" for each in range(50))))
    found = states(postgres)
    spent, reserved = money(postgres)["one_offs"]
    assert (spent, reserved) == (found[State.SENT] * COST, found[State.IN_DOUBT] * COST)
    assert found[State.SENT] + found[State.IN_DOUBT] == CAP


def test_one_phone_never_gets_one_more_a_day_from_all_workers_together(postgres: Database, url: str) -> None:
    lay(postgres, per_number_per_day=3)
    never_over(postgres, "number_days", "count <= 3")
    phones = [f"+151455501{each:02d}" for each in range(5)]
    assert work(url, queue_reminders(postgres, *phones)) == 3 * len(phones)
    with postgres.read() as connection:
        counted = connection.execute(select(number_days.c.count)).scalars().all()
        texted = Counter(connection.execute(select(attempts.c.to_number)).scalars())
    assert counted == [3] * len(phones)
    assert states(postgres) == Counter(sent=3 * len(phones), held=COUNT - 3 * len(phones))
    assert texted == Counter(phones * 3)
