"""Where a text goes whose own moment lies in quiet hours: later, earlier or the nearer of both. Pure."""

import datetime as dt
from dataclasses import dataclass

from jobs.windows import SendingWindow
from scheduler.planning.compiled import QuietHours
from scheduler.planning.decisions import Shift
from scheduler.planning.timing import Place, moment_of, wall_of

_FAR_BACK = dt.timedelta(days=3)

Shifted = tuple[dt.datetime | None, Shift]


@dataclass(frozen=True, slots=True)
class Hours:
    """A person's sending hours: the window in their possible zones, and the occasion's place for counting days."""

    window: SendingWindow
    zones: tuple[str, ...]
    place: Place

    def next_opening(self, moment: dt.datetime) -> dt.datetime | None:
        """Return the moment itself if it is open, else the next opening; None if there is none."""
        return self.window.next_opening(moment, self.zones)

    def is_open(self, moment: dt.datetime) -> bool:
        """Tell whether a text may go at that moment."""
        return self.window.is_open(moment, self.zones)


@dataclass(frozen=True, slots=True)
class Bounds:
    """A text goes at `ready` at the earliest and before `limit`, if there is one."""

    ready: dt.datetime
    limit: dt.datetime | None

    def leave_useful(self, moment: dt.datetime | None) -> bool:
        """Tell whether a text would still be useful then."""
        return moment is not None and (self.limit is None or moment < self.limit)


def shift(own: dt.datetime, mode: QuietHours, hours: Hours, bounds: Bounds) -> Shifted:
    """Return when a text goes whose own moment is still ahead, and how that was found; it may be useless then."""
    later = hours.next_opening(own)
    if later == own:
        return own, Shift.NONE
    if mode not in (QuietHours.EARLIER, QuietHours.NEAREST):
        return later, Shift.LATER
    drawn = hours.window.earlier(own, hours.zones)
    if drawn is None:
        return later, Shift.LATER
    if mode is QuietHours.EARLIER:
        return _earlier(own, drawn, later, hours, bounds)
    return _nearest(own, drawn, later, hours, bounds)


def _is_near(own: dt.datetime, drawn: dt.datetime, hours: Hours) -> bool:
    """Tell whether it is at most 3 calendar days back."""
    return drawn >= moment_of(wall_of(own, hours.place.zone) - _FAR_BACK, hours.place.zone)


def _earlier(own: dt.datetime, drawn: dt.datetime, later: dt.datetime | None, hours: Hours, bounds: Bounds) -> Shifted:
    ahead = drawn >= bounds.ready
    if ahead and _is_near(own, drawn, hours):
        return drawn, Shift.EARLIER
    if bounds.leave_useful(later):
        return later, Shift.LATER
    if ahead:
        return drawn, Shift.FURTHER_BACK
    return hours.next_opening(bounds.ready), Shift.AFTER_DATED


def _nearest(own: dt.datetime, drawn: dt.datetime, later: dt.datetime | None, hours: Hours, bounds: Bounds) -> Shifted:
    if later is None or not bounds.leave_useful(later):
        return _earlier(own, drawn, later, hours, bounds)
    fits = drawn >= bounds.ready and bounds.leave_useful(drawn) and _is_near(own, drawn, hours)
    if fits and own - drawn <= later - own:
        return drawn, Shift.EARLIER
    return later, Shift.LATER
