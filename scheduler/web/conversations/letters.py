"""A text as somebody typed it into a box, and the moments and warnings that go with it: forms in, values out. Pure."""

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final
from zoneinfo import ZoneInfo

from jobs.printing import read_moment
from scheduler.web.forms import Filled

LONGEST_KEY: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What a box holds; `key` makes a form that is sent twice one text, `anyway`: warned, and still to go.

    `at` is the moment to go as the field writes it, empty for now; `any_hour`: in quiet hours too, for a reason.
    """

    key: str
    text: str = ""
    to: str = ""
    at: str = ""
    any_hour: bool = False
    because: str = ""
    anyway: bool = False


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a text, at which field of its form; `detail`: what the engine says of it, as it says it."""

    where: str
    english: str
    values: Mapping[str, str] = field(default_factory=dict)
    detail: str | None = None


def blank(text: str = "", to: str = "") -> Letter:
    """Return a box that nobody typed into yet."""
    return Letter(key=uuid.uuid4().hex, text=text, to=to)


def letter_of(form: Filled) -> Letter:
    """Return what a form holds."""
    key = form.text("key")
    return Letter(
        key=key if 0 < len(key) <= LONGEST_KEY and key.isalnum() and key.isascii() else uuid.uuid4().hex,
        text=form.raw("text").replace("\r\n", "\n").strip(),
        to=form.text("to"),
        at=form.text("at"),
        any_hour=bool(form.text("any_hour")),
        because=form.text("because"),
        anyway=bool(form.text("anyway")),
    )


def moment_in(written: str, zone: ZoneInfo) -> dt.datetime | None:
    """Return the moment that a field of date and time holds, on the wall clock of a zone; None where it holds none."""
    try:
        read = read_moment(written, zone)
    except (ValueError, OverflowError):
        return None
    return read.astimezone(dt.UTC) if isinstance(read, dt.datetime) else None
