"""A published practice with jobs in many states, for the pages of jobs."""

import re
import uuid
from typing import Any

import pytest
from httpx2 import Response
from sqlalchemy import insert

from jobs.clock import SteppingClock
from jobs.database import Database
from jobs.records import practices
from jobs.states import State
from tests.storage.builders import NOW, add_contact, make_job, plan, put_in
from tests.storage.identifying import add_user
from tests.web.rules_room import publish_shipped
from tests.web.web_room import Browser, WebRoom, token_in


@pytest.fixture
def jobs_browser(database: Database, clock: SteppingClock) -> Browser:
    """Give maya's browser, signed in to a practice that has published rules."""
    publish_shipped(database)
    found = WebRoom(database, clock).browser()
    found.enter()
    return found


def as_role(database: Database, clock: SteppingClock, role: str) -> Browser:
    """Give the browser of somebody of a role."""
    add_user(database, role, role=role)
    found = WebRoom(database, clock).browser()
    found.enter(role)
    return found


def job_in(database: Database, state: State, **changes: Any) -> uuid.UUID:
    """Put a job to a contact in a state."""
    contact = database.write(lambda connection: add_contact(connection, name="Ana Roy"))
    return put_in(database, state, contact_id=contact, **changes)[0]


def job_elsewhere(database: Database) -> uuid.UUID:
    """Plan a job of another practice."""
    database.write(
        lambda connection: connection.execute(insert(practices).values(id="harbour", number=9, created_at=NOW))
    )
    return plan(database, make_job(practice="harbour"))[0]


def send(browser: Browser, page: str, path: str, form: dict[str, Any]) -> Response:
    """Send a form with the token of a page to an address."""
    return browser.post(path, {"form_token": token_in(browser.get(page)), **form})


def listed(page: Response) -> set[str]:
    """Return the ids of the jobs that a page lists."""
    return set(re.findall(r'id="job-([0-9a-f]{32})"', page.text))
