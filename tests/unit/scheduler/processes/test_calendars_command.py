"""`quietbell calendars`: what people see of their calendars, and how they read one, import a file and link an event."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from jobs.clock import SystemClock
from jobs.database import Database
from scheduler.intake.calendars.linking import short_of
from scheduler.processes.cli import main
from scheduler.processes.tables import set_up_tables
from scheduler.publishing.revisions import Signature, publish
from tests.calendar_files import FeedServer, Page, make_calendar, make_event, serving
from tests.storage.intake_practice import make_rulebook

VARIABLE = "QUIETBELL_CALENDAR_NORTHLIGHT_DESK"
YEARLY = ("VALUE=DATE:20200601", "RRULE:FREQ=YEARLY")  # once ahead, whenever this test runs
CALENDAR = {"id": "desk", "kind": "payment", "contact": [{"x_property": "X-CONTACT-REF"}]}


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FeedServer]:
    """Give a feed's server, beside a database with a practice that reads it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("QUIETBELL_DATABASE_URL", f"sqlite:///{tmp_path}/q.db")
    clock = SystemClock()
    database = Database(f"sqlite:///{tmp_path}/q.db", clock)
    set_up_tables(database)
    rulebook = make_rulebook(practice={"calendars": [CALENDAR]})
    database.write(lambda connection: publish(connection, rulebook, Signature("tests"), clock.now()))
    database.dispose()
    with serving() as feeds:
        monkeypatch.setenv(VARIABLE, f"{feeds.url}/feed.ics")
        yield feeds


def run(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> tuple[str, str]:
    """Run a command and return what it printed, out and err."""
    assert main(["calendars", *words]) == code
    shown = capsys.readouterr()
    return shown.out, shown.err


def listed(capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    out, _ = run(capsys, "--json")
    (calendar,) = json.loads(out)["calendars"]
    assert isinstance(calendar, dict)
    return calendar


def test_a_calendar_without_its_address_names_the_variable(
    server: FeedServer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(VARIABLE)
    assert VARIABLE in run(capsys)[0].replace("\n", "")
    _, err = run(capsys, "read", "desk", code=1)
    assert f"set {VARIABLE} (or {VARIABLE}_FILE)" in err
    assert server.asked == []


def test_reading_now_tells_what_waits_and_a_link_takes_it_in(
    server: FeedServer, capsys: pytest.CaptureFixture[str]
) -> None:
    assert listed(capsys)["read_at"] is None
    server.offer(make_calendar(make_event("E-1", *YEARLY, "SUMMARY:Dues of Ana", ref=None)))
    out, _ = run(capsys, "read")
    assert "desk: 2 without person." in out or "desk: 1 without person." in out
    events, _ = run(capsys, "events")
    assert "Dues of Ana" in events
    assert short_of("E-1") in events
    assert main(["import", "contacts", _contacts(), "--author", "ana"]) == 0
    linked, _ = run(capsys, "link", short_of("E-1"), "C-1")
    assert "linked to C-1" in linked
    out, _ = run(capsys, "read", "desk")
    assert "added" in out
    assert run(capsys, "events")[0] == "No event waits.\n"
    assert "C-1" in run(capsys, "events", "--linked")[0]
    assert run(capsys, "unlink", "E-1")[0] == "1 link forgotten.\n"


def test_a_feed_that_cannot_be_read_is_one_line_and_stands_in_the_list(
    server: FeedServer, capsys: pytest.CaptureFixture[str]
) -> None:
    server.answer(Page(status=403))
    _, err = run(capsys, "read", "desk", code=1)
    assert err == (
        "quietbell: not read, nothing was changed: desk: the server refuses it (403): has its address been renewed?\n"
    )
    assert listed(capsys)["problem"] == "the server refuses it (403): has its address been renewed?"
    assert server.url not in "".join(run(capsys))


def test_what_vanished_is_shown_as_a_question_and_confirmed_with_yes(
    server: FeedServer, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["import", "contacts", _contacts(), "--author", "ana"])
    server.offer(make_calendar(make_event("E-1", *YEARLY)))
    run(capsys, "read", "desk")
    server.offer(make_calendar())
    _, err = run(capsys, "read", "desk", code=1)
    assert "too many events vanished, none was cancelled: --yes cancels them" in err
    assert "`quietbell calendars read desk --yes`" in run(capsys)[0].replace("\n", " ")
    out, _ = run(capsys, "read", "desk", "--yes")
    assert "gone" in out
    assert listed(capsys)["question"] is None


def test_a_file_is_imported_as_a_calendar_of_the_rules(
    server: FeedServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["import", "contacts", _contacts(), "--author", "ana"])
    (tmp_path / "desk.ics").write_bytes(make_calendar(make_event("E-1", *YEARLY)))
    capsys.readouterr()
    out, _ = run(capsys, "import", "desk.ics", "--calendar", "desk", "--json")
    assert "added" in json.loads(out)["desk"]["outcomes"]
    (tmp_path / "page.ics").write_text("<html>", encoding="utf-8")
    _, err = run(capsys, "import", "page.ics", "--calendar", "desk", code=1)
    assert "it is a web page, not a calendar" in err
    _, err = run(capsys, "import", "none.ics", "--calendar", "desk", code=1)
    assert "none.ics cannot be opened: No such file or directory" in err
    _, err = run(capsys, "import", "desk.ics", "--calendar", "dsk", code=1)
    assert "there is no calendar 'dsk' (did you mean 'desk'?): there is desk" in err
    assert server.asked == []


def test_a_link_names_a_contact_or_says_nobody(server: FeedServer, capsys: pytest.CaptureFixture[str]) -> None:
    _, err = run(capsys, "link", "E-1", code=2)
    assert "name a contact, or say --nobody" in err
    _, err = run(capsys, "link", "E-1", "C-1", code=1)
    assert "there is no event 'E-1'" in err
    assert server.asked == []


def _contacts() -> str:
    """Write a file of contacts and return its name."""
    Path("contacts.csv").write_text("ref,first_name,phone\nC-1,Ana,+15145550001\n", encoding="utf-8")
    return "contacts.csv"
