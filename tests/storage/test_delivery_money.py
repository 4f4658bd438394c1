"""Money and the day's texts over a real database: reserved with the intent, spent or freed with the ending."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from sqlalchemy import Connection, select

from jobs import spending, store
from jobs.database import Database
from jobs.drafts import Money
from jobs.providers.contract import Later, Outcome, Refused, Unknown
from jobs.records import number_days
from jobs.records import spending as months
from jobs.states import State
from jobs.terms import SpendingTerms
from tests.storage.builders import DAY, make_sender_terms, read
from tests.storage.delivering import (
    NOW,
    ScriptedProvider,
    attempts_of,
    make_delivery,
    open_practice,
    queue_one_off,
    queue_reminder,
)

MONTH = ("northlight", "2026-03")
PRICED = make_sender_terms(currency="USD", price={"CA": Decimal("0.01")})


def open_with_cap(database: Database, **spending_terms: object) -> None:
    terms = SpendingTerms(**({"currency": "CAD", "rates": {"USD": Decimal("1.5")}} | spending_terms))  # type: ignore[arg-type]  # keywords
    open_practice(database, senders=(PRICED,), spending=terms)


def sums(database: Database) -> dict[str, tuple[int, int]]:
    with database.read() as connection:
        return {row.what: (row.spent, row.reserved) for row in connection.execute(select(months))}


def deliver(database: Database, jobs: list[uuid.UUID], *outcomes: Outcome) -> ScriptedProvider:
    provider = ScriptedProvider(*outcomes)
    make_delivery(database, provider).deliver(jobs)
    return provider


def test_an_accepted_text_is_spent_in_the_caps_currency(database: Database) -> None:
    open_with_cap(database, monthly_cap=Decimal(100))
    job_id = queue_one_off(database)
    deliver(database, [job_id])
    [attempt] = attempts_of(database, [job_id])
    assert (attempt["cost_estimated"], attempt["currency"], attempt["spending_month"]) == ("0.015", "CAD", "2026-03")
    assert sums(database) == {"all": (15_000, 0), "one_offs": (15_000, 0)}


@pytest.mark.parametrize("outcome", [Refused("no"), Later("busy")])
def test_a_text_that_was_surely_not_sent_frees_its_reserve(database: Database, outcome: Outcome) -> None:
    open_with_cap(database, monthly_cap=Decimal(100))
    deliver(database, [queue_one_off(database)], outcome)
    assert sums(database) == {"all": (0, 0), "one_offs": (0, 0)}


def test_a_text_in_doubt_keeps_its_reserve(database: Database) -> None:
    open_with_cap(database, monthly_cap=Decimal(100))
    deliver(database, [queue_reminder(database)], Unknown("silence"))
    assert sums(database) == {"all": (0, 15_000), "one_offs": (0, 0)}


def test_the_cap_is_kept_within_one_batch(database: Database) -> None:
    open_with_cap(database, one_offs_cap=Decimal("0.03"))
    jobs = [queue_one_off(database) for _ in range(4)]
    provider = deliver(database, jobs)
    assert len(provider.asked) == 2
    assert sorted(read(database, each).state for each in jobs) == [State.BLOCKED, State.BLOCKED, State.SENT, State.SENT]


def test_reminders_pass_a_cap_that_only_warns(database: Database) -> None:
    open_with_cap(database, monthly_cap=Decimal(0))
    job_id = queue_reminder(database)
    deliver(database, [job_id])
    assert read(database, job_id).state is State.SENT


def test_a_numbers_texts_of_a_day_are_counted_and_the_next_one_waits(database: Database) -> None:
    open_with_cap(database, per_number_per_day=2)
    jobs = [queue_reminder(database, useful_until=NOW + 3 * DAY) for _ in range(3)]
    provider = deliver(database, jobs)
    held = [job for job in (read(database, each) for each in jobs) if job.state is State.HELD]
    assert (len(provider.asked), len(held)) == (2, 1)
    assert held[0].due_at.isoformat() == "2026-03-03T14:00:00+00:00"  # 9:00 in Toronto, the next day


def test_a_text_that_was_not_sent_does_not_count_on_its_day(database: Database) -> None:
    open_with_cap(database, per_number_per_day=2)
    deliver(database, [queue_reminder(database)], Refused("no"))
    with database.read() as connection:
        assert connection.execute(select(number_days.c.count)).scalar_one() == 0


def test_a_settled_doubt_frees_or_spends_what_it_held(database: Database) -> None:
    open_with_cap(database, monthly_cap=Decimal(100))
    jobs = [queue_one_off(database), queue_one_off(database)]
    deliver(database, jobs, Unknown("silence"), Unknown("silence"))
    found = [
        store.Settlement(id=jobs[0], finding=store.Finding.SENT, reason="on the bill", provider_id="P-1"),
        store.Settlement(id=jobs[1], finding=store.Finding.ABSENT, reason="not on the bill"),
    ]

    def work(connection: Connection) -> None:
        held = spending.open_reserves_of_jobs(connection, jobs)
        store.settle(connection, found, by=store.person("ana"), now=NOW)
        spending.close(connection, held)

    database.write(work)
    assert sums(database) == {"all": (15_000, 0), "one_offs": (15_000, 0)}


def test_months_without_rows_are_empty(database: Database) -> None:
    open_practice(database)
    with database.read() as connection:
        assert spending.read_months(connection, {MONTH}) == {MONTH: Money()}


def test_two_workers_together_keep_one_cap(postgres: Database) -> None:
    open_with_cap(postgres, one_offs_cap=Decimal("0.15"))
    entries = [[queue_one_off(postgres) for _ in range(15)] for _ in range(2)]
    providers = [ScriptedProvider(), ScriptedProvider()]
    workers = [make_delivery(postgres, provider) for provider in providers]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda pair: pair[0].deliver(pair[1]), zip(workers, entries, strict=True)))
    assert sum(len(provider.asked) for provider in providers) == 10
    assert sums(postgres) == {"all": (150_000, 0), "one_offs": (150_000, 0)}


def test_two_workers_with_the_same_entry_send_it_once(postgres: Database) -> None:
    open_practice(postgres)
    jobs = [queue_one_off(postgres) for _ in range(30)]
    provider = ScriptedProvider()
    workers = [make_delivery(postgres, provider) for _ in range(2)]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda worker: worker.deliver(jobs), workers))
    assert len(provider.asked) == len({request.job_id for request in provider.asked}) == 30
