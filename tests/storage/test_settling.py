"""Settling what is in doubt on both databases: a provider's listing, told by a stand-in, turns doubt into an end."""

import datetime as dt
import uuid
from collections import Counter

import pytest

from jobs import store
from jobs.clock import SteppingClock
from jobs.database import Database
from jobs.providers.contract import (
    Accepted,
    Capabilities,
    Found,
    Outcome,
    Search,
    SendRequest,
    Unknown,
)
from jobs.states import State
from jobs.store.values import Finding
from scheduler.chores import settle_in_doubt
from scheduler.chores.context import Context
from tests.storage.builders import (
    MINUTE,
    NOW,
    make_job,
    outcome,
    plan,
    read,
    send,
)
from tests.storage.doubting import SECOND, Lister, World


class Repeating:
    """A provider that knows an attempt again by its id, and took the first asking."""

    id = "listing"
    capabilities = Capabilities(timeout=10 * SECOND, idempotent_for=dt.timedelta(days=1))

    def __init__(self) -> None:
        """Remember nothing."""
        self.requests: list[SendRequest] = []

    async def send(self, request: SendRequest) -> Outcome:
        """Answer as at the first time."""
        self.requests.append(request)
        return Accepted("B-1") if request.may_write() else Unknown("too late")


@pytest.fixture
def world(database: Database, clock: SteppingClock) -> World:
    return World(database, clock)


def test_a_listed_text_was_sent(world: World) -> None:
    intent = world.doubt()
    world.lists(intent)
    assert world.settle() == Counter(found=1)
    assert world.state(intent) is State.SENT
    assert outcome(world.database, intent.attempt_id) == "accepted"
    assert world.settle() == Counter()


def test_it_is_asked_about_its_own_number_and_span(world: World) -> None:
    intent = world.doubt(to_number="+15145550177")
    world.settle()
    [search] = world.provider.asked
    assert search.to_number == "+15145550177"
    assert search.since == intent.started_at - 2 * MINUTE
    assert search.until == intent.deadline + 10 * SECOND + 2 * MINUTE


def test_what_is_surely_absent_is_tried_again(world: World) -> None:
    intent = world.doubt()
    assert world.settle() == Counter(unclear=1)
    assert world.state(intent) is State.IN_DOUBT
    world.later()
    assert world.settle() == Counter(absent=1)
    job = read(world.database, intent.job_id)
    assert (job.state, job.attempts) == (State.RETRYING, 1)
    assert outcome(world.database, intent.attempt_id) == "settled_absent"


def test_what_is_absent_and_useless_by_now_expires(world: World) -> None:
    intent = world.doubt()
    world.later(dt.timedelta(days=2))
    world.settle()
    assert world.state(intent) is State.EXPIRED


def test_what_is_absent_and_was_to_stop_is_cancelled(world: World) -> None:
    intent = world.doubt()
    pick = store.Pick(id=intent.job_id, reason="the visit is off")
    world.database.write(lambda connection: store.cancel(connection, [pick], by="person:ana", now=NOW))
    world.later()
    world.settle()
    assert world.state(intent) is State.CANCELLED


def test_nobody_asks_twice_at_once(world: World) -> None:
    world.doubt()
    world.settle()
    world.settle()
    assert len(world.provider.asked) == 1


def test_it_is_asked_again_a_little_later(world: World) -> None:
    world.doubt()
    world.settle()
    world.later(MINUTE)
    world.settle()
    assert len(world.provider.asked) == 2


def test_of_twins_the_one_listed_text_is_the_oldest_ones(world: World) -> None:
    first = world.doubt()
    world.later(10 * SECOND)
    second = world.doubt()
    world.lists(first)
    world.later()
    assert world.settle() == Counter(found=1, absent=1)
    assert (world.state(first), world.state(second)) == (State.SENT, State.RETRYING)


def test_twins_wait_until_none_is_on_the_wire(world: World) -> None:
    doubtful = world.doubt()
    [job_id] = plan(world.database, make_job(provider="listing"))
    send(world.database, [job_id], started_at=NOW, deadline=NOW + 45 * SECOND)
    world.lists(doubtful)
    assert world.settle() == Counter()
    assert world.provider.asked == []
    assert world.state(doubtful) is State.IN_DOUBT


def test_a_text_of_other_words_to_the_same_number_is_judged_by_itself(world: World) -> None:
    one, other = world.doubt(), world.doubt(body="Good-bye.")
    world.lists(one)
    world.lists(other, "L-2")
    assert world.settle() == Counter(found=2)


def test_an_id_that_another_attempt_has_is_not_found_again(world: World) -> None:
    first = world.doubt()
    world.lists(first)
    world.settle()
    second = world.doubt()
    world.later()
    assert world.settle() == Counter(absent=1)
    assert world.state(second) is State.RETRYING


def test_a_receipt_that_came_while_it_was_asked_wins(world: World) -> None:
    intent = world.doubt()
    proof = store.Proof(attempt_id=intent.attempt_id, provider_id="R-1")

    class Late(Lister):
        async def find(self, search: Search) -> Found:
            world.database.write(lambda connection: store.prove(connection, [proof], now=NOW))
            return await super().find(search)

    world.later()
    assert world.settle(Late()) == Counter()
    assert world.state(intent) is State.SENT


@pytest.mark.parametrize(
    ("on_doubt", "state"),
    [("hold", State.IN_DOUBT), ("resend", State.RETRYING), ("give_up", State.FAILED)],
)
def test_where_nobody_can_tell_the_practice_says_what_becomes_of_it(
    database: Database, clock: SteppingClock, on_doubt: str, state: State
) -> None:
    world = World(database, clock, on_doubt=on_doubt)
    intent = world.doubt()
    world.provider.trouble = "it answered 503"
    world.settle()
    assert world.state(intent) is State.IN_DOUBT
    world.later(dt.timedelta(hours=1))
    assert world.settle() == Counter(left=1)
    assert world.state(intent) is state


def test_what_is_held_for_a_person_is_not_asked_about_for_ever(world: World) -> None:
    world.doubt()
    world.provider.trouble = "it answered 503"
    world.later(dt.timedelta(hours=1))
    world.settle()
    world.later(dt.timedelta(hours=1))
    world.settle()
    assert len(world.provider.asked) == 1


def test_a_provider_that_breaks_tells_nothing(world: World) -> None:
    class Broken(Lister):
        async def find(self, search: Search) -> Found:
            raise ValueError(search)

    intent = world.doubt()
    assert world.settle(Broken()) == Counter(unclear=1)
    assert world.state(intent) is State.IN_DOUBT


def test_a_text_of_a_provider_that_is_not_set_up_here_is_left_to_others(world: World) -> None:
    intent = world.doubt()
    assert settle_in_doubt.run(Context(world.database, lambda _entry: None)) == Counter()
    assert world.settle() == Counter(unclear=1)
    assert world.state(intent) is State.IN_DOUBT


def test_a_provider_that_knows_an_attempt_again_is_asked_again_before_its_deadline(world: World) -> None:
    intent, provider = world.doubt(), Repeating()
    assert world.settle(provider) == Counter(found=1)
    [request] = provider.requests
    assert (request.attempt_id, request.body) == (intent.attempt_id, "Hello.")
    assert 44 * SECOND < request.valid_for <= 45 * SECOND
    assert world.state(intent) is State.SENT


def test_after_its_deadline_a_text_is_not_asked_for_again(world: World) -> None:
    world.doubt()
    provider = Repeating()
    world.later(MINUTE)
    assert world.settle(provider) == Counter(unclear=1)
    assert provider.requests == []


def test_what_a_person_settled_meanwhile_stays_so(world: World) -> None:
    intent = world.doubt()

    class Slow(Lister):
        async def find(self, search: Search) -> Found:
            settled = store.Settlement(id=intent.job_id, finding=Finding.GIVE_UP, reason="nobody came")
            world.database.write(lambda connection: store.settle(connection, [settled], by="person:ana", now=NOW))
            return await super().find(search)

    world.later()
    world.settle(Slow())
    assert world.state(intent) is State.FAILED


def test_a_job_without_an_attempt_is_a_persons(world: World) -> None:
    [job_id] = plan(world.database, make_job(provider="listing", in_doubt=True, id=uuid.uuid4()))
    world.later()
    assert world.settle() == Counter()
    assert read(world.database, job_id).state is State.IN_DOUBT
