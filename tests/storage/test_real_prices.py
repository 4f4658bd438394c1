"""What texts really cost, on both databases: the price replaces the estimate in what is spent, once and exactly."""

import asyncio
import datetime as dt
import json
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Connection, select, text, update

from jobs import spending
from jobs.clock import SteppingClock
from jobs.database import Database
from jobs.providers.contract import Accepted, Later, Outcome, Price, Receipt, Status, Unknown
from jobs.receipts import record_receipts
from jobs.records import attempts, jobs
from jobs.records import spending as months
from jobs.records.life import UNPRICED_SQL
from jobs.states import Origin
from jobs.store.costs import take_unpriced
from jobs.terms import SpendingTerms
from scheduler.chores import ask_prices
from scheduler.chores.context import Context
from scheduler.processes.cli import main
from tests.storage.builders import MINUTE, NOW, make_sender_terms
from tests.storage.delivering import (
    ScriptedProvider,
    attempts_of,
    make_delivery,
    open_practice,
    queue_one_off,
    queue_reminder,
)

pytestmark = pytest.mark.usefixtures("logs_kept")

PRICED = make_sender_terms(currency="USD", price={"CA": Decimal("0.01")})
CAP = SpendingTerms(currency="CAD", rates={"USD": Decimal("1.5")}, monthly_cap=Decimal(100))


def sums(database: Database) -> dict[str, tuple[int, int]]:
    with database.read() as connection:
        return {row.what: (row.spent, row.reserved) for row in connection.execute(select(months))}


def sent(database: Database, *outcomes: Outcome, reminder: bool = False) -> Any:
    """Send one text that is expected to cost 0.015 CAD; return its attempt."""
    job_id = queue_reminder(database) if reminder else queue_one_off(database)
    make_delivery(database, ScriptedProvider(*outcomes)).deliver([job_id])
    return attempts_of(database, [job_id])[-1]


def told(database: Database, attempt: Any, amount: str, currency: str | None = "USD", **changes: Any) -> None:
    """Take a receipt with a price."""
    values: dict[str, Any] = {"provider_id": attempt["provider_id"] or f"P-{attempt['id']}", "status": Status.DELIVERED}
    values |= {"attempt_id": attempt["id"], "price": Decimal(amount), "currency": currency} | changes
    given = Receipt(**values)
    database.write(lambda c: record_receipts(c, "terminal", [given], now=NOW))


def costs(database: Database, attempt: Any) -> tuple[str | None, ...]:
    with database.read() as connection:
        row = connection.execute(select(attempts).where(attempts.c.id == attempt["id"])).one()
    return row.price, row.price_currency, row.cost_actual, row.currency


@pytest.fixture
def practice(database: Database) -> Database:
    """Open a practice with a cap in CAD, a sender that is priced in USD, and a rate."""
    open_practice(database, senders=(PRICED,), spending=CAP)
    return database


def test_a_receipts_price_replaces_the_estimate_by_the_practices_rate(practice: Database) -> None:
    attempt = sent(practice)
    told(practice, attempt, "0.02")
    assert costs(practice, attempt) == ("0.02", "USD", "0.030", "CAD")
    assert sums(practice) == {"all": (30_000, 0), "one_offs": (30_000, 0)}


def test_the_same_price_twice_changes_nothing_and_a_later_one_corrects_the_sum(practice: Database) -> None:
    attempt = sent(practice, reminder=True)
    told(practice, attempt, "0.02")
    told(practice, attempt, "0.02")
    told(practice, attempt, "0.02", status=Status.UNDELIVERED)
    assert sums(practice) == {"all": (30_000, 0), "one_offs": (0, 0)}
    told(practice, attempt, "0.004", status=Status.FAILED)
    assert sums(practice) == {"all": (6_000, 0), "one_offs": (0, 0)}


def test_a_price_told_while_under_way_never_replaces_one_that_is_known(practice: Database) -> None:
    attempt = sent(practice)
    told(practice, attempt, "0.02")
    told(practice, attempt, "0.01", status=Status.ACCEPTED)
    assert sums(practice)["all"] == (30_000, 0)


def test_a_price_without_a_rate_is_kept_and_the_estimate_stays(practice: Database) -> None:
    attempt = sent(practice)
    told(practice, attempt, "0.02", "EUR")
    assert costs(practice, attempt) == ("0.02", "EUR", None, "CAD")
    assert sums(practice)["all"] == (15_000, 0)


def test_a_receipt_that_settles_a_doubt_spends_the_real_price(practice: Database) -> None:
    attempt = sent(practice, Unknown("silence"))
    assert sums(practice)["all"] == (0, 15_000)
    told(practice, attempt, "0.02")
    assert sums(practice)["all"] == (30_000, 0)


def test_a_text_that_was_taken_for_not_sent_is_spent_once_it_is_known_to_be(practice: Database) -> None:
    attempt = sent(practice, Later("busy"))
    assert sums(practice)["all"] == (0, 0)
    told(practice, attempt, "0.01", price=None)
    told(practice, attempt, "0.01", price=None)
    assert sums(practice) == {"all": (15_000, 0), "one_offs": (15_000, 0)}


def test_a_text_of_unknown_cost_is_spent_when_its_price_is_told(database: Database) -> None:
    open_practice(database, senders=(make_sender_terms(),), spending=CAP)
    attempt = sent(database)
    assert (attempt["cost_estimated"], attempt["spending_month"]) == (None, None)
    told(database, attempt, "0.02")
    assert sums(database) == {"all": (30_000, 0), "one_offs": (30_000, 0)}


def test_a_correction_has_a_price_and_counts_against_no_cap(practice: Database) -> None:
    attempt = sent(practice, reminder=True)
    as_correction = update(jobs).where(jobs.c.id == attempt["job_id"]).values(origin=Origin.CORRECTION.value)
    uncounted = update(attempts).where(attempts.c.id == attempt["id"]).values(spending_month=None)
    practice.write(lambda c: (c.execute(as_correction), c.execute(uncounted)))
    told(practice, attempt, "0.02")
    assert costs(practice, attempt) == ("0.02", "USD", "0.030", "CAD")
    assert sums(practice)["all"] == (15_000, 0)


def test_without_a_cap_the_price_stands_in_its_own_currency(database: Database) -> None:
    open_practice(database, senders=(PRICED,))
    attempt = sent(database)
    told(database, attempt, "0.02")
    assert costs(database, attempt) == ("0.02", "USD", "0.02", "USD")
    assert sums(database) == {}


class Shop(ScriptedProvider):
    """A provider that says later what a text cost; what it has no price for, or is broken, it does not."""

    def __init__(self, prices: dict[str, Price | Exception]) -> None:
        """Know these prices by id."""
        super().__init__()
        self.prices = prices
        self.asked_for: list[str] = []

    async def price(self, provider_id: str) -> Price:
        """Return what it knows."""
        self.asked_for.append(provider_id)
        price = self.prices.get(provider_id, Price(None, None))
        if isinstance(price, Exception):
            raise price
        return price


def ask(database: Database, clock: SteppingClock, shop: ScriptedProvider, after: dt.timedelta) -> dict[str, int]:
    clock.jump_to(NOW + after)
    context = Context(database, lambda _entry: None, providers={shop.id: shop}, run_coroutine=asyncio.run)
    return dict(ask_prices.run(context))


def test_prices_are_asked_for_and_spent(practice: Database, clock: SteppingClock) -> None:
    one, other = sent(practice, Accepted("P-1")), sent(practice, Accepted("P-2"))
    shop = Shop({"P-1": Price(Decimal("0.02"), "USD"), "P-2": ConnectionError("reset")})
    assert ask(practice, clock, shop, MINUTE) == {}
    assert ask(practice, clock, shop, 3 * MINUTE) == {"asked": 2, "priced": 1}
    assert (costs(practice, one)[2], costs(practice, other)[2]) == ("0.030", None)
    assert sums(practice)["all"] == (45_000, 0)


def test_what_has_no_price_yet_is_asked_for_again_after_a_while_and_not_for_ever(
    practice: Database, clock: SteppingClock
) -> None:
    sent(practice, Accepted("P-1"))
    shop = Shop({})
    assert ask(practice, clock, shop, 3 * MINUTE) == {"asked": 1, "priced": 0}
    assert ask(practice, clock, shop, 4 * MINUTE) == {}
    assert ask(practice, clock, shop, 20 * MINUTE) == {"asked": 1, "priced": 0}
    assert ask(practice, clock, shop, dt.timedelta(days=3, minutes=1)) == {}


def test_only_what_was_accepted_by_a_provider_that_tells_prices_is_asked_for(
    practice: Database, clock: SteppingClock
) -> None:
    sent(practice, Unknown("silence"))
    assert ask(practice, clock, Shop({}), 3 * MINUTE) == {}
    sent(practice, Accepted("P-1"))
    assert ask(practice, clock, ScriptedProvider(), 3 * MINUTE) == {}


def test_at_most_a_hundred_are_asked_for_at_a_time_the_new_ones_first(practice: Database, clock: SteppingClock) -> None:
    queued = [queue_one_off(practice) for _ in range(130)]
    for start in range(0, 130, 50):
        make_delivery(practice, ScriptedProvider()).deliver(queued[start : start + 50])
    shop = Shop({})
    assert ask(practice, clock, shop, 3 * MINUTE)["asked"] == 100
    assert ask(practice, clock, shop, 4 * MINUTE)["asked"] == 30
    assert len(set(shop.asked_for)) == 130


def test_two_tickers_ask_for_each_price_once(practice: Database) -> None:
    sent(practice, Accepted("P-1"))
    now = NOW + 3 * MINUTE
    taken = [practice.write(lambda c: take_unpriced(c, ["terminal"], most=9, now=now)) for _ in range(2)]
    assert [len(each) for each in taken] == [1, 0]


def test_the_unpriced_are_found_by_their_index(practice: Database) -> None:
    explain = "EXPLAIN QUERY PLAN" if practice.is_sqlite else "EXPLAIN"
    wanted = select(attempts.c.id).where(attempts.c.provider == "x", text(UNPRICED_SQL))
    with practice.read() as connection:
        if not practice.is_sqlite:
            connection.execute(text("SET LOCAL enable_seqscan = off"))  # which an almost empty table would be given
        words = str(wanted.compile(connection, compile_kwargs={"literal_binds": True}))
        plan = connection.exec_driver_sql(f"{explain} {words}").all()
    assert "ix_attempts_unpriced" in str(plan)


def shown(url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    monkeypatch.setenv("QUIETBELL_DATABASE_URL", url)
    capsys.readouterr()
    assert main(["jobs", "--cost", "--json", *words]) == 0
    return json.loads(capsys.readouterr().out)["months"]


def test_the_costs_shown_add_up_to_what_spending_holds(
    practice: Database, database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told(practice, sent(practice), "0.0079")
    told(practice, sent(practice), "0.1", "EUR")
    sent(practice, reminder=True)
    sent(practice, Unknown("silence"))
    sent(practice, Later("busy"))
    [month] = shown(database_url, monkeypatch, capsys)
    with practice.read() as connection:
        held = connection.execute(select(months).where(months.c.what == spending.ALL)).one()
    assert (month["month"], month["currency"], month["texts"], month["unpriced"]) == ("2026-03", "CAD", 4, 3)
    assert (Decimal(month["estimated"]), Decimal(month["actual"])) == (Decimal("0.06"), Decimal("0.01185"))
    assert Decimal(month["spent"]) * 1_000_000 == held.spent == 41_850
    assert Decimal(month["reserved"]) * 1_000_000 == held.reserved == 15_000


def test_costs_of_one_month_and_of_none(
    practice: Database, database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    told(practice, sent(practice), "0.0079")
    assert len(shown(database_url, monkeypatch, capsys, "--month", "2026-03")) == 1
    assert shown(database_url, monkeypatch, capsys, "--month", "2026-04") == []
    assert main(["jobs", "--cost"]) == 0
    assert "2026-03" in capsys.readouterr().out
    assert main(["jobs", "--cost", "--month", "2026-13"]) == 1
    assert "write it as 2026-12" in capsys.readouterr().err
    assert main(["jobs", "--month", "2026-03"]) == 2
    assert main(["jobs", "--cost", "--state", "held"]) == 2


def test_a_month_is_that_of_the_practices_zone_where_no_cap_counts_it(
    database: Database, database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    open_practice(database, senders=(PRICED,))
    attempt = sent(database)
    in_toronto_february = dt.datetime(2026, 3, 1, 2, 0, tzinfo=dt.UTC)

    def move(connection: Connection) -> None:
        mine = attempts.c.id == attempt["id"]
        connection.execute(update(attempts).where(mine).values(started_at=in_toronto_february))

    database.write(move)
    [month] = shown(database_url, monkeypatch, capsys, "--month", "2026-02")
    assert (month["month"], month["currency"], month["outside"]) == ("2026-02", "USD", "0.01")
