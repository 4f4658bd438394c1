"""Tests of how a practice's folder is checked: by itself, and beside what is published."""

from pathlib import Path

import pytest

from scheduler.processes.cli.rule_folders import Folder, check_folder
from tests.unit.scheduler.processes.rule_desk import Desk
from tests.walks.installation import RULES

RENAMED = RULES.replace("id: visit\n", "id: visits\n    was: visti\n")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def said_of(desk: Desk, *, beside: bool) -> list[str]:
    folder = Folder(desk.settings.rules, desk.settings.templates, "harbour")
    verdict = check_folder(folder, desk.database if beside else None).verdict
    return [problem.text for problem in verdict.problems if "visti" in problem.text]


def test_a_rename_of_what_was_never_published_is_told_where_the_published_is_known(desk: Desk) -> None:
    desk.publish(None)
    desk.files.write_practice(rules=RENAMED)
    assert len(said_of(desk, beside=True)) == 1
    assert said_of(desk, beside=False) == []


def test_before_anything_is_published_a_folder_is_checked_by_itself(desk: Desk) -> None:
    desk.files.write_practice(rules=RENAMED)
    assert said_of(desk, beside=True) == []
