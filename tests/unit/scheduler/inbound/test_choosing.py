"""Which of several occasions a reply is about: a table of cases, the last told first."""

import datetime as dt
import uuid
from typing import Any

import pytest

from jobs.terms import ReplyTerms, RuleTerms
from scheduler.inbound.candidates import Candidate, Stands
from scheduler.inbound.choosing import Asks, Sets, Tells, choose

NOW = dt.datetime(2026, 11, 29, 20, 0, tzinfo=dt.UTC)
VISITS = RuleTerms(
    id="visit",
    kind="appointment",
    replies={"confirmed": ReplyTerms(words=("C",)), "declined": ReplyTerms(words=("N",))},
)
PAYMENTS = RuleTerms(id="payment", kind="payment", replies={"confirmed": ReplyTerms(words=("PAID",))})
OPEN, MOVED, CANCELLED, PAST = Stands.OPEN, Stands.MOVED, Stands.CANCELLED, Stands.PAST


def make_candidate(number: int, stands: Stands = OPEN, *, days_ago: float = 0, **changes: Any) -> Candidate:
    values: dict[str, Any] = {
        "occasion_id": uuid.UUID(int=number),
        "contact_id": uuid.UUID(int=100),
        "rule": VISITS,
        "told_at": NOW - dt.timedelta(days=days_ago),
        "stands": stands,
        "answer": "none",
        "start": "2026-12-01T10:00",
        "told_start": "2026-12-01T10:00",
        "timezone": None,
        "remote": False,
        "contact_zone": None,
    }
    return Candidate(**(values | changes))


def answered(number: int, **changes: Any) -> Candidate:
    return make_candidate(number, answer="confirmed", **changes)


CASES = [
    ("nothing was told", [], "C", None),
    ("one is open", [make_candidate(1)], "C", ("sets", 1)),
    ("the words mean nothing", [make_candidate(1)], "maybe", None),
    ("it is over", [make_candidate(1, PAST)], "C", None),
    ("the last told is over, the one before is not", [make_candidate(2, PAST), make_candidate(1)], "C", ("sets", 1)),
    ("it was called off", [make_candidate(1, CANCELLED)], "C", ("tells", 1)),
    ("it was moved", [make_candidate(1, MOVED)], "C", ("tells", 1)),
    (
        "the last told was called off, another is open",
        [make_candidate(2, CANCELLED), make_candidate(1)],
        "C",
        ("tells", 2),
    ),
    ("two are open", [make_candidate(2), make_candidate(1, days_ago=1)], "C", ("asks", 2, 1)),
    ("two are open, the other long since told", [make_candidate(2), make_candidate(1, days_ago=3)], "C", ("sets", 2)),
    ("the other is answered", [make_candidate(2), answered(1)], "C", ("sets", 2)),
    ("the last told is answered, the other not", [answered(2), make_candidate(1)], "C", ("asks", 2, 1)),
    ("both are answered", [answered(2), answered(1)], "N", ("sets", 2)),
    ("the other was called off", [make_candidate(2), make_candidate(1, CANCELLED)], "C", ("sets", 2)),
    ("the other was moved", [make_candidate(2), make_candidate(1, MOVED)], "C", ("sets", 2)),
    ("only one takes the word", [make_candidate(2), make_candidate(1, rule=PAYMENTS)], "paid", ("sets", 1)),
    ("the last told takes another word", [make_candidate(2, rule=PAYMENTS), make_candidate(1)], "C", ("sets", 1)),
    ("an answer is changed", [answered(1)], "N", ("sets", 1)),
    ("five are open", [make_candidate(number) for number in (5, 4, 3, 2, 1)], "C", ("asks", 5, 4, 3, 2)),
]


def seen(found: Sets | Tells | Asks | None) -> tuple[object, ...] | None:
    match found:
        case Sets():
            return "sets", found.candidate.occasion_id.int
        case Tells():
            return "tells", found.candidate.occasion_id.int
        case Asks():
            return "asks", *(each.occasion_id.int for each in found.candidates)
    return None


@pytest.mark.parametrize(
    ("candidates", "words", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_a_reply_is_about(candidates: list[Candidate], words: str, expected: tuple[object, ...] | None) -> None:
    assert seen(choose(candidates, words)) == expected
