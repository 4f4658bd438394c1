"""What comparable systems fix in their own tests and documents, and that we decide alike.

Inputs and results as their suites state them: nyaruka/mailroom (campaign_test.go, schedule_campaign_point_test.go,
schedule_test.go, campaigns.json), rapidpro/rapidpro (schedules/tests.py), dimagi/commcare-hq (test_schedules.py),
civicrm (ActionScheduleTest.php), mautic (IntervalTest.php and its documentation), novu (schedule-validator.spec.ts),
calcom (WorkflowService.test.ts, scheduleLazySMSWorkflow.test.ts), medic/cht-core (schedules.js), dittofeed
(dates.test.ts), codeforamerica/clientcomm-rails (court_reminders_importer_spec.rb). What we decide differently is in
docs/decided-differently.md.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

import pytest

from jobs.windows import Calendar, SendingWindow
from scheduler.planning.decisions import Decision, OccasionFacts, Person, Reason
from scheduler.planning.planner import plan
from scheduler.rulebook.words import Duration, Unit, read_duration
from tests.unit.scheduler.planning.worked_case import ALWAYS, local, make_rulebook

LONG_AGO = dt.datetime(2010, 1, 1, tzinfo=dt.UTC)
EASTERN, PACIFIC = "America/New_York", "America/Los_Angeles"
PERSON = {"C": Person("C", "+15145550001")}


@dataclass(frozen=True)
class Row:
    """A step, what it counts from, and when each repeat goes in local time; None where nothing goes."""

    name: str
    step: Mapping[str, object]
    start: str
    goes: tuple[str, ...] | None
    zone: str = "UTC"
    end: str | None = None
    recorded: dt.datetime = LONG_AGO
    facts: Mapping[str, object] = field(default_factory=dict)


def decide(row: Row) -> tuple[Decision, ...]:
    compiled = make_rulebook([{"id": "r", "steps": [{"id": "s", **row.step}]}], window=ALWAYS)
    occasion = OccasionFacts(
        "appointment", "A", row.start, row.recorded, end=row.end, timezone=row.zone, people={"contact": "C"}
    )
    return plan(compiled, occasion, PERSON).decisions


def row(name: str, step: Mapping[str, object], start: str, goes: str | tuple[str, ...] | None, **more: str) -> Row:
    """Build a row; `recorded` is a local time of its zone."""
    zone = more.get("zone", "UTC")
    recorded = local(more["recorded"], zone) if "recorded" in more else LONG_AGO
    return Row(name, step, start, (goes,) if isinstance(goes, str) else goes, zone, more.get("end"), recorded)


def weekly(every: str, times: int, at: str | None = None, first: str = "0 days") -> dict[str, object]:
    return {"after": first, "every": every, "times": times, **({"at": at} if at else {})}


ROWS = (
    row("offset-01", {"after": "2 days"}, "2029-11-03T00:30", "2029-11-05T00:30", zone=EASTERN),
    row("offset-03", {"after": "2 days"}, "2018-10-15T00:00", None, zone=EASTERN, recorded="2018-10-31T00:00"),
    row("offset-07", {"after": "2 weeks"}, "2029-01-20T01:58", "2029-02-03T01:58", zone=EASTERN),
    row("offset-09", {"after": "5 days", "at": "12:00"}, "2030-01-01T00:00Z", "2030-01-05T12:00", zone=PACIFIC),
    row(
        "offset-11",
        {"after": "5 days", "at": "12:00"},
        "2015-01-01T00:00Z",
        None,
        zone=PACIFIC,
        recorded="2016-01-01T00:00",
    ),
    row("offset-15", {"after": "1 day"}, "2040-01-01T00:00Z", "2040-01-01T16:00", zone=PACIFIC),
    row("offset-17", {"after": "1 hour"}, "2024-12-01T10:00", "2024-12-01T12:00", end="2024-12-01T11:00"),
    row("offset-21", {"after": "1 day", "at": "08:00"}, "2050-03-13T13:06:22", "2050-03-14T08:00"),
    row("offset-33", {"after": "0 minutes"}, "2024-01-01T10:00", None, recorded="2024-01-01T12:00"),
    row("offset-37", {"after": "30 minutes"}, "2024-01-01T13:00", "2024-01-01T13:30", recorded="2024-01-01T12:00"),
    row("offset-43", {"before": "1 day"}, "2018-05-09T09:40-06:00", "2018-05-08T09:40", zone="America/Denver"),
    row("late-01", {"before": "1 day"}, "2018-05-01T09:00", None, recorded="2018-05-01T08:30"),
    row("late-02", {"before": "1 day"}, "2018-01-08T08:30", None, recorded="2018-05-01T08:30"),
    row("late-05", {"before": "48 hours"}, "2024-12-02T10:00", None, recorded="2024-12-01T10:00"),
    row("late-06", {"before": "24 hours"}, "2024-12-04T10:00", "2024-12-03T10:00", recorded="2024-12-01T10:00"),
    row(
        "late-07",
        {"after": "1 hour"},
        "2024-12-01T09:00",
        "2024-12-01T10:30",
        end="2024-12-01T09:30",
        recorded="2024-12-01T10:00",
    ),
    row("cron_runs-01", {"before": "1 day"}, "2012-06-15T10:00", "2012-06-14T10:00"),
    row("cron_runs-03", {"after": "2 weeks", "at": "01:00"}, "2012-03-15T00:00", "2012-03-29T01:00"),
    row(
        "cron_runs-09",
        {"after": "1 day", "at": "20:00"},
        "2005-07-07T00:00",
        "2005-07-08T20:00",
        recorded="2005-01-01T00:00",
    ),
    row("cron_runs-15", {"before": "1 week"}, "2012-03-15T00:00", "2012-03-08T00:00"),
    row(
        "cron_runs-17",
        weekly("2 hours", 2, first="0 minutes"),
        "2013-03-15T00:00",
        ("2013-03-15T00:00", "2013-03-15T02:00"),
    ),
    row("cron_runs-19", weekly("2 weeks", 2), "2013-03-15T00:00", ("2013-03-15T00:00", "2013-03-29T00:00")),
    row("cron_runs-21", weekly("24 months", 2), "2013-03-15T00:00", ("2013-03-15T00:00", "2015-03-15T00:00")),
    row(
        "recurrence-05",
        weekly("1 day", 2, first="1 day"),
        "2019-11-02T12:30",
        ("2019-11-03T12:30", "2019-11-04T12:30"),
        zone=PACIFIC,
    ),
    row(
        "recurrence-11",
        weekly("1 month", 5, first="1 month"),
        "2019-08-20T12:35",
        ("2019-09-20T12:35", "2019-10-20T12:35", "2019-11-20T12:35", "2019-12-20T12:35", "2020-01-20T12:35"),
        zone=PACIFIC,
    ),
    row("recurrence-13", {"after": "1 month"}, "2019-08-31T12:35", "2019-09-30T12:35", zone=PACIFIC),
    row("recurrence-15", {"after": "1 month"}, "2019-02-10T12:30", "2019-03-10T12:30", zone=PACIFIC),
    row("recurrence-17", {"after": "12 months"}, "2019-08-20T12:35", "2020-08-20T12:35", zone=PACIFIC),
    row(
        "recurrence-27",
        weekly("1 week", 3),
        "2019-11-02T10:00",
        ("2019-11-02T10:00", "2019-11-09T10:00", "2019-11-16T10:00"),
        zone=PACIFIC,
    ),
    row(
        "recurrence-29",
        weekly("1 month", 3, first="1 month"),
        "2013-01-02T10:35",
        ("2013-02-02T10:35", "2013-03-02T10:35", "2013-04-02T10:35"),
        zone="Africa/Kigali",
    ),
    row(
        "recurrence-31",
        weekly("1 day", 2, "12:00"),
        "2017-03-16T00:00",
        ("2017-03-16T12:00", "2017-03-17T12:00"),
        zone=EASTERN,
    ),
    row(
        "recurrence-51",
        weekly("1 month", 2, first="1 month"),
        "2017-03-31T12:00",
        ("2017-04-30T12:00", "2017-05-31T12:00"),
        zone=EASTERN,
    ),
    row("pause-01", {"after": "10 days"}, "2017-01-01T00:00", "2017-01-11T00:00"),
)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_a_step_goes_when_the_peer_says(row: Row) -> None:
    decisions = decide(row)
    if row.goes is None:
        assert [decision.reason for decision in decisions] == [Reason.TOO_LATE]
        return
    assert [decision.planned_for for decision in decisions] == [local(goes, row.zone) for goes in row.goes]


def test_two_days_over_the_end_of_summer_time_are_49_hours() -> None:
    # offset-01
    (decision,) = decide(ROWS[0])
    assert decision.planned_for is not None
    assert (decision.planned_for - local("2029-11-03T00:30", EASTERN)).total_seconds() == 176_400


def test_steps_already_past_are_skipped_and_later_ones_stand() -> None:
    # offset-29: 12 weeks ago, with messages after 1 week and after 20 weeks
    decisions = [
        decide(row("offset-29", {"after": after}, "2024-01-01T12:00", None, recorded="2024-03-25T12:00"))[0]
        for after in ("1 week", "20 weeks")
    ]
    assert [decision.reason for decision in decisions] == [Reason.TOO_LATE, None]


def test_a_schedule_moved_into_the_past_sends_nothing_to_catch_up() -> None:
    # recurrence-35: two daily texts, moved two days back, so that both would have gone before it was recorded
    moved = row(
        "recurrence-35",
        weekly("1 day", 2, "12:00"),
        "2017-03-14T00:00",
        None,
        zone=EASTERN,
        recorded="2017-03-16T02:00",
    )
    assert [decision.reason for decision in decide(moved)] == [Reason.TOO_LATE] * 2


def test_the_same_date_twice_is_the_same_job_and_another_date_another() -> None:
    # edit-02, cron_runs-07, cron_runs-13
    first, again, moved = (
        decide(row("edit-02", {"after": "2 weeks"}, start, None))[0].identity
        for start in ("2012-03-15T00:00", "2012-03-15T00:00", "2012-03-29T00:00")
    )
    assert first == again
    assert first != moved


def test_a_cleared_date_leaves_nothing_to_go() -> None:
    # edit-01
    assert decide(row("edit-01", {"after": "5 days"}, "", None))[0].reason is Reason.NO_DATE


def test_a_duration_is_a_number_and_a_unit() -> None:
    # offset-25, offset-27
    assert read_duration("81 days") == Duration(81, Unit.DAYS)
    with pytest.raises(ValueError, match="2 muppets"):
        read_duration("2 muppets")


# Windows: (name, window, zone, moment in UTC, when a text goes in UTC)
WINDOWS = (
    ("offset-39", {"mon-sun": "20:00-21:00"}, PACIFIC, "2023-12-19T23:00:12", "2023-12-20T04:00"),
    ("offset-41", {"thu": "05:00-06:00"}, "Asia/Tokyo", "2023-12-19T23:00:12", "2023-12-20T20:00"),
    ("window-01", {"mon-sun": "16:00-17:00"}, "UTC", "2018-10-18T16:00", "2018-10-18T16:00"),
    ("window-03", {"mon-sun": "10:00-11:00"}, "UTC", "2018-10-19T10:00", "2018-10-19T10:00"),
    ("window-05", {"mon-sun": "08:00-10:00"}, "UTC", "2018-10-18T12:00", "2018-10-19T08:00"),
    ("window-07", {"sun": "00:00-24:00"}, "UTC", "2018-10-21T08:00", "2018-10-21T08:00"),
    ("window-11", {"mon-sun": "08:00-10:00"}, EASTERN, "2018-10-19T09:00", "2018-10-19T12:00"),
    ("window-15", {"mon-sun": "06:00-07:00"}, PACIFIC, "2018-10-18T13:00", "2018-10-18T13:00"),
    ("window-17", {"mon-sun": "06:00-07:00"}, EASTERN, "2018-10-18T13:00", "2018-10-19T10:00"),
    ("window-19", {"mon": "09:00-17:00"}, EASTERN, "2024-01-01T10:00", "2024-01-01T14:00"),
    ("window-21", {"mon": "09:00-17:00"}, "Europe/Warsaw", "2024-01-01T10:00", "2024-01-01T10:00"),
    ("window-23", {"mon": "09:00-17:00"}, "UTC", "2024-01-01T08:59:59", "2024-01-01T09:00"),
    ("window-25", {"mon": "23:00-02:00"}, "UTC", "2024-01-01T23:30", "2024-01-01T23:30"),
    ("window-27", {"mon": "23:00-02:00"}, "UTC", "2024-01-02T03:00", "2024-01-08T23:00"),
    ("window-29", {"mon": "09:00-12:00, 13:00-17:00"}, "UTC", "2024-01-01T10:00", "2024-01-01T10:00"),
    ("window-31", {"mon": "09:00-12:00, 13:00-17:00"}, "UTC", "2024-01-01T12:30", "2024-01-01T13:00"),
    ("window-35", {"mon": "12:00-13:00"}, "UTC", "2024-01-01T13:01", "2024-01-08T12:00"),
    ("window-39", {"mon": "09:00-17:00"}, "UTC", "2024-01-01T08:00", "2024-01-01T09:00"),
    ("window-41", {"mon,tue": "09:00-17:00"}, "UTC", "2024-01-01T18:00", "2024-01-02T09:00"),
    ("window-43", {"sun": "23:00-03:00"}, "UTC", "2024-01-01T02:00", "2024-01-01T02:00"),
    ("window-45", {"sun": "23:00-03:00", "mon": "09:00-17:00"}, "UTC", "2024-01-01T05:00", "2024-01-01T09:00"),
    ("window-47", {"mon": "09:00-17:00"}, PACIFIC, "2024-01-01T18:00", "2024-01-01T18:00"),
    ("window-49", {"mon": "10:00-17:00"}, "Asia/Tokyo", "2024-01-01T00:00", "2024-01-01T01:00"),
)


@pytest.mark.parametrize(("name", "value", "zone", "moment", "goes"), WINDOWS, ids=[one[0] for one in WINDOWS])
def test_a_window_opens_when_the_peer_says(name: str, value: dict[str, str], zone: str, moment: str, goes: str) -> None:
    window = SendingWindow.read(value, Calendar())
    assert window.next_opening(local(moment, "UTC"), (zone,)) == local(goes, "UTC"), name


# What peers get wrong, or decide otherwise, and we must not


def test_a_window_that_names_no_day_lets_nothing_go() -> None:
    # window-09, window-37: there an empty list of days means every day, or sends at once
    assert SendingWindow.read({}, Calendar()).next_opening(local("2024-01-15T10:00", "UTC"), ("UTC",)) is None


def test_a_window_that_ends_before_it_starts_runs_over_midnight() -> None:
    # window-13: there start and end are swapped
    window = SendingWindow.read({"mon-sun": "10:00-08:00"}, Calendar())
    assert window.is_open(local("2018-10-19T10:00", "UTC"), ("UTC",))
    assert not window.is_open(local("2018-10-19T09:00", "UTC"), ("UTC",))


def test_the_end_of_a_window_is_outside() -> None:
    # window-33: there it is inside
    assert not SendingWindow.read({"mon": "12:00-13:00"}, Calendar()).is_open(
        local("2024-01-01T13:00", "UTC"), ("UTC",)
    )


def test_seconds_are_kept() -> None:
    # offset-05, offset-13: there they round up to the next minute
    (decision,) = decide(row("offset-05", {"after": "2 minutes"}, "2029-01-01T02:57:32", None, zone=EASTERN))
    assert decision.planned_for == local("2029-01-01T02:59:32", EASTERN)


def test_repeats_move_the_date_first_and_count_from_there() -> None:
    # cron_runs-05: there 4 weeks are counted from the first text, which gives September 12
    repeated = row("cron_runs-05", weekly("4 weeks", 2, first="2 months"), "2012-06-15T01:00", None)
    goes = [decision.planned_for for decision in decide(repeated)]
    assert goes == [local("2012-08-15T01:00", "UTC"), local("2012-09-13T01:00", "UTC")]
