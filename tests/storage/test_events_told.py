"""Which events leave when something happens: by the real parts, in the same transaction, on both databases."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, insert

from jobs import events, store
from jobs.events import Kind
from jobs.providers.contract import Closed, Refused, Status
from jobs.records import practices
from jobs.senders import SENDER, Pause, pause
from jobs.states import State
from scheduler.chores import tell_unreached
from tests.storage.builders import NOW, make_job, plan, put_in
from tests.storage.conversing import ANA, Talk, talking
from tests.storage.day_of_events import arrive, contact_id, go_out, live
from tests.storage.telling_out import add_endpoint, kinds, make_context, noted

DOCS = Path(__file__).parents[2] / "docs" / "events.md"


@pytest.fixture
def talk(database_url: str) -> Iterator[Talk]:
    with talking(database_url) as talk:
        yield talk


def listen(talk: Talk, *wanted: Kind) -> None:
    add_endpoint(talk.desk.database, "https://cases.example/quietbell", *wanted)


def told(talk: Talk, kind: Kind) -> list[dict[str, Any]]:
    return [row["payload"] for row in noted(talk.desk.database) if row["kind"] == kind]


def shown(talk: Talk) -> dict[str, str]:
    """Return the first event of each kind as it goes out, its ids replaced by counted ones."""
    found: dict[str, str] = {}
    for row in noted(talk.desk.database):
        body = {"type": row["kind"], "timestamp": row["at"].isoformat(), "data": row["payload"]}
        found.setdefault(row["kind"], json.dumps(body, ensure_ascii=False, indent=2, sort_keys=True))
    names = dict.fromkeys(re.findall(r"[0-9a-f]{32}", "".join(found[kind] for kind in Kind)))
    for number, name in enumerate(names, start=1):
        found = {kind: body.replace(name, f"019{number:029x}") for kind, body in found.items()}
    return found


def test_each_kind_is_told_and_the_reference_shows_it(tmp_path: Path) -> None:
    with talking(f"sqlite:///{tmp_path / 'q.db'}") as talk:
        live(talk)
        found = shown(talk)

    blocks = re.findall(
        r"### `([a-z_.]+)`\n(?:(?!###).)*?```json\n(.*?)\n```", DOCS.read_text(encoding="utf-8"), re.DOTALL
    )
    assert dict(blocks) == {kind.value: found[kind] for kind in Kind}


def test_a_day_with_one_of_each_tells_the_same_on_both_databases(talk: Talk) -> None:
    live(talk)

    assert set(kinds(talk.desk.database)) == {kind.value for kind in Kind}


def test_no_event_holds_words_or_a_whole_number(talk: Talk) -> None:
    live(talk)

    everything = json.dumps([row["payload"] for row in noted(talk.desk.database)], default=str)
    assert ANA not in everything
    assert "Your file is ready" not in everything
    assert "STOP" not in everything


def test_a_practice_without_endpoints_costs_no_statement_about_events(talk: Talk) -> None:
    seen: list[str] = []
    engine = talk.desk.database.engine
    event.listen(engine, "before_cursor_execute", lambda *given: seen.append(given[2]))
    talk.remind()
    arrive(talk)
    talk.write("C")

    about = [each for each in seen if "endpoints" in each or "deliveries" in each or "FROM events" in each]
    assert len(about) <= 1  # which practices want what, read once in five seconds


def test_planning_and_moving_tell_nothing_and_ask_nothing(talk: Talk) -> None:
    listen(talk)
    seen: list[str] = []
    event.listen(talk.desk.database.engine, "before_cursor_execute", lambda *given: seen.append(given[2]))
    talk.desk.visit("A-3", contact="C-1", start="2026-12-08 10:00", status="booked")
    talk.desk.visit("A-3", contact="C-1", start="2026-12-09 10:00")

    assert not [each for each in seen if "endpoints" in each or "deliveries" in each or "INTO events" in each]
    assert kinds(talk.desk.database) == []


def test_a_text_that_is_not_delivered_failed(talk: Talk) -> None:
    listen(talk)
    talk.remind()
    arrive(talk, Status.UNDELIVERED)

    [payload] = told(talk, Kind.TEXT_FAILED)
    assert (payload["job"]["state"], payload["contact"]) == ("undelivered", "C-1")


def test_a_report_that_comes_twice_is_told_once(talk: Talk) -> None:
    listen(talk)
    talk.remind()
    arrive(talk)
    arrive(talk)

    assert kinds(talk.desk.database) == ["text.sent", "text.delivered"]


def test_what_an_opt_out_blocks_ahead_is_told_as_the_opt_out_alone(talk: Talk) -> None:
    listen(talk, Kind.TEXT_FAILED, Kind.CONTACT_OPTED_OUT)
    talk.write("STOP")
    talk.write("STOP")

    assert kinds(talk.desk.database) == ["contact.opted_out"]
    assert told(talk, Kind.CONTACT_OPTED_OUT) == [{"contacts": ["C-1"], "number": "+1514•••01", "source": "text"}]


def test_a_text_that_is_blocked_at_its_moment_failed(talk: Talk) -> None:
    talk.write("STOP")
    listen(talk, Kind.TEXT_FAILED)
    talk.deliver([talk.plan_one_off(contact_id=contact_id(talk))])

    [payload] = told(talk, Kind.TEXT_FAILED)
    assert (payload["job"]["state"], payload["job"]["origin"]) == ("blocked", "one_off")


def test_a_refused_text_tells_the_providers_code(talk: Talk) -> None:
    listen(talk, Kind.TEXT_FAILED)
    go_out(talk, Refused("the number cannot be texted", "30006"))

    assert [each["error_code"] for each in told(talk, Kind.TEXT_FAILED)] == ["30006"]


def test_a_received_text_names_contact_case_owner_and_the_job_it_answers(talk: Talk) -> None:
    listen(talk, Kind.TEXT_RECEIVED)
    talk.desk.contact(owner="maya")
    talk.desk.visit(case_ref="F-77", contact="C-1")
    talk.remind()
    received = talk.write("Is there parking?")
    talk.write("Is there parking?", provider_id="IN-1")

    [payload] = told(talk, Kind.TEXT_RECEIVED)
    assert (payload["contact"], payload["case"], payload["owner"]) == ("C-1", "F-77", "maya")
    assert payload["answers"]["id"] == talk.desk.job("day-before").id.hex
    assert (payload["text"]["id"], payload["asks_staff"]) == (received.text.id.hex, True)


def test_a_text_of_an_unknown_number_is_told_without_a_contact(talk: Talk) -> None:
    listen(talk, Kind.TEXT_RECEIVED)
    talk.write("Hello, this is Zoe", number="+15145550077")

    [payload] = told(talk, Kind.TEXT_RECEIVED)
    assert (payload["contact"], payload["number"], payload["answers"]) == (None, "+1514•••77", None)


def test_an_answer_set_by_staff_is_told_too(talk: Talk) -> None:
    listen(talk, Kind.OCCASION_ANSWERED)
    talk.desk.intake.set_answer("northlight", talk.desk.occasion_id("A-1"), "declined")

    [payload] = told(talk, Kind.OCCASION_ANSWERED)
    assert (payload["answer"], payload["occasion"]["ref"]) == ("declined", "A-1")
    assert payload["people"] == {"contact": "C-1"}


def test_an_unreached_person_is_told_once_a_start(talk: Talk) -> None:
    listen(talk, Kind.OCCASION_UNREACHED)
    talk.desk.contact("C-2", phone="", first_name="Ben")
    talk.desk.visit("A-2", contact="C-2", start="2026-12-01 11:00", status="booked")
    talk.desk.later(days=10, hours=10)
    for _ in range(2):
        tell_unreached.run(make_context(talk.desk.database))
    assert [each["contact"] for each in told(talk, Kind.OCCASION_UNREACHED)] == ["C-2"]

    talk.desk.visit("A-2", contact="C-2", start="2026-12-05 12:00", status="booked")
    talk.desk.later(days=4)
    tell_unreached.run(make_context(talk.desk.database))
    starts = [each["occasion"]["start"] for each in told(talk, Kind.OCCASION_UNREACHED)]
    assert starts == ["2026-12-01T11:00", "2026-12-05T12:00"]


def test_a_provider_that_closes_is_told_once_and_a_persons_pause_is_not(talk: Talk) -> None:
    listen(talk, Kind.PROVIDER_CLOSED)
    database = talk.desk.database
    wanted = Pause(SENDER, "northlight", "another", "the office moves")
    database.write(lambda c: pause(c, [wanted], by=store.person("ana"), now=talk.desk.clock.now()))
    assert kinds(database) == []

    for _ in range(2):
        go_out(talk, Closed("account", "no balance"))
    assert told(talk, Kind.PROVIDER_CLOSED) == [
        {"what": "provider", "id": "terminal", "reason": "the account is closed: no balance"}
    ]


def test_a_hold_for_planning_is_no_news(talk: Talk) -> None:
    listen(talk, Kind.JOB_HELD)
    database = talk.desk.database
    job = talk.desk.job("day-before")
    talk.desk.set_job(job, plan_hash="old")
    talk.desk.clock.jump_to(job.due_at)
    talk.deliver([job.id])

    assert talk.desk.job("day-before").state is State.HELD
    assert kinds(database) == []


def test_only_practices_that_want_a_kind_are_told(talk: Talk) -> None:
    database = talk.desk.database
    row = {"id": "another", "number": 99, "created_at": NOW}
    database.write(lambda c: c.execute(insert(practices).values(row)))
    add_endpoint(database, "https://another.example/", practice="another")
    go_out(talk, Refused("no such number"))

    assert kinds(database) == []


@pytest.mark.parametrize(
    ("state", "wanted"),
    [
        (State.SENT, ["text.sent"]),
        (State.DELIVERED, ["text.sent", "text.delivered"]),
        (State.UNDELIVERED, ["text.sent", "text.failed"]),
        (State.FAILED, ["text.failed"]),
        (State.BLOCKED, ["text.failed"]),
        (State.HELD, ["job.held"]),
        (State.IN_DOUBT, ["job.in_doubt"]),
        (State.EXPIRED, ["job.expired"]),
        (State.CANCELLED, []),
        (State.RETRYING, []),
        (State.SENDING, []),
        (State.QUEUED, []),
    ],
)
def test_each_state_tells_what_it_is(talk: Talk, state: State, wanted: list[str]) -> None:
    listen(talk)
    put_in(talk.desk.database, state, useful_until=talk.desk.clock.now().replace(year=2027))

    assert kinds(talk.desk.database) == wanted


def test_endpoints_that_are_added_later_hear_nothing_of_before(talk: Talk) -> None:
    talk.remind()
    listen(talk)

    assert kinds(talk.desk.database) == []
    with talk.desk.database.read() as connection:
        assert events.wants(connection, Kind.TEXT_SENT, "northlight")


def test_many_at_once_are_told_each_once(talk: Talk) -> None:
    listen(talk, Kind.JOB_EXPIRED)
    database = talk.desk.database
    now = talk.desk.clock.now()
    plan(database, *(make_job(planned_for=NOW, useful_until=now) for _ in range(450)))
    moved = database.write(lambda c: store.expire_useless(c, now=now))

    assert len(moved) == len(kinds(database)) == 450
