"""Which practices' jobs are still to be brought in line with what was published, and how far that is: rows in and out.

The only writer of `replans`. A wish that is not ended outlives whoever began to grant it; nothing is planned here.
"""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Final, TypeAlias

from sqlalchemy import Connection, RowMapping, delete, insert, select, update

from jobs.records import replans
from scheduler.planning.basis import Replanned

NEAR: Final = dt.timedelta(days=7)
STRETCH: Final = dt.timedelta(days=28)
"""Beyond a week the order is by stretches, in each by id: a hundred thousand jobs go in faster in the order of ids."""

Position: TypeAlias = tuple[int, int, str]
"""Where an occasion stands in the order of a replan: near, ahead, behind or undated; how near; its id."""

_COUNTED: Final = frozenset(each.name for each in fields(Replanned)) - {"unreached"}


@dataclass(frozen=True, slots=True)
class Wish:
    """A replan that was asked for, and how far it is: `total` as far as that is known.

    `number` tells it from a later one, which begins from the front.
    """

    practice: str
    number: int
    wanted_at: dt.datetime
    position: Position | None = None
    done: int = 0
    total: int = 0
    changed: Replanned = field(default_factory=Replanned)
    is_ended: bool = False

    def went_on(self, to: Position | None, occasions: int, changed: Replanned) -> "Wish":
        """Return it with so many more occasions planned, up to a place in the order (None: out of turn)."""
        counted = replace(self.changed.plus(changed), unreached=())
        return replace(self, position=to or self.position, done=self.done + occasions, changed=counted)


def want_replan(connection: Connection, practice: str, now: dt.datetime) -> Wish:
    """Ask for all of a practice's jobs to be planned again; one that is under way begins from the front.

    The caller holds the practice's lock alone.
    """
    known = find_wish(connection, practice)
    wish = Wish(practice, 1 if known is None else known.number + 1, now)
    connection.execute(delete(replans).where(replans.c.practice == practice))
    connection.execute(insert(replans), {"practice": practice, **_row(wish)})
    return wish


def find_wish(connection: Connection, practice: str) -> Wish | None:
    """Return the last replan that was asked for, ended or not."""
    row = connection.execute(select(replans).where(replans.c.practice == practice)).mappings().first()
    return None if row is None else _wish(row)


def hold_wish(connection: Connection, wish: Wish, *, wait: bool) -> Wish | None:
    """Lock a replan and return how far it is; None where it has ended, or a later one was asked for.

    None, too, where another process holds it, unless told to wait.
    """
    same = (replans.c.practice == wish.practice, replans.c.number == wish.number, replans.c.ended_at.is_(None))
    row = connection.execute(select(replans).where(*same).with_for_update(skip_locked=not wait)).mappings().first()
    return None if row is None else _wish(row)


def keep_wish(connection: Connection, wish: Wish) -> None:
    """Write how far a locked replan is."""
    connection.execute(update(replans).where(replans.c.practice == wish.practice).values(**_row(wish)))


def end_wish(connection: Connection, wish: Wish, now: dt.datetime) -> None:
    """Note that a locked replan is done."""
    values = _row(replace(wish, done=wish.total)) | {"ended_at": now}
    connection.execute(update(replans).where(replans.c.practice == wish.practice).values(**values))


def unfinished(connection: Connection) -> Sequence[str]:
    """Return the practices with a replan that has not ended, the longest waiting first."""
    query = select(replans.c.practice).where(replans.c.ended_at.is_(None))
    return connection.execute(query.order_by(replans.c.wanted_at, replans.c.practice)).scalars().all()


def position_of(starts_at: dt.datetime | None, occasion_id: uuid.UUID, wanted_at: dt.datetime) -> Position:
    """Return an occasion's place: those of the coming week by their start, later ones, those behind, the undated."""
    if starts_at is None:
        return (3, 0, occasion_id.hex)
    distance = starts_at - wanted_at
    if dt.timedelta() <= distance < NEAR:
        return (0, distance // dt.timedelta(microseconds=1), occasion_id.hex)
    return (1 if distance >= NEAR else 2, abs(distance) // STRETCH, occasion_id.hex)


def _row(wish: Wish) -> dict[str, object]:
    return {
        "number": wish.number,
        "wanted_at": wish.wanted_at,
        "position": None if wish.position is None else list(wish.position),
        "done": wish.done,
        "total": wish.total,
        "counts": wish.changed.counts(),
        "ended_at": None,
    }


def _wish(row: RowMapping) -> Wish:
    where = row["position"]
    counts = {name: count for name, count in row["counts"].items() if name in _COUNTED}
    return Wish(
        practice=row["practice"],
        number=row["number"],
        wanted_at=row["wanted_at"],
        position=None if where is None else (where[0], where[1], where[2]),
        done=row["done"],
        total=row["total"],
        changed=Replanned(**counts),
        is_ended=row["ended_at"] is not None,
    )
