"""`quietbell people`: by its words, for people and for programs."""

import json
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jobs.clock import SystemClock
from jobs.records import audit, contacts
from scheduler.processes.cli import main
from tests.storage.intake_practice import DAY_BEFORE, Desk, make_rulebook, opened
from tests.storage.keeping_room import ANA, contact, opt_out, rows

pytestmark = pytest.mark.usefixtures("logs_kept")


@pytest.fixture
def desk(sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    url = f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'q.db')}"
    monkeypatch.setenv("QUIETBELL_DATABASE_URL", url)
    monkeypatch.delenv("QUIETBELL_PRACTICE", raising=False)
    with opened(url, make_rulebook(steps=(DAY_BEFORE,))) as desk:
        desk.clock.jump_to(SystemClock().now())
        desk.visit("A-1", contact="C-1", start="2036-12-01 10:00", status="booked")
        yield desk


def said(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> str:
    """Run a command and return what it said: to stdout, or to stderr where it failed."""
    assert main(["people", *words]) == code
    shown = capsys.readouterr()
    return shown.err if code else shown.out


def facts(capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    return json.loads(said(capsys, *words, "--json"))


def test_an_export_is_a_file_that_only_its_owner_reads(
    desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "ana.json"
    shown = said(capsys, "export", "C-1", "--out", str(file))
    assert shown.endswith("keep it safe.\n")
    assert json.loads(file.read_text())["tables"]["contacts"][0]["phone"] == ANA
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [each["action"] for each in rows(desk, audit)] == ["contact.exported"]


@pytest.mark.usefixtures("desk")
def test_an_export_replaces_no_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "there.json"
    file.write_text("mine")
    assert "is there already" in said(capsys, "export", "C-1", "--out", str(file), code=1)
    assert file.read_text() == "mine"


def test_an_erasure_shows_what_goes_and_erases_nothing_where_nobody_can_be_asked(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    shown = said(capsys, "erase", "C-1", "--because", "asked to", code=1)
    assert "Erasing C-1: contacts 1" in shown
    assert "1 waiting text will be cancelled" in shown
    assert "--yes erases without asking. Nothing was erased" in shown
    assert contact(desk)["phone"] == ANA


def test_an_erasure_with_yes_says_what_it_did(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    opt_out(desk)
    shown = said(capsys, "erase", "C-1", "--reason", "asked to", "--yes", "--author", "maya")
    assert "C-1 is erased: " in shown
    assert "1 waiting text cancelled; their opt-out stays as a hash." in shown
    assert rows(desk, contacts)[0]["phone"] is None
    assert rows(desk, audit)[-1]["by"] == "person:maya"


def test_an_erasure_without_a_reason_is_a_wrong_call(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    assert "--because" in said(capsys, "erase", "C-1", "--yes", code=2)
    assert contact(desk)["phone"] == ANA


def test_a_hold_is_set_listed_refuses_an_erasure_and_is_released(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    assert said(capsys, "held") == "Nothing is on legal hold.\n"
    assert "is on legal hold" in said(capsys, "hold", "C-1", "--because", "a lawsuit", "--author", "maya")
    (found,) = facts(capsys, "held")["holds"]
    assert (found["kind"], found["ref"], found["reason"], found["by"]) == ("contact", "C-1", "a lawsuit", "person:maya")
    assert "a lawsuit; by maya" in said(capsys, "erase", "C-1", "--because", "asked to", "--yes", code=1)
    assert "a lawsuit" in said(capsys, "held")
    assert "no more" in said(capsys, "release", "C-1", "--because", "it is over")
    assert contact(desk)["phone"] == ANA


@pytest.mark.usefixtures("desk")
def test_a_case_is_held_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert facts(capsys, "hold", "--case", "K-7", "--because", "a lawsuit")["kind"] == "case"
    assert "case K-7 is not" not in said(capsys, "release", "--case", "K-7", "--because", "over")
    assert "is not on legal hold" in said(capsys, "release", "--case", "K-7", "--because", "over", code=1)


@pytest.mark.usefixtures("desk")
def test_a_hold_names_a_contact_or_a_case(capsys: pytest.CaptureFixture[str]) -> None:
    assert "name a contact" in said(capsys, "hold", "--because", "x", code=2)
    assert "name a contact" in said(capsys, "hold", "C-1", "--case", "K-7", "--because", "x", code=2)
