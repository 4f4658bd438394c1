"""Who did what through the API: each change leaves one row, with who, from where, before and after; on both."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import insert, select

from jobs.records import audit, contact_aliases, contacts, new_id, occasion_aliases, occasions, texts
from scheduler.identities.rights import Right
from tests.api.v1_room import Room, room_at
from tests.storage.intake_practice import make_rulebook, opened

VISIT = {"contact": "C-1", "start": "2026-12-01T10:00"}
ANA = "+15145550001"
MAYA = {"ref": "u-7", "name": "Maya", "role": "staff"}
OPS = frozenset({Right.READ_RECORDS, Right.READ_JOBS, Right.READ_AUDIT})


@pytest.fixture
def room(database_url: str) -> Iterator[Room]:
    """Give the API over a practice with a contact and a visit; its key `ops` sees what operations see."""
    with opened(database_url, make_rulebook()) as desk:
        desk.contact("C-1", phone=ANA, first_name="Ana", owner="maya")
        yield room_at(desk, "northlight", {"ops": OPS})


def acts(room: Room) -> list[dict[str, Any]]:
    """Return every row of the log, the oldest first."""
    with room.desk.database.read() as connection:
        return [dict(row) for row in connection.execute(select(audit).order_by(audit.c.id)).mappings()]


def did(room: Room, method: str, path: str, **rest: Any) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Call a route that succeeds; return its answer and the rows that it left."""
    before = len(acts(room))
    answer = room.call(method, path, **rest)
    assert answer.status_code < 300, answer.text
    return (answer.json() if answer.content else {}), acts(room)[before:]


def one(room: Room, method: str, path: str, **rest: Any) -> dict[str, Any]:
    """Call a route that leaves one row, and return that."""
    (row,) = did(room, method, path, **rest)[1]
    assert (row["by"], row["practice"], row["address"]) == ("key:all", "northlight", "testclient")
    return row


def contact_id(room: Room, ref: str = "C-1") -> str:
    with room.desk.database.read() as connection:
        found = connection.execute(select(contacts.c.id).where(contacts.c.ref == ref)).scalar_one()
    return str(found.hex)


def add_text(room: Room, number: str = ANA, **more: object) -> None:
    row = {"id": new_id(), "practice": "northlight", "number": number, "direction": "in", "body": "Late?"}
    row |= {"at": room.desk.clock.now(), "meaning": "unclear", "flagged": True, **more}
    room.desk.database.write(lambda connection: connection.execute(insert(texts).values(row)))


def first_job(room: Room) -> str:
    return str(room.call("GET", "/jobs").json()["items"][0]["id"])


def test_a_moved_appointment_is_noted_with_what_it_was_and_is(room: Room) -> None:
    assert one(room, "PUT", "/appointments/A-1", json=VISIT)["action"] == "occasion.added"
    row = one(room, "PUT", "/appointments/A-1", json={**VISIT, "start": "2026-12-02T10:00", "version": 3})
    assert (row["action"], row["subject_kind"], row["subject_id"]) == ("occasion.moved", "occasion", "appointment/A-1")
    assert row["before"] == {"start": "2026-12-01T10:00", "status": "booked"}
    assert (row["after"]["start"], row["after"]["version"]) == ("2026-12-02T10:00", 3)


def test_what_changes_nothing_is_not_noted(room: Room) -> None:
    one(room, "PUT", "/appointments/A-1", json={**VISIT, "version": 2})
    assert did(room, "PUT", "/appointments/A-1", json={**VISIT, "version": 2})[1] == []
    assert did(room, "PUT", "/appointments/A-1", json={**VISIT, "version": 1})[1] == []


def test_what_is_refused_is_not_noted(room: Room) -> None:
    before = len(acts(room))
    assert room.call("PUT", "/appointments/A-1", json={**VISIT, "contact": "C-404"}).status_code == 422
    assert len(acts(room)) == before


def test_a_contact_is_noted_by_id_with_no_value_of_theirs(room: Room) -> None:
    row = one(room, "PUT", "/contacts/C-1", json={"phone": "514 555 0199", "name": "Ana Oliveira"})
    assert (row["action"], row["subject_id"]) == ("contact.changed", contact_id(room))
    assert row["after"] == {"named": ["name", "phone"]}
    assert one(room, "DELETE", "/contacts/C-1")["action"] == "contact.removed"


def test_who_comes_along_is_counted_in_the_same_row(room: Room) -> None:
    row = one(room, "PUT", "/appointments/A-1", json={**VISIT, "contact": {"ref": "C-9", "phone": "514 555 0109"}})
    assert row["after"]["contacts"] == {"added": 1}


def test_many_rows_leave_one_row_with_counts(room: Room) -> None:
    rows = [{"ref": f"B-{number}", **VISIT} for number in range(3)]
    row = one(room, "POST", "/bulk/appointments", json=rows)
    assert (row["action"], row["subject_id"]) == ("records.taken_in", "appointment")
    assert (row["after"]["rows"], row["after"]["outcomes"]) == (3, {"added": 3})


def test_an_order_on_a_job_is_noted_with_in_whose_name_and_not_with_its_reason(room: Room) -> None:
    room.call("PUT", "/appointments/A-1", json=VISIT)
    job = first_job(room)
    by_maya = {"reason": "she moved away", "by": {"name": "Maya"}}
    row = one(room, "POST", f"/jobs/{job}/cancel", json=by_maya)
    assert (row["action"], row["subject_id"], row["before"]) == ("job.cancelled", job, {"state": "scheduled"})
    assert row["after"] == {"state": "cancelled", "in_the_name_of": "person:Maya"}
    assert one(room, "POST", f"/jobs/{job}/reopen", json=by_maya)["action"] == "job.reopened"
    assert one(room, "POST", f"/jobs/{job}/retry", json=by_maya)["action"] == "job.retried"
    when = {"reason": "later", "at": "2026-11-24T15:00:00Z"}
    assert one(room, "POST", f"/jobs/{job}/reschedule", json=when)["action"] == "job.rescheduled"


def test_a_one_off_is_noted_once_without_its_words(room: Room) -> None:
    asked = {"number": "+15145550107", "text": "Your papers are here.", "sent_by": {**MAYA, "role": "admin"}}
    key = {"Idempotency-Key": "k-1"}
    row = one(room, "POST", "/texts", json=asked, headers=key)
    assert (row["action"], row["after"]["number"]) == ("text.planned", "+1514•••07")
    assert "papers" not in str(row)
    assert did(room, "POST", "/texts", json=asked, headers=key)[1] == []


def test_what_is_done_with_a_conversation_is_noted_under_its_masked_number(room: Room) -> None:
    add_text(room)
    seen = [
        one(room, "POST", f"/conversations/{ANA}/{what}", json=body)
        for what, body in (
            ("read", None),
            ("assign", {"to": "kim"}),
            ("link", {"contact": "C-1", "case_ref": "F-7"}),
            ("note", {"note": "phoned her mother"}),
        )
    ]
    assert [row["action"] for row in seen] == [f"conversation.{did}" for did in ("read", "assigned", "linked", "noted")]
    assert {row["subject_id"] for row in seen} == {"+1514•••01"}
    assert seen[1]["after"] == {"assigned_to": "kim"}
    assert seen[2]["after"] == {"contact": contact_id(room), "case_ref": "F-7"}
    assert "mother" not in str(seen)
    reply = {"text": "At ten.", "sent_by": MAYA}
    row = one(room, "POST", f"/conversations/{ANA}/reply", json=reply, headers={"Idempotency-Key": "r-1"})
    assert row["action"] == "text.planned"


def test_no_row_holds_a_number_or_words(room: Room) -> None:
    add_text(room)
    one(room, "POST", f"/conversations/{ANA}/note", json={"note": "secret words"})
    one(room, "PUT", "/contacts/C-2", json={"phone": "514 555 0198", "first_name": "Zoé"})
    told = str(acts(room))
    assert not any(word in told for word in (ANA, "secret words", "5550198", "555 0198", "Zoé"))


def test_revealing_a_number_needs_the_right_and_is_noted(room: Room) -> None:
    assert room.call("GET", "/contacts/C-1?reveal=true", key="ops").status_code == 403
    hidden, left = did(room, "GET", "/contacts/C-1")
    assert (hidden["phone"], left) == ("+1514•••01", [])
    shown, (row,) = did(room, "GET", "/contacts/C-1?reveal=true")
    assert (shown["phone"], row["action"], row["subject_id"]) == (ANA, "contact.revealed", contact_id(room))
    page, (row,) = did(room, "GET", "/contacts?reveal=true")
    assert [each["phone"] for each in page["items"]] == [ANA]
    assert row["after"] == {"contacts": [contact_id(room)]}


def test_words_of_a_job_and_of_a_history_are_an_action_of_their_own(room: Room) -> None:
    room.call("PUT", "/appointments/A-1", json=VISIT)
    room.desk.send(room.desk.job("week-before"))
    add_text(room, contact_id=None)
    job = room.desk.job("week-before").id.hex
    assert room.call("GET", f"/jobs/{job}?reveal=true", key="ops").status_code == 403
    assert did(room, "GET", f"/jobs/{job}")[0]["tries"][0]["body"] is None
    shown, (row,) = did(room, "GET", f"/jobs/{job}?reveal=true")
    assert (shown["tries"][0]["body"], row["action"]) == ("…", "job.revealed")
    assert room.call("GET", "/contacts/C-1/history?reveal=true", key="ops").status_code == 403
    assert one(room, "GET", "/contacts/C-1/history?reveal=true")["action"] == "contact.revealed"


def test_operations_see_a_history_without_its_words(room: Room) -> None:
    with room.desk.database.read() as connection:
        theirs = connection.execute(select(contacts.c.id)).scalar_one()
    add_text(room, contact_id=theirs)
    words = [room.call("GET", "/contacts/C-1/history", key=key).json()["items"][0]["words"] for key in ("all", "ops")]
    assert words == ["Late?", None]


def test_the_log_is_read_in_pages_by_what_is_asked(room: Room) -> None:
    for number in range(3):
        one(room, "PUT", f"/appointments/A-{number}", json=VISIT)
    one(room, "PATCH", "/contacts/C-1", json={"owner": "kim"})
    page = room.call("GET", "/audit?action=occasion.&limit=2", key="ops").json()
    rest = room.call("GET", f"/audit?action=occasion.&limit=2&cursor={page['next']}", key="ops").json()
    ids = [each["subject_id"] for each in (*page["items"], *rest["items"])]
    assert (ids, rest["next"]) == ([f"appointment/A-{number}" for number in (2, 1, 0)], None)
    (found,) = room.call("GET", "/audit?subject_kind=contact&subject_id=C-1").json()["items"]
    assert (found["action"], found["subject_ref"], found["by"]) == ("contact.changed", "C-1", "key:all")
    assert room.call("GET", "/audit?by=key:nobody").json()["items"] == []
    assert room.call("GET", "/audit?until=2026-11-01T00:00:00Z").json()["items"] == []


def test_the_log_needs_its_right_and_belongs_to_one_practice(room: Room) -> None:
    one(room, "PATCH", "/contacts/C-1", json={"owner": "kim"})
    assert room.call("GET", "/audit", key="stranger").json()["items"] == []
    assert room.call("GET", "/audit?cursor=nonsense").status_code == 422
    blind = room_at(room.desk, "northlight", {"blind": frozenset(Right) - {Right.READ_AUDIT}})
    assert blind.call("GET", "/audit", key="blind").status_code == 403


def rename(room: Room, former: str) -> None:
    """Let C-1 and A-1 have had a ref before."""
    with room.desk.database.read() as connection:
        person = connection.execute(select(contacts.c.id).where(contacts.c.ref == "C-1")).scalar_one()
        visit = connection.execute(select(occasions.c.id)).scalar_one()
    was = {"practice": "northlight", "ref": former}

    def work(connection: Any) -> None:
        connection.execute(insert(contact_aliases).values(**was, contact_id=person))
        connection.execute(insert(occasion_aliases).values(**was, kind="appointment", occasion_id=visit))

    room.desk.database.write(work)


def test_a_former_ref_lists_jobs_and_histories_as_the_present_one(room: Room) -> None:
    room.call("PUT", "/appointments/A-1", json=VISIT)
    rename(room, "OLD-1")
    jobs = [room.call("GET", f"/jobs?contact={ref}").json()["items"] for ref in ("C-1", "OLD-1")]
    assert jobs[0] == jobs[1] != []
    history = [room.call("GET", f"/contacts/{ref}/history").json()["items"] for ref in ("C-1", "OLD-1")]
    assert history[0] == history[1] != []
    named = [room.call("GET", f"/appointments?contact={ref}").json()["items"] for ref in ("C-1", "OLD-1")]
    assert named[0] == named[1] != []


def test_a_put_under_a_former_ref_goes_to_the_present_record(room: Room) -> None:
    room.call("PUT", "/appointments/A-1", json=VISIT)
    rename(room, "OLD-1")
    said, _ = did(room, "PUT", "/contacts/OLD-1", json={"phone": ANA, "owner": "kim"})
    assert (said["outcome"], said["contact"]["ref"], said["contact"]["owner"]) == ("changed", "C-1", "kim")
    said, _ = did(room, "PUT", "/appointments/OLD-1", json={**VISIT, "contact": "OLD-1", "remote": True})
    assert (said["outcome"], said["occasion"]["ref"], said["occasion"]["contact"]) == ("changed", "A-1", "C-1")
    brought = {**VISIT, "contact": {"ref": "OLD-1", "owner": "lee"}}
    assert did(room, "PUT", "/appointments/A-1", json=brought)[0]["contacts"] == [{"ref": "C-1", "outcome": "changed"}]
    assert did(room, "DELETE", "/appointments/OLD-1")[0]["occasion"]["ref"] == "A-1"
    assert len(room.call("GET", "/contacts").json()["items"]) == 1


READS_ONLY = {
    "POST /segments",
    "POST /rulebook/plan",
}
"""Posts that change nothing."""


def test_every_changing_route_is_known_to_these_tests(room: Room) -> None:
    app: Any = room.client.app
    paths = app.openapi()["paths"]
    routes = {f"{method.upper()} {path}" for path, methods in paths.items() for method in methods if method != "get"}
    assert routes - READS_ONLY - TOLD == set()


TOLD = {
    *(
        f"{method} {path}"
        for path in ("/contacts/{ref}", "/occasions/{kind}/{ref}", "/appointments/{ref}", "/payments/{ref}")
        for method in ("PUT", "PATCH", "DELETE")
    ),
    "POST /bulk/{what}",
    "POST /texts",
    *(f"POST /jobs/{{job}}/{verb}" for verb in ("cancel", "reschedule", "reopen", "retry")),
    *(f"POST /conversations/{{conversation_id}}/{verb}" for verb in ("read", "assign", "link", "note", "reply")),
    "POST /rulebook/publish",
    "POST /contacts/{ref}/erase",
    "PUT /contacts/{ref}/hold",
    "DELETE /contacts/{ref}/hold",
    "POST /endpoints",
    "PATCH /endpoints/{endpoint}",
    "DELETE /endpoints/{endpoint}",
    *(f"POST /endpoints/{{endpoint}}/{verb}" for verb in ("pause", "resume", "rotate-secret")),
    "POST /deliveries/resend",
    "POST /users",
    *(f"POST /users/{{name}}/{verb}" for verb in ("role", "disable", "enable")),
    "POST /keys",
    *(f"POST /keys/{{name}}/{verb}" for verb in ("rotate", "revoke")),
}
"""Routes of which a test here, or in those of endpoints, identities and what is kept, sees the row that they leave."""
