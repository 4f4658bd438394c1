"""Which practices' jobs are still to be brought in line with what was published, and how far that is: rows in and out.

The only writer of `replans`. A wish that is not ended outlives whoever began to grant it; nothing is planned here.
"""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Final, TypeAlias

from sqlalchemy import ColumnElement, Connection, RowMapping, and_, delete, insert, select, update

from jobs.records import occasions, replans
from scheduler.planning.basis import Replanned

MANY, MOST_LANES = 2_000, 1
"""From so many occasions on PostgreSQL a replan has several lanes: while one plans, the others store."""

NEAR: Final = dt.timedelta(days=7)
STRETCH: Final = dt.timedelta(days=28)
"""Beyond a week the order is by stretches, in each by id: a hundred thousand jobs go in faster in the order of ids."""

Position: TypeAlias = tuple[int, int, str]
"""Where an occasion stands in the order of a replan: near, ahead, behind or undated; how near; its id."""

_COUNTED: Final = frozenset(each.name for each in fields(Replanned)) - {"unreached"}


@dataclass(frozen=True, slots=True)
class Lane:
    """One part of a replan, of so many lanes: the occasions whose ids leave its number over.

    `number` tells the replan from a later one, which begins from the front.
    """

    practice: str
    number: int
    wanted_at: dt.datetime
    lane: int = 0
    lanes: int = 1
    position: Position | None = None
    done: int = 0
    total: int = 0
    changed: Replanned = field(default_factory=Replanned)
    is_ended: bool = False

    def holds(self, occasion_id: uuid.UUID) -> bool:
        """Tell whether an occasion is of this lane."""
        return occasion_id.int % self.lanes == self.lane

    def went_on(self, to: Position | None, occasions: int, changed: Replanned) -> "Lane":
        """Return it with so many more occasions planned, up to a place in the order (None: out of turn)."""
        counted = replace(self.changed.plus(changed), unreached=())
        return replace(self, position=to or self.position, done=self.done + occasions, changed=counted)


@dataclass(frozen=True, slots=True)
class Wish:
    """A replan that was asked for, in one lane or more."""

    lanes: tuple[Lane, ...]

    @property
    def practice(self) -> str:
        """Return the practice's id."""
        return self.lanes[0].practice

    @property
    def done(self) -> int:
        """Return how many occasions were planned again."""
        return sum(lane.done for lane in self.lanes)

    @property
    def total(self) -> int:
        """Return how many there are, as far as that is known."""
        return sum(lane.total for lane in self.lanes)

    @property
    def changed(self) -> Replanned:
        """Return what happened to jobs so far."""
        changed = Replanned()
        for lane in self.lanes:
            changed = changed.plus(lane.changed)
        return changed

    @property
    def is_ended(self) -> bool:
        """Tell whether all jobs are in line."""
        return all(lane.is_ended for lane in self.lanes)


def want_replan(connection: Connection, practice: str, now: dt.datetime, lanes: int | None = None) -> Wish:
    """Ask for all of a practice's jobs to be planned again; one that is under way begins from the front.

    The caller holds the practice's lock alone.
    """
    known = find_wish(connection, practice)
    number = 1 if known is None else known.lanes[0].number + 1
    count = lanes or _lanes(connection, practice)
    wish = Wish(tuple(Lane(practice, number, now, lane, count) for lane in range(count)))
    connection.execute(delete(replans).where(replans.c.practice == practice))
    connection.execute(
        insert(replans), [{"practice": practice, "lane": each.lane, **_row(each)} for each in wish.lanes]
    )
    return wish


def find_wish(connection: Connection, practice: str) -> Wish | None:
    """Return the last replan that was asked for, ended or not."""
    rows = connection.execute(select(replans).where(replans.c.practice == practice).order_by(replans.c.lane))
    found = tuple(map(_lane, rows.mappings()))
    return Wish(found) if found else None


def hold_lane(connection: Connection, lane: Lane, *, wait: bool) -> Lane | None:
    """Lock that lane and return how far it is; None where it has ended, or a later replan was asked for.

    None, too, where another process holds it, unless told to wait.
    """
    same = (replans.c.number == lane.number, replans.c.ended_at.is_(None))
    query = select(replans).where(_is(lane), *same).with_for_update(skip_locked=not wait)
    row = connection.execute(query).mappings().first()
    return None if row is None else _lane(row)


def keep_lane(connection: Connection, lane: Lane) -> None:
    """Write how far a locked lane is."""
    connection.execute(update(replans).where(_is(lane)).values(**_row(lane)))


def end_lane(connection: Connection, lane: Lane, now: dt.datetime) -> None:
    """Note that a locked lane is done."""
    values = _row(replace(lane, done=lane.total)) | {"ended_at": now}
    connection.execute(update(replans).where(_is(lane)).values(**values))


def unfinished(connection: Connection) -> Sequence[str]:
    """Return the practices with a replan that has not ended, the longest waiting first."""
    query = select(replans.c.practice, replans.c.wanted_at).where(replans.c.ended_at.is_(None)).distinct()
    return connection.execute(query.order_by(replans.c.wanted_at, replans.c.practice)).scalars().all()


def position_of(starts_at: dt.datetime | None, occasion_id: uuid.UUID, wanted_at: dt.datetime) -> Position:
    """Return an occasion's place: those of the coming week by their start, later ones, those behind, the undated."""
    if starts_at is None:
        return (3, 0, occasion_id.hex)
    distance = starts_at - wanted_at
    if dt.timedelta() <= distance < NEAR:
        return (0, distance // dt.timedelta(microseconds=1), occasion_id.hex)
    return (1 if distance >= NEAR else 2, abs(distance) // STRETCH, occasion_id.hex)


def _lanes(connection: Connection, practice: str) -> int:
    if connection.dialect.name == "sqlite":  # it has one writer
        return 1
    more = select(occasions.c.id).where(occasions.c.practice == practice).offset(MANY).limit(1)
    return 1 if connection.execute(more).first() is None else MOST_LANES


def _is(lane: Lane) -> ColumnElement[bool]:
    return and_(replans.c.practice == lane.practice, replans.c.lane == lane.lane)


def _row(lane: Lane) -> dict[str, object]:
    return {
        "lanes": lane.lanes,
        "number": lane.number,
        "wanted_at": lane.wanted_at,
        "position": None if lane.position is None else list(lane.position),
        "done": lane.done,
        "total": lane.total,
        "counts": lane.changed.counts(),
        "ended_at": None,
    }


def _lane(row: RowMapping) -> Lane:
    where = row["position"]
    counts = {name: count for name, count in row["counts"].items() if name in _COUNTED}
    return Lane(
        practice=row["practice"],
        number=row["number"],
        wanted_at=row["wanted_at"],
        lane=row["lane"],
        lanes=row["lanes"],
        position=None if where is None else (where[0], where[1], where[2]),
        done=row["done"],
        total=row["total"],
        changed=Replanned(**counts),
        is_ended=row["ended_at"] is not None,
    )
