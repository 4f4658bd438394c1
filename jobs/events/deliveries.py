"""A delivery's life: taken by one process, done, tried again on the schedule, dead, and sent again by a person.

Deliveries come out, what came of them goes in. A contact's events go to an endpoint one after the other; see `take`.
"""

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, and_, delete, exists, not_, or_, select, text, update

from jobs.errors import NotFoundError
from jobs.records import deliveries, endpoints, events
from jobs.records.events import OPEN_DELIVERY_SQL
from jobs.sealing import unseal

SCHEDULE: Final = (
    dt.timedelta(),
    dt.timedelta(seconds=5),
    dt.timedelta(minutes=5),
    dt.timedelta(minutes=30),
    dt.timedelta(hours=2),
    dt.timedelta(hours=5),
    dt.timedelta(hours=10),
    dt.timedelta(hours=14),
    dt.timedelta(hours=20),
    dt.timedelta(hours=24),
)
"""When each attempt is made, counted from the first: the steps of Standard Webhooks, a day in all."""
MOST_ATTEMPTS: Final = len(SCHEDULE)
LEASE: Final = dt.timedelta(minutes=2)
"""A delivery that was taken and of which nothing came by then is taken again: whoever had it is dead."""
HELD_BACK_FOR: Final = dt.timedelta(hours=2)
"""So long a contact's earlier event that cannot be delivered keeps the later ones back."""
_JITTER: Final = 0.1
_LONGEST_ANSWER: Final = 300
_IS_OPEN: Final = text(OPEN_DELIVERY_SQL)


@dataclass(frozen=True, slots=True)
class Taken:
    """A delivery that this process makes now, until its lease is over; `attempts` counts this one and is its fence."""

    id: int
    attempts: int
    event_id: uuid.UUID
    endpoint_id: uuid.UUID
    practice: str
    url: str
    secret: str
    kind: str
    at: dt.datetime
    payload: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Failed:
    """A taken delivery that did not arrive, and why, for people; `wait`: so long its endpoint asks to be left alone."""

    delivery: Taken
    answer: str
    wait: dt.timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A delivery as people see it; `id` is its place in the list."""

    id: int
    event_id: uuid.UUID
    endpoint_id: uuid.UUID
    url: str
    kind: str
    at: dt.datetime
    attempts: int
    next_at: dt.datetime
    done_at: dt.datetime | None
    dead_at: dt.datetime | None
    answer: str | None


@dataclass(frozen=True, slots=True)
class Seen:
    """Which deliveries to show: one endpoint's (None: all), only dead ones, at most so many, after the one `before`."""

    endpoint_id: uuid.UUID | None = None
    only_dead: bool = False
    most: int = 50
    before: int | None = None


def is_due(connection: Connection, channel: str, *, now: dt.datetime) -> bool:
    """Tell whether something may be taken over a channel: asked first, so that an idle turn writes nothing."""
    due = select(deliveries.c.id).join(endpoints, endpoints.c.id == deliveries.c.endpoint_id)
    mine = due.where(*_goes_over(channel), _IS_OPEN, deliveries.c.next_at <= now)
    return connection.execute(mine.limit(1)).first() is not None


def take(connection: Connection, channel: str, *, most: int, now: dt.datetime, in_order: bool = True) -> list[Taken]:
    """Return due deliveries over a channel, up to `most` for each endpoint, for this process alone until the lease.

    `in_order`: none whose contact has an earlier one to the same endpoint that is open and younger than two hours.
    """
    is_due = and_(_IS_OPEN, deliveries.c.next_at <= now)
    due = select(deliveries.c.endpoint_id).where(is_due).distinct()
    live = (*_goes_over(channel), endpoints.c.id.in_(due))
    found = connection.execute(select(endpoints).where(*live).order_by(endpoints.c.id)).mappings().all()
    taken = []
    for endpoint in found:
        mine = select(deliveries.c.id).where(is_due, deliveries.c.endpoint_id == endpoint["id"])
        if in_order:
            mine = mine.where(_is_first(now))
        chosen = mine.order_by(deliveries.c.next_at, deliveries.c.id).limit(most).with_for_update(skip_locked=True)
        taken += _claimed(connection, endpoint, connection.execute(chosen).scalars().all(), now)
    return taken


def delivered(connection: Connection, done: Collection[Taken], *, now: dt.datetime) -> None:
    """Write that deliveries arrived, whoever holds them by now: a receiver that has an event needs it no more."""
    ids = [each.id for each in done]
    if ids:
        chosen = update(deliveries).where(deliveries.c.id.in_(ids), deliveries.c.done_at.is_(None))
        connection.execute(chosen.values(done_at=now, dead_at=None, answer="delivered"))


def failed(
    connection: Connection, given: Sequence[Failed], jitter: Callable[[], float], *, now: dt.datetime
) -> Counter[str]:
    """Write that attempts failed: each is tried again on the schedule, or dead after the last; return how many of each.

    `jitter` returns a number from 0 to 1. What another process has taken meanwhile is left to it. An endpoint that asks
    for time is given it, up to the schedule's last step.
    """
    counts: Counter[str] = Counter()
    for each in given:
        attempts = each.delivery.attempts
        values: dict[str, object] = {"answer": each.answer[:_LONGEST_ANSWER]}
        is_last = attempts >= MOST_ATTEMPTS
        mine = (deliveries.c.id == each.delivery.id, deliveries.c.attempts == attempts, _IS_OPEN)
        if is_last:
            values["dead_at"] = now
        else:
            since = connection.execute(select(deliveries.c.since).where(*mine)).scalar() or now
            planned = since + SCHEDULE[attempts] * (1 + _JITTER * jitter())
            asked = min(now + (each.wait or dt.timedelta()), since + SCHEDULE[-1])
            values["next_at"] = max(planned, asked, now + SCHEDULE[1])
        written = connection.execute(update(deliveries).where(*mine).values(values)).rowcount
        counts["dead" if is_last else "failed"] += written
    return counts


def put_back(connection: Connection, given: Collection[Taken], *, until: dt.datetime) -> None:
    """Give back deliveries that were taken and never tried; they are due again at `until`."""
    for each in given:
        mine = (deliveries.c.id == each.id, deliveries.c.attempts == each.attempts, _IS_OPEN)
        connection.execute(update(deliveries).where(*mine).values(attempts=each.attempts - 1, next_at=until))


def dead_or_open(connection: Connection, practice: str, seen: Seen) -> list[Delivery]:
    """Return a practice's deliveries that have not arrived, the newest first."""
    columns = [deliveries.c[name] for name in Delivery.__dataclass_fields__ if name in deliveries.c]
    query = (
        select(*columns, endpoints.c.url, events.c.kind)
        .join(endpoints, endpoints.c.id == deliveries.c.endpoint_id)
        .join(events, events.c.id == deliveries.c.event_id)
        .where(endpoints.c.practice == practice, deliveries.c.done_at.is_(None))
        .order_by(deliveries.c.id.desc())
        .limit(seen.most)
    )
    if seen.endpoint_id is not None:
        query = query.where(deliveries.c.endpoint_id == seen.endpoint_id)
    if seen.before is not None:
        query = query.where(deliveries.c.id < seen.before)
    if seen.only_dead:
        query = query.where(deliveries.c.dead_at.is_not(None))
    return [Delivery(**row) for row in connection.execute(query).mappings()]


def send_again(
    connection: Connection,
    practice: str,
    event_ids: Collection[uuid.UUID] | None,
    *,
    now: dt.datetime,
    endpoint_id: uuid.UUID | None = None,
) -> int:
    """Let a practice's dead deliveries (None: all), and named ones that arrived, go again from the start; count them.

    Raises:
        NotFoundError: the practice has none of a named event to an endpoint that takes any.

    """
    live = select(endpoints.c.id).where(endpoints.c.practice == practice, endpoints.c.disabled_at.is_(None))
    wanted: list[ColumnElement[bool]] = [deliveries.c.endpoint_id.in_(live)]
    if endpoint_id is not None:
        wanted.append(deliveries.c.endpoint_id == endpoint_id)
    if event_ids is None:
        wanted.append(deliveries.c.dead_at.is_not(None))
    else:
        wanted.append(deliveries.c.event_id.in_(sorted(event_ids)))
        wanted.append(or_(deliveries.c.dead_at.is_not(None), deliveries.c.done_at.is_not(None)))
    afresh = {"attempts": 0, "since": None, "next_at": now, "dead_at": None, "done_at": None}
    count = connection.execute(update(deliveries).where(*wanted).values(afresh)).rowcount
    if event_ids and not count:
        message = "no such event of this practice has arrived or was given up: `quietbell endpoints events` lists them"
        raise NotFoundError(message)
    return count


def forget(connection: Connection, *, before: dt.datetime, most: int = 500) -> int:
    """Delete up to `most` events from before then of which no delivery is open, with their deliveries; count them."""
    is_open = exists().where(deliveries.c.event_id == events.c.id, _of_live_endpoint(), _IS_OPEN)
    old = select(events.c.id).where(events.c.at < before, not_(is_open)).order_by(events.c.at).limit(most)
    ids = connection.execute(old).scalars().all()
    if ids:
        connection.execute(delete(deliveries).where(deliveries.c.event_id.in_(ids)))
        connection.execute(delete(events).where(events.c.id.in_(ids)))
    return len(ids)


def forget_contact(connection: Connection, contact_ids: Collection[uuid.UUID]) -> int:
    """Delete every event about these contacts, delivered or not: they are erased. Return how many there were."""
    theirs = select(events.c.id).where(events.c.contact_id.in_(sorted(contact_ids)))
    connection.execute(delete(deliveries).where(deliveries.c.event_id.in_(theirs)))
    return connection.execute(delete(events).where(events.c.contact_id.in_(sorted(contact_ids)))).rowcount


def _goes_over(channel: str) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions of an endpoint that something goes to over a channel right now."""
    return endpoints.c.channel == channel, endpoints.c.disabled_at.is_(None), endpoints.c.paused_at.is_(None)


def _of_live_endpoint() -> ColumnElement[bool]:
    return deliveries.c.endpoint_id.in_(select(endpoints.c.id).where(endpoints.c.disabled_at.is_(None)))


def _is_first(now: dt.datetime) -> ColumnElement[bool]:
    """Return the condition that nothing earlier of the same contact keeps a delivery back."""
    earlier = deliveries.alias("earlier")
    keeps_back = and_(
        earlier.c.endpoint_id == deliveries.c.endpoint_id,
        earlier.c.contact_id == deliveries.c.contact_id,
        earlier.c.id < deliveries.c.id,
        earlier.c.done_at.is_(None),
        earlier.c.dead_at.is_(None),
        earlier.c.at > now - HELD_BACK_FOR,
    )
    return not_(exists().where(keeps_back))


def _claimed(connection: Connection, endpoint: Any, ids: Sequence[int], now: dt.datetime) -> list[Taken]:  # noqa: ANN401 - a row
    """Claim locked deliveries of an endpoint and return them with their events, in their order."""
    if not ids:
        return []
    claim = update(deliveries).where(deliveries.c.id.in_(ids))
    since = {"since": now}
    connection.execute(claim.where(deliveries.c.since.is_(None)).values(since))
    connection.execute(claim.values(attempts=deliveries.c.attempts + 1, next_at=now + LEASE))
    query = (
        select(deliveries.c.id, deliveries.c.attempts, events)
        .join(events, events.c.id == deliveries.c.event_id)
        .where(deliveries.c.id.in_(ids))
        .order_by(deliveries.c.id)
    )
    secret = unseal(connection, endpoint["secret"]) if endpoint["secret"] else ""
    return [
        Taken(
            row[0],
            row.attempts,
            row[2],
            endpoint["id"],
            endpoint["practice"],
            endpoint["url"],
            secret,
            row.kind,
            row.at,
            row.payload,
        )
        for row in connection.execute(query)
    ]
