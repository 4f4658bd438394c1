"""A practice with rules, a contact and an appointment, as the pages of the calendar see it."""

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select

from jobs.clock import SteppingClock
from jobs.database import Database
from jobs.records import jobs, occasions
from scheduler.identities.audit import Search, search
from scheduler.intake.entry import Intake
from scheduler.intake.outcomes import Upserted
from scheduler.publishing.revisions import Signature, publish
from tests.storage.intake_practice import make_rulebook
from tests.web.web_room import Browser, WebRoom, token_in


@dataclass
class CalendarRoom:
    """An installation with rules published, and what was put in."""

    room: WebRoom
    database: Database
    clock: SteppingClock

    def publish(self, practice: str = "northlight") -> None:
        """Publish a rule about appointments, and one about payments."""
        rulebook = make_rulebook(practice={"practice": practice})
        self.database.write(lambda connection: publish(connection, rulebook, Signature("tests"), self.clock.now()))

    def put(self, what: str, practice: str = "northlight", **values: object) -> None:
        """Take one record in."""
        result = Intake(self.database).upsert(practice, what, [values])
        assert isinstance(result, Upserted), result

    def visit(self, ref: str = "A-1", *, days: int = 20, practice: str = "northlight", **values: object) -> uuid.UUID:
        """Put an appointment in, days from now at 10:00, and return its id."""
        day = self.clock.now().date() + dt.timedelta(days=days)
        given: Mapping[str, object] = {"contact": "C-1", "start": f"{day} 10:00", "status": "booked", **values}
        self.put("appointment", practice, ref=ref, **given)
        with self.database.read() as connection:
            wanted = select(occasions.c.id).where(occasions.c.practice == practice, occasions.c.ref == ref)
            found: uuid.UUID = connection.execute(wanted).scalar_one()
        return found

    def occasion(self, ref: str = "A-1") -> Mapping[str, object]:
        """Return an occasion's row."""
        with self.database.read() as connection:
            return dict(connection.execute(select(occasions).where(occasions.c.ref == ref)).mappings().one())

    def refs(self) -> set[str]:
        """Return the refs of all occasions."""
        with self.database.read() as connection:
            return set(connection.execute(select(occasions.c.ref)).scalars())

    def states(self) -> list[str]:
        """Return the states of all jobs."""
        with self.database.read() as connection:
            return sorted(connection.execute(select(jobs.c.state)).scalars())

    def actions(self) -> list[str]:
        """Return what the audit log says was done, newest first."""
        with self.database.read() as connection:
            return [each.act.action for each in search(connection, "northlight", Search()).acts]

    def signed_in(self, name: str = "maya") -> Browser:
        """Open a browser of somebody signed in."""
        browser = self.room.browser()
        browser.enter(name)
        return browser


def seen_in(page: str) -> str:
    """Return what a page says was shown."""
    return page.partition('name="seen" value="')[2].partition('"')[0]


def shown_then_saved(
    browser: Browser, path: str, form: dict[str, str], start: str | None = None
) -> tuple[str, int, str]:
    """Ask for a plan and save it; return the plan's page, and the saving's status and where it led."""
    token = token_in(browser.get(start or path))
    plan = browser.post(path, {"form_token": token, **form, "act": "preview"})
    saved = browser.post(path, {"form_token": token, **form, "act": "save", "seen": seen_in(plan.text)})
    return plan.text, saved.status_code, saved.headers.get("location", "")
