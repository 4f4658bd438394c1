"""How senders and providers are: pauses, pace, breaker, what came of the last day; and whom a silent provider keeps.

Rows in, values out; nobody is asked over the network.
"""

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, select

from jobs.records import jobs, providers, senders
from jobs.senders import PROVIDER, RULE, PauseInForce, pauses_in_force
from jobs.states import State
from jobs.taking.rooms import CLOSED
from scheduler.asking.overview.standing import IS_IN_FLIGHT, IS_STANDING, IS_WAITING

LATELY: Final = dt.timedelta(hours=24)
ARRIVED: Final = (State.SENT, State.DELIVERED)
MISSED: Final = (State.UNDELIVERED, State.FAILED, State.IN_DOUBT)


@dataclass(frozen=True, slots=True, kw_only=True)
class SenderHealth:
    """A sender: what holds it (None: nothing), and its texts due in the last day that went out and that did not."""

    id: str
    number: str
    provider: str
    segments_per_second: float
    slowed_until: dt.datetime | None
    pause: PauseInForce | None
    went: int
    missed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderHealth:
    """A provider: its breaker (`closed` is well), since when, its room, and what holds it."""

    id: str
    breaker: str
    since: dt.datetime | None
    in_flight: int
    room: int
    pause: PauseInForce | None

    @property
    def is_silent(self) -> bool:
        """Tell whether its breaker is not closed."""
        return self.breaker != CLOSED


@dataclass(frozen=True, slots=True)
class Kept:
    """If a silence lasts until then: so many people are told later than planned, so many of them not at all."""

    until: dt.datetime
    people: int
    lost: int


def sender_health(connection: Connection, practice: str, now: dt.datetime) -> list[SenderHealth]:
    """Return a practice's senders by id."""
    pauses = pauses_in_force(connection, [practice], now)
    came = _came_of(connection, practice, now)
    query = select(senders).where(senders.c.practice == practice, ~senders.c.gone).order_by(senders.c.id)
    return [
        SenderHealth(
            id=row.id,
            number=row.number,
            provider=row.provider,
            segments_per_second=row.segments_per_second,
            slowed_until=row.next_free if row.next_free is not None and row.next_free > now else None,
            pause=next((each for each in pauses if _holds(each, practice, row.id, row.provider)), None),
            went=sum(came[row.id, state] for state in ARRIVED),
            missed=sum(came[row.id, state] for state in MISSED),
        )
        for row in connection.execute(query)
    ]


def provider_health(connection: Connection, practice: str, now: dt.datetime) -> list[ProviderHealth]:
    """Return the providers that a practice's senders use, by id."""
    pauses = pauses_in_force(connection, [practice], now)
    used = select(senders.c.provider).where(senders.c.practice == practice, ~senders.c.gone)
    busy = select(jobs.c.provider, func.count()).where(IS_IN_FLIGHT).group_by(jobs.c.provider)
    flying: Mapping[str, int] = {row[0]: row[1] for row in connection.execute(busy)}
    query = select(providers).where(providers.c.id.in_(used)).order_by(providers.c.id)
    return [
        ProviderHealth(
            id=row.id,
            breaker=row.breaker,
            since=row.since,
            in_flight=flying.get(row.id, 0),
            room=row.in_flight,
            pause=next((each for each in pauses if each.pause.scope == PROVIDER and each.pause.target == row.id), None),
        )
        for row in connection.execute(query)
    ]


def if_it_lasts(connection: Connection, practice: str, provider: str, zone: ZoneInfo, now: dt.datetime) -> list[Kept]:
    """Return whom a provider's silence keeps waiting, if it lasts until the next half hours and the hour after."""
    query = select(senders.c.id).where(senders.c.practice == practice, senders.c.provider == provider)
    theirs = list(connection.scalars(query))
    return [_kept(connection, practice, theirs, until) for until in _moments(now, zone)]


def _kept(connection: Connection, practice: str, theirs: Sequence[str], until: dt.datetime) -> Kept:
    people = func.count(jobs.c.contact_id.distinct()) + func.count(jobs.c.to_number.distinct())
    waiting = jobs.c.practice == practice, IS_WAITING, jobs.c.sender.in_(theirs), jobs.c.due_at < until
    late = connection.scalar(select(people).where(*waiting)) or 0
    lost = connection.scalar(select(people).where(*waiting, jobs.c.useful_until <= until)) or 0
    return Kept(until, late, lost)


def _moments(now: dt.datetime, zone: ZoneInfo) -> list[dt.datetime]:
    """Return the next two half hours and the hour after them: at 10:05, 10:30, 11:00 and 12:00."""
    local = now.astimezone(zone).replace(second=0, microsecond=0)
    first = (local + dt.timedelta(minutes=30 - local.minute % 30)).astimezone(dt.UTC)
    return [first, first + dt.timedelta(minutes=30), first + dt.timedelta(minutes=90)]


def _came_of(connection: Connection, practice: str, now: dt.datetime) -> Counter[tuple[str, State]]:
    found: Counter[tuple[str, State]] = Counter()
    for state in (*ARRIVED, *MISSED):
        query = (
            select(jobs.c.sender, func.count())
            .where(jobs.c.practice == practice, IS_STANDING, jobs.c.state == state.value)
            .where(jobs.c.due_at >= now - LATELY, jobs.c.due_at <= now)
            .group_by(jobs.c.sender)
        )
        for sender, count in connection.execute(query):
            found[sender, state] = count
    return found


def _holds(each: PauseInForce, practice: str, sender: str, provider: str) -> bool:
    if each.pause.scope == RULE:
        return False
    return each.pause.covers(practice=practice, rule=None, sender=sender, provider=provider)
