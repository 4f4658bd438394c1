"""Effects kept small: what was shown of each identity comes back out of its bytes."""

import datetime as dt
import uuid
from typing import Any

from scheduler.publishing.effects import Effect, Slot, What
from scheduler.publishing.shown import Shown, key_of

AT = dt.datetime(2026, 12, 1, 15, 0, tzinfo=dt.UTC)
VISIT = uuid.UUID(int=7)


def make_slot(step: str = "day-before", **changes: Any) -> Slot:
    return Slot("visit", step, "contact", "2026-12-02T10:00", 1)._replace(**changes)


def make_shown(*effects: Effect) -> Shown:
    shown = Shown()
    shown.add(VISIT, effects)
    return Shown.unpacked(shown.packed())


def test_an_effect_that_was_shown_is_known_again() -> None:
    effect = Effect(What.NEW, make_slot(), None, AT)
    assert make_shown(effect).holds(key_of(VISIT, effect.slot), effect)


def test_another_moment_was_not_shown() -> None:
    shown = make_shown(Effect(What.NEW, make_slot(), None, AT))
    later = Effect(What.NEW, make_slot(), None, AT + dt.timedelta(hours=1))
    assert not shown.holds(key_of(VISIT, later.slot), later)


def test_something_else_at_the_same_moment_was_not_shown() -> None:
    shown = make_shown(Effect(What.NEW, make_slot(), None, AT))
    moved = Effect(What.MOVED, make_slot(), AT, AT)
    assert not shown.holds(key_of(VISIT, moved.slot), moved)


def test_what_was_shown_of_an_identity_is_told() -> None:
    shown = make_shown(*(Effect(what, make_slot(what.name), AT, AT) for what in What))
    assert [shown.what(key_of(VISIT, make_slot(what.name))) for what in What] == list(What)


def test_every_part_of_an_identity_counts() -> None:
    shown = make_shown(Effect(What.NEW, make_slot(), None, AT))
    others = [make_slot(rule="x"), make_slot(role="x"), make_slot(repeat=2), make_slot(again=1)]
    assert all(shown.what(key_of(VISIT, slot)) is None for slot in others)
    assert shown.what(key_of(uuid.UUID(int=8), make_slot())) is None


def test_it_takes_twelve_bytes_an_identity() -> None:
    shown = make_shown(*(Effect(What.NEW, make_slot(repeat=count), None, AT) for count in range(100)))
    assert len(shown) == 100
    assert len(shown.packed()) == 1200
