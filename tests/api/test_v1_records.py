"""Contacts and occasions through the API: whole, in parts, removed, listed, with what will happen; on both."""

from collections.abc import Iterator
from typing import Any

import pytest

from scheduler.identities.rights import Right
from tests.api.v1_room import Room, room_at
from tests.storage.intake_practice import make_rulebook, opened

VISIT = {"contact": "C-1", "start": "2026-12-01T10:00"}
TIMED = {"id": "day-before", "before": "1 day", "at": "16:00", "template": "timed"}


@pytest.fixture
def room(database_url: str) -> Iterator[Room]:
    """Give the API over a practice whose text tells day and time; its key `viewer` only reads."""
    rulebook = make_rulebook(steps=(TIMED,), practice={"contact_fields": {"file": "word"}})
    told = {"en": "See you {{ occasion.start | day }} at {{ occasion.start | time }}"}
    rulebook = rulebook.model_copy(update={"templates": {**rulebook.templates, "timed": told}})
    with opened(database_url, rulebook) as desk:
        yield room_at(desk, "northlight", {"viewer": frozenset({Right.READ_RECORDS})})


def taken(room: Room, method: str, path: str, **rest: Any) -> dict[str, Any]:
    """Call a route that answers 200, and return what it said."""
    answer = room.call(method, path, **rest)
    assert answer.status_code == 200, answer.text
    said: dict[str, Any] = answer.json()
    return said


def wrong(room: Room, method: str, path: str, **rest: Any) -> list[str]:
    """Call a route that answers 422, and return the fields that it names."""
    answer = room.call(method, path, **rest)
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    return [each["field"] for each in answer.json()["errors"]]


def test_an_appointment_is_planned_and_the_answer_tells_when_its_text_goes(room: Room) -> None:
    said = taken(room, "PUT", "/appointments/A-1", json=VISIT)
    (decision,) = said["plan"]["decisions"]
    assert (said["outcome"], said["jobs"]["planned"]) == ("added", 1)
    assert decision["planned_for"] == "2026-11-30T21:00:00Z"
    assert decision["job"]["expected"]["verdict"] == "sent"
    assert decision["job"]["expected"]["segments"] == 1


def test_the_answer_says_why_there_is_no_text(room: Room) -> None:
    said = taken(room, "PUT", "/appointments/A-1", json={**VISIT, "start": "2026-11-20T17:00"})
    (decision,) = said["plan"]["decisions"]
    assert decision["job"] is None
    assert decision["reason"] == "too late"
    assert "No text" in decision["sentences"][-1]


def test_a_blocked_text_is_foretold(room: Room) -> None:
    consent = taken(room, "PUT", "/payments/P-1", json={"contact": "C-1", "date": "2026-12-10"})
    assert consent["occasion"]["date"] == "2026-12-10"
    bad = room.call("PUT", "/contacts/C-1", json={"phone": "12"})
    assert bad.json()["contact"]["phone"] is None
    plan = taken(room, "GET", "/payments/P-1/plan")
    assert plan["decisions"][0]["reason"] == "no phone"


def test_the_plan_is_left_out_on_request(room: Room) -> None:
    assert taken(room, "PUT", "/appointments/A-1?plan=false", json=VISIT)["plan"] is None


def test_an_older_version_changes_nothing_and_says_so(room: Room) -> None:
    taken(room, "PUT", "/appointments/A-1", json={**VISIT, "version": 5})
    brought = {"ref": "C-1", "name": "Changed"}
    late = {"contact": brought, "start": "2026-12-24T10:00", "version": 4}
    said = taken(room, "PUT", "/appointments/A-1", json=late)
    assert said["outcome"] == "older version"
    assert said["occasion"]["start"] == "2026-12-01T10:00"
    assert taken(room, "GET", "/contacts/C-1")["name"] == ""


def test_a_contact_comes_along_in_the_same_transaction(room: Room) -> None:
    visit = {**VISIT, "contact": {"ref": "C-9", "phone": "514 555 0109"}}
    said = taken(room, "PUT", "/appointments/A-1", json=visit)
    assert said["contacts"] == [{"ref": "C-9", "outcome": "added"}]
    assert taken(room, "GET", "/contacts/C-9?reveal=true")["phone"] == "+15145550109"


def test_nobody_comes_along_where_the_occasion_is_refused(room: Room) -> None:
    visit = {**VISIT, "contact": {"ref": "C-9"}, "people": {"interpreter": "C-404"}}
    assert wrong(room, "PUT", "/appointments/A-1", json=visit) == ["people.interpreter"]
    assert room.call("GET", "/contacts/C-9").status_code == 404


def test_what_is_wrong_with_who_comes_along_is_named_there(room: Room) -> None:
    visit = {**VISIT, "contact": {"ref": "C-9", "timezone": "Mars/Olympus"}}
    assert wrong(room, "PUT", "/appointments/A-1", json=visit) == ["contact.timezone"]


def test_a_number_that_cannot_be_texted_is_taken_with_a_warning_there(room: Room) -> None:
    said = taken(room, "PUT", "/appointments/A-1", json={**VISIT, "contact": {"ref": "C-9", "phone": "12"}})
    assert [each["field"] for each in said["warnings"]] == ["contact.phone", ""]


def test_a_put_clears_what_it_leaves_out_and_a_patch_does_not(room: Room) -> None:
    taken(room, "PUT", "/appointments/A-1", json={**VISIT, "case_ref": "K-1", "fields": {"type": "first"}})
    said = taken(room, "PATCH", "/appointments/A-1", json={"remote": True})["occasion"]
    assert (said["case_ref"], said["remote"], said["fields"]) == ("K-1", True, {"type": "first"})
    said = taken(room, "PUT", "/appointments/A-1", json={"start": "2026-12-01T10:00"})["occasion"]
    assert (said["case_ref"], said["remote"], said["fields"], said["contact"]) == (None, False, {}, None)


def test_a_put_keeps_the_mutes_that_people_here_decided(room: Room) -> None:
    taken(room, "PUT", "/appointments/A-1", json=VISIT)
    taken(room, "PATCH", "/appointments/A-1", json={"reminders": False})
    assert taken(room, "PUT", "/appointments/A-1", json=VISIT)["occasion"]["reminders"] is False


def test_the_same_put_again_changes_nothing(room: Room) -> None:
    taken(room, "PUT", "/appointments/A-1", json=VISIT)
    assert taken(room, "PUT", "/appointments/A-1", json=VISIT)["outcome"] == "unchanged"


def test_parts_of_what_is_not_known_are_not_taken(room: Room) -> None:
    assert room.call("PATCH", "/appointments/A-1", json={"remote": True}).status_code == 404
    assert room.call("PATCH", "/contacts/C-404", json={"name": "x"}).status_code == 404


def test_a_removed_appointment_loses_its_jobs_and_an_older_put_does_not_bring_it_back(room: Room) -> None:
    taken(room, "PUT", "/appointments/A-1", json={**VISIT, "version": 1})
    said = taken(room, "DELETE", "/appointments/A-1?version=3")
    assert (said["outcome"], said["jobs"]["cancelled"]) == ("gone", 1)
    assert taken(room, "DELETE", "/appointments/A-1?version=2")["outcome"] == "older version"
    assert taken(room, "DELETE", "/appointments/A-1")["outcome"] == "unchanged"
    assert taken(room, "PUT", "/appointments/A-1", json={**VISIT, "version": 2})["outcome"] == "older version"
    assert taken(room, "PUT", "/appointments/A-1", json={**VISIT, "version": 4})["outcome"] == "restored"
    assert room.desk.states() == [("day-before", "scheduled")]


def test_nothing_goes_to_a_removed_contact(room: Room) -> None:
    taken(room, "PUT", "/appointments/A-1", json=VISIT)
    said = taken(room, "DELETE", "/contacts/C-1")
    assert (said["outcome"], said["jobs"]["cancelled"]) == ("gone", 1)
    assert taken(room, "PUT", "/contacts/C-1", json={"phone": "+15145550001"})["outcome"] == "restored"
    assert room.desk.states() == [("day-before", "scheduled")]


def test_a_ref_with_a_slash_is_one_ref(room: Room) -> None:
    taken(room, "PUT", "/appointments/2026%2F17%2Fplan", json=VISIT)
    assert taken(room, "GET", "/appointments/2026%2F17%2Fplan")["ref"] == "2026/17/plan"
    assert len(taken(room, "GET", "/occasions/appointment/2026%2F17%2Fplan/plan")["decisions"]) == 1


def test_unknown_names_are_refused_by_name(room: Room) -> None:
    assert wrong(room, "PUT", "/appointments/A-1", json={**VISIT, "startt": "x"}) == ["startt"]
    assert wrong(room, "PUT", "/appointments/A-1", json={**VISIT, "fields": {"amountt": 1}}) == ["fields.amountt"]
    assert wrong(room, "PUT", "/contacts/C-1", json={"fields": {"files": "x"}}) == ["fields.files"]


def test_own_fields_have_their_types(room: Room) -> None:
    payment = {"contact": "C-1", "date": "2026-12-10", "fields": {"amount": "a lot"}}
    assert wrong(room, "PUT", "/payments/P-1", json=payment) == ["fields.amount"]
    said = taken(room, "PUT", "/payments/P-1", json={**payment, "fields": {"amount": 1200.5}})
    assert said["occasion"]["fields"] == {"amount": "1200.5"}


def test_a_whole_without_its_date_is_refused(room: Room) -> None:
    assert wrong(room, "PUT", "/appointments/A-1", json={"contact": "C-1"}) == ["start"]
    assert wrong(room, "PUT", "/payments/P-1", json={"contact": "C-1"}) == ["date"]


def test_a_kind_that_does_not_exist_is_not_found(room: Room) -> None:
    assert room.call("GET", "/occasions/hearing").status_code == 404
    assert room.call("PUT", "/occasions/contacts/X", json=VISIT).status_code == 404


def test_a_single_new_appointment_is_news_unless_it_says_not(room: Room) -> None:
    taken(room, "PUT", "/appointments/A-1", json=VISIT)
    taken(room, "PUT", "/appointments/A-2", json={**VISIT, "announce": False})
    assert [change["what"] for change in room.desk.occasion("A-1")["changes"]] == ["created"]
    assert room.desk.occasion("A-2")["changes"] is None


def test_listings_come_in_pages(room: Room) -> None:
    for number in range(5):
        taken(room, "PUT", f"/appointments/A-{number}", json=VISIT)
    first = taken(room, "GET", "/appointments?limit=3")
    rest = taken(room, "GET", f"/appointments?limit=3&cursor={first['next']}")
    assert [each["ref"] for each in first["items"] + rest["items"]] == [f"A-{number}" for number in range(5)]
    assert rest["next"] is None


def test_a_cursor_that_no_listing_gave_is_refused(room: Room) -> None:
    for cursor in ("x", "bnVsbA", "WzFd", "%FF", "W10"):
        assert wrong(room, "GET", f"/contacts?cursor={cursor}") == ["cursor"]


def test_listings_are_filtered(room: Room) -> None:
    taken(room, "PUT", "/contacts/C-2", json={"phone": "514-555-0102", "owner": "maya"})
    taken(room, "PUT", "/appointments/A-1", json=VISIT)
    taken(room, "PUT", "/appointments/A-2", json={"contact": "C-2", "start": "2026-12-05T10:00", "case_ref": "K-2"})
    taken(room, "DELETE", "/appointments/A-1")

    def refs(path: str) -> list[str]:
        return [each["ref"] for each in taken(room, "GET", path)["items"]]

    assert refs("/contacts?owner=maya") == refs("/contacts?phone=514+555+0102") == ["C-2"]
    assert refs("/appointments") == refs("/appointments?contact=C-2") == refs("/appointments?case_ref=K-2") == ["A-2"]
    assert refs("/appointments?gone=true") == ["A-1", "A-2"]
    assert refs("/appointments?starts_before=2026-12-05T14:00:00Z&gone=true") == ["A-1"]
    assert refs("/appointments?starts_from=2026-12-06T00:00:00Z") == []
    assert refs("/appointments?status=cancelled") == []


def test_another_practices_records_are_not_there(room: Room) -> None:
    taken(room, "PUT", "/appointments/A-1", json=VISIT)
    for path in ("/contacts/C-1", "/appointments/A-1", "/appointments/A-1/plan", "/appointments"):
        assert room.call("GET", path, key="stranger").status_code == 404, path


def test_numbers_are_masked_for_whom_they_are_masked(room: Room) -> None:
    said = taken(room, "GET", "/contacts/C-1", key="viewer")
    assert (said["phone"], said["phone_given"]) == ("+1514•••01", "+1514•••01")


def test_who_only_reads_writes_nothing(room: Room) -> None:
    assert room.call("PUT", "/contacts/C-1", key="viewer", json={}).status_code == 403
