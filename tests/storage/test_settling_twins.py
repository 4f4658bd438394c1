"""Settling attempts that could be taken for one another, and jobs with several: none is settled by another's text."""

import datetime as dt
from collections import Counter

import pytest

from jobs import store
from jobs.clock import SteppingClock
from jobs.database import Database
from jobs.providers.contract import Found, Listed, Search
from jobs.settling.reading import MOST_AT_ONCE
from jobs.states import State
from jobs.store.values import Finding
from tests.storage.builders import (
    MINUTE,
    NOW,
    claim,
    make_intent,
    make_job,
    make_result,
    outcome,
    plan,
    read,
    record,
    send,
)
from tests.storage.doubting import SECOND, Lister, World


@pytest.fixture
def world(database: Database, clock: SteppingClock) -> World:
    return World(database, clock)


def test_a_twin_that_began_while_it_was_asked_is_waited_for(world: World) -> None:
    """Else the doubtful one would take the twin's text for its own, and never be sent."""
    doubtful = world.doubt()
    world.later()
    begun: list[store.Intent] = []

    class Late(Lister):
        async def find(self, search: Search) -> Found:
            [job_id] = plan(world.database, make_job(provider="listing"))
            moment = doubtful.started_at + MINUTE
            begun.extend(send(world.database, [job_id], started_at=moment, deadline=moment + 45 * SECOND))
            self.texts = [Listed(provider_id="L-9", created_at=moment, from_number=doubtful.from_number, body="Hello.")]
            return await super().find(search)

    assert world.settle(Late()) == Counter(unclear=1)
    assert world.state(doubtful) is State.IN_DOUBT
    record(world.database, make_result(begun[0], State.SENT, store.Ending.ACCEPTED, provider_id="L-9"))
    world.lists(begun[0], "L-9")
    world.later(MINUTE)
    assert world.settle() == Counter(absent=1)
    assert (world.state(doubtful), world.state(begun[0])) == (State.RETRYING, State.SENT)


def test_a_job_that_was_sent_again_in_other_words_waits_for_both_attempts(world: World) -> None:
    first = world.doubt()
    resend = store.Settlement(id=first.job_id, finding=Finding.RESEND, reason="risk it")
    world.later()
    world.database.write(lambda connection: store.settle(connection, [resend], by="person:ana", now=world.clock.now()))
    moment = world.clock.now()
    [second] = send(world.database, [first.job_id], body="Good-bye.", started_at=moment, deadline=moment + 45 * SECOND)
    record(world.database, make_result(second, State.IN_DOUBT, store.Ending.UNKNOWN))
    assert world.settle() == Counter(absent=1, unclear=1)
    assert world.state(first) is State.IN_DOUBT
    assert outcome(world.database, first.attempt_id) == "settled_absent"
    world.lists(second)
    world.later(MINUTE)
    assert world.settle() == Counter(found=1)
    assert world.state(first) is State.SENT


def test_an_attempt_that_nobody_ever_settled_does_not_have_months_read_back(world: World) -> None:
    old = world.doubt()
    give_up = store.Settlement(id=old.job_id, finding=Finding.GIVE_UP, reason="nobody can tell")
    world.database.write(lambda connection: store.settle(connection, [give_up], by="person:ana", now=NOW))
    world.later(dt.timedelta(days=60))
    new = world.doubt()
    world.settle()
    [search] = world.provider.asked
    assert search.since == new.started_at - 2 * MINUTE
    assert world.state(new) is State.IN_DOUBT


def test_an_unsettled_twin_of_the_same_hour_still_claims_its_text(world: World) -> None:
    old = world.doubt()
    give_up = store.Settlement(id=old.job_id, finding=Finding.GIVE_UP, reason="nobody can tell")
    world.database.write(lambda connection: store.settle(connection, [give_up], by="person:ana", now=NOW))
    world.later(MINUTE)
    new = world.doubt()
    world.lists(old)
    world.later()
    assert world.settle() == Counter(found=1, absent=1)
    assert (world.state(old), world.state(new)) == (State.SENT, State.RETRYING)


def test_what_was_never_asked_about_comes_before_what_was(world: World) -> None:
    count = MOST_AT_ONCE + 1
    ids = plan(world.database, *(make_job(provider="listing") for _ in range(count)))
    moments = {"started_at": NOW, "deadline": NOW + 45 * SECOND}
    jobs = {job.id: place for place, job in enumerate(claim(world.database, ids))}
    claimed = [read(world.database, each) for each in jobs]
    intents = [
        make_intent(job, body=f"Text {job.id}", to_number=f"+1438{jobs[job.id]:07d}", **moments) for job in claimed
    ]
    world.database.write(lambda connection: store.send(connection, intents, now=NOW))
    record(world.database, *(make_result(each, State.IN_DOUBT, store.Ending.UNKNOWN) for each in intents))
    world.settle()
    world.later(MINUTE)
    world.settle()
    assert {search.to_number for search in world.provider.asked} == {each.to_number for each in intents}
