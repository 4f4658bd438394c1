"""The filters of the list of jobs, as they stand in its address: a query string in, a question out, and back. Pure."""

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import parse_qsl, urlencode
from zoneinfo import ZoneInfo

from jobs.errors import InputError
from jobs.phone import PhoneProblem, read_phone
from jobs.states import WAITING, State
from scheduler.asking.listing import UNDER_WAY, Place, Question
from scheduler.web.jobs.moments import read_bound, start_of_day

STATE, AFTER, WHEN = "state", "after", "when"
TEXTS: Final = ("contact", "number", "rule", "sender", "provider", "kind", "occasion", "error", "reason")
SPAN: Final = ("due_from", "due_to")
AHEAD, PAST, ANY = "ahead", "past", "any"
LONGEST: Final = 200
_OF_ANY_TIME: Final = frozenset({"contact", "number", "occasion", "error", "reason", *SPAN})
"""With one of these, jobs of any time are meant unless it is said otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What it takes to read filters: whose, in which zone and country, and when."""

    practice: str
    zone: ZoneInfo
    country: str
    now: dt.datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Filters as somebody gave them, what they ask, and what is wrong with them by field."""

    values: Mapping[str, str]
    states: tuple[State, ...]
    when: str
    question: Question
    after: Place | None
    problems: Mapping[str, str]

    @property
    def latest_first(self) -> bool:
        """Tell which way the list goes: what waits soonest first, what has been latest first."""
        waits = bool(self.states) and set(self.states) <= WAITING | UNDER_WAY
        return self.when == PAST or (self.when == ANY and not waits)

    @property
    def query(self) -> str:
        """Return the filters as they stand in an address, without the place of a page."""
        pairs = [(STATE, state.value) for state in self.states]
        pairs += [(name, self.values[name]) for name in (*TEXTS, *SPAN, WHEN) if name in self.values]
        return urlencode(pairs)

    @property
    def kept_query(self) -> str:
        """Return the same for a view that is kept: without anybody's number."""
        return urlencode([(name, value) for name, value in parse_qsl(self.query) if name != "number"])

    def page_after(self, place: Place | None) -> str:
        """Return the query of the page that begins after a place."""
        after = [] if place is None else [(AFTER, f"{place[0].isoformat()}~{place[1].hex}")]
        return "&".join(part for part in (self.query, urlencode(after)) if part)


def read_query(query: str, reading: Reading) -> Filters:
    """Return the filters of a query string."""
    return read_filters(parse_qsl(query[:5000]), reading)


def read_filters(pairs: Sequence[tuple[str, str]], reading: Reading) -> Filters:
    """Return the filters that names and values say; what cannot be read is a problem, and asks nothing.

    Raises:
        InputError: the place of a page is none that we gave.

    """
    known = {*TEXTS, *SPAN, WHEN, AFTER}
    values = {name: value.strip()[:LONGEST] for name, value in pairs if name in known and value.strip()}
    states = tuple(state for state in State if (STATE, state.value) in set(pairs))
    after = _place(values.pop(AFTER, None))
    when = values.get(WHEN, "")
    if when not in {AHEAD, PAST, ANY}:
        values.pop(WHEN, None)
        when = ANY if states or _OF_ANY_TIME & values.keys() else AHEAD
    problems: dict[str, str] = {}
    question = Question(
        practice=reading.practice,
        states=states,
        contact=values.get("contact"),
        number=values.get("number"),
        rule=values.get("rule"),
        sender=values.get("sender"),
        provider=values.get("provider"),
        kind=values.get("kind"),
        occasion=values.get("occasion"),
        error=values.get("error"),
        reason=values.get("reason"),
    )
    question = _with_number(question, reading, problems)
    question = _with_span(question, values, reading, problems)
    question = _with_when(question, when, reading)
    return Filters(values=values, states=states, when=when, question=question, after=after, problems=problems)


def _with_number(question: Question, reading: Reading, problems: dict[str, str]) -> Question:
    if question.number is None:
        return question
    read = read_phone(question.number, reading.country)
    if isinstance(read, PhoneProblem):
        problems["number"] = read.sentence
        return replace(question, number="")
    return replace(question, number=read.e164)


def _with_span(question: Question, values: Mapping[str, str], reading: Reading, problems: dict[str, str]) -> Question:
    found: dict[str, dt.datetime | None] = {}
    for name in SPAN:
        try:
            found[name] = read_bound(values.get(name, ""), reading.zone, is_end=name == "due_to")
        except InputError as error:
            problems[name] = str(error)
    return replace(question, due_from=found.get("due_from"), due_to=found.get("due_to"))


def _with_when(question: Question, when: str, reading: Reading) -> Question:
    if when == AHEAD and question.due_from is None:
        return replace(question, due_from=start_of_day(reading.now, reading.zone))
    if when == PAST and question.due_to is None:
        return replace(question, due_to=reading.now)
    return question


def _place(written: str | None) -> Place | None:
    if written is None:
        return None
    at, _, last = written.partition("~")
    try:
        moment = dt.datetime.fromisoformat(at)
        return (moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)).astimezone(dt.UTC), uuid.UUID(hex=last)
    except (ValueError, OverflowError):
        message = "no page of this list begins there: go back to its first page"
        raise InputError(message) from None
