"""What is in doubt ends settled, nothing lost and nothing doubled: counted at the stand-in carrier over real sockets.

The real adapter of Twilio, the real pipeline and the chore; the database and the carrier share a clock that steps, so
that only the adapter's own short time-out is waited for.
"""

import dataclasses
import datetime as dt
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence

import pytest
from sqlalchemy import select

from jobs import store
from jobs.clock import SteppingClock
from jobs.database import Database
from jobs.delivery import Delivery
from jobs.providers.contract import Callback, Capabilities, Outcome, Provider, Receipt, SendRequest
from jobs.providers.http.callbacks import callback_address
from jobs.providers.loop import SendingLoop
from jobs.providers.twilio import Account, TwilioProvider
from jobs.receipts import record_receipts
from jobs.records import attempts, jobs
from jobs.states import State
from jobs.taking.rooms import note_answers
from scheduler import migrations
from scheduler.chores import settle_in_doubt
from scheduler.chores.context import Context
from tests.carriers import Heard, Listener, RunningCarrier, listening, running_carrier
from tests.storage.builders import MINUTE, NOW, enqueue, make_job, make_sender_terms, plan, verbs
from tests.storage.delivering import Steady, at_step, open_practice

SECOND = dt.timedelta(seconds=1)
WORDS = "The door code changed."
PHONE = "+15145550101"
MOST_ROUNDS = 12
LONG_AFTER = 20 * MINUTE
"""Beyond the moment from which a listing that shows nothing proves absence."""


class Impatient(TwilioProvider):
    """Twilio's adapter that soon gives up waiting, with room for large waves.

    Not too soon: on a busy machine a wave takes most of a second to be written, and what is not written is no doubt.
    """

    capabilities = dataclasses.replace(TwilioProvider.capabilities, timeout=2 * SECOND, at_once=125)


class Unasked:
    """A provider that cannot be asked what became of a text: another's `send` and nothing else."""

    id = "twilio"
    capabilities = Capabilities(timeout=0.7 * SECOND)

    def __init__(self, inner: TwilioProvider) -> None:
        """Send by `inner`."""
        self._inner = inner

    async def send(self, request: SendRequest) -> Outcome:
        """Ask for one text once."""
        return await self._inner.send(request)


class Installation:
    """A practice whose texts go to a carrier that misbehaves, its worker and its chore."""

    def __init__(self, database: Database, clock: SteppingClock, carrier: RunningCarrier, loop: SendingLoop) -> None:
        """Lay the practice."""
        self.database, self.clock, self.carrier, self.loop = database, clock, carrier, loop
        account = Account(
            account_sid=carrier.account_sid, auth_token=carrier.auth_token, base_url=carrier.url.rstrip("/")
        )
        self.twilio = Impatient(account)
        self.provider: Provider = self.twilio
        self.steady = Steady()
        open_practice(database, senders=(make_sender_terms(provider="twilio"),))

    def plan(self, numbers: Sequence[str]) -> list[uuid.UUID]:
        """Plan a text of the same words to each number."""
        return plan(
            self.database,
            *(
                make_job(provider="twilio", text=WORDS, to_number=number, planned_for=self.clock.now())
                for number in numbers
            ),
        )

    def deliver(self, ids: Sequence[uuid.UUID], **changes: object) -> None:
        """Queue these jobs and let a worker deliver them, all of them however silent the carrier is."""
        enqueue(self.database, ids)
        values = {"database": self.database, "providers": {"twilio": self.provider}, "run_coroutine": self.loop.run}
        values |= {"worker": "w1", "steady": self.steady, "jitter": lambda: 0.5, "checkpoint": self._close_breaker}
        values |= changes
        Delivery(**values).deliver(ids)  # type: ignore[arg-type]  # its own fields by name

    def _close_breaker(self, step: str) -> None:
        """Take the carrier for well after each wave: what is asked here is what settling makes of many doubts."""
        if step == "recorded":
            self.database.write(lambda connection: note_answers(connection, "twilio"))

    def settle(self) -> Counter[str]:
        """Run the chore until it finds nothing more to ask about at this moment."""
        context = Context(self.database, _nowhere, providers={"twilio": self.provider}, run_coroutine=self.loop.run)
        counts: Counter[str] = Counter()
        while found := settle_in_doubt.run(context):
            counts += found
        return counts

    def settle_and_retry(self) -> None:
        """Settle and send again until nothing is in doubt: a busy machine may outlast the short time-out once more."""
        for _ in range(MOST_ROUNDS):
            self.later()
            self.settle()
            self.deliver(self.ids_in(State.RETRYING))
            if not self.ids_in(State.IN_DOUBT):
                return

    def later(self, by: dt.timedelta = LONG_AFTER) -> None:
        """Let time pass."""
        self.clock.jump_to(self.clock.now() + by)

    def states(self) -> Counter[str]:
        """Count the jobs by state."""
        with self.database.read() as connection:
            return Counter(connection.execute(select(jobs.c.state)).scalars())

    def state(self, job_id: uuid.UUID) -> State:
        """Return where a job stands."""
        with self.database.read() as connection:
            return State(connection.execute(select(jobs.c.state).where(jobs.c.id == job_id)).scalar_one())

    def ids_in(self, state: State) -> list[uuid.UUID]:
        """Return the jobs in a state."""
        with self.database.read() as connection:
            return list(connection.execute(select(jobs.c.id).where(jobs.c.state == state.value)).scalars())

    def phones(self) -> Counter[str]:
        """Count the texts that the carrier accepted for each number."""
        return Counter(text.to_number for text in self.carrier.accepted())

    def open_attempts(self) -> int:
        """Count the attempts whose ending nobody knows."""
        with self.database.read() as connection:
            endings = connection.execute(select(attempts.c.outcome)).scalars()
            return sum(each is None or each == store.Ending.UNKNOWN for each in endings)


def _nowhere(_entry: store.Entry) -> None:
    """Take no entry: these tests deliver by hand."""


@pytest.fixture
def installation(database_url: str) -> Iterator[Installation]:
    clock, loop = SteppingClock(NOW), SendingLoop()
    database = Database(database_url, clock, trust_clock=True)
    migrations.upgrade(database.engine)
    with running_carrier(seed=1, clock=clock) as carrier:
        made = Installation(database, clock, carrier, loop)
        try:
            yield made
        finally:
            loop.close([made.twilio])
            database.dispose()


def numbers(count: int) -> list[str]:
    return [f"+1438555{each:04d}" for each in range(count)]


@pytest.mark.parametrize("kind", ["accept_then_hang", "refuse_then_hang"])
def test_a_thousand_hanging_sends_end_with_none_lost_and_none_doubled(installation: Installation, kind: str) -> None:
    phones = numbers(1000 if installation.database.is_sqlite else 100)
    ids = installation.plan(phones)
    mishap = installation.carrier.mishap(kind)
    installation.deliver(ids)
    installation.carrier.clear(mishap)
    assert installation.states() == Counter(in_doubt=len(ids))
    installation.settle_and_retry()
    assert installation.states() == Counter(sent=len(ids))
    assert installation.phones() == Counter(phones)
    assert installation.open_attempts() == 0


def test_of_siblings_with_the_same_words_on_one_phone_the_oldest_are_settled_as_sent(
    installation: Installation,
) -> None:
    ids = installation.plan([PHONE] * 5)
    refusing = installation.carrier.mishap("refuse_then_hang")
    installation.deliver(ids[:2])
    installation.carrier.clear(refusing)
    installation.later(SECOND)
    accepting = installation.carrier.mishap("accept_then_hang")
    installation.deliver(ids[2:])
    installation.carrier.clear(accepting)
    installation.later()
    assert installation.settle() == Counter(found=3, absent=2)
    sent, retrying = installation.ids_in(State.SENT), installation.ids_in(State.RETRYING)
    assert set(ids[:2]) < set(sent)
    assert len(retrying) == 2
    installation.deliver(retrying)
    if installation.ids_in(State.IN_DOUBT):
        installation.settle_and_retry()
    assert installation.states() == Counter(sent=5)
    assert installation.phones() == Counter({PHONE: 5})


def test_what_a_lagging_listing_does_not_show_yet_is_not_taken_for_absent(installation: Installation) -> None:
    ids = installation.plan([PHONE])
    installation.carrier.mishap("listing_lag", seconds=290)
    hanging = installation.carrier.mishap("accept_then_hang")
    installation.deliver(ids)
    installation.carrier.clear(hanging)
    for _ in range(4):
        assert set(installation.settle()) <= {"unclear"}
        assert installation.states() == Counter(in_doubt=1)
        installation.later(MINUTE)
    installation.later(4 * MINUTE)
    assert installation.settle() == Counter(found=1)
    assert installation.states() == Counter(sent=1)
    assert installation.phones() == Counter({PHONE: 1})


def test_a_worker_frozen_past_its_lease_writes_nothing_and_says_so_and_the_text_goes_once(
    installation: Installation,
) -> None:
    [job_id] = installation.plan([PHONE])

    def freeze() -> None:
        installation.steady.seconds += 120
        installation.later(2 * MINUTE)
        installation.database.write(lambda c: store.release_stale(c, now=installation.clock.now()))
        assert installation.state(job_id) is State.IN_DOUBT

    installation.deliver([job_id], checkpoint=at_step("before_write", freeze))
    assert installation.phones() == Counter()
    assert installation.state(job_id) is State.RETRYING
    assert verbs(installation.database, job_id)[-2:] == ["doubt", "settle"]
    installation.deliver([job_id])
    assert installation.state(job_id) is State.SENT
    installation.later()
    assert installation.settle() == Counter()
    assert installation.phones() == Counter({PHONE: 1})


def test_a_worker_frozen_after_the_write_is_settled_by_the_listing(installation: Installation) -> None:
    [job_id] = installation.plan([PHONE])

    def freeze() -> None:
        installation.later(2 * MINUTE)
        installation.database.write(lambda c: store.release_stale(c, now=installation.clock.now()))
        assert installation.settle() == Counter(found=1)

    installation.deliver([job_id], checkpoint=at_step("written", freeze))
    assert installation.state(job_id) is State.SENT
    assert installation.phones() == Counter({PHONE: 1})


def test_where_nobody_can_be_asked_exactly_the_doubtful_ones_stand_before_a_person(
    installation: Installation,
) -> None:
    installation.provider = Unasked(installation.twilio)
    phones = numbers(30)
    ids = installation.plan(phones)
    for kind, some in (("accept_then_hang", ids[:10]), ("refuse_then_hang", ids[10:20]), (None, ids[20:])):
        mishap = installation.carrier.mishap(kind) if kind else None
        installation.deliver(some)
        if mishap is not None:
            installation.carrier.clear(mishap)
    for _ in range(5):
        installation.later()
        installation.settle()
    assert set(installation.ids_in(State.IN_DOUBT)) == set(ids[:20])
    assert set(installation.ids_in(State.SENT)) == set(ids[20:])
    assert installation.phones() == Counter(phones[:10] + phones[20:])


def test_a_receipt_alone_settles_before_anybody_is_asked(installation: Installation) -> None:
    phones = numbers(20)
    ids = installation.plan(phones)
    installation.carrier.mishap("accept_then_hang", on="send")
    with listening() as listener:
        installation.deliver(ids, callback=lambda provider, attempt: callback_address(listener.url, provider, attempt))
        installation.carrier.quiet()
        heard = [installation.twilio.receipt(_as_signed(listener, each), NOW) for each in listener.heard]
    receipts = [each for each in heard if isinstance(each, Receipt)]
    assert len(receipts) == len(heard) > 0
    installation.database.write(lambda c: record_receipts(c, "twilio", receipts, now=installation.clock.now()))
    assert installation.states() == Counter(delivered=20)
    installation.later()
    assert installation.settle() == Counter()
    assert installation.phones() == Counter(phones)


def _as_signed(listener: Listener, heard: Heard) -> Callback:
    """Return a callback with the address that was signed."""
    path = heard.url[heard.url.index("/", 8) :]
    base = "/".join(listener.url.split("/")[:3])
    return Callback(method=heard.method, url=base + path, headers=heard.headers, body=heard.body)
