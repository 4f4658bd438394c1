"""What each part of the overview shows: a practice's rooms are asked, plain values for a template come out."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from jobs import spending
from jobs.states import State
from jobs.terms import Terms
from scheduler.asking.overview import ahead, health, pace, pressing, standing
from scheduler.planning.basis import basis_of
from scheduler.publishing.revisions import Current
from scheduler.unreached import Asked, UnreachedPerson, list_unreached
from scheduler.web.overview.links import jobs_link, waiting_link

FIRST: Final = 8
"""So many of the unreached stand on the first page."""
TELLING: Final = tuple(state for state in State)


@dataclass(frozen=True, slots=True)
class Field:
    """What a part is asked of: the practice's revision in force, its zone, and the present moment."""

    connection: Connection
    current: Current
    now: dt.datetime

    @property
    def practice(self) -> str:
        """Return whose it is."""
        return self.current.terms.practice

    @property
    def zone(self) -> ZoneInfo:
        """Return the practice's zone."""
        return ZoneInfo(self.current.terms.timezone)


@dataclass(frozen=True, slots=True)
class Month:
    """What a month's texts have cost so far with what is reserved, against the cap (None: there is none)."""

    spent: Decimal
    currency: str
    cap: Decimal | None
    warn_at: Decimal

    @property
    def tone(self) -> str:
        """Return how it looks: bad at the cap, warn from where the practice wants to be warned."""
        if self.cap is None or self.spent < self.cap * self.warn_at:
            return ""
        return "bad" if self.spent >= self.cap else "warn"


def unreached(field: Field, *, phoned_too: bool = False) -> list[UnreachedPerson]:
    """Return who has to be phoned, soonest first."""
    current = field.current
    basis = basis_of(current.revision, current.rulebook, current.plan)
    languages = current.rulebook.practice.languages
    return list_unreached(field.connection, basis, languages, Asked(phoned_too=phoned_too), field.now)


def pressing_part(field: Field) -> Mapping[str, object]:
    """Return what else waits for a person."""
    found = pressing.pressing(field.connection, field.practice, field.now)
    return {
        "pressing": found,
        "doubt_link": jobs_link([State.IN_DOUBT], zone=field.zone),
        "blocked_link": jobs_link(
            [State.BLOCKED], due_from=found.blocked_from, zone=field.zone, reason=pressing.CONTENT
        ),
    }


def people_part(field: Field) -> Mapping[str, object]:
    """Return the first of those who have to be phoned, and how many there are."""
    found = unreached(field)
    return {"people": found[:FIRST], "people_total": len(found)}


def standing_part(field: Field) -> Mapping[str, object]:
    """Return jobs by state, the oldest that is due, and how late texts go."""
    found = standing.standing(field.connection, field.practice, field.now)
    return {
        "standing": found,
        "links": {state: jobs_link([state], zone=field.zone) for state in TELLING},
        "overdue_link": waiting_link(due_to=field.now + dt.timedelta(minutes=1), zone=field.zone),
        "overdue_seconds": (field.now - found.oldest_due).total_seconds() if found.oldest_due else 0.0,
        "late": pace.lateness(field.connection, field.practice, field.now),
        "late_link": jobs_link(pace.GONE_OUT, due_from=field.now - pace.LATELY, zone=field.zone),
    }


def days_part(field: Field) -> Mapping[str, object]:
    """Return texts and money of the last days, and the month against its cap."""
    found = pace.days(field.connection, field.practice, field.zone, field.now)
    rows = [(each, jobs_link(pace.GONE_OUT, due_from=each.begins, due_to=each.ends, zone=field.zone)) for each in found]
    return {"days": rows, "month": month(field.connection, field.current.terms, field.now)}


def hours_part(field: Field) -> Mapping[str, object]:
    """Return the next hours."""
    terms = field.current.terms
    found = ahead.hours_ahead(field.connection, field.practice, field.current.plan.window, terms.timezone, field.now)
    rows = [(each, waiting_link(due_from=each.begins, due_to=each.ends, zone=field.zone)) for each in found]
    return {"hours": rows, "hours_due": sum(each.due for each in found)}


def health_part(field: Field) -> Mapping[str, object]:
    """Return how senders and providers are, and whom a silence keeps."""
    connection, practice, now = field.connection, field.practice, field.now
    providers = health.provider_health(connection, practice, now)
    lasting = {
        each.id: [
            (kept, waiting_link(due_to=kept.until, zone=field.zone, provider=each.id))
            for kept in health.if_it_lasts(connection, practice, each.id, field.zone, now)
        ]
        for each in providers
        if each.is_silent
    }
    since, zone = now - health.LATELY, field.zone
    senders = health.sender_health(connection, practice, now)
    ways = {
        each.id: (
            jobs_link(health.ARRIVED, due_from=since, due_to=now, zone=zone, sender=each.id),
            jobs_link(health.MISSED, due_from=since, due_to=now, zone=zone, sender=each.id),
        )
        for each in senders
    }
    return {"senders": senders, "ways": ways, "providers": providers, "lasting": lasting}


def month(connection: Connection, terms: Terms, now: dt.datetime) -> Month | None:
    """Return how this month's money stands; None where the practice keeps no account of it."""
    if terms.spending is None:
        return None
    key = (terms.practice, spending.month_of(now, terms.timezone))
    money = spending.read_months(connection, [key])[key]
    return Month(money.all, terms.spending.currency, terms.spending.monthly_cap, terms.spending.warn_at)


Part = Callable[[Field], Mapping[str, object]]
PARTS: Final[Mapping[str, Part]] = {
    "pressing": pressing_part,
    "people": people_part,
    "standing": standing_part,
    "days": days_part,
    "hours": hours_part,
    "health": health_part,
}
"""The parts of the page, by name: each is a template, and comes again by itself."""
