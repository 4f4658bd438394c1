"""`quietbell endpoints`: secrets are shown once, what was given up is listed and sent again, on both databases."""

import json

import pytest
from sqlalchemy import select

from jobs.clock import SteppingClock, SystemClock
from jobs.database import Database
from jobs.records import audit
from scheduler.chores import post_events
from scheduler.processes.cli import main
from tests.databases import SECRET_KEY, make_keyring
from tests.storage.delivering import open_practice
from tests.storage.telling_out import make_context, note, receiving, rows_of_deliveries, rows_of_endpoints

pytestmark = pytest.mark.usefixtures("logs_kept")


@pytest.fixture
def office(database: Database, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Database:
    monkeypatch.setenv("QUIETBELL_DATABASE_URL", database_url)
    monkeypatch.setenv("QUIETBELL_EVENTS_ALLOW_PRIVATE", "yes")
    monkeypatch.setenv("QUIETBELL_SECRET_KEY", SECRET_KEY)
    open_practice(database)
    return database


def ran(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(["endpoints", *words]) == 0
    return capsys.readouterr().out


def test_a_secret_is_shown_when_its_endpoint_is_added_and_never_again(
    office: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = ran(capsys, "add", "https://cases.example/in", "--author", "ana")
    [row] = rows_of_endpoints(office)

    secret = make_keyring().unseal(row.secret)
    assert secret in shown
    for words in (["list"], ["list", "--json"], ["events"], ["events", "--json"]):
        assert secret not in ran(capsys, *words)
    with office.read() as connection:
        acts = connection.execute(select(audit.c.by, audit.c.action, audit.c.after)).all()
    assert acts == [("person:ana", "endpoint.added", {"url": "https://cases.example/in", "kinds": "all"})]


def test_json_holds_the_id_and_the_secret(office: Database, capsys: pytest.CaptureFixture[str]) -> None:
    added = json.loads(ran(capsys, "add", "https://cases.example/in", "--kind", "text.sent", "--json"))
    [row] = rows_of_endpoints(office)

    assert (added, row.kinds) == ({"id": row.id.hex, "secret": make_keyring().unseal(row.secret)}, ["text.sent"])


def test_a_kind_that_is_none_is_refused_with_those_there_are(
    office: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["endpoints", "add", "https://cases.example/", "--kind", "text.read"]) == 1
    assert "text.received" in capsys.readouterr().err
    assert rows_of_endpoints(office) == []


def test_what_was_given_up_is_listed_and_goes_again(
    office: Database, clock: SteppingClock, capsys: pytest.CaptureFixture[str]
) -> None:
    clock.jump_to(SystemClock().now())  # the command goes by the machine's
    with receiving() as receiver:
        ran(capsys, "add", receiver.url)
        [event_id] = note(office, None)
        receiver.answers = [(410, b"")]
        post_events.run(make_context(office))
        assert "disabled" in ran(capsys, "list")
        [row] = json.loads(ran(capsys, "events", "--dead", "--json"))["deliveries"]
        assert (row["event_id"], row["kind"]) == (event_id, "text.sent")
        assert json.loads(ran(capsys, "resend", "--dead", "--json")) == {"resent": 0}

        ran(capsys, "add", receiver.url)
        [event_id] = note(office, None)
        post_events.run(make_context(office))
        assert "1 delivery goes out again" in ran(capsys, "resend", event_id)
        clock.jump_to(SystemClock().now())
        post_events.run(make_context(office))
        assert receiver.ids[1:] == [event_id, event_id]


def test_resending_nothing_in_particular_is_refused(office: Database) -> None:
    assert main(["endpoints", "resend"]) == 2
    assert main(["endpoints", "resend", "0" * 32]) == 1
    assert main(["endpoints", "resend", "x"]) == 1
    assert rows_of_deliveries(office) == []


def test_an_endpoint_is_removed_by_the_end_of_its_id(office: Database, capsys: pytest.CaptureFixture[str]) -> None:
    ran(capsys, "add", "https://cases.example/in")
    [row] = rows_of_endpoints(office)

    assert main(["endpoints", "remove", "nothing"]) == 1
    assert "is removed" in ran(capsys, "remove", row.id.hex[-8:])
    assert rows_of_endpoints(office) == []
    assert "No events go out" in ran(capsys, "list")


def test_an_empty_list_says_how_to_begin(office: Database, capsys: pytest.CaptureFixture[str]) -> None:
    assert office is not None
    assert "quietbell endpoints add" in ran(capsys, "list")
    assert "Everything was delivered." in ran(capsys, "events")
