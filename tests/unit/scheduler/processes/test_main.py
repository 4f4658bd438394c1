"""The command line's one way out: exit codes, and one line for whatever went wrong."""

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from scheduler.processes.cli import main
from scheduler.processes.cli.commands import COMMANDS


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("QUIETBELL_DATABASE_URL", "QUIETBELL_DEBUG"):
        monkeypatch.delenv(name, raising=False)


def test_what_went_well_is_zero(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["segments", "Hello"]) == 0
    assert capsys.readouterr().out == "1 segment: 5 septets in GSM-7\n"


def test_json_is_all_that_stdout_holds(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["segments", "naïve — ok", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["forcing"] == ["ï", "—"]


def test_a_text_may_come_from_standard_input(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("Hello\n"))
    assert main(["segments", "-"]) == 0
    assert "5 septets" in capsys.readouterr().out


@pytest.mark.parametrize("words", [["nosuch"], ["segments"], ["jobs", "--limit", "0"], ["jobs", "cancel", "abcdef"]])
def test_what_was_asked_wrongly_is_two_and_one_line(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.count("\n") == 1
    assert "--help" in shown.err


def test_what_failed_is_one_and_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["jobs"]) == 1
    assert capsys.readouterr().err == (
        "quietbell: there is no database at quietbell.db yet: `quietbell apply` publishes rules into a new one\n"
    )


def test_a_file_that_is_no_database_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "quietbell.db").write_bytes(b"not a database " * 100)
    assert main(["jobs"]) == 1
    shown = capsys.readouterr()
    assert shown.err == "quietbell: the database does not answer as it should: file is not a database\n"


def test_a_traceback_is_shown_only_where_it_is_wanted(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUIETBELL_DEBUG", "1")
    assert main(["jobs"]) == 1
    assert "Traceback" in capsys.readouterr().err


def test_help_and_version_are_no_errors(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    assert main(["--version"]) == 0
    assert main(["jobs", "settle", "--help"]) == 0
    assert "quietbell 0" in capsys.readouterr().out


def test_every_command_is_found_in_the_file_that_the_table_names(capsys: pytest.CaptureFixture[str]) -> None:
    for name in COMMANDS:
        assert main([name, "--help"]) == 0
    assert main(["--help"]) == 0
    listed = capsys.readouterr().out.split("Commands:")[-1]
    names = {line.split()[0] for line in listed.splitlines() if line.startswith("  ") and line[2] != " "}
    assert names == set(COMMANDS)


def test_only_the_file_of_the_command_asked_for_is_loaded() -> None:
    program = """
import sys
from scheduler.processes.cli.commands import build
build(["segments", "x"])
print([name for name in sys.modules if name.startswith(("alembic", "dramatiq", "apscheduler"))])
"""
    loaded = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert loaded.stdout == "[]\n"
