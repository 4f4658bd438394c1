"""Events as rows of a kind: refs that last, fields in the shape that rules are written in."""

import datetime as dt
from typing import Any

import pytest

from scheduler.intake.calendars.event_rows import EventRow, event_row, ref_of
from scheduler.intake.calendars.events import Event
from scheduler.intake.calendars.people import Found
from scheduler.rulebook.schema import Calendar, Kind

KIND = Kind.model_validate({"fields": {"type": "word", "tags": "words", "place": "text", "fee": "money"}})
CALENDAR = Calendar.model_validate(
    {
        "id": "desk",
        "kind": "visit",
        "fields": {
            "type": "CATEGORIES",
            "tags": "CATEGORIES",
            "place": "LOCATION",
            "fee": "X-FEE",
            "case_ref": "X-CASE",
        },
        "defaults": {"type": "consultation"},
    }
)


def make_event(uid: str = "E-1", **values: Any) -> Event:
    start = {"start": "2026-12-01T10:00", "starts_at": dt.datetime(2026, 12, 1, 15, tzinfo=dt.UTC)}
    return Event(**{"uid": uid, **start, **values})


def row_of(**values: tuple[str, ...]) -> EventRow:
    named = {name.replace("_", "-"): value for name, value in values.items()}
    return event_row(make_event(values=named), Found("C-1"), CALENDAR, KIND, 1)


def test_a_ref_is_the_uid_and_the_original_day() -> None:
    assert ref_of(make_event("E-1")) == "E-1"
    assert ref_of(make_event("S-1", recurrence="2026-12-01")) == "S-1/2026-12-01"


@pytest.mark.parametrize("uid", ["x" * 500, "a  b", "a\tb", "é\x07"])
def test_a_uid_that_is_no_ref_becomes_one_that_is_always_the_same(uid: str) -> None:
    ref = ref_of(make_event(uid))
    assert ref == ref_of(make_event(uid))
    assert ref.startswith("uid-")
    assert len(ref) < 60


def test_fields_come_from_properties_as_rules_are_written() -> None:
    row = row_of(CATEGORIES=("First Visit", "Zoom"), LOCATION=("12 Main St",), X_FEE=("$80.00",), X_CASE=("K-1",)).row
    assert row is not None
    assert row.fields == {"type": "first_visit", "tags": ["first_visit", "zoom"], "place": "12 Main St", "fee": "80"}
    assert (row.given["case_ref"], row.given["contact"]) == ("K-1", "C-1")


def test_without_its_property_a_field_takes_its_default_or_is_cleared() -> None:
    row = row_of().row
    assert row is not None
    assert row.fields == {"type": "consultation", "tags": None, "place": None, "fee": None}


def test_a_value_that_cannot_be_kept_says_why() -> None:
    refused = row_of(X_FEE=("much",))
    assert refused.row is None
    assert refused.reason == "fee: 'much' is not a number: write it like 1234.50"


def test_a_version_is_given_only_where_there_is_one() -> None:
    plain, versioned = (
        event_row(make_event(version=version), Found("C-1"), CALENDAR, KIND, 1).row for version in (None, 3)
    )
    assert plain is not None
    assert versioned is not None
    assert ("version" in plain.given, versioned.given["version"]) == (False, 3)
