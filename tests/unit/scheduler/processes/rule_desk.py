"""A folder of rules beside a SQLite database, as tests of publishing and of jobs need them."""

import datetime as dt
from pathlib import Path

from sqlalchemy import Connection

from jobs.clock import SteppingClock
from jobs.database import Database
from scheduler.chores.context import Context
from scheduler.intake.entry import Intake
from scheduler.intake.outcomes import Upserted
from scheduler.processes.tables import set_up_tables
from scheduler.publishing.applying import publish_draft
from scheduler.publishing.keeping import Draft
from scheduler.publishing.revisions import Signature, current_revision
from scheduler.rulebook.reader import read_desk
from scheduler.settings import Settings
from tests.walks.installation import Installation

NOW = dt.datetime(2026, 12, 1, 15, 0, tzinfo=dt.UTC)  # a Tuesday, 10:00 in Toronto
SIGNED = Signature("pat")


class Desk:
    """A folder of rules beside an empty database."""

    def __init__(self, folder: Path) -> None:
        """Write the small practice."""
        self.clock = SteppingClock(NOW)
        self.files = Installation(folder)
        self.files.write_practice()
        self.settings = Settings(
            database_url=f"sqlite:///{folder}/q.db", rules=folder / "rules", templates=folder / "templates_sms"
        )
        self.database = Database(self.settings.database_url, self.clock)
        set_up_tables(self.database)

    @property
    def context(self) -> Context:
        """Return what a chore is given."""
        return Context(self.database, lambda _entry: None)

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
        draft = Draft(rulebook, desk.files, base, "pat")
        published, _ = publish_draft(self.database, draft, SIGNED, base=base)
        return published.revision

    def take_in_a_visit(self, start: str = "2026-12-05T10:00") -> None:
        """Take in a contact and their visit."""
        intake = Intake(self.database)
        person = {"ref": "C-1", "name": "Pat Person", "first_name": "Pat", "phone": "+14165550100"}
        for what, row in (("contacts", person), ("appointment", {"ref": "A-1", "contact": "C-1", "start": start})):
            assert isinstance(intake.upsert("harbour", what, [row]), Upserted)
