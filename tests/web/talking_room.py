"""The pages over a practice with rules, to which Ana (C-1) and a number of nobody wrote; maya, sam and vic sign in."""

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from sqlalchemy import insert, select

from jobs.records import contacts, new_id, texts
from scheduler.rulebook.schema import Rulebook
from tests.storage.identifying import add_user
from tests.storage.intake_practice import Desk, make_rulebook, opened
from tests.web.web_room import Browser, WebRoom, token_in

ANA, UNKNOWN = "+15145550001", "+15145550077"
PRICED: Mapping[str, object] = {
    "senders": [
        {
            "id": "main",
            "number": "+15145550100",
            "provider": "terminal",
            "currency": "CAD",
            "price": {"CA": "0.0100"},
        }
    ],
    "sensitive": {"passwords": "warn"},
}


class Talks:
    """A desk and its pages."""

    def __init__(self, desk: Desk) -> None:
        """Open the pages over a desk."""
        self.desk = desk
        self.room = WebRoom(desk.database, desk.clock)

    def browser(self, name: str = "maya") -> Browser:
        """Return the browser of somebody who signed in."""
        found = self.room.browser()
        found.enter(name)
        return found

    def contact_id(self, ref: str = "C-1") -> uuid.UUID:
        """Return a contact's id."""
        with self.desk.database.read() as connection:
            found: uuid.UUID = connection.execute(select(contacts.c.id).where(contacts.c.ref == ref)).scalar_one()
        return found

    def write(self, number: str, body: str, **more: Any) -> None:
        """Let a text come in now."""
        row = {"id": new_id(), "practice": "northlight", "number": number, "direction": "in", "body": body}
        row |= {"at": self.desk.clock.now(), "own_number": "+15145550100", **more}
        self.desk.database.write(lambda connection: connection.execute(insert(texts).values(row)))

    def texts(self) -> list[str | None]:
        """Return the words of every one-off that was planned, oldest first."""
        return [job.text for job in self.desk.jobs() if job.origin.value == "one_off"]


@contextmanager
def talking(url: str, rulebook: Rulebook | None = None) -> Iterator[Talks]:
    """Give the pages: Ana asked something, then a number of nobody."""
    with opened(url, rulebook or make_rulebook(practice=PRICED)) as desk:
        desk.contact("C-1", phone=ANA, first_name="Ana", name="Ana Roy", owner="sam")
        found = Talks(desk)
        for name, role in (("maya", "admin"), ("sam", "staff"), ("vic", "viewer"), ("ops", "ops")):
            add_user(desk.database, name, role=role)
        ana = found.contact_id()
        found.write(ANA, "May I come <later>?", contact_id=ana, owner="sam", meaning="unclear", flagged=True)
        desk.later(minutes=5)
        found.write(UNKNOWN, "Who is this?")
        desk.later(minutes=5)
        yield found


def send(browser: Browser, page: str, form: dict[str, str], to: str | None = None) -> Any:
    """Open a page and send one of its forms, to another address where one is named."""
    token = token_in(browser.get(page))
    return browser.post(to or page.partition("?")[0], {"form_token": token, **form})
