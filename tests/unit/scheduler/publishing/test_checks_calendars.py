"""Checks of the calendars that a practice reads, each with its sentence."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from scheduler.publishing.checks.calendars import check_calendars
from scheduler.publishing.checks.subject import Subject
from scheduler.rulebook.schema import Practice, kinds_of
from tests.unit.scheduler.desks import Folder, read_folder

GOOD: Mapping[str, object] = {"id": "desk", "kind": "appointment", "contact": ["phone_in_text"]}


def told(root: Path, *calendars: Mapping[str, object], **practice: object) -> list[str]:
    """Return what the check says of calendars, without places."""
    desk = read_folder(root, Folder())
    given = {"practice": "acme", "name": "Acme", "timezone": "America/Toronto", "country": "CA", "languages": ["en"]}
    settings = Practice.model_validate({**given, "calendars": calendars, **practice})
    return [problem.text for problem in check_calendars(Subject(desk, settings, kinds_of(settings)))]


def test_a_plain_calendar_has_no_problem(tmp_path: Path) -> None:
    fields = {"place": "LOCATION", "case_ref": "X-CASE"}
    assert told(tmp_path, {**GOOD, "fields": fields, "defaults": {"mode": "in_person"}}) == []


def test_ids_are_unique(tmp_path: Path) -> None:
    assert told(tmp_path, GOOD, GOOD) == ["a calendar `desk` exists already. Give one of them another id"]


@pytest.mark.parametrize(
    ("changed", "line"),
    [
        ({"kind": "apointment"}, "unknown kind `apointment`. Did you mean `appointment`?"),
        ({"fields": {"plaec": "LOCATION"}}, "`appointment` has no field `plaec`. Did you mean `place`?"),
        (
            {"fields": {"place": "DTSTART"}},
            "`DTSTART` is read as the event's own date, status or id. Name another property",
        ),
        ({"defaults": {"moed": "x"}}, "`appointment` has no field `moed`. Did you mean `mode`?"),
        ({"defaults": {"mode": "in person"}}, "`mode` is a word, which `in person` is not"),
        (
            {"contact": []},
            "the calendar `desk` has no `contact`: each of its events waits until a person links it",
        ),
        (
            {"contact": ["attendee_email"]},
            "`attendee_email` looks at the contact field `email`. Add `contact_fields: {email: text}`",
        ),
    ],
)
def test_what_cannot_work_is_named(tmp_path: Path, changed: Mapping[str, object], line: str) -> None:
    assert told(tmp_path, {**GOOD, **changed}) == [line]


@pytest.mark.parametrize(
    ("type_name", "good", "bad"),
    [
        ("number", 5, "5"),
        ("money", 2, True),
        ("day", "2026-12-01", "soon"),
        ("moment", "2026-12-01T10:00", 5),
        ("yes_no", True, "yes"),
        ("words", "a b", 5),
    ],
)
def test_a_default_is_of_its_fields_type(tmp_path: Path, type_name: str, good: object, bad: object) -> None:
    kinds = {"visit": {"fields": {"own": type_name}}}
    fine = {**GOOD, "kind": "visit", "defaults": {"own": good}}
    assert told(tmp_path, fine, kinds=kinds) == []
    (line,) = told(tmp_path, {**fine, "defaults": {"own": bad}}, kinds=kinds)
    assert line.startswith(f"`own` is a {type_name}, which ")


def test_an_email_is_found_where_the_practice_keeps_one(tmp_path: Path) -> None:
    assert told(tmp_path, {**GOOD, "contact": ["attendee_email"]}, contact_fields={"email": "text"}) == []


@pytest.mark.parametrize("every", ["0 minutes", "2 weeks", "1 business day"])
def test_a_pace_is_in_minutes_hours_or_days(every: str) -> None:
    with pytest.raises(ValueError, match="is no pace"):
        Practice.model_validate({"calendars": [{**GOOD, "every": every}]})


@pytest.mark.parametrize("name", ["CONTACT-REF", "x-contact-ref", "X-", "X-A B"])
def test_an_x_property_is_one(name: str) -> None:
    with pytest.raises(ValueError, match="x_property"):
        Practice.model_validate({"calendars": [{**GOOD, "contact": [{"x_property": name}]}]})
