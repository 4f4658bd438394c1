"""How a text prints days, times and money in a language and a zone, and how an occasion's own words become moments.

Pure. The filters of `rendering` and the gate `says_truth` share it, so that what is printed is what is looked for.
Source of the patterns: CLDR through Babel; spaces and letters that would force UCS-2 are replaced (`_plain`).
"""

import datetime as dt
import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton, format_time, get_timezone_location
from babel.numbers import format_currency, get_territory_currencies

from jobs.drafts import About, Person
from jobs.segments import fold, measure, normalise_spaces
from jobs.windows.sending import zone_of

Moment = dt.date | dt.datetime
"""A day, or an aware moment in the zone in which it is printed."""

DAY_LENGTH = len("2026-12-01")
YEAR_FROM = dt.timedelta(days=180)
"""A date further away than this is printed with its year."""

RELATIVE_WORDS: dict[str, tuple[str, str]] = {
    "en": ("today", "tomorrow"),
    "fr": ("aujourd'hui", "demain"),
    "es": ("hoy", "mañana"),
    "pt": ("hoje", "amanha"),
    "it": ("oggi", "domani"),
    "de": ("heute", "morgen"),
    "nl": ("vandaag", "morgen"),
}
"""What `day` prints for the day itself and the next one; in another language it prints the date with its weekday."""

# Languages in which a text without its accents is usual and reads the same; "aout" is even the spelling of 1990.
_FOLDED = frozenset(RELATIVE_WORDS)
_YEAR = re.compile(r"^y(?:年|년 |\. )|[,،]?[\s\u202f]*(?:'de' )?y(?:[\s\u202f]'[^']*'\.?)?")
_FIRST = re.compile(r"(?<!\d)1 (?=\w)")


@dataclass(frozen=True, slots=True)
class Printing:
    """How to print one text: its language and locale, `now` in the zone printed, whether to name the zone, money."""

    language: str
    locale: Locale
    now: dt.datetime
    names_zone: bool = False
    currency: str = "CAD"

    @property
    def zone(self) -> dt.tzinfo:
        """Return the zone in which everything is printed."""
        return self.now.tzinfo or dt.UTC


def printing_for(language: str, country: str, now: dt.datetime, *, names_zone: bool = False) -> Printing:
    """Return how to print in `language` (`fr`, `fr_CA`) for a practice of `country`; `now` is in the zone printed."""
    return Printing(language, locale_of(language, country), now, names_zone, currency_of(country))


@lru_cache(maxsize=256)
def locale_of(language: str, country: str) -> Locale:
    """Return the locale of a language in a country, else of the language alone, else English."""
    for name in (language if "_" in language else f"{language}_{country}", language.split("_", maxsplit=1)[0]):
        try:
            return Locale.parse(name)
        except (UnknownLocaleError, ValueError):
            continue
    return Locale.parse("en")


@lru_cache(maxsize=256)
def currency_of(country: str) -> str:
    """Return a country's currency (ISO 4217), CAD where CLDR knows none: amounts are in the practice's own money."""
    known = get_territory_currencies(country)
    return known[0] if known else "CAD"


def read_moment(text: str, zone: dt.tzinfo) -> Moment:
    """Read a local wall time of `zone` (`2026-12-01T10:00`, perhaps with an offset) or a day (`2026-12-01`).

    A wall time in a gap moves forward by it, one that occurs twice is the first. Raises ValueError for anything else.
    """
    if len(text) == DAY_LENGTH:
        return dt.date.fromisoformat(text)
    moment = dt.datetime.fromisoformat(text)
    if moment.tzinfo is None:
        # Through UTC and back: a wall time that does not exist comes out moved by the gap.
        moment = moment.replace(tzinfo=zone).astimezone(dt.UTC)
    return moment.astimezone(zone)


def wall_text(given: object, zone: dt.tzinfo) -> str | None:
    """Return a local time or day as it stands in a job's identity (`2026-12-01T10:00`), None for what is neither."""
    if not isinstance(given, str):
        return None
    try:
        read = dt.datetime.fromisoformat(given)
    except ValueError:
        return None
    if len(given) == DAY_LENGTH:
        return given
    # A wall time stays as it is, even one that does not exist or occurs twice; one with an offset is that instant.
    wall = (read.astimezone(zone) if read.tzinfo else read).replace(tzinfo=None)
    return wall.isoformat(timespec="auto" if wall.second or wall.microsecond else "minutes")


def zone_printed(occasion: About | None, person: Person | None, practice_zone: str) -> tuple[dt.tzinfo, bool]:
    """Return the zone in which a text prints, and whether to name it.

    The occasion's, else the practice's; for a remote occasion the recipient's where it was stated, named when its
    clocks differ from the occasion's at the start. A zone guessed from a number never prints.
    """
    if occasion is None:
        return zone_of(practice_zone), False
    own = zone_of(occasion.timezone or practice_zone)
    if not occasion.remote or person is None or person.timezone is None:
        return own, False
    theirs = zone_of(person.timezone)
    start = read_moment(occasion.start, own) if occasion.start else None
    if not isinstance(start, dt.datetime):
        return own, False
    return theirs, start.utcoffset() != start.astimezone(theirs).utcoffset()


def print_date(value: Moment, how: Printing, style: str = "long") -> str:
    """Return the date (`December 1`, `1er décembre`), its year where it is far away; style long or short."""
    day = _day(value)
    far = abs(day - how.now.date()) > YEAR_FROM
    if style == "short":
        printed = format_skeleton("yMMMd" if far else "MMMd", day, locale=how.locale)
    else:
        pattern = str(how.locale.date_formats["long"].pattern)
        printed = format_date(day, pattern if far else _YEAR.sub("", pattern), locale=how.locale)
    return _plain(printed, day, how)


def print_time(value: Moment, how: Printing) -> str:
    """Return the time of day (`2:30 p.m.`, `14 h 30`), with the zone's city where zones differ.

    Raises:
        TypeError: the value is a day and has no time.

    """
    if not isinstance(value, dt.datetime):
        message = f"{value} is a day and has no time"
        raise TypeError(message)
    local = value.astimezone(how.zone)
    printed = _plain(format_time(local, "short", tzinfo=how.zone, locale=how.locale), local.date(), how)
    return f"{printed} ({zone_name(how)})" if how.names_zone else printed


def zone_name(how: Printing) -> str:
    """Return the city by which the zone printed is known in the language (`Paris`)."""
    name = get_timezone_location(how.zone, locale=how.locale, return_city=True)
    return _plain(name, how.now.date(), how)


def print_weekday(value: Moment, how: Printing) -> str:
    """Return the name of the weekday (`Tuesday`, `mardi`)."""
    day = _day(value)
    return _plain(format_date(day, "EEEE", locale=how.locale), day, how)


def print_full_date(value: Moment, how: Printing) -> str:
    """Return the date with its weekday (`Tuesday, December 1`), its year where it is far away."""
    day = _day(value)
    pattern = str(how.locale.date_formats["full"].pattern)
    if abs(day - how.now.date()) <= YEAR_FROM:
        pattern = _YEAR.sub("", pattern)
    return _plain(format_date(day, pattern, locale=how.locale), day, how)


def print_day(value: Moment, how: Printing) -> str:
    """Return `today` or `tomorrow` where it is that, else the date with its weekday."""
    words = RELATIVE_WORDS.get(how.language.split("_")[0], ())
    ahead = (_day(value) - how.now.date()).days
    return words[ahead] if 0 <= ahead < len(words) else print_full_date(value, how)


def print_money(value: Decimal, how: Printing, currency: str | None = None) -> str:
    """Return an amount as the language writes it (`$1,245.50`, `1 245,50 $`), in the practice's money unless named."""
    printed = format_currency(value, currency or how.currency, locale=how.locale)
    return _plain(printed, how.now.date(), how)


def _day(value: Moment) -> dt.date:
    return value.date() if isinstance(value, dt.datetime) else value


def _plain(printed: str, day: dt.date, how: Printing) -> str:
    """Return what was printed with plain spaces, French's `1er`, and in GSM-7 where dropping accents is usual."""
    text = normalise_spaces(printed)
    language = how.language.split("_")[0]
    if language == "fr" and day.day == 1:
        text = _FIRST.sub("1er ", text)
    if language not in _FOLDED or not measure(text).forcing:
        return text
    folded = fold(text)
    return text if measure(folded).forcing else folded
