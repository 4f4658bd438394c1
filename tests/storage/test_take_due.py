"""Taking what is due: paced by sender, fair over practices, in each provider's room; a pause leaves jobs in place."""

import datetime as dt
import uuid
from decimal import Decimal

import pytest
from sqlalchemy import event, select, text

from jobs import senders, store
from jobs.clock import SteppingClock
from jobs.database import Database
from jobs.records import providers
from jobs.records import senders as sender_rows
from jobs.states import State
from jobs.taking.rooms import declare_provider, note_answers, note_unknowns
from scheduler.chores import CHORES, expire, release_stale, run_chore
from scheduler.chores import take_due as chore
from scheduler.chores.context import Context
from scheduler.chores.take_due import take_due
from tests.storage.builders import DAY, HOUR, NOW, add_practice, make_job, make_sender_terms, plan, put_in, read

SECOND = dt.timedelta(seconds=1)


def take(database: Database, now: dt.datetime = NOW) -> list[uuid.UUID]:
    entries = database.write(lambda c: take_due(c, now=now))
    return [job_id for entry in entries for job_id in entry.ids]


def lay(database: Database, practice: str = "northlight", **terms: object) -> None:
    database.write(lambda c: add_practice(c, practice, make_sender_terms(**terms)))


def pause(database: Database, scope: str, practice: str | None = None, target: str | None = None) -> senders.Pause:
    wanted = senders.Pause(scope, practice, target, "the red button")
    database.write(lambda c: senders.pause(c, [wanted], by="person:ada", now=NOW))
    return wanted


def test_what_is_due_is_queued_and_what_is_not_stays(database: Database) -> None:
    lay(database)
    due, later = plan(database, make_job(), make_job(planned_for=NOW + SECOND))
    assert take(database) == [due]
    assert (read(database, due).state, read(database, due).queued_at) == (State.QUEUED, NOW)
    assert read(database, later).state is State.SCHEDULED


def test_the_urgent_go_first_then_those_that_are_useless_first(database: Database) -> None:
    lay(database)
    reminder, soon, acknowledgement = plan(
        database, make_job(), make_job(useful_until=NOW + HOUR), make_job(urgency=0, useful_until=NOW + 2 * DAY)
    )
    assert take(database) == [acknowledgement, soon, reminder]


def test_held_and_retrying_jobs_are_taken_when_their_moment_comes(database: Database) -> None:
    lay(database)
    held, _ = put_in(database, State.HELD)
    retrying, _ = put_in(database, State.RETRYING)
    assert set(take(database)) == {held, retrying}


def test_what_is_no_longer_useful_is_not_taken(database: Database) -> None:
    lay(database)
    plan(database, make_job(useful_until=NOW))
    assert take(database) == []


def test_a_sender_gives_at_most_two_seconds_of_its_pace_and_then_goes_on_at_it(database: Database) -> None:
    lay(database, segments_per_second=Decimal(3))
    plan(database, *(make_job() for _ in range(20)))
    taken = [len(take(database, NOW + seconds * SECOND)) for seconds in range(4)]
    assert taken == [6, 3, 3, 3]


def test_segments_count_and_not_texts(database: Database) -> None:
    lay(database, segments_per_second=Decimal(3))
    plan(database, *(make_job(segments=2) for _ in range(20)))
    assert len(take(database)) == 3


def test_a_slow_sender_takes_one_text_and_rests(database: Database) -> None:
    lay(database, segments_per_second=Decimal("0.1"))
    plan(database, make_job(), make_job())
    taken = [len(take(database, NOW + seconds * SECOND)) for seconds in (0, 1, 9, 10)]
    assert taken == [1, 0, 0, 1]


def test_a_throttled_sender_rests_and_its_neighbour_does_not(database: Database) -> None:
    database.write(lambda c: add_practice(c, "northlight", make_sender_terms(id="a"), make_sender_terms(id="b")))
    _, other = plan(database, make_job(sender="a"), make_job(sender="b"))
    slowed = senders.Slowed("northlight", "a", NOW + 5 * SECOND)
    database.write(lambda c: senders.slow_down(c, [slowed]))
    assert take(database) == [other]
    assert len(take(database, NOW + 5 * SECOND)) == 1


def test_a_provider_has_no_more_in_flight_than_it_has_room(database: Database) -> None:
    lay(database)
    database.write(lambda c: declare_provider(c, "terminal", slots=20))
    ids = plan(database, *(make_job() for _ in range(30)))
    assert len(take(database)) == 10
    assert take(database) == []
    put_back = [job_id for job_id in ids if read(database, job_id).state is State.QUEUED][:4]
    picks = [store.Pick(id=job_id, reason="refused") for job_id in put_back]
    database.write(lambda c: store.release(c, picks, now=NOW))
    assert len(take(database)) == 4


def test_practices_share_a_providers_room(database: Database) -> None:
    for name in ("big", "small", "tiny"):
        lay(database, name)
    database.write(lambda c: declare_provider(c, "terminal", slots=20))
    plan(database, *(make_job(practice="big", useful_until=NOW + HOUR) for _ in range(50)))
    small = plan(database, *(make_job(practice="small") for _ in range(50)))
    tiny = plan(database, make_job(practice="tiny"))
    taken = set(take(database))
    assert len(taken) == 10
    assert len(taken & set(small)) == 4
    assert taken >= set(tiny)


@pytest.mark.parametrize(
    ("scope", "practice", "target"),
    [
        (senders.ALL, None, None),
        (senders.PRACTICE, "northlight", None),
        (senders.RULE, "northlight", "appointment"),
        (senders.SENDER, "northlight", "main"),
        (senders.PROVIDER, None, "terminal"),
    ],
)
def test_a_pause_leaves_jobs_where_they_are_until_it_is_lifted(
    database: Database, scope: str, practice: str | None, target: str | None
) -> None:
    lay(database)
    [job_id] = plan(database, make_job(rule="appointment"))
    paused = pause(database, scope, practice, target)
    assert take(database) == []
    assert read(database, job_id).state is State.SCHEDULED
    assert database.write(lambda c: senders.resume(c, [paused], now=NOW)) == 1
    assert take(database) == [job_id]


def test_a_pause_of_another_practice_rule_sender_or_provider_stops_nothing(database: Database) -> None:
    lay(database)
    [job_id] = plan(database, make_job(rule="appointment"))
    pause(database, senders.PRACTICE, "southlight")
    pause(database, senders.RULE, "northlight", "payment")
    pause(database, senders.SENDER, "northlight", "spare")
    pause(database, senders.PROVIDER, None, "twilio")
    assert take(database) == [job_id]


def test_a_sender_that_a_revision_dropped_sends_nothing_and_comes_back_with_the_next(database: Database) -> None:
    lay(database)
    [job_id] = plan(database)
    database.write(lambda c: senders.lay_senders(c, "northlight", [make_sender_terms(id="spare")]))
    assert take(database) == []
    database.write(lambda c: senders.lay_senders(c, "northlight", [make_sender_terms()]))
    assert take(database) == [job_id]


def test_laying_senders_again_keeps_their_pace(database: Database) -> None:
    lay(database, segments_per_second=Decimal(1))
    plan(database, make_job(), make_job(), make_job())
    take(database)
    database.write(lambda c: senders.lay_senders(c, "northlight", [make_sender_terms(segments_per_second=Decimal(1))]))
    assert take(database) == []


def test_entries_hold_at_most_fifty_jobs_of_one_provider(database: Database) -> None:
    database.write(
        lambda c: add_practice(
            c,
            "northlight",
            make_sender_terms(),
            make_sender_terms(id="other", provider="twilio", number="+15145550199"),
        )
    )
    plan(database, *(make_job() for _ in range(60)))
    plan(database, *(make_job(sender="other", provider="twilio") for _ in range(3)))
    entries = database.write(lambda c: take_due(c, now=NOW))
    assert sorted((entry.provider, len(entry.ids)) for entry in entries) == [
        ("terminal", 10),
        ("terminal", 50),
        ("twilio", 3),
    ]


def test_five_unknowns_in_thirty_seconds_stop_a_provider_one_tries_and_its_room_drifts_back(
    database: Database,
) -> None:
    lay(database)
    plan(database, *(make_job() for _ in range(300)))
    database.write(lambda c: note_unknowns(c, "terminal", 4, now=NOW))
    database.write(lambda c: note_unknowns(c, "terminal", 1, now=NOW + 31 * SECOND))
    assert room(database) == ("closed", 100)
    database.write(lambda c: note_unknowns(c, "terminal", 4, now=NOW + 40 * SECOND))
    assert take(database, NOW + 41 * SECOND) == []
    assert len(take(database, NOW + 71 * SECOND)) == 1
    database.write(lambda c: note_answers(c, "terminal"))
    assert room(database) == ("closed", 2)
    for _ in range(8):
        database.write(lambda c: note_answers(c, "terminal"))
    assert room(database) == ("closed", 100)


def room(database: Database) -> tuple[str, int]:
    with database.read() as connection:
        row = connection.execute(select(providers.c.breaker, providers.c.in_flight)).one()
    return row.breaker, row.in_flight


def test_an_entry_that_the_queue_refuses_is_released_at_once(database: Database) -> None:
    lay(database)
    ids = plan(database, *(make_job() for _ in range(120)))
    handed: list[store.Entry] = []

    def refuse_the_second(entry: store.Entry) -> None:
        if handed:
            message = "Redis is away"
            raise ConnectionError(message)
        handed.append(entry)

    with pytest.raises(ConnectionError):
        chore.run(Context(database, refuse_the_second))
    queued = {job_id for job_id in ids if read(database, job_id).state is State.QUEUED}
    assert queued == set(handed[0].ids)


def test_a_chore_that_fails_is_counted_and_does_not_end_the_clock(database: Database) -> None:
    lay(database)
    plan(database)

    def refuse(_entry: store.Entry) -> None:
        raise ConnectionError

    by_name = {each.name: each for each in CHORES}
    assert run_chore(by_name["take_due"], Context(database, refuse)) == {"failed": 1}
    assert run_chore(by_name["take_due"], Context(database, lambda _entry: None)) == {"jobs": 1, "entries": 1}


def test_chores_count_what_they_did(database: Database, clock: SteppingClock) -> None:
    lay(database)
    plan(database, make_job(), make_job(planned_for=NOW + 20 * SECOND, useful_until=NOW + 30 * SECOND))
    context = Context(database, lambda _entry: None)
    assert chore.run(context) == {"jobs": 1, "entries": 1}
    clock.jump_to(NOW + 31 * SECOND)
    assert release_stale.run(context) == {"scheduled": 1}
    assert expire.run(context) == {"expired": 1}


def test_the_waiting_index_finds_the_due_among_many_future_rows(database: Database) -> None:
    lay(database)
    for _ in range(10):
        plan(database, *(make_job(planned_for=NOW + 30 * DAY, useful_until=NOW + 40 * DAY) for _ in range(1000)))
    [due, _] = plan(database, make_job(), make_job(planned_for=NOW + SECOND))
    database.write(lambda c: c.execute(text("ANALYZE")))
    assert take(database) == [due]
    plan(database)
    how = how_due_jobs_are_found(database)
    assert "ix_jobs_waiting" in how
    assert "SCAN jobs" not in how
    assert "Seq Scan" not in how


def how_due_jobs_are_found(database: Database) -> str:
    """Return the plan of the very statement that `lock_due` runs."""
    ran: list[tuple[str, object]] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: object, *_rest: object) -> None:
        ran.append((statement, parameters))

    event.listen(database.engine, "before_cursor_execute", note)
    take(database)
    event.remove(database.engine, "before_cursor_execute", note)
    [(statement, parameters)] = [each for each in ran if "ORDER BY jobs.urgency" in each[0]]
    explain = "EXPLAIN QUERY PLAN" if database.is_sqlite else "EXPLAIN"
    with database.read() as connection:
        rows = connection.exec_driver_sql(f"{explain} {statement}", parameters)  # type: ignore[arg-type]  # as they ran
        return "\n".join(str(row) for row in rows)


def test_a_senders_next_free_moment_is_kept_with_the_sender(database: Database) -> None:
    lay(database, segments_per_second=Decimal(2))
    plan(database, make_job(segments=3))
    take(database)
    with database.read() as connection:
        moment = connection.execute(select(sender_rows.c.next_free)).scalar_one()
    assert moment == NOW + 1.5 * SECOND
