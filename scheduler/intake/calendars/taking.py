"""Takes events in: each becomes a row of its kind, upserted and planned by intake like any other, chunk by chunk.

A chunk's occasions and what is remembered of its events are one transaction. Nothing is removed here but what a person
said is about nobody.
"""

import uuid
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from jobs.errors import InputError
from scheduler.intake import applying
from scheduler.intake.calendars import storing
from scheduler.intake.calendars.begun import Reading
from scheduler.intake.calendars.event_rows import EventRow, event_row
from scheduler.intake.calendars.events import Event
from scheduler.intake.calendars.people import find_people
from scheduler.intake.calendars.storing import EventRecord, EventState
from scheduler.intake.finding import occasions_by_ref
from scheduler.intake.occasions import remove_occasions
from scheduler.intake.outcomes import Refused, Tally, Upserted
from scheduler.intake.rows import Row
from scheduler.intake.turns import Turn, Turns

PASSED_OVER: Final = "passed over"
"""About nobody, as a person said; cancelled before it was known; or all day, of a kind that has a time."""

_WAITING: Final = frozenset({EventState.WITHOUT_PERSON, EventState.REFUSED})


@dataclass(frozen=True, slots=True)
class Taken:
    """What came of events: the tally of their rows, how many wait or were passed over, the refs that are there.

    `added` are refs that were not known before, `new_uids` the UIDs of those of which one was found to be new.
    """

    tally: Tally = field(default_factory=Tally)
    counts: Mapping[str, int] = field(default_factory=dict)
    seen: frozenset[str] = frozenset()
    added: frozenset[str] = frozenset()
    new_uids: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Decided:
    """What becomes of one event: what is remembered (no state: nothing), its row for intake, or its removal."""

    of: EventRow
    known: EventRecord | None
    state: EventState | None = None
    row: Row | None = None
    reason: str | None = None
    removes: bool = False
    is_new: bool = False

    @property
    def occasion_id(self) -> uuid.UUID | None:
        """The occasion that was taken in for it before."""
        found: uuid.UUID | None = None if self.known is None else self.known["occasion_id"]
        return found


def take_events(turns: Turns, reading: Reading, events: Sequence[Event]) -> Taken:
    """Take events in, earliest first.

    Raises:
        ReadElsewhereError: it took too long, and another reader began.

    """
    timed = [event for event in events if reading.kind.dated == "day" or not event.is_all_day]
    with turns.database.read() as connection:
        people = find_people(connection, reading.practice, reading.calendar, timed)
    rows = [
        event_row(event, found, reading.calendar, reading.kind, line)
        for line, (event, found) in enumerate(zip(timed, people, strict=True), 1)
    ]
    taken = Taken(counts={PASSED_OVER: len(events) - len(timed)})
    for first in range(0, len(rows), turns.rows_each):
        taken = _take_chunk(turns, reading, rows[first : first + turns.rows_each], taken)
    return taken


def _take_chunk(turns: Turns, reading: Reading, rows: Sequence[EventRow], taken: Taken) -> Taken:
    return turns.take(reading.key.practice, lambda turn: _Chunk(turn, reading).take(rows, taken))


@dataclass(frozen=True, slots=True)
class _Chunk:
    turn: Turn
    reading: Reading

    def take(self, rows: Sequence[EventRow], before: Taken) -> Taken:
        """Take a chunk in; what came of the chunks before goes in, of all so far out."""
        turn, reading = self.turn, self.reading
        storing.hold(turn.connection, reading.key, reading.token, turn.now)
        refs = [each.ref for each in rows]
        known = storing.events_by_ref(turn.connection, reading.key, reading.calendar.kind, refs)
        decided = self.find_new([self.decide(each, known.get(each.ref)) for each in rows], before.new_uids)
        decided, upserted = self.upsert(decided)
        tally = before.tally if upserted is None else before.tally.plus(upserted, reading.calendar.id)
        tally = self.remove([each for each in decided if each.removes], tally)
        self.remember([each for each in decided if each.state is not None])
        counts = Counter(before.counts)
        counts.update(_named(each.state) for each in decided if each.state is None or each.state in _WAITING)
        return Taken(
            tally=tally,
            counts=dict(counts),
            seen=before.seen.union(each.of.ref for each in decided if each.state is not None),
            added=before.added.union(each.of.ref for each in decided if each.known is None),
            new_uids=before.new_uids.union(each.of.event.uid for each in decided if each.is_new),
        )

    def decide(self, of: EventRow, known: EventRecord | None) -> _Decided:
        """Say what becomes of an event."""
        decided = _Decided(of, known)
        is_known = decided.occasion_id is not None
        if of.found.passed_over or (of.event.is_cancelled and not is_known):
            return replace(decided, removes=is_known)
        if of.event.is_cancelled:
            return self._cancelled(decided)
        if of.row is None:
            return replace(decided, state=EventState.REFUSED, reason=of.reason)
        if known is not None and known["state"] == EventState.CANCELLED:
            of = replace(of, row=_with(of.row, status=self.reading.kind.status.live[0]))
        if of.found.ref is None:
            row = of.row if is_known else None
            return replace(decided, state=EventState.WITHOUT_PERSON, row=row, reason=of.found.reason)
        return replace(decided, state=EventState.TAKEN, row=of.row)

    def _cancelled(self, decided: _Decided) -> _Decided:
        """Give an occasion that was taken in the kind's first off status, and change nothing else of it."""
        off = self.reading.kind.status.off
        if not off:
            return replace(decided, removes=True)
        event = decided.of.event
        given: dict[str, str | int] = {"status": off[0]}
        if event.version is not None:
            given["version"] = event.version
        row = Row(decided.of.ref, given, {}, 0 if decided.of.row is None else decided.of.row.line)
        return replace(decided, state=EventState.CANCELLED, row=row)

    def find_new(self, decided: Iterable[_Decided], new_uids: Collection[str]) -> list[_Decided]:
        """Mark what is new; of a series the first occurrence ahead only, or a hundred texts would say "booked"."""
        said, marked = set(new_uids), []
        for each in decided:
            event = each.of.event
            is_new = each.known is None and event.uid not in said and self.reading.may_be_new(event)
            if is_new:
                said.add(event.uid)
            marked.append(replace(each, is_new=is_new or (each.known is not None and each.known["is_new"])))
        return marked

    def upsert(self, decided: list[_Decided]) -> tuple[list[_Decided], Upserted | None]:
        """Upsert the rows; one that cannot be taken is left out, and its event says why."""
        rows = [each.row for each in decided if each.row is not None]
        news = frozenset(each.of.ref for each in decided if each.is_new)
        result = self._take(rows, news)
        if not isinstance(result, Refused):
            return decided, result
        bad = {problem.line: problem for problem in result.problems}
        rest = self._take([row for row in rows if row.line not in bad], news)
        if isinstance(rest, Refused):
            raise InputError(rest.problems[0].at(self.reading.calendar.id))
        left = [
            replace(each, state=EventState.REFUSED, row=None, reason=bad[each.row.line].at(each.of.ref))
            if each.row is not None and each.row.line in bad
            else each
            for each in decided
        ]
        return left, rest

    def _take(self, rows: list[Row], news: frozenset[str]) -> Upserted | Refused | None:
        """Take rows in; what is new since the first full read is an event for `on:` steps."""
        return applying.take(self.turn, self.reading.calendar.kind, rows, fires=news) if rows else None

    def remove(self, decided: Sequence[_Decided], tally: Tally) -> Tally:
        """Remove what was taken in for events that are about nobody, and forget them."""
        ids = [each.occasion_id for each in decided if each.occasion_id is not None]
        if not ids:
            return tally
        removed = remove_occasions(self.turn.connection, self.turn.current, ids, self.turn.now)
        kind = self.reading.calendar.kind
        storing.forget_events(self.turn.connection, self.reading.key, [(kind, each.of.ref) for each in decided])
        return tally.plus_gone(len(ids), removed)

    def remember(self, decided: Sequence[_Decided]) -> None:
        """Write what is known of the events, where it differs from what was known."""
        reading = self.reading
        refs = [each.of.ref for each in decided if each.row is not None]
        found = occasions_by_ref(self.turn.connection, reading.key.practice, reading.calendar.kind, refs)
        ids = {ref: row["id"] for ref, row in found.items()}
        written = [(each.known, self._event(each, ids)) for each in decided]
        storing.put_events(self.turn.connection, [row for known, row in written if row != known])

    def _event(self, decided: _Decided, ids: Mapping[str, uuid.UUID]) -> dict[str, object]:
        event, reading = decided.of.event, self.reading
        first_seen = reading.began if decided.known is None else decided.known["first_seen_at"]
        return {
            "practice": reading.key.practice,
            "calendar": reading.key.calendar,
            "kind": reading.calendar.kind,
            "ref": decided.of.ref,
            "uid": event.uid,
            "recurrence": event.recurrence,
            "occasion_id": ids.get(decided.of.ref, decided.occasion_id),
            "state": str(decided.state),
            "reason": decided.reason,
            "title": event.title if decided.state in _WAITING else "",
            "start": event.start,
            "starts_at": event.starts_at,
            "is_new": decided.is_new,
            "first_seen_at": first_seen,
        }


def _with(row: Row, **given: str) -> Row:
    return replace(row, given={**row.given, **given})


def _named(state: EventState | None) -> str:
    return PASSED_OVER if state is None else state.value.replace("_", " ")
