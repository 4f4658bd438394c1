"""Two practices in one database: Northlight, that calls, and another one with a row of every kind that a call can name.

Every call of the OpenAPI document is filled with what the other practice has; one for which nothing is known here
raises KeyError, so that a new call cannot go untested.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import insert, select

from jobs import events
from jobs.events import NewEndpoint
from jobs.records import contacts, jobs, metadata, new_id, practices, texts
from scheduler.api.v1.contract import calls
from scheduler.identities import keys, users
from scheduler.identities.audit import Signed
from scheduler.identities.keys import NewKey
from scheduler.identities.rights import Right
from scheduler.identities.users import NewUser
from tests.storage.intake_practice import Desk, make_rulebook

OTHER: Final = "elsewhere"
NUMBER: Final = "+15145550042"
CASE: Final = "EL-1"

BODIES: Final[Mapping[str, dict[str, Any]]] = {
    "ContactBody": {"first_name": "Mallory"},
    "OccasionBody": {},
    "ReasonBody": {"reason": "to see whether it can be done"},
    "Because": {"reason": "to see whether it can be done"},
    "Anew": {"reason": "to see whether it can be done"},
    "Assigning": {"to": "mallory"},
    "Linking": {"case_ref": "NL-1"},
    "Noting": {"note": "seen"},
    "Replying": {"text": "Hello."},
    "EndpointChange": {"url": "mailto:mallory@example.org"},
    "RoleToGive": {"role": "viewer"},
    "Rotation": {},
    "": {},
}
"""What a call gives, by the name of its shape; the fields that a kind of occasion must have are added."""
DATES: Final = {"payments": {"date": "2026-12-10"}}
A_START: Final = {"start": "2026-12-01T10:00"}
NOT_OF_A_ROW: Final = frozenset({"what"})
"""Parameters of a path that name no row."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call of the document, filled in."""

    name: str
    method: str
    path: str
    body: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Other:
    """What the other practice has, by the first word of a path and the parameter's name."""

    ids: Mapping[tuple[str, str], str]

    def calls(self, document: dict[str, Any]) -> list[Call]:
        """Return every call that names a row, filled with the other practice's."""
        known = calls(document).items()
        return [self._filled(name, call) for name, call in known if self._names(name)]

    def _names(self, path: str) -> bool:
        named = set(re.findall(r"\{(\w+)\}", path)) - NOT_OF_A_ROW
        return bool(named - {"kind"})

    def _filled(self, name: str, call: dict[str, Any]) -> Call:
        method, path = name.split(" ")
        first = path.split("/")[1]
        filled = re.sub(r"\{(\w+)\}", lambda found: self.ids[first, found[1]], path)
        query = "?reason=to+see" if any(each["name"] == "reason" for each in call.get("parameters", ())) else ""
        return Call(name, method, filled + query, _body(first, call))


def _body(first: str, call: dict[str, Any]) -> dict[str, Any] | None:
    if "requestBody" not in call:
        return None
    schema = call["requestBody"]["content"]["application/json"]["schema"]
    shape = schema.get("$ref", "").rpartition("/")[2]
    dates = DATES.get(first, A_START) if shape == "OccasionBody" else {}
    return {**BODIES[shape], **dates}


def furnish_other(desk: Desk) -> Other:
    """Give the other practice its rules, people, occasions with jobs, a conversation, a user, a key, an endpoint."""
    desk.publish(make_rulebook(practice={"practice": OTHER, "name": "Elsewhere"}))
    desk.intake.upsert(OTHER, "contacts", [{"ref": "EL-C", "phone": NUMBER, "owner": "bruno"}])
    visit = {"ref": "EL-A", "contact": "EL-C", "start": "2026-12-01 10:00", "case_ref": CASE}
    desk.intake.upsert(OTHER, "appointment", [visit])
    desk.intake.upsert(OTHER, "payment", [{"ref": "EL-P", "contact": "EL-C", "date": "2026-12-10"}])
    text, endpoint = _text(desk), _identities(desk)
    with desk.database.read() as connection:
        job = connection.execute(select(jobs.c.id).where(jobs.c.practice == OTHER)).scalars().first()
        revision = connection.execute(select(practices.c.current_revision).where(practices.c.id == OTHER)).scalar_one()
    assert job is not None
    ids = {
        ("contacts", "ref"): "EL-C",
        ("appointments", "ref"): "EL-A",
        ("payments", "ref"): "EL-P",
        ("occasions", "kind"): "appointment",
        ("occasions", "ref"): "EL-A",
        ("cases", "case_ref"): CASE,
        ("jobs", "job"): job.hex,
        ("texts", "text_id"): text,
        ("texts", "n"): "1",
        ("conversations", "conversation_id"): NUMBER,
        ("rulebook", "revision"): revision,
        ("endpoints", "endpoint"): endpoint,
        ("users", "name"): "bruno",
        ("keys", "name"): "theirs",
    }
    return Other(ids)


def rows_of(desk: Desk, practice: str) -> dict[str, list[tuple[Any, ...]]]:
    """Return every row that bears a practice's name, by table."""
    found = {}
    with desk.database.read() as connection:
        for table in metadata.sorted_tables:
            if "practice" in table.c:
                rows = connection.execute(select(table).where(table.c.practice == practice))
                found[table.name] = sorted((tuple(row) for row in rows), key=repr)
    return found


def _text(desk: Desk) -> str:
    named = new_id()
    with desk.database.read() as connection:
        contact = connection.execute(select(contacts.c.id).where(contacts.c.practice == OTHER)).scalar_one()
    row = {"id": named, "practice": OTHER, "number": NUMBER, "direction": "in", "body": "Late?", "provider": "twilio"}
    row |= {"at": desk.clock.now(), "own_number": "+15145550100", "contact_id": contact, "case_ref": CASE}
    row |= {"media": [["https://media.example/1", "image/png"]]}
    desk.database.write(lambda connection: connection.execute(insert(texts).values(row)))
    return named.hex


def _identities(desk: Desk) -> str:
    """Add an admin, a key and an endpoint; return the endpoint's id."""
    now = desk.clock.now()
    signed = Signed(OTHER, "tests", now)
    scopes = frozenset({Right.READ_JOBS})
    endpoint = NewEndpoint(practice=OTHER, url="mailto:desk@elsewhere.example", by="tests")
    new = [NewUser(name=name, role="admin", password_hash="x") for name in ("ada", "bruno")]  # noqa: S106 - no password's
    desk.database.write(lambda connection: [users.add(connection, each, signed) for each in new])
    desk.database.write(lambda connection: keys.add(connection, NewKey("theirs", scopes), signed))
    return desk.database.write(lambda connection: events.add_endpoint(connection, endpoint, now=now)).id.hex
