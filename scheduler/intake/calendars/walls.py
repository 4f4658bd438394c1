"""When an event is, as intake keeps it: dates of iCalendar in, local wall times or days out. Pure.

A time that names a place stays there. A floating one is the practice's; one in UTC, or of a zone that only the file
describes, is turned into the practice's.
"""

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Times:
    """Start and end as intake keeps them, the place's zone (None: the practice's), and the start's instant in UTC."""

    start: str
    end: str | None
    timezone: str | None
    starts_at: dt.datetime
    is_all_day: bool


def times_of(start: dt.date, end: dt.date | None, zone: ZoneInfo, *, by_day: bool) -> Times:
    """Return when it is; `zone` is the practice's, `by_day` wants the day only."""
    if not isinstance(start, dt.datetime):
        return Times(start.isoformat(), None, None, _midnight(start, zone), is_all_day=True)
    there, local = _placed(start, zone)
    if by_day:
        return Times(local.date().isoformat(), None, None, _midnight(local.date(), zone), is_all_day=False)
    return Times(
        start=_written(local),
        end=_end(end, local),
        timezone=there,
        starts_at=local.astimezone(dt.UTC),
        is_all_day=False,
    )


def _midnight(day: dt.date, zone: ZoneInfo) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), zone).astimezone(dt.UTC)


def _placed(moment: dt.datetime, zone: ZoneInfo) -> tuple[str | None, dt.datetime]:
    """Return the zone of the place, where one is named, and the moment there, else the moment in the practice's."""
    if moment.tzinfo is None:
        return None, moment.replace(tzinfo=zone)
    name = getattr(moment.tzinfo, "key", None)
    if isinstance(name, str) and "/" in name and not name.startswith("Etc/"):
        return name, moment
    return None, moment.astimezone(zone)


def _end(end: dt.date | None, start: dt.datetime) -> str | None:
    """Return the end at the start's place; none where it is the start, or a day."""
    if not isinstance(end, dt.datetime):
        return None
    local = end.replace(tzinfo=start.tzinfo) if end.tzinfo is None else end.astimezone(start.tzinfo)
    return None if local == start else _written(local)


def _written(local: dt.datetime) -> str:
    """Return the wall time; with its offset where it is the second of two that read alike."""
    shown = local if local.fold and _occurs_twice(local) else local.replace(tzinfo=None)
    return shown.replace(microsecond=0).isoformat(timespec="seconds" if shown.second else "minutes")


def _occurs_twice(local: dt.datetime) -> bool:
    return local.utcoffset() != local.replace(fold=0).utcoffset()
