"""A database with a practice whose admin is maya, and the pages over it; keys seal what is stored sealed."""

from collections.abc import Iterator

import pytest

from jobs.clock import SteppingClock
from jobs.database import Database
from tests.databases import make_keyring
from tests.storage.builders import NOW
from tests.storage.identifying import add_practice, add_user
from tests.web.calendar_room import CalendarRoom
from tests.web.chromium import Chromium, running_chromium
from tests.web.living import Living, living
from tests.web.web_room import Browser, WebRoom


@pytest.fixture
def clock() -> SteppingClock:
    """Stand at NOW."""
    return SteppingClock(NOW)


@pytest.fixture
def database(database_url: str, clock: SteppingClock) -> Iterator[Database]:
    """Give a migrated database with keys, a practice and maya."""
    made = Database(database_url, clock, trust_clock=True, keyring=make_keyring())
    add_practice(made)
    add_user(made)
    try:
        yield made
    finally:
        made.dispose()


@pytest.fixture
def room(database: Database, clock: SteppingClock) -> WebRoom:
    """Give the installation, which browsers reach by https."""
    return WebRoom(database, clock)


@pytest.fixture
def browser(room: WebRoom) -> Browser:
    """Give a browser that holds nothing yet."""
    return room.browser()


@pytest.fixture
def calendar(room: WebRoom, database: Database, clock: SteppingClock) -> CalendarRoom:
    """Give a practice that has published rules, with one contact."""
    made = CalendarRoom(room, database, clock)
    made.publish()
    made.put("contacts", ref="C-1", name="Ana Oliveira", first_name="Ana", phone="+15145550001")
    return made


@pytest.fixture
def maya(calendar: CalendarRoom) -> Browser:
    """Give the browser of maya, signed in to that practice."""
    return calendar.signed_in()


@pytest.fixture(scope="module")
def practice() -> Iterator[Living]:
    """Give a practice at work: the live demo, with the carrier and the console's server."""
    with living() as found:
        yield found


@pytest.fixture(scope="module")
def chromium() -> Iterator[Chromium]:
    """Give a browser, for one file: while it runs, this thread can run no other loop."""
    with running_chromium() as found:
        yield found
