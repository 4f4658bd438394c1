"""The time machine: what would be sent in days to come and why, and how a draft would have done in months past.

Asked of the simulation, which is the planner and the gates themselves; nothing is sent or changed.
"""

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus
from itertools import groupby
from typing import Annotated, Final
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from sqlalchemy import Connection, func, select

from jobs.errors import NotFoundError
from jobs.records import occasions
from jobs.states import State
from scheduler.identities.rights import Right
from scheduler.planning.timing import add_months
from scheduler.publishing.history import find_revision
from scheduler.rulebook.schema import Rulebook
from scheduler.simulate import Fate, Likeness, Period, Untexted, back_test, counts_by_rule, find_contact, simulate
from scheduler.web.people import Person
from scheduler.web.place import Here
from scheduler.web.practices import zone_info_of
from scheduler.web.rules.desk import Reader, enter, look_over
from scheduler.web.showing import show
from scheduler.web.words import sentence
from scheduler.why.words import how_computed, why_none

router = APIRouter()

DAYS: Final = (1, 3, 7, 14, 31)
USUAL_DAYS: Final = 7
MONTHS_BACK: Final = -2
MOST_SHOWN: Final = 200
MOST_OCCASIONS: Final = 20_000
"""More take minutes: they are for the command line."""
DRAFT: Final = "draft"
LIKENESSES: Final = (
    (Likeness.SAME, sentence("the same")),
    (Likeness.OTHER_TIME, sentence("at another time")),
    (Likeness.OTHER_WORDS, sentence("in other words")),
    (Likeness.ONLY_REALLY, sentence("only really")),
    (Likeness.ONLY_DRAFT, sentence("only by the draft")),
    (Likeness.CHANGED_SINCE, sentence("cannot be told")),
)
PASSED: Final = sentence("This day has passed: what was sent then is compared with a draft, under the other tab.")
UNREADABLE: Final = sentence("This is no day.")
FAR: Final = sentence("Look at most a year ahead or back.")
NO_CONTACT: Final = sentence("There is no such contact.")
TOO_MANY: Final = sentence("There are too many occasions for a page: `quietbell simulate` looks at all of them.")
NO_RULES: Final = sentence("Nothing is published yet, so nothing would be sent.")
WRONG_DRAFT: Final = sentence("Your draft has errors: mend them first, then it can be run.")
AHEAD_ONLY: Final = sentence("This day lies ahead: a draft is compared with what was sent.")
A_YEAR: Final = dt.timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that would happen, or would not: when, in which state (None: no text), about what, and why."""

    at: dt.datetime
    state: State | None
    step: str
    about: str
    contact: str | None
    name: str
    text: str | None
    why: Sequence[str]


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for, as it was typed, and what is wrong with it, by field."""

    contact: str
    since: str
    days: int
    against: str
    wrong: dict[str, str]


ShortText = Annotated[str, Query(max_length=200)]


@router.get("/time-machine")
def time_machine(  # noqa: PLR0913, PLR0917 - what is asked stands in the address
    request: Request,
    here: Here,
    person: Reader,
    contact: ShortText = "",
    since: Annotated[str, Query(alias="from", max_length=20)] = "",
    days: int = USUAL_DAYS,
    against: ShortText = "",
) -> HTMLResponse:
    """Show what would be sent from a day on, or how a draft or an earlier revision compares with what was sent."""
    zone = zone_info_of(request, person.practice)
    asked = Asked(contact.strip(), since.strip(), days if days in DAYS else USUAL_DAYS, against.strip(), {})
    with here.database.read() as connection:
        now = here.database.moment(connection)
        values: dict[str, object] = {"told": None, "compared": None, "counts": {}}
        if not _is_too_much(connection, person.practice, asked):
            found = _compare if asked.against else _look_ahead
            values |= found(request, here, person, connection, asked, (now, zone))
    return show(
        request,
        "time_machine/page.html.j2",
        status=HTTPStatus.OK,
        asked=asked,
        days=DAYS,
        today=now.astimezone(zone).date(),
        likenesses=LIKENESSES,
        may_draft=person.may(Right.PUBLISH),
        shows_words=person.may(Right.REVEAL),
        most=MOST_SHOWN,
        **values,
    )


def _look_ahead(
    _request: Request,
    _here: Here,
    person: Person,
    connection: Connection,
    asked: Asked,
    at: tuple[dt.datetime, ZoneInfo],
) -> dict[str, object]:
    now, zone = at
    begins = _begins(asked, now, zone) or now
    if begins.astimezone(zone).date() < now.astimezone(zone).date():
        asked.wrong["from"] = PASSED
    elif begins > now + A_YEAR:
        asked.wrong["from"] = FAR
    if asked.wrong:
        return {}
    begins = max(begins, now)
    until = (begins.astimezone(zone) + dt.timedelta(days=asked.days)).astimezone(dt.UTC)
    try:
        found = simulate(connection, person.practice, Period(begins, until), now)
    except NotFoundError:
        asked.wrong["all"] = NO_RULES
        return {}
    try:
        found = found.of_contacts(find_contact(connection, person.practice, asked.contact)) if asked.contact else found
    except NotFoundError:
        asked.wrong["contact"] = NO_CONTACT
        return {}
    told = [_fate(fate, found.dated_at, zone.key) for fate in found.fates]
    if asked.contact:
        told += [_untexted(each, zone.key) for each in found.untexted]
    told.sort(key=lambda each: each.at)
    by_day = groupby(told[:MOST_SHOWN], key=lambda each: each.at.astimezone(zone).date())
    return {
        "told": {day: list(each) for day, each in by_day},
        "total": len(told),
        "counts": Counter(fate.state for fate in found.fates),
        "period": found.period,
        "revision": found.revision,
    }


def _compare(  # noqa: PLR0913, PLR0917 - one of two ways to answer, asked alike
    request: Request, here: Here, person: Person, connection: Connection, asked: Asked, at: tuple[dt.datetime, ZoneInfo]
) -> dict[str, object]:
    now, zone = at
    today = dt.datetime.combine(now.astimezone(zone).date(), dt.time())
    usual = add_months(today, MONTHS_BACK).replace(tzinfo=zone).astimezone(dt.UTC)
    begins = _begins(asked, now, zone) or usual
    if begins >= now:
        asked.wrong["from"] = AHEAD_ONLY
    elif begins < now - A_YEAR:
        asked.wrong["from"] = FAR
    rulebook = _rulebook(request, here, person, connection, asked)
    if asked.wrong or rulebook is None:
        return {}
    found = back_test(connection, rulebook, Period(begins, now))
    try:
        found = found.of_contacts(find_contact(connection, person.practice, asked.contact)) if asked.contact else found
    except NotFoundError:
        asked.wrong["contact"] = NO_CONTACT
        return {}
    different = [each for each in found.compared if each.likeness is not Likeness.SAME]
    return {
        "compared": different[:MOST_SHOWN],
        "total": len(different),
        "was_sent": found.was_sent,
        "counts": Counter(each.likeness for each in found.compared),
        "by_rule": counts_by_rule(found.compared),
        "period": found.period,
        "revision": found.draft,
    }


def _rulebook(request: Request, here: Here, person: Person, connection: Connection, asked: Asked) -> Rulebook | None:
    """Return the rulebook to compare: one's own draft, or a revision."""
    if asked.against != DRAFT:
        return find_revision(connection, person.practice, asked.against).rulebook()
    rulebook = look_over(request, person, enter(here, person).edit.files).rulebook()
    if rulebook is None:
        asked.wrong["against"] = WRONG_DRAFT
    return rulebook


def _begins(asked: Asked, now: dt.datetime, zone: ZoneInfo) -> dt.datetime | None:
    """Return the beginning of the day that was asked for; None for none, and `wrong` says what is wrong with it."""
    if not asked.since:
        return None
    try:
        day = dt.date.fromisoformat(asked.since)
        return now if day == now.astimezone(zone).date() else _midnight(day, zone)
    except (ValueError, OverflowError):
        asked.wrong["from"] = UNREADABLE
        return None


def _midnight(day: dt.date, zone: ZoneInfo) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), zone).astimezone(dt.UTC)


def _is_too_much(connection: Connection, practice: str, asked: Asked) -> bool:
    known = select(occasions.c.id).where(occasions.c.practice == practice, occasions.c.gone_at.is_(None))
    count = connection.execute(
        select(func.count()).select_from(known.limit(MOST_OCCASIONS + 1).subquery())
    ).scalar_one()
    if count > MOST_OCCASIONS:
        asked.wrong["all"] = TOO_MANY
    return count > MOST_OCCASIONS


def _fate(fate: Fate, dated_at: dict[uuid.UUID, dt.datetime], zone: str) -> Told:
    job = fate.job
    why: list[str] = []
    if fate.decision is not None and job.occasion_id in dated_at:
        why += how_computed(fate.decision, dated_at[job.occasion_id], zone)
    why += [f"Held: {wait.reason}." for wait in fate.waits]
    if job.reason and fate.state is not State.SENT:
        why.append(f"{job.reason[0].upper()}{job.reason[1:]}.")
    why += [f"Warning: {each}." for each in fate.warnings]
    step = f"{job.rule}/{job.step}" if job.rule else job.origin.replace("_", "-")
    named = fate.named
    about = f"{named.kind} {named.occasion}" if named.occasion else ""
    return Told(fate.at, fate.state, step, about, named.contact, named.name, fate.body, why)


def _untexted(each: Untexted, zone: str) -> Told:
    decision, named = each.decision, each.named
    none = why_none(decision) if not decision.is_job else "Its moment had passed, or there is no sender."
    why = [*how_computed(decision, each.dated_at, zone), none]
    step = f"{decision.rule}/{decision.of.step}"
    return Told(each.at, None, step, f"{named.kind} {named.occasion}", named.contact, named.name, None, why)
