"""How long `keep` says that something is kept, as a moment: `2 years` before now. Pure."""

import datetime as dt
from typing import Final

from scheduler.planning.timing import add_months

_MONTHS: Final = {"month": 1, "year": 12}
_DAYS: Final = {"day": 1, "week": 7}


def ago(length: str | None, now: dt.datetime) -> dt.datetime | None:
    """Return the moment so long ago, `2 years` or `90 days`; None: for ever, or further than the calendar reaches."""
    if length is None:
        return None
    digits, _, word = length.partition(" ")
    count, unit = int(digits), word.removesuffix("s")
    try:
        if unit in _MONTHS:
            return add_months(now, -count * _MONTHS[unit])
        return now - dt.timedelta(days=count * _DAYS[unit])
    except OverflowError:
        return None
