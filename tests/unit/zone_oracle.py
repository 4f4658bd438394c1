"""An oracle for local time, written unlike the code it judges: a zone is only ever asked about UTC moments.

Each zone is a list of stretches of one offset, found by walking through UTC week by week and halving. A wall time is
looked for in every stretch; where none holds it, it lies in a gap and is read with the offset before.
"""

import datetime as dt
import functools
import zoneinfo
from typing import NamedTuple

FIRST = dt.datetime(2022, 10, 1, tzinfo=dt.UTC)
LAST = dt.datetime(2037, 3, 31, tzinfo=dt.UTC)
ZONES = tuple(sorted(zoneinfo.available_timezones() - {"localtime"}))


class Stretch(NamedTuple):
    """From `begins` until the next stretch, local time is UTC plus `offset`."""

    begins: dt.datetime
    offset: dt.timedelta


@functools.cache
def stretches(zone: str) -> tuple[Stretch, ...]:
    """Return a zone's stretches between FIRST and LAST."""
    found = [Stretch(FIRST, _offset(zone, FIRST))]
    day = FIRST
    while day < LAST:
        following = day + dt.timedelta(days=7)  # no zone changes and changes back within a week
        offset = _offset(zone, following)
        if offset != found[-1].offset:
            found.append(Stretch(_change(zone, day, following), offset))
        day = following
    return tuple(found)


def instant(wall: dt.datetime, zone: str) -> dt.datetime:
    """Return the first moment that shows this wall time; where there is none, the moment by the offset before."""
    naive = wall.replace(tzinfo=dt.UTC)
    row = stretches(zone)
    ends = [stretch.begins for stretch in row[1:]] + [LAST]
    for stretch, end in zip(row, ends, strict=True):
        moment = naive - stretch.offset
        if stretch.begins <= moment < end:
            return moment
        if moment < stretch.begins:  # passed over: it lies in the gap before this stretch
            return naive - row[row.index(stretch) - 1].offset
    return naive - row[-1].offset


def wall_clock(moment: dt.datetime, zone: str) -> dt.datetime:
    """Return what the clocks of a zone show at a moment."""
    offset = [stretch.offset for stretch in stretches(zone) if stretch.begins <= moment][-1]
    return (moment + offset).replace(tzinfo=None)


def _offset(zone: str, moment: dt.datetime) -> dt.timedelta:
    local = moment.astimezone(zoneinfo.ZoneInfo(zone))
    return local.replace(tzinfo=dt.UTC) - moment


def _change(zone: str, before: dt.datetime, after: dt.datetime) -> dt.datetime:
    old = _offset(zone, before)
    while after - before > dt.timedelta(seconds=1):
        middle = before + (after - before) // 2
        middle = middle.replace(microsecond=0)
        if _offset(zone, middle) == old:
            before = middle
        else:
            after = middle
    return after
