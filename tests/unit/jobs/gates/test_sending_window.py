"""Texts go inside the sending window, in every zone the recipient may be in."""

import datetime as dt

from jobs.gates import sending_window
from jobs.gates.contract import End, Facts, Hold, Pass, Verdict
from jobs.states import Origin, State
from jobs.windows import Calendar, SendingWindow
from tests.unit.jobs.facts_builders import at, make_draft, make_facts, make_job

EVENING = at("2026-11-29 21:00")


def verdict(now: dt.datetime, **changes: object) -> Verdict:
    changes = {"job": make_job(useful_until=at("2026-12-01 09:30"))} | changes
    return sending_window.gate(make_draft(), facts(**changes), now)


def facts(**changes: object) -> Facts:
    return make_facts(**changes)


def test_a_moment_inside_passes() -> None:
    assert verdict(at("2026-11-29 15:00")) == Pass()


def test_a_moment_outside_is_held_to_the_opening() -> None:
    assert verdict(EVENING) == Hold(
        at("2026-11-30 09:00"), "quiet hours: the sending window opens Mon Nov 30 09:00 (America/Toronto)"
    )


def test_an_opening_after_the_use_ends_the_text() -> None:
    ended = verdict(EVENING, job=make_job(useful_until=at("2026-11-30 09:00")))
    assert isinstance(ended, End)
    assert ended.state is State.EXPIRED
    assert ended.reason.endswith("when the text is no longer useful")


def test_the_recipients_zone_counts_not_the_practices() -> None:
    assert isinstance(verdict(at("2026-11-29 15:00"), zones=("Europe/Paris",)), Hold)


def test_with_several_possible_zones_all_must_be_inside() -> None:
    zones = ("America/Toronto", "America/Vancouver")
    assert verdict(at("2026-11-29 13:00"), zones=zones) == Pass()
    held = verdict(at("2026-11-29 10:00"), zones=zones)
    assert isinstance(held, Hold)
    assert held.until == at("2026-11-29 12:00")


def test_zones_that_share_no_open_hour_say_what_to_do() -> None:
    window = SendingWindow.read({"mon-sun": "09:00-12:00"}, Calendar())
    ended = verdict(EVENING, zones=("America/Toronto", "Asia/Tokyo"), window=window)
    assert isinstance(ended, End)
    assert ended.reason.endswith("state their zone")


def test_a_text_that_may_ignore_quiet_hours_passes() -> None:
    assert verdict(EVENING, job=make_job(ignore_quiet_hours=True)) == Pass()


def test_who_has_just_written_is_answered_at_night() -> None:
    job = make_job(origin=Origin.ACKNOWLEDGEMENT, received_at=EVENING, useful_until=EVENING + dt.timedelta(hours=1))
    assert verdict(EVENING + dt.timedelta(minutes=14), job=job) == Pass()
    assert isinstance(verdict(EVENING + dt.timedelta(minutes=15), job=job), End)
