"""Rules are read from files only for a practice that has no revision yet."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection

from jobs.clock import SystemClock
from jobs.database import Database
from jobs.errors import RefusedError
from scheduler.processes.first_rules import publish_first_rules
from scheduler.processes.replanning import publish_desk, replan_practice
from scheduler.processes.tables import set_up_tables
from scheduler.publishing.revisions import Signature, current_revision
from scheduler.rulebook.reader import read_desk
from scheduler.settings import Settings
from tests.walks.installation import PRACTICE, RULES, Installation

SIGNED = Signature("pat")


class Desk:
    """A folder of rules beside an empty database."""

    def __init__(self, folder: Path) -> None:
        """Write the small practice."""
        self.files = Installation(folder)
        self.files.write_practice()
        self.settings = Settings(
            database_url=f"sqlite:///{folder}/q.db", rules=folder / "rules", templates=folder / "templates_sms"
        )
        self.database = Database(self.settings.database_url, SystemClock())
        set_up_tables(self.database)

    def current(self) -> str | None:
        """Return the current revision's id."""

        def look(connection: Connection) -> str | None:
            return current_revision(connection, "harbour")

        return self.database.write(look)

    def publish(self, base: str | None) -> str:
        """Publish what lies in the folder over `base`."""
        desk = read_desk(self.settings.rules, self.settings.templates, "harbour")
        rulebook = desk.rulebook()
        assert rulebook is not None
        published, _ = publish_desk(self.database, desk, rulebook, SIGNED, base=base)
        return published.revision


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    laid = Desk(tmp_path)
    yield laid
    laid.database.dispose()


def test_a_practice_without_a_revision_is_published(desk: Desk) -> None:
    assert publish_first_rules(desk.settings, desk.database) == ["harbour"]
    assert desk.current() is not None


def test_a_published_practice_is_left_as_it_is(desk: Desk) -> None:
    publish_first_rules(desk.settings, desk.database)
    before = desk.current()
    desk.files.write_practice(PRACTICE.replace("Harbour Clinic", "Harbour House"))
    assert publish_first_rules(desk.settings, desk.database) == []
    assert desk.current() == before


def test_rules_with_an_error_are_not_published(desk: Desk) -> None:
    desk.files.write_practice(rules=RULES.replace("template: visit", "template: vist"))
    assert publish_first_rules(desk.settings, desk.database) == []
    assert desk.current() is None


def test_a_plan_made_for_another_revision_is_refused(desk: Desk) -> None:
    first = desk.publish(None)
    desk.files.write_practice(PRACTICE.replace("Harbour Clinic", "Harbour House"))
    with pytest.raises(RefusedError, match="was published meanwhile"):
        desk.publish(None)
    assert desk.current() == first
    assert desk.publish(first) != first


def test_planning_again_what_is_in_line_changes_nothing(desk: Desk) -> None:
    desk.publish(None)
    assert not any(replan_practice(desk.database, "harbour").counts().values())
