"""How each calendar of the rules stands: rules, addresses and rows in, values for a list out. It prints nothing."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from scheduler.intake.calendars import storing
from scheduler.intake.calendars.linking import waiting_events
from scheduler.intake.calendars.storing import CalendarKey, CalendarRow, Question
from scheduler.publishing.revisions import load_current
from scheduler.rulebook.schema import Calendar
from scheduler.settings import calendar_variable


@dataclass(frozen=True, slots=True)
class CalendarStanding:
    """A calendar of the rules with the variable of its address and its row; `waiting` events were not taken in."""

    calendar: Calendar
    variable: str
    has_address: bool
    row: CalendarRow
    waiting: int

    @property
    def id(self) -> str:
        """Return its id."""
        return self.calendar.id

    @property
    def kind(self) -> str:
        """Return the kind of its events."""
        return self.calendar.kind

    @property
    def read_at(self) -> dt.datetime | None:
        """Return when its feed was last read, or tried, or a file was taken in for it: whichever came last."""
        tried: dt.datetime | None = self.row["read_at"]
        from_file = (self.row["counts"] or {}).get("file_at")
        if from_file is None:
            return tried
        imported = dt.datetime.fromisoformat(from_file)
        return imported if tried is None else max(tried, imported)

    @property
    def events(self) -> int | None:
        """Return how many events the last whole read found; None before the first."""
        return None if self.row["counts"] is None else int(self.row["counts"]["events"])

    @property
    def question(self) -> Question | None:
        """Return what a person is asked."""
        return None if self.row["question"] is None else Question.of_json(self.row["question"])

    def outcome(self) -> tuple[str, str]:
        """Return a sentence about the last read, and its tone."""
        if self.row["problem"] is not None:
            times = "" if self.row["failures"] == 1 else f" ({self.row['failures']} times in a row)"
            return f"{self.row['problem']}{times}", "bad"
        if not self.has_address and self.row["counts"] is None:
            return f"no address: set {self.variable}", "warn"
        if self.row["counts"] is None:
            return "not read yet", "calm"
        waits = f", {self.waiting:,} wait to be linked" if self.waiting else ""
        return f"fine{waits}", "warn" if self.waiting or self.question else "good"

    def as_json(self) -> dict[str, Any]:
        """Return it as plain data; never the address."""
        row = {name: self.row[name] for name in ("problem", "failing_since", "failures", "counts", "question")}
        own = {"id": self.id, "kind": self.kind, "every": str(self.calendar.every)}
        address = {"variable": self.variable, "has_address": self.has_address}
        return {**own, **address, "read_at": self.read_at, **row, "waiting": self.waiting}


def standings(connection: Connection, practice: str, feeds: Mapping[str, str]) -> list[CalendarStanding]:
    """Return how each calendar of the current rules stands."""
    calendars = load_current(connection, practice).rulebook.practice.calendars
    return [_standing(connection, practice, calendar, feeds) for calendar in calendars]


def _standing(connection: Connection, practice: str, calendar: Calendar, feeds: Mapping[str, str]) -> CalendarStanding:
    variable = calendar_variable(practice, calendar.id)
    row = storing.calendar_row(connection, CalendarKey(practice, calendar.id))
    waiting = len(waiting_events(connection, practice, calendar.id))
    return CalendarStanding(calendar, variable, variable in feeds, row, waiting)
