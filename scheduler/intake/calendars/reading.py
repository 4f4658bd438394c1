"""Calendars in: a feed or a file is fetched, parsed apart, taken in, and what vanished is removed; what came of it out.

The network and the parser hold no lock. Whatever goes wrong before events are taken in changes nothing.
"""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any, Final

from jobs.database import Database
from jobs.errors import InputError
from scheduler.intake.calendars import storing
from scheduler.intake.calendars.begun import Reading, Source, begin, find_calendar
from scheduler.intake.calendars.events import MOST_BYTES, Event, Unread, Wanted
from scheduler.intake.calendars.feeds import address_of
from scheduler.intake.calendars.fetching import Answer, Fetched, Known, Unchanged, fetch
from scheduler.intake.calendars.parsing import parse
from scheduler.intake.calendars.storing import CalendarKey, Question
from scheduler.intake.calendars.taking import Taken, take_events
from scheduler.intake.calendars.vanishing import remove_vanished
from scheduler.intake.outcomes import Tally
from scheduler.intake.turns import LoadCurrent, Turn, Turns
from scheduler.publishing.revisions import load_current

Fetch = Callable[[str, Known], Coroutine[Any, Any, Answer]]
Parse = Callable[[bytes, Wanted], Sequence[Event] | Unread]

STOPPED: Final = "the read was stopped before its end"


@dataclass(frozen=True, slots=True)
class CalendarRead:
    """What a read came to: a problem and nothing taken in, or a tally; perhaps with a question to a person."""

    problem: str | None = None
    is_unchanged: bool = False
    tally: Tally = field(default_factory=Tally)
    counts: Mapping[str, int] = field(default_factory=dict)
    question: Question | None = None

    def as_json(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "problem": self.problem,
            "unchanged": self.is_unchanged,
            "not_taken": dict(self.counts),
            "question": None if self.question is None else self.question.as_json(),
            **self.tally.as_json(),
        }


class Calendars:
    """Reads the calendars of any practice into one database; `feeds` are their addresses by variable."""

    def __init__(
        self,
        database: Database,
        feeds: Mapping[str, str],
        *,
        load: LoadCurrent = load_current,
        fetch_with: Fetch = fetch,
        parse_with: Parse = parse,
    ) -> None:
        """Open nothing yet."""
        self.turns = Turns(database, load)
        self.feeds = feeds
        self._fetch = fetch_with
        self._parse = parse_with

    def read_feed(self, key: CalendarKey, *, confirmed: bool = False) -> CalendarRead:
        """Read a feed now; `confirmed`: a person agreed that what vanished is cancelled, however much it is.

        Raises:
            NotFoundError: there is no such calendar.
            ConfigurationError: its address is not set, or is not its alone.
            ReadElsewhereError: another process reads it.

        """
        find_calendar(self.turns.current(key.practice), key.calendar)
        with self.turns.database.read() as connection:
            address = address_of(connection, self.feeds, key)
        source = Source(address=address, is_complete=True, confirmed=confirmed)
        return self._read(key, source, lambda reading: asyncio.run(self._fetch(address, reading.known)))

    def read_file(
        self, key: CalendarKey, path: Path, *, is_complete: bool = False, confirmed: bool = False
    ) -> CalendarRead:
        """Take a file in as the calendar's; where it is complete, what it lacks has vanished.

        Raises:
            NotFoundError: there is no such calendar.
            InputError: the file cannot be opened.
            ReadElsewhereError: another process reads the calendar.

        """
        body = _read_file(path)
        source = Source(address=None, is_complete=is_complete, confirmed=confirmed)
        return self._read(key, source, lambda _: Fetched(body, Known()))

    def _read(self, key: CalendarKey, source: Source, obtain: Callable[[Reading], Answer]) -> CalendarRead:
        reading = self.turns.take(key.practice, lambda turn: begin(turn, key.calendar, source))
        try:
            return self._finish(reading, obtain(reading))
        except BaseException:
            with contextlib.suppress(Exception):  # what went wrong first is what is told; a claim ends by itself
                self._record(reading, _failed(reading, Unread(STOPPED)))
            raise

    def _finish(self, reading: Reading, answer: Answer) -> CalendarRead:
        events = self._parse(answer.body, reading.wanted()) if isinstance(answer, Fetched) else answer
        if isinstance(events, Unread):
            self._record(reading, _failed(reading, events))
            return CalendarRead(problem=events.sentence)
        if isinstance(events, Unchanged):
            self._record(reading, _well(reading))
            return CalendarRead(is_unchanged=True)
        taken = take_events(self.turns, reading, events)
        tally, question = taken.tally, None
        if reading.source.is_complete:
            tally, question = remove_vanished(self.turns, reading, taken.seen, taken.added, tally)
        self._record(reading, _whole(reading, answer, taken, tally, question))
        return CalendarRead(tally=tally, counts=taken.counts, question=question)

    def _record(self, reading: Reading, values: Mapping[str, object]) -> None:
        self.turns.take(reading.key.practice, partial(_end, reading, values))


def _end(reading: Reading, values: Mapping[str, object], turn: Turn) -> None:
    """Write what came of a read and let go of the calendar."""
    storing.hold(turn.connection, reading.key, reading.token, turn.now)
    values = dict(values)
    if "read_under" in values and storing.linked_since(turn.connection, reading.key, reading.began):
        values["read_under"] = None  # a link that was made while it was read waits for the next read
    storing.keep(turn.connection, reading.key, {**values, "claim": None, "claimed_until": None})


def _failed(reading: Reading, unread: Unread) -> dict[str, object]:
    if reading.source.address is None:  # a file's trouble is told to whoever gave it
        return {}
    return {
        "read_at": reading.began,
        "problem": unread.sentence,
        "failing_since": reading.before["failing_since"] or reading.began,
        "failures": (reading.before["failures"] or 0) + 1,
        "not_before": None if unread.wait is None else reading.began + unread.wait,
    }


def _well(reading: Reading) -> dict[str, object]:
    return {"read_at": reading.began, "problem": None, "failing_since": None, "failures": 0, "not_before": None}


def _whole(
    reading: Reading, answer: Answer, taken: Taken, tally: Tally, question: Question | None
) -> dict[str, object]:
    """Return what is kept of a read that was complete and parsed."""
    counts = {**tally.as_json(), "not_taken": dict(taken.counts), "events": len(taken.seen)}
    if reading.source.address is None:
        counts["file_at"] = reading.began.isoformat()
    values: dict[str, object] = {"counts": counts}
    if reading.source.is_complete:
        values["question"] = None if question is None else question.as_json()
    if reading.source.address is None or not isinstance(answer, Fetched):
        return values
    return {
        **values,
        **_well(reading),
        "full_read_at": reading.began,
        "first_read_at": reading.before["first_read_at"] if reading.is_same_feed else reading.began,
        "address": reading.address_hash,
        "read_under": reading.read_under,
        "etag": answer.known.etag,
        "last_modified": answer.known.last_modified,
        "reaches_to": reading.wanted().last,
    }


def _read_file(path: Path) -> bytes:
    """Return a file's bytes, one more than is allowed at most."""
    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as error:
        message = f"{path} cannot be opened: {error.strerror or error}"
        raise InputError(message) from error
