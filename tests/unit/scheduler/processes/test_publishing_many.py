"""`quietbell apply` above `confirm_above`: the number of new and moved texts is given, or nothing is published."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from scheduler.processes.cli import main
from tests.unit.scheduler.processes.rule_desk import Desk

RULES = """\
rules:
  - id: visit
    for: appointment
    steps:
      - {id: day-before, before: 1 day, at: "10:00", template: visit}
      - {id: two-days, before: 2 days, at: "10:00", template: visit}
"""


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """Give a desk with one visit far ahead, a rule published, and `confirm_above: 1`."""
    desk = Desk(tmp_path)
    settings = tmp_path / "rules/harbour/practice.yaml"
    settings.write_text(settings.read_text(encoding="utf-8") + "confirm_above: 1\n", encoding="utf-8")
    desk.publish(None)
    desk.take_in_a_visit("2031-12-05T10:00")
    monkeypatch.setenv("QUIETBELL_DATABASE_URL", desk.settings.database_url)
    monkeypatch.setenv("QUIETBELL_RULES", str(desk.settings.rules))
    monkeypatch.setenv("QUIETBELL_TEMPLATES", str(desk.settings.templates))
    monkeypatch.delenv("QUIETBELL_PRACTICE", raising=False)
    monkeypatch.chdir(tmp_path)
    # A command sets up logs for the whole process: they go back to where they went.
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield desk
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def write_rules(desk: Desk, text: str) -> None:
    (desk.settings.rules / "harbour/visits.yaml").write_text(text, encoding="utf-8")


def apply(desk: Desk, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    """Run `apply` over the current revision; return its code and what it says to stderr."""
    capsys.readouterr()
    code = main(["apply", "--onto", desk.current() or "", *words])
    return code, capsys.readouterr().err


def test_many_texts_are_not_published_by_yes_alone(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    before = desk.current()
    write_rules(desk, RULES.replace("id: day-before", "id: eve"))
    code, err = apply(desk, capsys, "--yes")
    assert code == 1
    assert "this plans 2 new and moved texts, more than confirm_above (1)" in err
    assert "--yes --count 2. Nothing was published" in err
    assert desk.current() == before


def test_their_number_publishes_them(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    before = desk.current()
    write_rules(desk, RULES.replace("id: day-before", "id: eve"))
    assert apply(desk, capsys, "--yes", "--count", "2")[0] == 0
    assert desk.current() != before


def test_another_number_publishes_nothing(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    before = desk.current()
    write_rules(desk, RULES.replace("id: day-before", "id: eve"))
    code, err = apply(desk, capsys, "--yes", "--count", "3")
    assert code == 1
    assert "--count says 3, but this plans 2 new and moved texts" in err
    assert desk.current() == before


def test_moved_texts_count_like_new_ones(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    write_rules(desk, RULES)
    assert apply(desk, capsys, "--yes")[0] == 0  # one is new
    write_rules(desk, RULES.replace('"10:00"', '"11:00"'))
    code, err = apply(desk, capsys, "--yes")
    assert code == 1
    assert "this plans 2 new and moved texts" in err
    assert apply(desk, capsys, "--yes", "--count", "2")[0] == 0


def test_a_plan_says_beforehand_which_number_is_asked_for(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    write_rules(desk, RULES.replace("id: day-before", "id: eve"))
    capsys.readouterr()
    assert main(["plan"]) == 0
    assert "2 new and moved texts, more than confirm_above (1)" in capsys.readouterr().err


def test_few_texts_need_no_number(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    write_rules(desk, RULES)
    assert apply(desk, capsys, "--yes")[0] == 0
