"""What waits for a closed sender goes to its fallback when it is due; what a person paused stays where it is."""

import uuid
from collections.abc import Mapping

import pytest
from sqlalchemy import update

from jobs import senders, store
from jobs.database import Database
from jobs.providers.contract import Closed
from jobs.records import jobs
from jobs.states import State
from jobs.store.values import BEING_REPLANNED, WORKER
from scheduler.chores import hand_over, take_due
from scheduler.chores.context import Context
from tests.storage.builders import HOUR, NOW, enqueue, make_job, make_sender_terms, plan, put_in, read, verbs
from tests.storage.delivering import ScriptedProvider, make_delivery, open_practice

MAIN_CLOSED = senders.Pause(senders.SENDER, "northlight", "main", "the sender is closed: not registered")
ACCOUNT_CLOSED = senders.Pause(senders.PROVIDER, "northlight", "terminal", "the account is closed: no balance")


def lay(database: Database, **fallbacks: str) -> None:
    """Lay `main` and `spare` at the terminal and `other` elsewhere, with these fallbacks."""
    places = {"main": "terminal", "spare": "terminal", "other": "elsewhere"}
    terms = tuple(
        make_sender_terms(id=name, provider=provider, number=f"+1514555010{at}", fallback=fallbacks.get(name))
        for at, (name, provider) in enumerate(places.items())
    )
    open_practice(database, senders=terms)


def close(database: Database, *pauses: senders.Pause, by: str = WORKER) -> None:
    database.write(lambda connection: senders.pause(connection, pauses, by=by, now=NOW))


def run(database: Database) -> Mapping[str, int]:
    return hand_over.run(Context(database, lambda _entry: None))


def due(database: Database, count: int = 1, **changes: object) -> list[uuid.UUID]:
    return plan(database, *(make_job(**changes) for _ in range(count)))


def senders_of(database: Database, ids: list[uuid.UUID]) -> list[tuple[str, str]]:
    return [(job.sender, job.provider) for job in (read(database, each) for each in ids)]


def test_what_is_due_goes_to_the_fallback_of_a_closed_sender(database: Database) -> None:
    lay(database, main="spare")
    ids = due(database, 3)
    close(database, MAIN_CLOSED)
    assert run(database) == {"jobs": 3}
    assert senders_of(database, ids) == [("spare", "terminal")] * 3
    job = read(database, ids[0])
    assert (job.state, job.due_at, job.attempts) == (State.SCHEDULED, NOW, 0)
    assert verbs(database, ids[0]) == ["plan", "refresh"]
    taken = database.write(lambda connection: take_due.take_due(connection, now=NOW))
    assert sorted(each for entry in taken for each in entry.ids) == sorted(ids)


def test_a_closed_account_hands_over_to_another_provider_only(database: Database) -> None:
    lay(database, main="spare", spare="other")
    ids = due(database)
    close(database, ACCOUNT_CLOSED)
    run(database)
    assert senders_of(database, ids) == [("other", "elsewhere")]


def test_what_is_not_due_yet_waits_for_its_own_number(database: Database) -> None:
    lay(database, main="other")
    later = due(database, planned_for=NOW + HOUR)
    close(database, MAIN_CLOSED)
    assert run(database) == {"jobs": 0}
    assert senders_of(database, later) == [("main", "terminal")]


def test_what_a_person_paused_is_not_handed_over(database: Database) -> None:
    lay(database, main="other")
    ids = due(database)
    close(database, MAIN_CLOSED, by=store.person("ana"))
    assert run(database) == {"jobs": 0}
    assert senders_of(database, ids) == [("main", "terminal")]


def test_without_a_fallback_that_can_send_it_waits(database: Database) -> None:
    lay(database, main="spare")
    ids = due(database)
    close(database, ACCOUNT_CLOSED)
    assert run(database) == {"jobs": 0}
    assert senders_of(database, ids) == [("main", "terminal")]


def test_nothing_is_handed_over_while_all_is_well(database: Database) -> None:
    lay(database, main="other")
    due(database)
    assert run(database) == {"jobs": 0}


@pytest.mark.parametrize("state", [State.IN_DOUBT, State.SENDING, State.SENT, State.QUEUED])
def test_what_may_have_gone_out_or_is_on_its_way_is_left_alone(database: Database, state: State) -> None:
    lay(database, main="other")
    job_id, _ = put_in(database, state)
    close(database, MAIN_CLOSED)
    assert run(database) == {"jobs": 0}
    assert senders_of(database, [job_id]) == [("main", "terminal")]


def test_what_may_have_been_sent_and_is_resent_stays_with_its_provider(database: Database) -> None:
    lay(database, main="other")
    job_id, _ = put_in(database, State.IN_DOUBT)
    again = store.Settlement(id=job_id, finding=store.Finding.RESEND, reason="the rules say so")
    database.write(lambda c: store.settle(c, [again], by=store.CHORE, now=NOW))
    assert read(database, job_id).state is State.RETRYING
    close(database, MAIN_CLOSED)
    assert run(database) == {"jobs": 0}


def test_what_is_being_planned_again_is_left_to_that(database: Database) -> None:
    lay(database, main="other")
    job_id, _ = put_in(database, State.HELD)
    database.write(lambda c: c.execute(update(jobs).where(jobs.c.id == job_id).values(reason=BEING_REPLANNED)))
    close(database, MAIN_CLOSED)
    assert run(database) == {"jobs": 0}


def test_the_first_wave_that_meets_a_closed_sender_and_all_behind_it_go_by_the_other(database: Database) -> None:
    lay(database, main="other")
    first, *behind = due(database, 4, text="Hello.", to_number="+15145550101")
    closing, other = ScriptedProvider(Closed("sender", "not registered")), ScriptedProvider()
    providers = {"terminal": closing, "elsewhere": other}
    enqueue(database, [first])
    make_delivery(database, closing, providers=providers).deliver([first])
    run(database)
    for entry in database.write(lambda connection: take_due.take_due(connection, now=NOW)):
        make_delivery(database, other, providers=providers).deliver(entry.ids)
    assert {read(database, each).state for each in (first, *behind)} == {State.SENT}
    assert (len(closing.asked), len(other.asked)) == (1, 4)
