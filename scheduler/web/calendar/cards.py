"""Occasions as lists and weeks show them: rows, their people and their jobs in; cards by the day on the wall out."""

import datetime as dt
import itertools
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, RowMapping

from jobs.database import Database
from scheduler.asking.diary import Person, marks_of, people_of
from scheduler.intake.values import wall_time
from scheduler.planning.stored import StoredRow
from scheduler.publishing.revisions import Current
from scheduler.rulebook.schema import Kind, kinds_of


@dataclass(frozen=True, slots=True)
class Card:
    """An occasion: its row, whom it names by role, its jobs, where it stands on the wall (zone, day, time).

    `time` None: it is dated by day, or not at all; `ending`: live, done, off or gone.
    """

    row: RowMapping
    people: Mapping[str, Person]
    marks: Sequence[RowMapping]
    zone: str
    day: dt.date | None
    time: dt.time | None
    ending: str

    @property
    def id(self) -> uuid.UUID:
        """Its id."""
        found: uuid.UUID = self.row["id"]
        return found

    @property
    def title(self) -> str:
        """Who comes, else its ref."""
        first = next(iter(self.people.values()), None)
        ref: str = self.row["ref"]
        return ref if first is None else first.called

    @property
    def about(self) -> str:
        """What the practice says it is, in a few of its own words."""
        fields = self.row["fields"] or {}
        return ", ".join(
            str(fields[name]).replace("_", " ") for name in ("type", "amount", "place") if fields.get(name)
        )


def cards_of(connection: Connection, current: Current, rows: Sequence[RowMapping]) -> list[Card]:
    """Return the cards of occasions, in their order."""
    ids = [row["id"] for row in rows]
    people, marks = people_of(connection, ids), marks_of(connection, ids)
    kinds = kinds_of(current.rulebook.practice)
    zone = current.rulebook.practice.timezone
    return [_card(row, people.get(row["id"], {}), marks.get(row["id"], []), kinds, zone) for row in rows]


def read_cards(database: Database, current: Current, rows: Sequence[RowMapping]) -> list[Card]:
    """Return the cards of occasions, read by themselves."""
    with database.read() as connection:
        return cards_of(connection, current, rows)


def by_day(cards: Iterable[Card]) -> list[tuple[dt.date | None, list[Card]]]:
    """Return cards by their day, the days in order and each day by its clock; those without a date last."""
    ordered = sorted(cards, key=lambda card: (card.day or dt.date.max, card.time or dt.time.min))
    return [(day, list(found)) for day, found in itertools.groupby(ordered, key=lambda card: card.day)]


def ending_of(row: StoredRow, kinds: Mapping[str, Kind]) -> str:
    """Return how an occasion stands: live, done, off or gone."""
    if row["gone_at"] is not None:
        return "gone"
    kind = kinds.get(str(row["kind"]))
    if kind is None:
        return "gone"
    return "off" if row["status"] in kind.status.off else "done" if row["status"] in kind.status.done else "live"


def statuses_of(kinds: Collection[Kind], ending: str) -> tuple[str, ...]:
    """Return the words of statuses that are live, done or off in these kinds."""
    found = [getattr(kind.status, ending) for kind in kinds]
    return tuple(dict.fromkeys(word for words in found for word in words))


def _card(
    row: RowMapping,
    people: Mapping[str, Person],
    marks: Sequence[RowMapping],
    kinds: Mapping[str, Kind],
    practice_zone: str,
) -> Card:
    zone = row["timezone"] or practice_zone
    day, time = _on_the_wall(row, zone, kinds.get(row["kind"]))
    return Card(row, people, marks, zone, day, time, ending_of(row, kinds))


def _on_the_wall(row: RowMapping, zone: str, kind: Kind | None) -> tuple[dt.date | None, dt.time | None]:
    if row["start"] is None:
        return None, None
    start = wall_time(row["start"])
    if kind is not None and kind.dated == "day":
        return start.date(), None
    local = start if start.tzinfo is None else start.astimezone(ZoneInfo(zone))
    return local.date(), local.time()
