"""Events out of steps: what a practice's own systems are told when its jobs move, in the same transaction.

Steps that were written come in; events are noted where an endpoint wants them. It moves nothing.
"""

import datetime as dt
import functools
import uuid
from collections.abc import Mapping, Sequence
from typing import Final

from sqlalchemy import Connection, Executable, RowMapping, bindparam, select

from jobs import events
from jobs.events import Kind, NewEvent
from jobs.phone import mask
from jobs.records import attempts, contacts, jobs, occasions
from jobs.states import State
from jobs.store.given import encode_ids, given_ids
from jobs.store.stepping import Step
from jobs.store.values import BEING_REPLANNED

LONGEST_REASON: Final = 300

_TOLD: Final[Mapping[State, Kind]] = {
    State.SENT: Kind.TEXT_SENT,
    State.DELIVERED: Kind.TEXT_DELIVERED,
    State.UNDELIVERED: Kind.TEXT_FAILED,
    State.FAILED: Kind.TEXT_FAILED,
    State.BLOCKED: Kind.TEXT_FAILED,
    State.HELD: Kind.JOB_HELD,
    State.IN_DOUBT: Kind.JOB_IN_DOUBT,
    State.EXPIRED: Kind.JOB_EXPIRED,
}
_AT_ITS_MOMENT: Final = frozenset({State.CLAIMED, State.SENDING})
"""What is blocked elsewhere had not come due: the opt-out that blocks a hundred is told once, as itself."""


def tell_steps(connection: Connection, steps: Sequence[Step], *, now: dt.datetime) -> None:
    """Note the events of steps that were just written; nothing is read where no step is of a kind that is told."""
    told = {each.id: (kind, each) for each in steps if each.target in _TOLD and (kind := _kind_of(each)) is not None}
    if not told:
        return
    wanting = events.practices_wanting(connection, {kind for kind, _ in told.values()})
    if not wanting:
        return
    dialect = connection.dialect.name
    given = {**encode_ids(dialect, told), "practices": wanting}
    rows = {row["id"]: row for row in connection.execute(_about_statement(dialect), given).mappings()}
    codes = _codes(connection, [each for _, each in told.values() if each.id in rows])
    found = [_event(rows[each.id], kind, (each, codes.get(each.id))) for kind, each in told.values() if each.id in rows]
    events.note(connection, found, now=now)


def _kind_of(each: Step) -> Kind | None:
    """Return what a step tells; a hold for planning is over in seconds and no news."""
    if each.target is State.BLOCKED and each.from_state not in _AT_ITS_MOMENT:
        return None
    if each.target is State.HELD and each.reason == BEING_REPLANNED:
        return None
    return None if each.target is None else _TOLD[each.target]


def _codes(connection: Connection, steps: Sequence[Step]) -> dict[uuid.UUID, str | None]:
    """Return the provider's codes of the attempts that steps name, by job; they were written before."""
    made = {attempt: each.id for each in steps if isinstance(attempt := (each.data or {}).get("attempt"), uuid.UUID)}
    if not made:
        return {}
    dialect = connection.dialect.name
    rows = connection.execute(_codes_statement(dialect), encode_ids(dialect, made))
    return {made[row.id]: row.error_code for row in rows}


def _event(row: RowMapping, kind: Kind, moved: tuple[Step, str | None]) -> NewEvent:
    each, code = moved
    job = {name: row[name] for name in ("origin", "rule", "step", "state")}
    moments = {name: row[name].isoformat() for name in ("planned_for", "due_at", "useful_until")}
    reason = None if each.reason is None else each.reason[:LONGEST_REASON]
    payload = {
        "job": {"id": row["id"].hex, **job, **moments},
        "reason": reason,
        "error_code": code or (each.data or {}).get("error_code"),
        "by": each.by,
        "contact": row["contact"],
        "number": None if row["to_number"] is None else mask(row["to_number"]),
        "occasion": None if row["kind"] is None else {"kind": row["kind"], "ref": row["ref"]},
        "case": row["case_ref"],
        "owner": row["owner"],
        "sent_by": row["sent_by"],
    }
    return NewEvent(practice=row["practice"], kind=kind, payload=payload, contact_id=row["contact_id"])


@functools.cache
def _codes_statement(dialect: str) -> Executable:
    ids = given_ids(dialect)
    return select(attempts.c.id, attempts.c.error_code).where(attempts.c.id.in_(select(ids.c.id)))


@functools.cache
def _about_statement(dialect: str) -> Executable:
    ids = given_ids(dialect)
    names = ("id", "practice", "origin", "rule", "step", "state", "planned_for", "due_at", "useful_until")
    columns = [jobs.c[name] for name in (*names, "contact_id", "to_number", "sent_by")]
    return (
        select(
            *columns,
            contacts.c.ref.label("contact"),
            contacts.c.owner,
            occasions.c.kind,
            occasions.c.ref,
            occasions.c.case_ref,
        )
        .outerjoin(contacts, contacts.c.id == jobs.c.contact_id)
        .outerjoin(occasions, occasions.c.id == jobs.c.occasion_id)
        .where(jobs.c.id.in_(select(ids.c.id)), jobs.c.practice.in_(bindparam("practices", expanding=True)))
    )
