"""Which days are closed: public holidays by code, a practice's own closed and open days, weekends. Cached by year.

The only home of the `holidays` package. Knows nothing of hours.
"""

import datetime as dt
import difflib
import functools
import warnings
from collections.abc import Iterable

import holidays

from jobs.errors import InputError

_ONE_DAY = dt.timedelta(days=1)
_SATURDAY = 5
_REMEMBERED_SHIFTS = 20_000


@functools.cache
def known_holiday_codes() -> frozenset[str]:
    """Return every code of the `holidays` package: countries (`CA`) and their subdivisions (`CA-QC`)."""
    codes: set[str] = set()
    for country, subdivisions in holidays.list_supported_countries().items():
        codes.add(country)
        codes.update(f"{country}-{subdivision}" for subdivision in subdivisions)
    return frozenset(codes)


def check_holiday_code(code: str) -> None:
    """Accept a holiday code.

    Raises:
        InputError: the code is unknown; names the nearest spelling.

    """
    known = known_holiday_codes()
    if code in known:
        return
    near = difflib.get_close_matches(code.upper(), known, n=1, cutoff=0.5)
    advice = (
        f": did you mean {near[0]!r}?" if near else ": write a country such as 'CA' or a part of one such as 'CA-QC'"
    )
    message = f"holiday code {code!r} is not known{advice}"
    raise InputError(message)


@functools.lru_cache(maxsize=4096)
def _holidays_of(code: str, year: int) -> dict[dt.date, str]:
    """Return the public holidays of one code in one year; neighbours are read too, as some are observed in December."""
    country, _, subdivision = code.partition("-")
    near = [candidate for candidate in (year - 1, year, year + 1) if dt.MINYEAR <= candidate <= dt.MAXYEAR]
    with warnings.catch_warnings():
        # Some calendars (Diwali in IN) are known for some years only, and warn beyond them.
        warnings.simplefilter("ignore")
        found = holidays.country_holidays(country, subdiv=subdivision or None, years=near)
    return {day: name for day, name in found.items() if day.year == year}


class Calendar:
    """The open and closed days of a practice.

    `codes` are codes of the `holidays` package: a day in any of them is closed. `extra_open` wins over `extra_closed`
    and over holidays, and opens weekends too.

    Raises:
        InputError: a code is unknown.

    """

    def __init__(
        self,
        codes: Iterable[str] = (),
        extra_closed: Iterable[dt.date] = (),
        extra_open: Iterable[dt.date] = (),
    ) -> None:
        """Check the codes; nothing is expanded until it is asked for."""
        self._codes = tuple(codes)
        for code in self._codes:
            check_holiday_code(code)
        self._extra_open = frozenset(extra_open)
        self._extra_closed = frozenset(extra_closed) - self._extra_open
        self._closed_by_year: dict[int, frozenset[dt.date]] = {}
        self._shifts: dict[tuple[dt.date, int], dt.date] = {}

    def is_closed(self, day: dt.date) -> bool:
        """Tell whether a sending window takes its `holidays` entry: a holiday or extra_closed, and not extra_open."""
        closed = self._closed_by_year.get(day.year)
        if closed is None:
            closed = self._expand(day.year)
        return day in closed

    def is_open_day(self, day: dt.date) -> bool:
        """Tell whether this is a business day."""
        if day.weekday() >= _SATURDAY:
            return day in self._extra_open
        return not self.is_closed(day)

    def name(self, day: dt.date) -> str:
        """Return what closes the day (a holiday's name, `closed by the practice`, `weekend`), or an empty text."""
        if self.is_open_day(day):
            return ""
        for code in self._codes:
            found = _holidays_of(code, day.year).get(day)
            if found:
                return found
        return "closed by the practice" if day in self._extra_closed else "weekend"

    def open_day(self, day: dt.date, count: int) -> dt.date:
        """Return the nth open day strictly after `day`, or strictly before it for a negative `count`.

        Raises:
            OverflowError: the calendar of years 1 to 9999 ends first.

        """
        key = (day, count)
        found = self._shifts.get(key)
        if found is None:
            if len(self._shifts) >= _REMEMBERED_SHIFTS:
                self._shifts.clear()
            found = self._shifts[key] = self._count_open_days(day, count)
        return found

    def next_open_day(self, day: dt.date) -> dt.date:
        """Return `day` if it is open, else the next open day."""
        return day if self.is_open_day(day) else self.open_day(day, 1)

    def last_open_day(self, day: dt.date) -> dt.date:
        """Return `day` if it is open, else the last open day before it."""
        return day if self.is_open_day(day) else self.open_day(day, -1)

    def _count_open_days(self, day: dt.date, count: int) -> dt.date:
        stride = _ONE_DAY if count > 0 else -_ONE_DAY
        left = abs(count)
        while left:
            day += stride
            left -= self.is_open_day(day)
        return day

    def _expand(self, year: int) -> frozenset[dt.date]:
        closed = {day for code in self._codes for day in _holidays_of(code, year)}
        closed.update(day for day in self._extra_closed if day.year == year)
        return self._closed_by_year.setdefault(year, frozenset(closed - self._extra_open))
