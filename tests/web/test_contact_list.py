"""The list of contacts: found, added and changed."""

import pytest
from sqlalchemy import select

from jobs.records import contacts
from tests.storage.identifying import add_practice, add_user
from tests.web.calendar_room import CalendarRoom
from tests.web.web_room import Browser


def row_of(calendar: CalendarRoom, ref: str) -> dict[str, object]:
    with calendar.database.read() as connection:
        return dict(connection.execute(select(contacts).where(contacts.c.ref == ref)).mappings().one())


@pytest.mark.parametrize(
    ("words", "is_shown"), [("", True), ("OLIV", True), ("C-1", True), ("514 555-0001", True), ("%", False)]
)
def test_contacts_are_found_by_name_reference_and_number(maya: Browser, words: str, *, is_shown: bool) -> None:
    assert ("Ana Oliveira</a>" in maya.get("/contacts", params={"words": words}).text) == is_shown


def test_a_long_list_goes_on_where_it_ended(calendar: CalendarRoom, maya: Browser) -> None:
    for number in range(51):
        calendar.put("contacts", ref=f"D-{number}", name=f"Zoé {number:02}")
    address = maya.get("/contacts").text.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    assert maya.get(address).text.count("data-row") == 2


def test_a_number_is_masked_for_whom_may_not_see_it(calendar: CalendarRoom) -> None:
    add_user(calendar.database, "leo", role="viewer")
    page = calendar.signed_in("leo").get("/contacts").text
    assert ("+15145550001" in page, "Ana Oliveira" in page) == (False, True)


def test_another_practices_contacts_are_not_listed(calendar: CalendarRoom, maya: Browser) -> None:
    add_practice(calendar.database, "southlight", 2)
    calendar.publish("southlight")
    calendar.put("contacts", "southlight", ref="S-1", name="Somebody Else")
    assert "Somebody Else" not in maya.get("/contacts").text
    assert maya.get("/contacts/-/change?ref=S-1").status_code == 404
    assert "S-1" not in maya.get("/contacts/-/found?contact=Somebody").text


def test_a_contact_is_added_with_a_reference_of_ours_where_none_is_given(calendar: CalendarRoom, maya: Browser) -> None:
    form = {"name": "Luc Roy", "phone": "514-555-0177", "made_ref": "P-1", "first_name": "Luc"}
    assert maya.fill("/contacts/-/add", form).headers["location"] == "/contacts"
    assert (row_of(calendar, "P-1")["phone"], calendar.actions()[0]) == ("+15145550177", "contact.added")


def test_a_number_that_cannot_be_read_is_kept_and_told(maya: Browser) -> None:
    maya.fill("/contacts/-/add", {"name": "Luc Roy", "phone": "12", "made_ref": "P-1"})
    assert "too few digits" in maya.get("/contacts").text


def test_what_is_wrong_stands_at_its_field(maya: Browser) -> None:
    wrong = maya.fill("/contacts/-/add", {"name": "Luc", "timezone": "Mars"})
    known = maya.fill("/contacts/-/add", {"name": "Luc", "ref": "C-1"})
    assert (wrong.status_code, known.status_code) == (422, 422)
    assert "is no time zone" in wrong.text
    assert "There is one of this reference already." in known.text


def test_a_change_touches_only_what_was_changed(calendar: CalendarRoom, maya: Browser) -> None:
    form = {"ref": "C-1", "name": "Ana Roy", "phone": "+15145550001"}
    assert maya.fill("/contacts/-/change?ref=C-1", form).status_code == 303
    row = row_of(calendar, "C-1")
    assert (row["name"], row["first_name"], row["phone"]) == ("Ana Roy", "Ana", "+15145550001")


def test_the_choices_of_a_field_name_people(maya: Browser) -> None:
    found = maya.get("/contacts/-/found?field=interpreter&interpreter=oli")
    assert '<option value="C-1">Ana Oliveira' in found.text


def test_a_viewer_adds_and_changes_nobody(calendar: CalendarRoom) -> None:
    add_user(calendar.database, "leo", role="viewer")
    leo = calendar.signed_in("leo")
    paths = ("/contacts/-/add", "/contacts/-/change?ref=C-1", "/contacts/-/import")
    assert {leo.get(path).status_code for path in paths} == {403}


def test_a_forged_form_adds_nobody(maya: Browser) -> None:
    assert maya.post("/contacts/-/add", {"form_token": "x", "name": "Luc"}).status_code == 403
