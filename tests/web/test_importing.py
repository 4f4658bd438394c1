"""Imports: a file is sent, its columns are named, it is tried out, and taken in once somebody agreed."""

import datetime as dt

import pytest
from sqlalchemy import func, select

from jobs.clock import SteppingClock
from jobs.database import Database
from jobs.records import contacts, import_rows
from scheduler.intake.staging import refuse_abandoned
from tests.storage.identifying import add_user
from tests.web.calendar_room import CalendarRoom
from tests.web.web_room import Browser, WebRoom, token_in

FRENCH = "Dossier,Nom complet,Téléphone,Couleur\nX-1,Ève Roy,514-555-0181,red\nX-2,Bob,514-555-0182,blue\n"
OURS = {"column-0": "ref", "column-1": "name", "column-2": "phone", "column-3": ""}


@pytest.fixture
def calendar(room: WebRoom, database: Database, clock: SteppingClock) -> CalendarRoom:
    made = CalendarRoom(room, database, clock)
    made.publish()
    made.put("contacts", ref="C-1", name="Ana", phone="+15145550001")
    return made


def send(browser: Browser, text: str | bytes, what: str = "contacts", **more: str) -> str:
    """Send a file and return where it led."""
    form = {"form_token": token_in(browser.get("/calendar/import")), "what": what, **more}
    content = text.encode() if isinstance(text, str) else text
    answer = browser.post("/calendar/import", form, files={"file": ("../people.csv", content, "text/csv")})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


def known(calendar: CalendarRoom) -> int:
    with calendar.database.read() as connection:
        return connection.execute(select(func.count()).select_from(contacts)).scalar_one()


def kept(calendar: CalendarRoom) -> int:
    with calendar.database.read() as connection:
        return connection.execute(select(func.count()).select_from(import_rows)).scalar_one()


def test_columns_that_are_called_otherwise_are_recognised(maya: Browser) -> None:
    page = maya.get(send(maya, FRENCH)).text
    for value in ("ref", "name", "phone"):
        assert f'<option value="{value}" selected>' in page
    assert "1 column is passed over" in page
    assert "Ève Roy" in page


def test_a_dry_run_counts_and_keeps_nothing(calendar: CalendarRoom, maya: Browser) -> None:
    page = maya.fill(send(maya, FRENCH), {**OURS, "act": "dry"})
    assert ("2 rows" in page.text, known(calendar)) == (True, 1)


def test_what_was_agreed_to_is_taken_in_noted_and_the_file_forgotten(calendar: CalendarRoom, maya: Browser) -> None:
    answer = maya.fill(send(maya, FRENCH), {**OURS, "act": "import"})
    assert answer.headers["location"] == "/contacts"
    assert (known(calendar), kept(calendar), calendar.actions()[0]) == (3, 0, "records.taken_in")
    assert "Imported: 2 rows." in maya.get("/contacts").text


def test_problems_are_told_by_line_and_column(calendar: CalendarRoom, maya: Browser) -> None:
    path = send(maya, "ref,contact,start\nA-1,C-1,12/01/2026\nA-2,C-9,2026-12-01 10:00\n", "appointment")
    answer = maya.fill(path, {"column-0": "ref", "column-1": "contact", "column-2": "start", "act": "dry"})
    assert answer.status_code == 422
    assert "2 problems" in answer.text
    assert "no known contact" in answer.text
    assert "not a date that can be read safely" in answer.text
    assert calendar.refs() == set()


def test_a_complete_file_that_lacks_much_asks_first(calendar: CalendarRoom, maya: Browser) -> None:
    for number in range(4):
        calendar.visit(f"A-{number}", start=f"2026-03-20 1{number}:00")
    days = {"complete_from": "2026-03-20", "complete_to": "2026-03-20"}
    path = send(maya, "ref,contact,start\nA-0,C-1,2026-03-20 10:00\n", "appointment", **days)
    names = {"column-0": "ref", "column-1": "contact", "column-2": "start"}
    asked = maya.fill(path, {**names, "act": "dry"}).text
    assert "3 of the 4 stored for these days are missing" in asked
    agreed = maya.fill(path, {**names, "act": "dry", "confirmed": "yes"}).text
    assert 'id="import"' in agreed
    assert maya.fill(path, {**names, "act": "import", "confirmed": "yes"}).status_code == 303
    assert calendar.occasion("A-3")["gone_at"] is not None


def test_a_file_larger_than_a_part_comes_back_whole(calendar: CalendarRoom, maya: Browser) -> None:
    lines = "".join(f"X-{number},{'n' * 150}\n" for number in range(2_000))
    answer = maya.fill(send(maya, f"ref,name\n{lines}"), {"column-0": "ref", "column-1": "name", "act": "dry"})
    assert ("2000 rows" in answer.text, kept(calendar)) == (True, 2)


def test_a_file_that_is_no_text_is_refused_with_what_to_do(maya: Browser) -> None:
    assert "save it as CSV in UTF-8" in maya.get(send(maya, "réf,nom\n".encode("utf-16"))).text


def test_a_dropped_file_is_forgotten(calendar: CalendarRoom, maya: Browser) -> None:
    path = send(maya, FRENCH)
    maya.fill(path, {"act": "drop"})
    assert (kept(calendar), maya.get(path).status_code) == (0, 404)


def test_a_file_that_nobody_goes_on_with_expires(calendar: CalendarRoom, maya: Browser) -> None:
    path = send(maya, FRENCH)
    later = calendar.clock.now() + dt.timedelta(hours=2)
    calendar.database.write(lambda connection: refuse_abandoned(connection, later - dt.timedelta(hours=1), later))
    assert (kept(calendar), maya.get(path).status_code) == (0, 404)


def test_somebody_elses_file_is_not_there(calendar: CalendarRoom, maya: Browser) -> None:
    add_user(calendar.database, "leo", role="staff")
    assert calendar.signed_in("leo").get(send(maya, FRENCH)).status_code == 404


def test_no_file_is_asked_for_again(maya: Browser) -> None:
    answer = maya.fill("/calendar/import", {"what": "contacts"})
    assert (answer.status_code, "Choose a file that is not empty." in answer.text) == (422, True)


def test_a_file_of_a_kind_that_there_is_none_of_is_refused(maya: Browser) -> None:
    form = {"form_token": token_in(maya.get("/calendar/import")), "what": "holidays"}
    assert maya.post("/calendar/import", form, files={"file": ("a.csv", b"ref\n", "text/csv")}).status_code == 422


def test_a_forged_form_keeps_no_file(calendar: CalendarRoom, maya: Browser) -> None:
    answer = maya.post("/calendar/import", {"form_token": "x"}, files={"file": ("a.csv", b"ref\n", "text/csv")})
    assert (answer.status_code, kept(calendar)) == (403, 0)
