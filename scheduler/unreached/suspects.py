"""Finds the occasions ahead that may have an unreached person, from indexes: a practice's basis in, ids out.

A suspect is judged later; one that is not returned here is surely reached, or nothing of it came due. Nothing is
locked or written.
"""

import datetime as dt
import uuid
from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    Select,
    Text,
    and_,
    cast,
    exists,
    false,
    or_,
    select,
    text,
    true,
)

from jobs.drafts import Told
from jobs.errors import InputError
from jobs.records import contacts, jobs, occasion_people, occasions, told
from jobs.records.life import UNSAID_SQL
from jobs.states import State
from jobs.windows.sending import zone_of
from scheduler.planning.basis import Basis
from scheduler.planning.stored import CONTACTS_REACHED, PLANNED_OF_CONTACTS
from scheduler.unreached.judging import has_heard
from scheduler.unreached.reaching import reach_of

_DAY_AND_ZONES = dt.timedelta(days=2)
"""An occasion by day lasts to its day's end, wherever it takes place."""
_HEARD = [State.SENT.value, State.DELIVERED.value]


@dataclass(frozen=True, slots=True)
class Field:
    """Where is looked: a practice's occasions that begin after `now` and before `until` (None: whenever)."""

    basis: Basis
    now: dt.datetime
    until: dt.datetime | None = None

    def ahead(self, name: str) -> ColumnElement[bool]:
        """Return the condition on occasions of a kind that are live and ahead."""
        kind = self.basis.plan.kinds[name]
        since = self.now - _DAY_AND_ZONES if kind.by_day else self.now
        return and_(
            occasions.c.practice == self.basis.practice,
            occasions.c.kind == name,
            occasions.c.starts_at > since,
            true() if self.until is None else occasions.c.starts_at < self.until,
            occasions.c.status.in_(kind.live),
            occasions.c.gone_at.is_(None),
        )

    def near(self, name: str) -> ColumnElement[bool]:
        """Return the condition on occasions of a kind that a text of theirs may have come due."""
        reach = reach_of(self.basis.plan.kinds[name])
        if reach.before is None:
            return true()
        changed = occasions.c.changes.is_not(None) if reach.at_changes else false()
        return or_(occasions.c.starts_at <= self.now + reach.before, changed)

    def kinds(self) -> Iterator[str]:
        """Yield the kinds that a rule is for."""
        return (name for name, kind in self.basis.plan.kinds.items() if kind.rules)


def with_unsaid_texts(connection: Connection, field: Field) -> set[uuid.UUID]:
    """Return the occasions of which a text ended blocked, failed, undelivered, expired or in doubt."""
    ended = select(jobs.c.occasion_id).where(
        jobs.c.practice == field.basis.practice, jobs.c.occasion_id.is_not(None), text(UNSAID_SQL)
    )
    return _of_kinds(connection, field, occasions.c.id.in_(ended))


def with_nobody(connection: Connection, field: Field) -> set[uuid.UUID]:
    """Return the occasions that name nobody who is there."""
    named = (
        select(occasion_people.c.occasion_id)
        .join(contacts, contacts.c.id == occasion_people.c.contact_id)
        .where(occasion_people.c.occasion_id == occasions.c.id, contacts.c.gone_at.is_(None))
    )
    return _of_kinds(connection, field, ~exists(named))


def with_unreachable_people(connection: Connection, field: Field) -> set[uuid.UUID]:
    """Return the occasions that name somebody whose possible zones share no hour, or, if near, one without a phone."""
    [phone] = [column for column in PLANNED_OF_CONTACTS if column.name == "phone"]
    phoneless = occasions.c.id.in_(_naming(field, phone.is_(None)))
    hourless = occasions.c.id.in_(_naming(field, _shares_no_hour(connection, field.basis)))
    found: set[uuid.UUID] = set()
    for name in field.kinds():
        condition = or_(hourless, phoneless & field.near(name))
        found.update(connection.execute(select(occasions.c.id).where(field.ahead(name), condition)).scalars())
    return found


def near_and_untold(connection: Connection, field: Field) -> set[uuid.UUID]:
    """Return the occasions with somebody whom no text reached, and so near that one may have come due for them."""
    reached = select(jobs.c.id).where(
        jobs.c.occasion_id == occasion_people.c.occasion_id,
        jobs.c.contact_id == occasion_people.c.contact_id,
        jobs.c.state.in_(_HEARD),
    )
    untold = exists(select(true()).where(occasion_people.c.occasion_id == occasions.c.id, ~exists(reached)))
    found: set[uuid.UUID] = set()
    for name in field.kinds():
        query = select(occasions.c.id).where(field.ahead(name), field.near(name), untold)
        found.update(connection.execute(query).scalars())
    return found


def told_otherwise(connection: Connection, field: Field) -> set[uuid.UUID]:
    """Return the occasions of which somebody was told another start than the present one, or that it is off."""
    is_off = cast(told.c.fields, Text).like('%"status"%')
    columns = (occasions.c.id, occasions.c.start, occasions.c.timezone, told.c.start.label("told"), told.c.fields)
    joined = select(*columns).join(told, told.c.occasion_id == occasions.c.id)
    found: set[uuid.UUID] = set()
    for name in field.kinds():
        query = joined.where(field.ahead(name), or_(told.c.start != occasions.c.start, is_off))
        rows = connection.execute(query).mappings()
        found.update(row["id"] for row in rows if not _says_the_same(row, field.basis))
    return found


def _says_the_same(row: RowMapping, basis: Basis) -> bool:
    """Tell whether what was told is the present start, written otherwise; of a zone that is none nothing is said."""
    try:
        zone = zone_of(row["timezone"] or basis.plan.timezone)
    except InputError:
        return True
    return has_heard(Told(row["told"], row["fields"]), row["start"], zone)


def _of_kinds(connection: Connection, field: Field, condition: ColumnElement[bool]) -> set[uuid.UUID]:
    found: set[uuid.UUID] = set()
    for name in field.kinds():
        found.update(connection.execute(select(occasions.c.id).where(field.ahead(name), condition)).scalars())
    return found


def _naming(field: Field, condition: ColumnElement[bool]) -> Select[tuple[uuid.UUID]]:
    """Return the query for the occasions that name a contact of whom the condition holds."""
    of_practice = contacts.c.practice == field.basis.practice
    people = select(contacts.c.id).select_from(CONTACTS_REACHED).where(of_practice, condition)
    return select(occasion_people.c.occasion_id).where(occasion_people.c.contact_id.in_(people))


def _shares_no_hour(connection: Connection, basis: Basis) -> ColumnElement[bool]:
    """Return the condition on contacts that no hour of a weekday is open in all zones that their number may be in."""
    zones = cast(contacts.c.phone_zones, Text)
    several = (contacts.c.practice == basis.practice) & contacts.c.timezone.is_(None) & zones.like("%,%")
    written = connection.execute(select(zones.label("written"), contacts.c.phone_zones).where(several).distinct()).all()
    bad = [row.written for row in written if not basis.plan.window.has_common_hour(tuple(row.phone_zones))]
    theirs = select(contacts.c.id).where(several, zones.in_(bad))
    return or_(contacts.c.id.in_(theirs), contacts.c.via_id.in_(theirs)) if bad else false()
