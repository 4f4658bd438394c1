"""Why a job went, goes or does not go, in sentences and as facts, on both databases."""

import datetime as dt
import uuid
from collections.abc import Iterator

import pytest

from jobs import store
from jobs.errors import NotFoundError
from jobs.states import Origin, State
from jobs.store.values import Change, NewJob, Pick
from tests.storage.asking_why import of_job, pause, publish, told, withhold
from tests.storage.intake_practice import DAY_BEFORE, Desk, make_rulebook, opened

ZONE = "America/Toronto"


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    """Give a practice that reminds of appointments the day before at 16:00, with one appointment, A-1."""
    with opened(database_url, make_rulebook(steps=(DAY_BEFORE,))) as desk:
        desk.visit()
        yield desk


def test_a_waiting_job_says_what_it_is_how_it_was_dated_and_when_it_goes(desk: Desk) -> None:
    short = desk.job("day-before").id.hex[-8:]
    assert of_job(desk).sentences == (
        f"Job {short} is a reminder to C-1 (C-1, +1514•••01) about appointment A-1 of Tue 1 Dec 10:00 ({ZONE}).",
        f"Rule visit, step day-before: 1 day before the start, at 16:00, which is Mon 30 Nov 2026 16:00 ({ZONE}).",
        "It is of use until Tue 1 Dec 2026 10:00: the start.",
        "Fri 20 Nov 2026 12:01  planned by planner.",
        "It waits, and goes at Mon 30 Nov 2026 16:00.",
    )


def test_a_held_job_says_why_and_until_when(desk: Desk) -> None:
    until = dt.datetime(2026, 12, 1, 14, 0, tzinfo=dt.UTC)
    withhold(desk, State.HELD, "quiet hours: the sending window opens Tue Dec 1 09:00 (America/Toronto)", until=until)
    assert of_job(desk).sentences[-1] == (
        "Quiet hours: the sending window opens Tue Dec 1 09:00 (America/Toronto). "
        "It is held, and is tried again at Tue 1 Dec 2026 09:00."
    )


def test_a_blocked_job_says_why_and_how_it_could_go_yet(desk: Desk) -> None:
    job = withhold(desk, State.BLOCKED, "the person opted out (by text, 2026-11-20)")
    assert of_job(desk).sentences[-1] == (
        "The person opted out (by text, 2026-11-20). It does not go unless the cause goes away and it is reopened: "
        f"quietbell jobs reopen {job.id.hex[-8:]}."
    )


def test_an_expired_job_says_so(desk: Desk) -> None:
    withhold(desk, State.EXPIRED, "it was useful until 2026-12-01 15:00 UTC")
    assert of_job(desk).sentences[-1] == (
        "It was useful until 2026-12-01 15:00 UTC. It does not go: it would be of no use any more."
    )


def test_a_cancelled_job_says_who_did_it_and_why(desk: Desk) -> None:
    pick = Pick(id=desk.job("day-before").id, reason="she knows")
    desk.database.write(lambda c: store.cancel(c, [pick], by="person:ana", now=desk.clock.now()))
    life = of_job(desk)
    assert "cancelled by ana: she knows." in told(life)
    assert life.sentences[-1] == "She knows. It does not go."


def test_a_sent_job_says_the_attempt_and_its_words_and_no_more_than_that(desk: Desk) -> None:
    desk.send(desk.job("day-before"))
    life = of_job(desk)
    assert "Attempt 1 at Fri 20 Nov 2026 12:01 through terminal from +15145550100" in told(life)
    assert "It said: …" in life.sentences
    assert life.sentences[-1] == "The provider accepted it; nothing more happens unless a receipt comes."


def test_a_job_in_doubt_says_who_settles_it(desk: Desk) -> None:
    desk.send(desk.job("day-before"), outcome="unknown", state=State.IN_DOUBT)
    assert "A person settles it: quietbell jobs settle" in of_job(desk).sentences[-1]


def test_a_paused_job_says_what_is_paused_why_and_until_when(desk: Desk) -> None:
    pause(desk, "rule", "visit", until=desk.clock.now() + dt.timedelta(days=1))
    life = of_job(desk)
    assert life.sentences[-1] == "It waits while rule visit is paused until Sat 21 Nov 2026 12:01: we are moving house."
    assert life.facts["paused"] == "we are moving house"


@pytest.mark.parametrize(("scope", "target"), [("rule", "payment"), ("sender", "other"), ("provider", "twilio")])
def test_a_pause_of_something_else_is_not_told(desk: Desk, scope: str, target: str) -> None:
    pause(desk, scope, target)
    assert of_job(desk).sentences[-1] == "It waits, and goes at Mon 30 Nov 2026 16:00."


def test_a_pause_that_is_over_is_not_told(desk: Desk) -> None:
    pause(desk, "practice", "northlight", until=desk.clock.now() + dt.timedelta(days=1))
    desk.later(days=2)
    assert of_job(desk).sentences[-1] == "It waits, and goes at Mon 30 Nov 2026 16:00."


def test_a_job_that_fell_due_and_still_waits_says_that_it_is_its_turn_soon(desk: Desk) -> None:
    desk.later(days=11)
    assert of_job(desk).sentences[-1] == ("It was due at Mon 30 Nov 2026 16:00 and goes as soon as it is its turn.")


def test_a_job_that_a_person_moved_says_where_it_stays(desk: Desk) -> None:
    change = Change(id=desk.job("day-before").id, due_at=desk.clock.now() + dt.timedelta(days=3), reason="she asked")
    desk.database.write(lambda c: store.reschedule(c, [change], by="person:ana", now=desk.clock.now()))
    life = of_job(desk)
    assert "A person moved it; it stays" in told(life)
    assert "moved by ana: she asked." in told(life)
    assert life.facts["pinned"] is True


def test_a_job_that_keeps_its_old_moment_says_so(desk: Desk) -> None:
    publish(desk, {**DAY_BEFORE, "at": "11:00"})
    assert "It keeps the moment it was planned for before: Mon 30 Nov 2026 16:00." in of_job(desk).sentences


def test_a_job_whose_step_is_gone_says_so(desk: Desk) -> None:
    publish(desk, {**DAY_BEFORE, "id": "other"})
    assert (
        "Rule visit, step day-before, no longer asks for it. It was planned for Mon 30 Nov 2026 16:00 "
        "(America/Toronto)." in of_job(desk).sentences
    )


def test_a_one_off_says_who_asked_for_it(desk: Desk) -> None:
    now = desk.clock.now()
    job = NewJob(
        practice="northlight",
        identity=uuid.uuid4(),
        origin=Origin.ONE_OFF,
        sender="main",
        provider="terminal",
        planned_for=now,
        useful_until=now + dt.timedelta(days=1),
        to_number="+15145550001",
        text="Hello.",
        sent_by={"name": "m.roy"},
    )
    desk.database.write(lambda connection: store.plan(connection, [job], by="person:m.roy", now=now))
    life = of_job(desk, job.id)
    assert life.sentences[0] == f"Job {job.id.hex[-8:]} is a one-off text to +1514•••01, asked for by m.roy."


def test_an_unknown_job_is_said_to_be_unknown(desk: Desk) -> None:
    with pytest.raises(NotFoundError, match="there is no job"):
        of_job(desk, uuid.uuid4())


def test_the_facts_of_a_job_hold_its_timeline_and_its_attempts(desk: Desk) -> None:
    desk.send(desk.job("day-before"))
    facts = of_job(desk).as_json()
    timeline, attempts = facts["timeline"], facts["attempts"]
    assert isinstance(timeline, list)
    assert isinstance(attempts, list)
    assert [(row["verb"], row["to_state"], row["by"]) for row in timeline] == [("plan", "scheduled", "planner")]
    assert [(row["outcome"], row["provider"], row["body"]) for row in attempts] == [("accepted", "terminal", "…")]
    assert (facts["state"], facts["rule"], facts["step"]) == ("sent", "visit", "day-before")
