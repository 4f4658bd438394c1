"""What makes a job unique: the same words give the same identity for ever, any other word another."""

import uuid

import pytest

from jobs.store import (
    acknowledgement_identity,
    again_identity,
    correction_identity,
    one_off_identity,
    reminder_identity,
)

OCCASION = uuid.UUID("0190f5fe-7c00-7000-8000-000000000001")
WORDS: dict[str, object] = {
    "practice": "northlight",
    "rule": "appointment",
    "step": "day-before",
    "occasion_id": OCCASION,
    "role": "contact",
    "anchor": "2026-03-10T10:00",
    "repeat": 1,
}


def reminder(**changes: object) -> uuid.UUID:
    return reminder_identity(**(WORDS | changes))  # type: ignore[arg-type]  # named by the test


def test_an_identity_never_changes_between_releases() -> None:
    # Rows in databases carry it: whoever changes how it is reckoned tells everybody twice.
    assert reminder() == uuid.UUID("17fa9043-d2ab-f981-8f0a-3531a7b448b9")


@pytest.mark.parametrize(
    "changes",
    [
        {"practice": "southlight"},
        {"rule": "hearing"},
        {"step": "week-before"},
        {"occasion_id": uuid.UUID(int=2)},
        {"role": "interpreter"},
        {"anchor": "2026-03-10T10:00-05:00"},
        {"repeat": 2},
    ],
)
def test_any_part_makes_another_identity(changes: dict[str, object]) -> None:
    assert reminder(**changes) != reminder()


def test_the_parts_do_not_run_into_one_another() -> None:
    assert reminder(rule="a", step="b-c") != reminder(rule="a-b", step="c")
    assert reminder(rule='a","b', step="c") != reminder(rule="a", step='b","c')


def test_the_origins_have_identities_of_their_own() -> None:
    identities = {
        reminder(),
        correction_identity(practice="northlight", occasion_id=OCCASION, role="contact", change_count=1),
        acknowledgement_identity(practice="northlight", text_id=OCCASION),
        one_off_identity(practice="northlight", idempotency_key="k", recipient="C-1"),
        again_identity(job_id=OCCASION, count=1),
        again_identity(job_id=OCCASION, count=2),
    }
    assert len(identities) == 6


def test_one_key_for_two_recipients_is_two_jobs() -> None:
    first, second = (one_off_identity(practice="p", idempotency_key="k", recipient=ref) for ref in ("C-1", "C-2"))
    assert first != second
