"""An occasion as it is stored, in the form in which planning and the replanner want it: rows in, frozen values out.

Reads occasions, their people and the practice's contacts, a set per query; writes nothing.
"""

import datetime as dt
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final, TypeAlias

from sqlalchemy import ColumnElement, Connection, RowMapping, Text, case, cast, func, null, or_, select

from jobs.records import contacts, occasion_people, occasions
from jobs.states import State
from jobs.store.falling import FALLEN
from jobs.store.values import PLANNER, Job
from scheduler.planning.decisions import Change, Identity, OccasionFacts, Person
from scheduler.rulebook.schema import Kind

StoredRow: TypeAlias = RowMapping | Mapping[str, Any]
"""A row of occasions or contacts by column name; its values are of as many types as the table has columns."""

MOST_NAMED_AT_ONCE: Final = 1000
"""How many ids one query names, so that its text stays of one size."""

_NOTHING: Final[Mapping[str, object]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class StoredOccasion:
    """An occasion ready to be planned, and why it is reminded of no more (None while its status is a live one).

    `contact_ids` are the people's ids by the key under which planning knows them. Of a `removed` one, or one of a kind
    that is gone, nothing is decided any more. `called_off`: its status is an off one, or it was removed. `change_count`
    numbers its latest change.
    """

    id: uuid.UUID
    facts: OccasionFacts
    people: Mapping[str, Person]
    contact_ids: Mapping[str, uuid.UUID]
    off: str | None = None
    removed: bool = False
    called_off: bool = False
    change_count: int = 0


def stored_occasion(occasion: StoredRow, people: Mapping[str, StoredRow], kind: Kind | None) -> StoredOccasion:
    """Turn an occasion's row and its people's rows by role into what planning wants; a gone contact is nobody."""
    present = {role: row for role, row in people.items() if row["gone_at"] is None}
    # One person alone is known by the role, so that occasions alike in all else are planned alike.
    keys = {role: role if len(present) == 1 else row["id"].hex for role, row in present.items()}
    facts = OccasionFacts(
        kind=occasion["kind"],
        ref=occasion["ref"],
        start=occasion["start"],
        dated_at=occasion["dated_at"],
        end=occasion["end"],
        timezone=occasion["timezone"],
        remote=occasion["remote"],
        status=occasion["status"],
        answer=occasion["answer"],
        fields=occasion["fields"],
        people=keys,
        changes=_changes(occasion["changes"]),
        reminders_off=occasion["reminders_off"],
        muted=frozenset(occasion["skip"] or ()),
    )
    return StoredOccasion(
        id=occasion["id"],
        facts=facts,
        people={keys[role]: _person(keys[role], row) for role, row in present.items()},
        contact_ids={keys[role]: row["id"] for role, row in present.items()},
        off=why_off(occasion, kind),
        removed=kind is None or occasion["gone_at"] is not None,
        called_off=occasion["gone_at"] is not None or (kind is not None and occasion["status"] in kind.status.off),
        change_count=occasion["change_count"],
    )


def _changes(kept: Sequence[Mapping[str, Any]] | None) -> tuple[Change, ...]:
    """Return the recorded changes that fire `on:` steps."""
    return tuple(
        Change(each["what"], dt.datetime.fromisoformat(each["at"]), each["count"], each.get("status"))
        for each in kept or ()
    )


def why_off(occasion: StoredRow, kind: Kind | None) -> str | None:
    """Return for people why an occasion has ended or is off, or None while it is live."""
    name = occasion["kind"]
    if occasion["gone_at"] is not None:
        return f"the {name} was removed"
    if kind is None:
        return f"the kind {name!r} is gone"
    status = occasion["status"]
    if status in kind.status.live:
        return None
    was = "was" if status in kind.status.off else "is"
    return f"the {name} {was} {status.replace('_', ' ')}"


def read_occasions(
    connection: Connection, ids: Collection[uuid.UUID], kinds: Mapping[str, Kind], *, locked: bool = False
) -> list[StoredOccasion]:
    """Return the occasions of those ids in the order of their ids; `locked` until the transaction ends, if asked."""
    rows: list[RowMapping] = []
    people: dict[uuid.UUID, dict[str, RowMapping]] = {}
    for part in in_parts(sorted(ids)):
        query = select(*PLANNED_OF_OCCASIONS).where(occasions.c.id.in_(part)).order_by(occasions.c.id)
        rows.extend(connection.execute(query.with_for_update() if locked else query).mappings())
        for occasion_id, role, contact in _people_of(connection, part):
            people.setdefault(occasion_id, {})[role] = contact
    return [stored_occasion(row, people.get(row["id"], {}), kinds.get(row["kind"])) for row in rows]


def fallen_of(jobs: Collection[Job]) -> frozenset[Identity]:
    """Return the reminders that ended without being sent and stay so; the planner's own cancellations may come back."""
    return frozenset(
        Identity(job.rule or "", job.step or "", job.role or "", job.anchor or "", job.repeat)
        for job in jobs
        if job.state in FALLEN and not (job.state is State.CANCELLED and job.moved_by == PLANNER)
    )


def in_parts(ids: Sequence[uuid.UUID]) -> list[Sequence[uuid.UUID]]:
    """Cut ids into parts that one query may name."""
    return [ids[first : first + MOST_NAMED_AT_ONCE] for first in range(0, len(ids), MOST_NAMED_AT_ONCE)]


def _people_of(connection: Connection, ids: Sequence[uuid.UUID]) -> list[tuple[uuid.UUID, str, RowMapping]]:
    query = (
        select(occasion_people.c.occasion_id, occasion_people.c.role, *PLANNED_OF_CONTACTS)
        .select_from(occasion_people.join(CONTACTS_REACHED, contacts.c.id == occasion_people.c.contact_id))
        .where(occasion_people.c.occasion_id.in_(ids))
    )
    return [(row["occasion_id"], row["role"], row) for row in connection.execute(query).mappings()]


PLANNED_OF_OCCASIONS: Final = tuple(
    column
    for column in occasions.c
    if column.name not in {"practice", "case_ref", "starts_at", "version", "created_at", "updated_at"}
)
_VIA: Final = contacts.alias("via")
CONTACTS_REACHED: Final = contacts.outerjoin(_VIA, _VIA.c.id == contacts.c.via_id)
"""Contacts, each with the one whose phone is used for them, if there is one."""


def _reached(name: str) -> ColumnElement[Any]:
    """Return a column of whoever's phone is used."""
    return case((contacts.c.via_id.is_(None), contacts.c[name]), else_=_VIA.c[name]).label(name)


_VIA_HAS_ZONE: Final = or_(_VIA.c.timezone.is_not(None), func.coalesce(cast(_VIA.c.phone_zones, Text), "[]") != "[]")

PLANNED_OF_CONTACTS: Final = (
    contacts.c.id,
    contacts.c.ref,
    case((contacts.c.via_id.is_(None), contacts.c.phone), (_VIA.c.gone_at.is_(None), _VIA.c.phone), else_=null()).label(
        "phone"
    ),
    _reached("phone_zones"),
    case((contacts.c.via_id.is_(None) | ~_VIA_HAS_ZONE, contacts.c.timezone), else_=_VIA.c.timezone).label("timezone"),
    contacts.c.fields,
    contacts.c.reminders_off,
    contacts.c.gone_at,
)
"""What of a contact changes what is planned: phone and zone are those of the one whose phone is used."""


def _person(key: str, contact: StoredRow) -> Person:
    stated = contact["timezone"]
    zones = (stated,) if stated else tuple(contact["phone_zones"] or ())
    return Person(key, contact["phone"], zones, contact["fields"] or _NOTHING, contact["reminders_off"])
