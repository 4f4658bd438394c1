"""An erasure beside workers that text the same person: each text goes whole or not at all, none keeps its words."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from jobs import store
from jobs.errors import RefusedError
from jobs.records import attempts, jobs, new_id, texts
from jobs.states import Origin, State
from tests.storage.delivering import ScriptedProvider, make_delivery
from tests.storage.intake_practice import DAY_BEFORE, Desk, make_rulebook, opened
from tests.storage.keeping_room import contact, erase, rows

COUNT = 40
OPEN_ALL_DAY = {"mon-sun": "00:00-24:00", "holidays": "00:00-24:00"}


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    with opened(database_url, make_rulebook(steps=(DAY_BEFORE,), practice={"sending_window": OPEN_ALL_DAY})) as desk:
        yield desk


def queue_many(desk: Desk) -> list[store.Moved]:
    """Plan and queue one-offs to C-1."""
    now, contact_id = desk.clock.now(), contact(desk)["id"]
    new = [
        store.NewJob(
            practice="northlight",
            identity=new_id(),
            origin=Origin.ONE_OFF,
            sender="main",
            provider="terminal",
            planned_for=now,
            useful_until=now.replace(day=30),
            text=f"Your file, Ana: {number}",
            contact_id=contact_id,
        )
        for number in range(COUNT)
    ]
    ids = desk.database.write(lambda c: store.plan(c, new, by="person:maya", now=now))
    return desk.database.write(lambda c: store.enqueue(c, ids, now=now))


def erase_at_last(desk: Desk, has_begun: threading.Event) -> int:
    """Erase C-1 as soon as no text is going out; return how often it was refused before."""
    has_begun.wait(10)
    for refusals in range(10_000):
        try:
            erase(desk)
        except RefusedError:
            continue
        return refusals
    raise AssertionError


def test_what_was_sent_was_asked_for_once_and_nothing_keeps_its_words(desk: Desk) -> None:
    queued = [each.id for each in queue_many(desk)]
    has_begun, provider = threading.Event(), ScriptedProvider()

    def work(part: int) -> None:
        delivery = make_delivery(desk.database, provider, worker=f"w{part}")
        for place in range(part, COUNT, 2):
            delivery.deliver([queued[place]])
            has_begun.set()

    with ThreadPoolExecutor(3) as pool:
        erasing = pool.submit(erase_at_last, desk, has_begun)
        for done in [pool.submit(work, part) for part in (0, 1)]:
            done.result()
        erasing.result()
    ended = {row["id"]: row["state"] for row in rows(desk, jobs)}
    assert set(ended.values()) <= {State.SENT.value, State.CANCELLED.value}
    sent = [job_id for job_id, state in ended.items() if state == State.SENT.value]
    assert sent  # the first went before the erasure began
    assert len(provider.asked) == len(sent) == len(rows(desk, attempts))
    assert {row["body"] for row in [*rows(desk, attempts), *rows(desk, texts)]} == {None}
    assert {row["text"] for row in rows(desk, jobs)} == {None}
    assert all(row["to_number"].startswith("gone:") for row in rows(desk, attempts))
