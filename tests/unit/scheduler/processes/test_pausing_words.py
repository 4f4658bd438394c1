"""How the command line says that something is paused."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from jobs import senders
from jobs.senders import Pause, PauseInForce
from scheduler.processes.cli.pausing import name_of, paused_words

NOW = dt.datetime(2026, 3, 2, 15, 0, tzinfo=dt.UTC)
TORONTO = ZoneInfo("America/Toronto")


def words(until: dt.datetime | None = None, *, is_new: bool) -> str:
    pause = Pause(senders.RULE, "northlight", "consultation", "the office moves", until)
    return paused_words(PauseInForce(pause, "person:ana", NOW), TORONTO, NOW, is_new=is_new)


@pytest.mark.parametrize(
    ("pause", "name"),
    [
        (Pause(senders.ALL, None, None, ""), "everything"),
        (Pause(senders.PRACTICE, "northlight", None, ""), "practice northlight"),
        (Pause(senders.SENDER, "northlight", "main", ""), "sender main of northlight"),
        (Pause(senders.PROVIDER, None, "twilio", ""), "provider twilio"),
    ],
)
def test_each_scope_has_its_name(pause: Pause, name: str) -> None:
    assert name_of(pause) == name


def test_a_new_pause_says_until_when_in_the_practices_zone() -> None:
    said = words(NOW + dt.timedelta(hours=2), is_new=True)
    assert said == "rule consultation of northlight is paused until Mon 2 Mar 12:00: the office moves"


def test_a_pause_that_stands_says_who_ordered_it_and_that_nothing_changed() -> None:
    said = words(is_new=False)
    assert said == (
        "rule consultation of northlight is paused already, since Mon 2 Mar 10:00 by ana: the office moves. "
        "Nothing changed."
    )
