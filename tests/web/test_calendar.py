"""The calendar: the list, the week, one occasion, and changes whose plan is shown before they are saved."""

import uuid

import pytest

from tests.storage.identifying import add_practice, add_user
from tests.web.calendar_room import CalendarRoom, seen_in, shown_then_saved
from tests.web.web_room import Browser, WebRoom, token_in


def test_before_rules_are_published_the_calendar_says_what_to_do(room: WebRoom) -> None:
    browser = room.browser()
    browser.enter()
    assert "No rules are published yet" in browser.get("/calendar").text


def test_the_list_shows_an_occasion_with_its_person_and_a_mark_for_each_job(
    calendar: CalendarRoom, maya: Browser
) -> None:
    calendar.visit()
    page = maya.get("/calendar").text
    assert "Ana Oliveira" in page
    assert page.count('data-state="scheduled"') == 2


@pytest.mark.parametrize(
    ("query", "is_shown"),
    [
        ("words=oliv", True),
        ("words=A-1", True),
        ("words=514-555-0001", True),
        ("words=nobody", False),
        ("kind=payment", False),
        ("kind=appointment&status=live", True),
        ("status=off", False),
        ("day=2199-01-01", False),
        ("day=none", False),
        ("day=nonsense&after=nonsense&words=%00", True),
    ],
)
def test_filters_stand_in_the_address(calendar: CalendarRoom, maya: Browser, query: str, *, is_shown: bool) -> None:
    calendar.visit()
    answer = maya.get(f"/calendar?{query}")
    assert (answer.status_code, ">Ana Oliveira<" in answer.text) == (200, is_shown)


def test_a_long_list_goes_on_where_it_ended(calendar: CalendarRoom, maya: Browser) -> None:
    for number in range(52):
        calendar.visit(f"A-{number}", start=f"2026-03-10 10:{number:02}")
    first = maya.get("/calendar").text
    address = first.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    second = maya.get(address).text
    assert (first.count("data-row"), second.count("data-row")) == (50, 2)


def test_an_occasion_in_another_zone_stands_in_the_week_at_its_own_wall_time(
    calendar: CalendarRoom, maya: Browser
) -> None:
    calendar.visit(start="2026-03-10 20:00", timezone="America/Vancouver")
    page = maya.get("/calendar/week?of=2026-03-12").text
    slot = page.partition('class="slot h20 d1')[2].partition("</section>")[0]
    assert "Ana Oliveira" in slot.partition('class="slot')[0]


def test_the_week_shades_the_hours_in_which_no_text_goes(maya: Browser) -> None:
    page = maya.get("/calendar/week?of=2026-03-12").text
    assert ("h8 d0 quiet" in page, "h10 d0 open" in page, "h10 d6 quiet" in page) == (True, True, True)


def test_an_occasion_tells_its_texts_and_why(calendar: CalendarRoom, maya: Browser) -> None:
    page = maya.get(f"/calendar/{calendar.visit()}").text
    assert "See you" in page
    assert "Rule visit, step day-before" in page


def test_another_page_finds_an_occasion_by_kind_and_ref(calendar: CalendarRoom, maya: Browser) -> None:
    found = calendar.visit("A/1")
    assert maya.get("/calendar/find?kind=appointment&ref=A/1").headers["location"] == f"/calendar/{found}"


def test_an_occasion_of_another_practice_is_not_there(calendar: CalendarRoom, maya: Browser) -> None:
    add_practice(calendar.database, "southlight", 2)
    calendar.publish("southlight")
    calendar.put("contacts", "southlight", ref="C-1", phone="+15145550009")
    theirs = calendar.visit(practice="southlight")
    token = token_in(maya.get("/calendar/add"))
    paths = [f"/calendar/{theirs}{end}" for end in ("", "/change", "/remove")]
    assert [maya.get(path).status_code for path in paths] == [404, 404, 404]
    assert maya.post(f"/calendar/{theirs}/mute", {"form_token": token, "because": "x"}).status_code == 404
    assert maya.get(f"/calendar/{uuid.uuid4()}").status_code == 404


def test_adding_shows_the_plan_and_keeps_nothing_until_it_is_saved(calendar: CalendarRoom, maya: Browser) -> None:
    token = token_in(maya.get("/calendar/add"))
    form = {"form_token": token, "kind": "appointment", "contact": "oliv", "start": "2026-03-20T10:00", "ref": "A-7"}
    plan = maya.post("/calendar/add", form)
    assert ("See you" in plan.text, calendar.refs()) == (True, set())


def test_what_was_shown_is_saved_with_its_jobs_and_noted(calendar: CalendarRoom, maya: Browser) -> None:
    form = {"kind": "appointment", "contact": "C-1", "start": "2026-03-20T10:00", "ref": "A-7"}
    plan, status, to = shown_then_saved(maya, "/calendar/add", form)
    assert ("2 new" in plan, status, to) == (True, 303, f"/calendar/{calendar.occasion('A-7')['id']}")
    assert (calendar.states(), calendar.actions()[0]) == (["scheduled"] * 2, "occasion.added")


def test_a_payment_is_added_by_its_day(calendar: CalendarRoom, maya: Browser) -> None:
    form = {"kind": "payment", "contact": "C-1", "date": "2026-03-20", "amount": "100", "ref": "P-1"}
    assert shown_then_saved(maya, "/calendar/add", form)[1] == 303
    assert calendar.occasion("P-1")["start"] == "2026-03-20"


def test_a_new_person_comes_along_with_their_appointment(calendar: CalendarRoom, maya: Browser) -> None:
    form = {"kind": "appointment", "start": "2026-03-20T10:00", "new_name": "Luc", "new_phone": "514-555-0177"}
    assert shown_then_saved(maya, "/calendar/add", {**form, "made_ref": "Q-1"})[1] == 303
    assert "Luc" in maya.get("/contacts").text
    assert calendar.refs() == {"Q-1"}


def test_what_is_wrong_stands_at_its_field_and_what_was_typed_stays(maya: Browser) -> None:
    answer = maya.fill("/calendar/add", {"kind": "appointment", "contact": "nobody", "place": "Room 9"})
    assert answer.status_code == 422
    assert "Nobody is called nobody here." in answer.text
    assert "Give the date." in answer.text
    assert 'value="Room 9"' in answer.text


def test_a_reference_that_there_is_already_is_not_overwritten(calendar: CalendarRoom, maya: Browser) -> None:
    calendar.visit()
    form = {"kind": "appointment", "contact": "C-1", "start": "2026-03-20T10:00", "ref": "A-1", "act": "save"}
    assert "There is one of this reference already." in maya.fill("/calendar/add", form).text


def test_a_move_shows_what_moves_and_moves_it(calendar: CalendarRoom, maya: Browser) -> None:
    found = calendar.visit()
    plan, status, _ = shown_then_saved(
        maya, f"/calendar/{found}/change", {"start": "2026-03-25T15:00"}, f"/calendar/{found}"
    )
    assert 'data-effect="moved"' in plan
    assert (status, calendar.occasion()["start"]) == (303, "2026-03-25T15:00")


def test_a_change_leaves_what_the_form_does_not_name(calendar: CalendarRoom, maya: Browser) -> None:
    found = calendar.visit(place="Room 2", case_ref="K-1")
    shown_then_saved(maya, f"/calendar/{found}/change", {"status": "cancelled"}, f"/calendar/{found}")
    row = calendar.occasion()
    assert (row["status"], row["case_ref"], row["fields"]) == ("cancelled", "K-1", {"place": "Room 2"})
    assert set(calendar.states()) == {"cancelled"}


def test_what_changed_since_it_was_shown_is_shown_anew_and_not_saved(calendar: CalendarRoom, maya: Browser) -> None:
    found = calendar.visit()
    path = f"/calendar/{found}/change"
    token = token_in(maya.get(path))
    form = {"form_token": token, "start": "2026-03-25T15:00"}
    seen = seen_in(maya.post(path, form).text)
    calendar.put("appointment", ref="A-1", place="Room 5")
    answer = maya.post(path, {**form, "act": "save", "seen": seen})
    assert "Something changed since the plan was shown." in answer.text
    assert calendar.occasion()["start"] != "2026-03-25T15:00"


def test_muting_needs_a_reason_and_stops_what_waits(calendar: CalendarRoom, maya: Browser) -> None:
    found = calendar.visit()
    path, page = f"/calendar/{found}/mute", f"/calendar/{found}"
    assert "a reason is needed" in maya.post(path, {"form_token": token_in(maya.get(page)), "mutes": "on"}).text
    form = {"mutes": "on", "because": "asked by phone"}
    assert shown_then_saved(maya, path, form, page)[1] == 303
    assert (set(calendar.states()), calendar.actions()[0]) == ({"cancelled"}, "occasion.muted")


def test_a_single_rule_is_muted_and_unmuted(calendar: CalendarRoom, maya: Browser) -> None:
    found = calendar.visit()
    path, page = f"/calendar/{found}/mute", f"/calendar/{found}"
    shown_then_saved(maya, path, {"mutes": "on", "because": "no", "rules": "visit"}, page)
    assert calendar.occasion()["skip"] == ["visit"]
    shown_then_saved(maya, path, {"mutes": "off", "because": "yes", "rules": "visit"}, page)
    assert calendar.occasion()["skip"] is None


def test_a_removed_occasion_keeps_its_page(calendar: CalendarRoom, maya: Browser) -> None:
    found = calendar.visit()
    shown_then_saved(maya, f"/calendar/{found}/remove", {})
    assert "It was removed:" in maya.get(f"/calendar/{found}").text
    assert ">Ana Oliveira<" not in maya.get("/calendar").text


def test_a_viewer_sees_and_changes_nothing(calendar: CalendarRoom) -> None:
    add_user(calendar.database, "leo", role="viewer")
    found, leo = calendar.visit(), calendar.signed_in("leo")
    page = leo.get(f"/calendar/{found}").text
    assert "move-form" not in page
    token = page.partition('name="form_token" value="')[2].partition('"')[0]
    paths = [f"/calendar/{found}/{end}" for end in ("change", "mute", "remove")]
    assert {leo.post(path, {"form_token": token}).status_code for path in (*paths, "/calendar/add")} == {403}


def test_what_no_database_keeps_finds_nothing_and_breaks_nothing(maya: Browser) -> None:
    paths = ("/calendar?kind=%00&words=%00", "/calendar/week?kind=%00&of=%00", "/contacts?words=%00&after=%00")
    assert {maya.get(path).status_code for path in paths} == {200}
    assert maya.get("/calendar/find?ref=%00&kind=%00").status_code == 404
    form = {"kind": "appointment", "contact": "\0", "ref": "\0", "place": "\0", "start": "2026-03-20T10:00"}
    assert maya.fill("/calendar/add", form).status_code == 422


def test_a_forged_form_changes_nothing(calendar: CalendarRoom, maya: Browser) -> None:
    found = calendar.visit()
    paths = [f"/calendar/{found}/{end}" for end in ("change", "mute", "remove")]
    assert {maya.post(path, {"form_token": "x"}).status_code for path in (*paths, "/calendar/add")} == {403}
