"""A process that is killed while an event is on the wire: the event arrives all the same, with the same id."""

import asyncio
import multiprocessing
import uuid

import pytest

from jobs.clock import SteppingClock
from jobs.database import Database
from jobs.events.deliveries import LEASE
from scheduler.chores import post_events
from scheduler.chores.context import Context
from tests.databases import make_keyring
from tests.storage.builders import NOW, add_practice
from tests.storage.telling_out import Receiver, add_endpoint, make_context, note, receiving, rows_of_deliveries

SPAWN = multiprocessing.get_context("spawn")
PATIENCE_SECONDS = 30


def post_elsewhere(url: str) -> None:
    """Post what is due, in a process of its own."""
    database = Database(url, SteppingClock(NOW), trust_clock=True, keyring=make_keyring())
    context = Context(database, lambda _entry: None, run_coroutine=asyncio.run, events_allow_private=True)
    post_events.run(context)


@pytest.fixture
def practice(database: Database) -> Database:
    database.write(add_practice)
    return database


def kill_while_posting(url: str, receiver: Receiver) -> None:
    receiver.may_answer.clear()
    victim = SPAWN.Process(target=post_elsewhere, args=(url,))
    victim.start()
    assert receiver.has_come.wait(PATIENCE_SECONDS)
    victim.kill()
    victim.join(PATIENCE_SECONDS)
    receiver.may_answer.set()


def test_an_event_on_the_wire_of_a_killed_process_arrives_later(
    practice: Database, database_url: str, clock: SteppingClock
) -> None:
    with receiving() as receiver:
        add_endpoint(practice, receiver.url)
        [first], [second] = note(practice, ana := uuid.uuid4()), note(practice, ana)

        kill_while_posting(database_url, receiver)
        assert [row.done_at for row in rows_of_deliveries(practice)] == [None, None]
        clock.jump_to(NOW + LEASE)
        post_events.run(make_context(practice))

        assert receiver.ids == [first, first, second]
        assert all(row.done_at for row in rows_of_deliveries(practice))
