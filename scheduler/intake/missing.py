"""What a file that holds everything of some days lacks: refs in, the stored occasions that are not among them out."""

import datetime as dt
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, func, select

from jobs.records import occasions
from scheduler.intake.staging import CompleteDays
from scheduler.rulebook.schema import Kind

MOST_GONE_UNASKED: Final = 0.2
"""Above this share of what is stored for the days, a person is asked first."""

_ONE_DAY: Final = dt.timedelta(days=1)
_DAY_LENGTH: Final = len("2026-12-01")


@dataclass(frozen=True, slots=True)
class Missing:
    """The live occasions of the days that the file lacks, and how many live ones are stored for the days."""

    ids: tuple[uuid.UUID, ...]
    refs: tuple[str, ...]
    of: int

    @property
    def is_too_many(self) -> bool:
        """Whether a person is to be asked before they are removed."""
        return len(self.ids) > MOST_GONE_UNASKED * self.of


def find_missing(
    connection: Connection, practice: str, kind: tuple[str, Kind], days: CompleteDays, refs: Collection[str]
) -> Missing:
    """Return what is live, dated by its own local date inside `days`, and not among `refs`."""
    name, terms = kind
    day = func.substr(occasions.c.start, 1, _DAY_LENGTH)
    # The instants, a day wider each side for the zones, let the index by date narrow the search.
    first, last = (dt.datetime.combine(each, dt.time(), dt.UTC) for each in (days.first, days.last))
    query = select(occasions.c.id, occasions.c.ref).where(
        occasions.c.practice == practice,
        occasions.c.kind == name,
        occasions.c.starts_at.between(first - _ONE_DAY, last + 2 * _ONE_DAY),
        day.between(days.first.isoformat(), days.last.isoformat()),
        occasions.c.status.in_(terms.status.live),
        occasions.c.gone_at.is_(None),
    )
    found = connection.execute(query.order_by(occasions.c.id)).all()
    gone = [row for row in found if row.ref not in refs]
    return Missing(tuple(row.id for row in gone), tuple(row.ref for row in gone), len(found))
