"""Two carriers: the second one gets what the first surely did not send, and never what it may have.

The real adapters of Twilio and MessageBird over real sockets; what a person's phone may have got is counted at both.
"""

import dataclasses
import datetime as dt
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence

import pytest
from sqlalchemy import select

from jobs.clock import SteppingClock
from jobs.database import Database
from jobs.delivery import Delivery
from jobs.providers import messagebird, twilio
from jobs.providers.loop import SendingLoop
from jobs.records import attempts, jobs, pauses, senders
from scheduler import migrations
from scheduler.chores import settle_in_doubt
from scheduler.chores.context import Context
from scheduler.chores.take_due import take_due
from tests.carriers import RunningCarrier, running_carrier
from tests.storage.builders import MINUTE, NOW, make_job, make_sender_terms, plan
from tests.storage.delivering import Steady, open_practice

SECOND = dt.timedelta(seconds=1)
MAIN, OTHER = "+15145550100", "+15145550111"
PHONES = [f"+1438555{each:04d}" for each in range(6)]
LONG_AFTER = 20 * MINUTE
NOBODY = "http://127.0.0.1:9"
"""Where nothing listens."""


class Impatient(twilio.TwilioProvider):
    """Twilio's adapter that soon gives up waiting, though not before a busy machine has written and read."""

    capabilities = dataclasses.replace(twilio.TwilioProvider.capabilities, timeout=2 * SECOND)


class Installation:
    """A practice with a number at each of two carriers, of which the second takes over from the first."""

    def __init__(self, database: Database, clock: SteppingClock, first: RunningCarrier, second: RunningCarrier) -> None:
        """Lay the practice."""
        self.database, self.clock, self.first, self.second = database, clock, first, second
        self.loop = SendingLoop()
        self.main = self.main_at(first.url)
        key = messagebird.Account(access_key=second.access_key, base_url=second.url.rstrip("/"))
        self.other = messagebird.MessageBirdProvider(key)
        terms = (
            make_sender_terms(id="main", number=MAIN, provider="twilio", fallback="other"),
            make_sender_terms(id="other", number=OTHER, provider="messagebird"),
        )
        open_practice(database, senders=terms)

    def main_at(self, url: str) -> twilio.TwilioProvider:
        """Return the first carrier's adapter, at some address."""
        account = twilio.Account(
            account_sid=self.first.account_sid, auth_token=self.first.auth_token, base_url=url.rstrip("/")
        )
        return Impatient(account)

    def plan(self, numbers: Sequence[str] = PHONES) -> list[uuid.UUID]:
        """Plan a text to each number, from the first sender."""
        made = (make_job(provider="twilio", text="The door code changed.", to_number=each) for each in numbers)
        return plan(self.database, *made)

    def tick(self) -> None:
        """Take what is due and deliver it, once."""
        entries = self.database.write(lambda connection: take_due(connection, now=self.clock.now()))
        for entry in entries:
            self.deliver(entry.ids)

    def deliver(self, ids: Sequence[uuid.UUID]) -> None:
        """Deliver one entry."""
        Delivery(
            database=self.database,
            providers={"twilio": self.main, "messagebird": self.other},
            run_coroutine=self.loop.run,
            worker="w1",
            steady=Steady(),
            jitter=lambda: 0.5,
        ).deliver(ids)

    def settle(self) -> Counter[str]:
        """Ask both what became of what is in doubt."""
        context = Context(
            self.database,
            lambda _entry: None,
            providers={"twilio": self.main, "messagebird": self.other},
            run_coroutine=self.loop.run,
        )
        return settle_in_doubt.run(context)

    def later(self, by: dt.timedelta) -> None:
        """Let time pass."""
        self.clock.jump_to(self.clock.now() + by)

    def phones(self) -> tuple[Counter[str], Counter[str]]:
        """Count what each carrier accepted, by number."""
        return tuple(Counter(text.to_number for text in each.accepted()) for each in (self.first, self.second))  # type: ignore[return-value]  # two

    def states(self) -> Counter[str]:
        """Count the jobs by state."""
        with self.database.read() as connection:
            return Counter(connection.execute(select(jobs.c.state)).scalars())

    def senders_of_attempts(self) -> Counter[tuple[str, str]]:
        """Count the attempts by provider and number sent from."""
        with self.database.read() as connection:
            rows = connection.execute(select(attempts.c.provider, attempts.c.from_number))
            return Counter((row.provider, row.from_number) for row in rows)

    def paused(self) -> list[tuple[str, str | None]]:
        """Return what is paused, and whose."""
        with self.database.read() as connection:
            return [(row.scope, row.target) for row in connection.execute(select(pauses))]


@pytest.fixture
def installation(database_url: str) -> Iterator[Installation]:
    clock = SteppingClock(NOW)
    database = Database(database_url, clock, trust_clock=True)
    migrations.upgrade(database.engine)
    with running_carrier(seed=1, clock=clock) as first, running_carrier(seed=2, clock=clock) as second:
        made = Installation(database, clock, first, second)
        try:
            yield made
        finally:
            made.loop.close([made.main, made.other])
            database.dispose()


@pytest.mark.parametrize("kind", ["bad_token", "suspended", "no_balance"])
def test_a_closed_account_hands_over_at_once_and_is_paused_with_one_alarm(
    installation: Installation, kind: str
) -> None:
    installation.first.mishap(kind)
    installation.plan()
    installation.tick()
    assert installation.states() == Counter(retrying=len(PHONES))
    installation.tick()
    assert installation.states() == Counter(sent=len(PHONES))
    assert installation.phones() == (Counter(), Counter(PHONES))
    assert installation.paused() == [("provider", "twilio")]


def test_a_carrier_that_cannot_be_reached_hands_over_at_once(installation: Installation) -> None:
    installation.main = installation.main_at(NOBODY)
    installation.plan()
    installation.tick()
    installation.tick()
    assert installation.states() == Counter(sent=len(PHONES))
    assert installation.phones() == (Counter(), Counter(PHONES))
    assert installation.paused() == []


@pytest.mark.parametrize(
    ("kind", "is_accepted"),
    [
        ("accept_then_hang", True),
        ("accept_then_reset", True),
        ("error_after", True),
        ("unreadable", True),
        ("half_answer", True),
        ("refuse_then_hang", False),
        ("refuse_then_reset", False),
        ("error_before", False),
        ("unavailable", False),
    ],
)
def test_what_the_first_may_have_sent_never_goes_to_the_second(
    installation: Installation, kind: str, *, is_accepted: bool
) -> None:
    mishap = installation.first.mishap(kind)
    ids = installation.plan()
    installation.tick()
    installation.first.clear(mishap)
    assert installation.states() == Counter(in_doubt=len(ids))
    installation.tick()
    installation.later(LONG_AFTER)
    assert installation.settle() == Counter({"found" if is_accepted else "absent": len(ids)})
    for _ in range(8):
        installation.tick()
        installation.later(MINUTE)
    assert installation.states() == Counter(sent=len(ids))
    assert installation.phones() == (Counter(PHONES), Counter())


def test_a_carrier_that_asks_to_slow_down_keeps_its_texts(installation: Installation) -> None:
    mishap = installation.first.mishap("throttle", retry_after=5)
    ids = installation.plan()
    installation.tick()
    installation.first.clear(mishap)
    assert installation.states() == Counter(held=len(ids))
    installation.later(10 * SECOND)
    installation.tick()
    assert installation.phones() == (Counter(PHONES), Counter())


def test_what_the_first_refuses_for_good_is_not_tried_at_the_second(installation: Installation) -> None:
    installation.first.mishap("refuse")
    ids = installation.plan()
    installation.tick()
    installation.tick()
    assert installation.states() == Counter(failed=len(ids))
    assert installation.phones() == (Counter(), Counter())


def test_the_second_may_leave_in_doubt_what_it_took_over_and_it_is_settled_there(installation: Installation) -> None:
    installation.first.mishap("bad_token")
    hanging = installation.second.mishap("accept_then_reset")
    ids = installation.plan()
    installation.tick()
    installation.tick()
    installation.second.clear(hanging)
    assert installation.states() == Counter(in_doubt=len(ids))
    installation.later(LONG_AFTER)
    assert installation.settle() == Counter(found=len(ids))
    assert installation.phones() == (Counter(), Counter(PHONES))


def test_each_attempt_names_the_number_and_the_provider_it_went_by(installation: Installation) -> None:
    installation.first.mishap("bad_token")
    installation.plan(PHONES[:1])
    installation.tick()
    installation.tick()
    assert installation.senders_of_attempts() == Counter({("twilio", MAIN): 1, ("messagebird", OTHER): 1})
    [text] = installation.second.accepted()
    assert text.from_number in {OTHER, OTHER.removeprefix("+")}
    with installation.database.read() as connection:
        assert set(connection.execute(select(jobs.c.sender)).scalars()) == {"other"}
        assert set(connection.execute(select(senders.c.id)).scalars()) == {"main", "other"}


def test_both_carriers_closed_hold_the_texts_under_two_pauses(installation: Installation) -> None:
    installation.first.mishap("bad_token")
    installation.second.mishap("bad_token")
    ids = installation.plan()
    for _ in range(4):
        installation.tick()
    assert sorted(installation.paused()) == [("provider", "messagebird"), ("provider", "twilio")]
    assert installation.states() == Counter(held=len(ids))
    assert sum(installation.senders_of_attempts().values()) == 2 * len(ids)


def test_of_one_wave_only_the_doubtful_one_stays_with_the_first(installation: Installation) -> None:
    hanging = installation.first.mishap("accept_then_reset", count=1)
    installation.first.mishap("bad_token")
    installation.plan()
    for _ in range(3):
        installation.tick()
    installation.first.clear(hanging)
    assert installation.states() == Counter(sent=len(PHONES) - 1, in_doubt=1)
    at_first, at_second = installation.phones()
    assert at_first + at_second == Counter(PHONES)
    assert sum(at_first.values()) == 1
