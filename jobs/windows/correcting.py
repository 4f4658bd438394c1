"""When a correction may go: the sending window, and from 24 hours before its start the corrections window, every day.

Pure. Moments are aware; a window without hours of its own for corrections is the sending window to the end.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Final

from jobs.windows.sending import SendingWindow

NEAR: Final = dt.timedelta(hours=24)
"""From so long before the start that a correction is about, the corrections window applies."""


@dataclass(frozen=True, slots=True)
class CorrectionHours:
    """The hours of one correction: about `start` (None: of no start, then the sending window alone)."""

    window: SendingWindow
    corrections: SendingWindow | None
    start: dt.datetime | None

    def is_open(self, moment: dt.datetime, zones: tuple[str, ...]) -> bool:
        """Tell whether the moment lies inside, in all the zones."""
        return self._at(moment).is_open(moment, zones)

    def next_opening(self, moment: dt.datetime, zones: tuple[str, ...]) -> dt.datetime | None:
        """Return the moment itself if it is inside, else the next opening; None if there is none within two years."""
        near = self._near()
        if near is None or self.corrections is None:
            return self.window.next_opening(moment, zones)
        if moment < near:
            opening = self.window.next_opening(moment, zones)
            if opening is not None and opening < near:
                return opening
        return self.corrections.next_opening(max(moment, near), zones)

    def closing(self, moment: dt.datetime, zones: tuple[str, ...]) -> dt.datetime | None:
        """Return the end of the hours that the moment lies in; None if it lies outside."""
        near = self._near()
        end = self._at(moment).closing(moment, zones)
        if end is None or near is None or self.corrections is None or not moment < near < end:
            return end
        return self.corrections.closing(near, zones) or near

    def _near(self) -> dt.datetime | None:
        return None if self.start is None else self.start - NEAR

    def _at(self, moment: dt.datetime) -> SendingWindow:
        near = self._near()
        return self.corrections if self.corrections is not None and near is not None and moment >= near else self.window
