"""`quietbell simulate` by its words: what it prints for people and for programs, and one line for what it cannot do."""

import datetime as dt
import json
import logging
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import structlog

from jobs.clock import SystemClock
from jobs.errors import InputError
from scheduler.processes.cli import main
from scheduler.processes.cli.desk import Place
from scheduler.processes.cli.simulating import period_ahead, period_back
from tests.storage.delivering import make_terms
from tests.storage.simulated_practice import CHECKOUT, PRACTICE, ZONE, opened, take_in_everything

NOON = dt.datetime(2026, 11, 24, 12, 0, tzinfo=ZONE).astimezone(dt.UTC)
DAY = dt.timedelta(days=1)


@pytest.fixture(scope="module")
def database_file(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a database in which the shipped practice has worked for a fortnight up to now."""
    folder = tmp_path_factory.mktemp("office")
    file = Path(shutil.copy(sqlite_template, folder / "q.db"))
    with opened(f"sqlite:///{file}", folder, begins=SystemClock().now() - 14 * DAY) as office:
        take_in_everything(office)
        office.run()
    return file


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """Give a copy of the shipped rules to draft in."""
    for name in ("rules", "templates_sms"):
        shutil.copytree(CHECKOUT / name, tmp_path / name)
    return tmp_path / "rules"


@pytest.fixture(autouse=True)
def _at_the_office(database_file: Path, rules: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("QUIETBELL_DATABASE_URL", f"sqlite:///{database_file}")
    monkeypatch.setenv("QUIETBELL_RULES", str(rules))
    monkeypatch.delenv("QUIETBELL_PRACTICE", raising=False)
    # A command sets up logs for the whole process: they go back to where they went.
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def as_json(capsys: pytest.CaptureFixture[str], *words: str) -> Mapping[str, Any]:
    assert main(["simulate", *words, "--json"]) == 0
    found: Mapping[str, Any] = json.loads(capsys.readouterr().out)
    return found


def complaint(capsys: pytest.CaptureFixture[str], *words: str, code: int = 1) -> str:
    assert main(["simulate", *words]) == code
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.count("\n") == 1
    return shown.err


def edit(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def test_a_practice_s_texts_are_listed_with_when_and_why(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", "--days", "30", "--limit", "5"]) == 0
    out = capsys.readouterr().out
    assert "if nothing changes and providers accept:" in out
    assert " sent" in out
    assert "Northlight: " in out
    assert "Times are in America/Toronto. 5 of " in out


def test_json_holds_every_text_with_its_moment_and_words(capsys: pytest.CaptureFixture[str]) -> None:
    found = as_json(capsys, "--days", "30")
    assert found["practice"] == PRACTICE
    assert sum(found["counts"].values()) == len(found["texts"]) > 0
    sent = next(text for text in found["texts"] if text["state"] == "sent")
    assert sent["text"].startswith("Northlight: ")
    assert found["from"] <= sent["at"] < found["until"]


def test_one_contact_s_texts_are_told_with_their_reasons(capsys: pytest.CaptureFixture[str]) -> None:
    contact = as_json(capsys, "--days", "30")["texts"][0]["contact"]
    assert main(["simulate", "--contact", contact, "--days", "30"]) == 0
    out = capsys.readouterr().out
    assert "    Rule " in out
    assert "    It says: " in out
    assert {text["contact"] for text in as_json(capsys, "--contact", contact, "--days", "30")["texts"]} == {contact}


def test_the_rules_in_force_differ_in_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["simulate", "--against", PRACTICE]) == 0
    out = capsys.readouterr().out
    assert "The draft is the revision in force." in out
    counts = as_json(capsys, "--against", PRACTICE)["counts"]
    assert counts["same"] > 50
    assert sum(counts.values()) == counts["same"]


def test_where_nothing_was_sent_it_says_so_and_what_to_use_instead(capsys: pytest.CaptureFixture[str]) -> None:
    long_ago = ("--against", PRACTICE, "--from", _day(-300), "--days", "2")
    assert main(["simulate", *long_ago]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "No rule sent a text in that time, so there is nothing to compare with" in shown
    assert "`quietbell plan PATH`" in shown
    assert as_json(capsys, *long_ago)["was_sent"] == 0


def test_a_draft_in_a_folder_is_compared(rules: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(rules / PRACTICE / "payments.yaml", 'at: "09:30"', 'at: "12:30"')
    assert main(["simulate", "--against", str(rules / PRACTICE), "--from", _day(-13)]) == 0
    out = capsys.readouterr().out
    assert "at another time" in out
    counts = as_json(capsys, "--against", str(rules / PRACTICE))["by_rule"]
    assert counts["payment"]["other_time"] > 0
    assert counts["consultation"]["other_time"] == 0


def test_a_draft_with_problems_is_refused_in_one_line(rules: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(rules / PRACTICE / "payments.yaml", "before: 3 business days", "before: soon")
    err = complaint(capsys, "--against", PRACTICE)
    assert "the draft cannot be compared:" in err
    assert "payments.yaml:" in err


def test_a_draft_of_another_practice_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert "is of the practice northlight, not of other" in complaint(capsys, "--against", PRACTICE, "-p", "other")


def test_a_draft_of_a_practice_that_is_not_there_is_refused(rules: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.move(rules / PRACTICE, rules / "other")
    edit(rules / "other" / "practice.yaml", "practice: northlight", "practice: other")
    assert "there is no practice 'other'" in complaint(capsys, "--against", "other")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--contact", "C-999"], "there is no contact 'C-999' in practice northlight"),
        (["--from", "soon"], "'soon' is not a moment"),
        (["--from", "yesterday"], "yesterday has passed"),
        (["--from", "9999-12-30"], "lead out of the calendar"),
        (["--against", "nowhere"], "nowhere: no practice of that name"),
        (["--against", PRACTICE, "--from", "tomorrow"], "tomorrow lies ahead"),
        (["--practice", "other"], "there is no practice 'other'"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert said in complaint(capsys, *words)


@pytest.mark.parametrize("words", [["--days", "0"], ["--days", "two"], ["--limit", "0"], ["northlight"]])
def test_what_is_asked_wrongly_is_two(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert "--help" in complaint(capsys, *words, code=2)


def place(now: dt.datetime = NOON) -> Place:
    return Place(PRACTICE, make_terms(), ZONE, now)


def test_ahead_begins_now_and_ends_at_the_same_local_time() -> None:
    period = period_ahead(place(), None, 2)
    assert (period.since, period.until) == (NOON, NOON + 2 * DAY)


def test_ahead_from_today_begins_now() -> None:
    assert period_ahead(place(), "today", 1).since == NOON


def test_ahead_from_a_later_day_begins_at_its_midnight() -> None:
    period = period_ahead(place(), "2026-12-01", 1)
    assert period.since == dt.datetime(2026, 12, 1, tzinfo=ZONE)
    assert period.until == dt.datetime(2026, 12, 2, tzinfo=ZONE)


def test_days_over_a_clock_change_end_at_the_same_local_time() -> None:
    before = dt.datetime(2026, 10, 31, 12, 0, tzinfo=ZONE).astimezone(dt.UTC)
    assert period_ahead(place(before), None, 2).until == dt.datetime(2026, 11, 2, 12, 0, tzinfo=ZONE)


def test_back_is_two_months_by_default() -> None:
    period = period_back(place(), None, None)
    assert (period.since, period.until) == (dt.datetime(2026, 9, 24, tzinfo=ZONE), NOON)


def test_back_never_goes_past_now() -> None:
    period = period_back(place(), "2026-11-20", 30)
    assert (period.since, period.until) == (dt.datetime(2026, 11, 20, tzinfo=ZONE), NOON)
    assert period_back(place(), "2026-11-20", 1).until == dt.datetime(2026, 11, 21, tzinfo=ZONE)


def test_back_from_a_day_ahead_is_refused() -> None:
    with pytest.raises(InputError, match="2026-12-01 lies ahead"):
        period_back(place(), "2026-12-01", None)


def _day(days: int) -> str:
    return f"{SystemClock().now().astimezone(ZONE).date() + days * DAY}"
