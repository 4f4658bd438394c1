"""Builders with a default for everything: terms, facts of a reminder, a draft. Nothing here is in a database."""

import datetime as dt
import uuid
from typing import Any
from zoneinfo import ZoneInfo

from jobs.drafts import About, ClaimedJob, Draft, Facts, Person
from jobs.states import Origin
from jobs.terms import KindTerms, SenderTerms, TemplateTerms, Terms
from jobs.windows import Calendar, SendingWindow

TORONTO = ZoneInfo("America/Toronto")


def at(local: str, zone: str = "America/Toronto") -> dt.datetime:
    """Return the UTC moment of a local time (`2026-11-29 15:00`)."""
    return dt.datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(zone)).astimezone(dt.UTC)


NOW = at("2026-11-29 15:00")
START = "2026-12-01T09:30"
"""A Tuesday."""


def make_terms(**changes: Any) -> Terms:
    """Return the terms of a practice in Toronto that texts every day from 9 to 20, without a cap."""
    values: dict[str, Any] = {
        "practice": "northlight",
        "name": "Northlight Law",
        "phone": "+15145550100",
        "timezone": "America/Toronto",
        "country": "CA",
        "languages": ("en", "fr"),
        "sending_window": {"mon-sun": "09:00-20:00", "holidays": "09:00-20:00"},
        "countries": ("CA", "US"),
        "senders": (SenderTerms(id="main", number="+15145550100", provider="terminal"),),
        "kinds": {
            "appointment": KindTerms(fields={"place": "text", "mode": "word", "tags": "words", "expires": "day"}),
            "payment": KindTerms(dated="day", fields={"amount": "money"}),
        },
        "contact_fields": {"salutation": "text"},
        "templates": {"reminder": TemplateTerms(sources={"en": "Hello."})},
        "plan_hashes": {"consultation/day-before": "h1"},
    }
    return Terms(**(values | changes))


def make_job(**changes: Any) -> ClaimedJob:
    """Return a claimed reminder, useful for a day."""
    values: dict[str, Any] = {
        "id": uuid.UUID(int=1),
        "practice": "northlight",
        "origin": Origin.REMINDER,
        "fence": 1,
        "due_at": NOW,
        "useful_until": NOW + dt.timedelta(days=1),
        "sender": "main",
        "provider": "terminal",
        "rule_step": "consultation/day-before",
        "plan_hash": "h1",
        "template": "reminder",
    }
    return ClaimedJob(**(values | changes))


def make_about(**changes: Any) -> About:
    """Return an appointment at START in Toronto."""
    return About(**({"kind": "appointment", "start": START} | changes))


def make_person(**changes: Any) -> Person:
    """Return a person with a Canadian number and no language of their own."""
    return Person(**({"name": "Jane Doe", "first_name": "Jane", "phone": "+15145550101"} | changes))


def make_facts(**changes: Any) -> Facts:
    """Return the facts of a reminder that nothing forbids; `job`, `terms`, `occasion`, `contact` may be given."""
    terms = changes.pop("terms", None) or make_terms()
    values: dict[str, Any] = {
        "job": make_job(),
        "terms": terms,
        "revision": "r-1",
        "window": SendingWindow.read(terms.sending_window, Calendar()),
        "zones": ("America/Toronto",),
        "number": "+15145550101",
        "contact": make_person(),
        "occasion": make_about(),
    }
    return Facts(**(values | changes))


def make_draft(text: str = "See you Tuesday, December 1 at 9:30 a.m.", **changes: Any) -> Draft:
    """Return a draft of one segment in English."""
    values: dict[str, Any] = {"text": text, "segments": 1, "encoding": "GSM-7", "language": "en", "revision": "r-1"}
    return Draft(**(values | changes))
