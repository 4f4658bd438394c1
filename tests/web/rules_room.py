"""The shipped practice, published with its files, for the pages of rules."""

import html
import re
from pathlib import Path
from typing import Any

from httpx2 import Response

from jobs.database import Database
from scheduler.publishing.given_files import read_given
from scheduler.publishing.revisions import Signature, publish
from scheduler.rulebook.desk import Desk
from scheduler.rulebook.reader import read_desk
from tests.storage.builders import NOW
from tests.web.web_room import Browser, token_in

CHECKOUT = Path(__file__).parents[2]
PAYMENTS = "rules/northlight/payments.yaml"
SETTINGS = "rules/northlight/practice.yaml"
REMINDER = "templates_sms/appointment_reminder.en.txt.j2"


def shipped_desk() -> Desk:
    """Return the practice that is shipped with the program."""
    return read_desk(CHECKOUT / "rules", CHECKOUT / "templates_sms", "northlight")


def publish_shipped(database: Database, changes: dict[str, tuple[str, str]] | None = None, by: str = "tests") -> str:
    """Publish the shipped practice, with words of files replaced; return its revision."""
    files = dict(shipped_desk().files)
    for path, (before, after) in (changes or {}).items():
        assert before in files[path]
        files[path] = files[path].replace(before, after)
    rulebook = read_given("northlight", files)[0].rulebook()
    assert rulebook is not None
    done = database.write(lambda connection: publish(connection, rulebook, Signature(by), NOW, files))
    return done.revision


def value_of(page: Response, name: str) -> str:
    """Return a hidden field's value."""
    found = re.search(rf'name="{re.escape(name)}" value="([^"]*)"', page.text)
    assert found is not None, name
    return html.unescape(found[1])


def keep(browser: Browser, path: str, text: str, **more: Any) -> Response:
    """Keep a file's text as its page's form does."""
    page = browser.get(f"/rules/files/{path}")
    form = {"form_token": token_in(page), "seen": value_of(page, "seen"), "text": text, "do": "keep", **more}
    return browser.post(f"/rules/files/{path}", form)


def change(browser: Browser, path: str, before: str, after: str) -> Response:
    """Replace words in a published file."""
    text = shipped_desk().files[path]
    assert before in text
    return keep(browser, path, text.replace(before, after))


def press(browser: Browser, page: str, action: str, **form: str) -> Response:
    """Send a form of a page to an address, with the page's token."""
    return browser.post(action, {"form_token": token_in(browser.get(page)), **form})
