"""What an attempt keeps as proof of what it rested on: template, window, consent, and who caused it."""

import hashlib
from typing import Any

import pytest

from jobs import consent
from jobs.database import Database
from jobs.states import Origin
from tests.storage.builders import NOW
from tests.storage.delivering import (
    REMINDER,
    ScriptedProvider,
    attempts_of,
    make_delivery,
    open_practice,
    queue_one_off,
    queue_reminder,
)


def attempt_at(database: Database, job_id: Any) -> dict[str, Any]:
    """Deliver a job and return its only attempt."""
    make_delivery(database, ScriptedProvider()).deliver([job_id])
    [attempt] = attempts_of(database, [job_id])
    return dict(attempt)


def test_the_hash_is_of_the_template_s_source_in_the_language_it_was_written_in(database: Database) -> None:
    open_practice(database)
    attempt = attempt_at(database, queue_reminder(database))
    assert attempt["language"] == "en"
    assert attempt["template_hash"] == hashlib.sha256(REMINDER.encode()).hexdigest()


def test_own_words_have_no_template_and_no_hash(database: Database) -> None:
    open_practice(database)
    attempt = attempt_at(database, queue_one_off(database))
    assert (attempt["template"], attempt["template_hash"]) == (None, None)


def test_a_reminder_keeps_its_rule_and_step_by_their_names_of_then(database: Database) -> None:
    open_practice(database)
    attempt = attempt_at(database, queue_reminder(database))
    assert attempt["caused_by"] == {
        "origin": "reminder",
        "planned_under": "r-1",
        "rule": "consultation",
        "step": "day-before",
        "repeat": 1,
    }


def test_a_one_off_keeps_who_sent_it(database: Database) -> None:
    open_practice(database)
    attempt = attempt_at(database, queue_one_off(database, sent_by={"name": "Zoé", "way": "command line"}))
    assert attempt["caused_by"] == {
        "origin": Origin.ONE_OFF,
        "planned_under": None,
        "sent_by": {"name": "Zoé", "way": "command line"},
    }


@pytest.mark.parametrize(
    ("ignores", "hours", "ends"),
    [(False, "sending", "2026-03-03T01:00:00+00:00"), (True, "ignored", "2026-03-03T15:00:00+00:00")],
)
def test_the_window_says_whose_hours_were_relied_on_and_their_end(
    database: Database, *, ignores: bool, hours: str, ends: str
) -> None:
    open_practice(database)
    attempt = attempt_at(database, queue_one_off(database, ignore_quiet_hours=ignores))
    assert (attempt["window"]["hours"], attempt["window"]["ends"]) == (hours, ends)


def test_the_consent_is_what_the_practice_asks_for_and_the_newest_word(database: Database) -> None:
    open_practice(database, consent_commercial="implied")
    said = consent.ConsentWord(
        practice="northlight", number="+15145550101", what="consent", purpose="commercial", source="mail", by="ana"
    )
    database.write(lambda connection: consent.record(connection, [said], now=NOW))
    service = attempt_at(database, queue_one_off(database))
    commercial = attempt_at(database, queue_one_off(database, purpose="commercial"))
    assert service["consent"] == {"purpose": "service", "asked_for": "assumed", "word": None}
    assert commercial["consent"] == {"purpose": "commercial", "asked_for": "implied", "word": "consent"}
