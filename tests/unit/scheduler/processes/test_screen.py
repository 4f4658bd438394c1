"""How the command line shows things."""

import datetime as dt
import json
import uuid
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from scheduler.processes.cli.screen import Column, clean, complain, moment, say, show_json, show_list, toned

TORONTO = ZoneInfo("America/Toronto")
NOW = dt.datetime(2026, 12, 1, 15, 0, tzinfo=dt.UTC)


def test_a_moment_is_said_in_the_zone_without_this_years_number() -> None:
    assert moment(dt.datetime(2026, 12, 1, 21, 5, tzinfo=dt.UTC), TORONTO, NOW) == "Tue 1 Dec 16:05"


def test_another_year_is_named() -> None:
    assert moment(dt.datetime(2027, 1, 2, 21, 0, tzinfo=dt.UTC), TORONTO, NOW) == "Sat 2 Jan 2027 16:00"


def test_no_moment_is_a_dash() -> None:
    assert moment(None, TORONTO, NOW) == "-"


def test_a_list_fits_80_columns_whatever_is_in_it(capsys: pytest.CaptureFixture[str]) -> None:
    show_list(
        (Column("job"), Column("contact"), Column("why", grows=True)),
        [("1234abcd", "C-101", "a reason that goes on and on " * 9), ("1234abce", "C" * 50, "")],
    )
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) > 3
    assert max(map(len, lines)) <= 80


def test_what_no_terminal_reads_holds_no_colour(capsys: pytest.CaptureFixture[str]) -> None:
    say("calm", "bad")
    show_list((Column("state"),), [(toned("failed", "bad"),)])
    assert "\x1b" not in capsys.readouterr().out


@pytest.mark.parametrize("steering", ["\x1b[31mred", "\x9b31m", "\u202eevil", "a\x07b"])
def test_nothing_shown_can_steer_a_terminal(steering: str) -> None:
    assert not any(character in clean(steering) for character in "\x1b\x9b\u202e\x07")


def test_brackets_are_shown_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    say("[red]not markup[/red] :warning:")
    assert capsys.readouterr().out == "[red]not markup[/red] :warning:\n"


def test_an_error_is_one_line_on_stderr_however_long(capsys: pytest.CaptureFixture[str]) -> None:
    complain("a very long reason\n" * 20)
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith("quietbell: a very long reason a very")
    assert shown.err.count("\n") == 1


def test_json_holds_moments_decimals_and_ids_as_text(capsys: pytest.CaptureFixture[str]) -> None:
    job = uuid.UUID(int=1)
    show_json({"at": NOW, "cost": Decimal("0.10"), "id": job, "name": "Élodie"})
    out = capsys.readouterr().out
    assert "Élodie" in out
    assert json.loads(out) == {"at": "2026-12-01T15:00:00+00:00", "cost": "0.10", "id": str(job), "name": "Élodie"}
