"""`quietbell mute`, `unmute`, `jobs --unreached` and `jobs phoned` by their words, for people and for programs."""

import csv
import datetime as dt
import io
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jobs.clock import SystemClock
from scheduler.processes.cli import main
from tests.storage.intake_practice import Desk, opened

pytestmark = pytest.mark.usefixtures("logs_kept")


@pytest.fixture
def desk(sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """Give a practice with one visit in ten days and its texts, of which the first failed an hour ago."""
    url = f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'q.db')}"
    monkeypatch.setenv("QUIETBELL_DATABASE_URL", url)
    monkeypatch.delenv("QUIETBELL_PRACTICE", raising=False)
    now = SystemClock().now()
    with opened(url) as desk:
        desk.clock.jump_to(now)
        desk.contact(phone="+15145550101", name="=Ana", owner="kim")
        desk.visit(contact="C-1", start=f"{now + dt.timedelta(days=10):%Y-%m-%d} 10:00", case_ref="M-7")
        desk.set_job(
            desk.job("week-before"), state="failed", reason="the number is dead", due_at=now - dt.timedelta(hours=1)
        )
        yield desk


def said(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> str:
    """Run a command and return what it said: to stdout, or to stderr where it failed."""
    assert main(words) == code
    shown = capsys.readouterr()
    return shown.err if code else shown.out


def facts(capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    return json.loads(said(capsys, *words, "--json"))


def test_mute_says_what_became_of_texts_and_a_second_time_that_nothing_changed(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    order = ("mute", "--occasion", "A-1", "--because", "she phoned")

    assert said(capsys, *order) == "Reminders are off for appointment A-1.\n    1 text cancelled.\n"
    assert said(capsys, *order) == "Reminders are off for appointment A-1 already: nothing changed.\n"
    assert desk.job("day-before").state == "cancelled"


def test_unmute_brings_texts_back_and_says_what_is_still_muted(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    because = ("--because", "she asked")
    said(capsys, "mute", "--occasion", "appointment/A-1", "--rule", "visit", *because)
    said(capsys, "mute", "--contact", "C-1", *because)

    assert said(capsys, "unmute", "--contact", "C-1", *because) == "Reminders are on for contact C-1.\n"
    done = facts(capsys, "unmute", "--occasion", "A-1", "--rule", "visit", *because)
    assert (done["kind"], done["ref"], done["reminders_off"], done["skip"], done["changed"]) == (
        "appointment",
        "A-1",
        False,
        [],
        True,
    )
    assert done["jobs"]["reopened"] == 1
    assert desk.job("day-before").state == "scheduled"


@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (("mute", "--because", "x"), 2, "name an occasion with --occasion REF, or a contact with --contact REF"),
        (
            ("mute", "--contact", "C-1", "--rule", "visit", "--because", "x"),
            2,
            "--rule mutes a rule for one occasion: name it with --occasion REF",
        ),
        (("mute", "--occasion", "A-1"), 2, "Missing option '--because'"),
        (("mute", "--occasion", "A-1", "--because", " "), 1, "--because needs words: they are kept"),
        (("mute", "--occasion", "A-9", "--because", "x"), 1, "there is no occasion 'A-9' in practice northlight"),
        (
            ("mute", "--occasion", "A-1", "--rule", "vist", "--because", "x"),
            1,
            "'vist' is no rule for appointment (did you mean 'visit'?)",
        ),
        (("jobs", "--owner", "kim"), 2, "--owner, --within, --all and --csv go with --unreached"),
        (("jobs", "--unreached", "--state", "held"), 2, "--unreached lists people: it goes with --owner"),
        (("jobs", "--unreached", "--csv", "-", "--json"), 2, "say one of --csv and --json"),
        (("jobs", "--unreached", "--csv", "no/such/folder.csv"), 1, "no/such/folder.csv: cannot be written"),
        (("jobs", "phoned", "A-1"), 2, "Missing option '--note'"),
        (("jobs", "phoned", "A-1", "--note", ""), 1, "--note needs words: they are kept"),
    ],
)
@pytest.mark.usefixtures("desk")
def test_what_cannot_be_done_is_one_line(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...], code: int, sentence: str
) -> None:
    line = said(capsys, *words, code=code)

    assert sentence in line
    assert line.count("\n") == 1


@pytest.mark.usefixtures("desk")
def test_the_list_names_person_number_and_reason(capsys: pytest.CaptureFixture[str]) -> None:
    shown = said(capsys, "jobs", "--unreached", "--owner", "kim", "--within", "30")

    for part in ("=Ana", "+15145550101", "appointment A-1 (M-7)", "visit/week-before failed"):
        assert part in shown
    assert "Nobody is unreached." in said(capsys, "jobs", "--unreached", "--within", "2")
    assert "Nobody is unreached." in said(capsys, "jobs", "--unreached", "--owner", "lou")


@pytest.mark.usefixtures("desk")
def test_the_list_as_json_and_as_csv(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (person,) = facts(capsys, "jobs", "--unreached")["unreached"]
    head, cells = csv.reader(io.StringIO(said(capsys, "jobs", "--unreached", "--csv", "-")))
    file = tmp_path / "to phone.csv"
    nothing = said(capsys, "jobs", "--unreached", "--csv", str(file))

    assert (person["name"], person["phone"], person["phoned"]) == ("=Ana", "+15145550101", None)
    row = dict(zip(head, cells, strict=True))
    assert (row["name"], row["phone"], row["ref"]) == ("'=Ana", "(+1) 514-555-0101", "A-1")
    assert nothing == ""
    assert file.read_bytes().startswith("\ufeffname,phone".encode())


@pytest.mark.usefixtures("desk")
def test_phoned_takes_a_person_off_the_list_and_all_shows_who_phoned(capsys: pytest.CaptureFixture[str]) -> None:
    kept = said(capsys, "jobs", "phoned", "A-1", "--kind", "appointment", "--note", "she comes", "--author", "pat")

    assert kept.startswith("Kept: C-1 was phoned about appointment A-1 of ")
    assert said(capsys, "jobs", "--unreached") == "Nobody is unreached.\n"
    (person,) = facts(capsys, "jobs", "--unreached", "--all")["unreached"]
    assert (person["phoned"]["by"], person["phoned"]["note"]) == ("pat", "she comes")
    assert "phoned by pat on" in said(capsys, "jobs", "--unreached", "--all")
    assert "was phoned about" in said(capsys, "why", "--occasion", "A-1")
