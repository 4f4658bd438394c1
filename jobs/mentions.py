"""Which days and times a text says: relative words, dates in the forms that `printing` prints, times of day. Pure.

Text in, what was found out, quoted as it stands. It judges nothing; `gates/says_truth` does.
"""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from babel import Locale
from babel.dates import get_day_names

from jobs.printing import Moment, Printing, print_date, print_full_date, print_time, print_weekday
from jobs.segments import fold

_FAR: Final = dt.timedelta(days=400)
_WRONG_YEARS: Final = 3


@dataclass(frozen=True, slots=True)
class RelativeDay:
    """A word such as `tomorrow`, and how many days ahead it means."""

    word: str
    ahead: int


@dataclass(frozen=True, slots=True)
class TimeSaid:
    """A time of day as it stands in the text, and what it means."""

    words: str
    time: dt.time


# What a language says for a day seen from now, in the plain letters that `fold` leaves. Spanish `la mañana` and German
# `am Morgen` are the morning, no day.
_RELATIVE: Final[dict[str, tuple[tuple[str, int], ...]]] = {
    "en": (
        (r"(?:the )?day after tomorrow", 2),
        ("tomorrow", 1),
        ("today|tonight|this (?:morning|afternoon|evening)", 0),
    ),
    "fr": (
        ("apres[- ]demain", 2),
        ("demain", 1),
        (r"aujourd'?hui|ce (?:soir|matin|midi)|cet(?:te)? (?:apres-midi|aprem)", 0),
    ),
    "es": (("pasado manana", 2), ("(?<!la )manana", 1), ("hoy|esta (?:tarde|noche)", 0)),
    "pt": (("depois de amanha", 2), ("amanha", 1), ("hoje|esta (?:tarde|noite)", 0)),
    "it": (("dopodomani", 2), ("domani", 1), ("oggi|stasera|stamattina", 0)),
    "de": (("ubermorgen", 2), ("(?<!am )(?<!heute )morgen", 1), ("heute", 0)),
    "nl": (("overmorgen", 2), ("(?<!van)morgen", 1), ("vandaag|vanavond|vanmorgen|vanmiddag", 0)),
}
_ALWAYS: Final = ("en", "fr")
"""Looked for in every text: those of a bilingual country are often in both."""

# Words before a relative day that make it say when to act, not when the occasion is.
_ACTS: Final = re.compile(
    r"(?:\b(?:call|phone|ring|text|reply|respond|answer|confirm|contact|pay|visit|write|e-?mail|sign|register|open|closed)"
    r"(?: (?:us|me|back|now|by|before|until|here|online|to us|in full|at \+?[\d(][\d() .-]{5,}\d))*"
    r"|\b(?:appel|telephon|repond|confirm|contact|pay|regl|ecriv|text|sign|inscriv|acquitt)(?:ez|er|re)(?:-(?:nous|le|la|vous|moi))?"
    r"(?: (?:nous|ici|maintenant|des|avant|d'ici|en ligne|au \+?[\d(][\d() .-]{5,}\d))*"
    r"|\b(?:ouvert|ferme)e?s?"
    r"|\b(?:as of|starting|since|by|before|until|no later than)"
    r"|\b(?:a partir|a compter|en date|depuis|avant|jusqu'a|des|d'ici)(?: d'|(?= )))\s*$",
    re.IGNORECASE,
)
# "to confirm tomorrow at 10:00" confirms an appointment, "call us tomorrow at 10:00" asks for a call.
_CONFIRMED: Final = re.compile(r"\bconfirm(?:ez|er)? \| (?:at|a) \d", re.IGNORECASE)
_PATTERNS: Final = {
    language: tuple((re.compile(rf"(?<!\w)(?:{words})(?!\w)", re.IGNORECASE), ahead) for words, ahead in table)
    for language, table in _RELATIVE.items()
}
_TIME: Final = re.compile(
    r"(?<![\d:.,$/-])(?P<hour>[01]?\d|2[0-4])"
    r"(?:\s?(?:heures?|h)(?:\s?(?P<after_h>[0-5]\d)(?!\d))?(?!\w)|:(?P<minute>[0-5]\d)(?!\d)|(?=\s?[ap]\.?\s?m\b))"
    r"(?:\s?(?P<half>[ap])\.?\s?m\b\.?)?",
    re.IGNORECASE,
)
_NAMED_TIMES: Final = (
    (re.compile(r"\b(?:noon|midi)\b", re.IGNORECASE), dt.time(12)),
    (re.compile(r"\b(?:midnight|minuit)\b", re.IGNORECASE), dt.time(0)),
)


def plain(text: str) -> str:
    """Return the text in plain letters, spaces collapsed, accents dropped: how this module looks at texts."""
    return " ".join(_unaccented(fold(text)).split())


def _unaccented(text: str) -> str:
    return text.translate(_ACCENTS)


_ACCENTS: Final = str.maketrans("éèêëàâäùûüîïôöçñìòÉÈÊËÀÂÄÙÛÜÎÏÔÖÇÑÌÒ", "eeeeaaauuuiioocnioEEEEAAAUUUIIOOCNIO")


def relative_days(text: str, language: str) -> list[RelativeDay]:
    """Return the relative days that a plain text says of its occasion, in its language, English or French.

    What says when to act is left out: `reply today`, `as of today`, `avant demain`.
    """
    found: list[RelativeDay] = []
    for each in dict.fromkeys((*_ALWAYS, language.split("_", maxsplit=1)[0])):
        rest = text
        for pattern, ahead in _PATTERNS.get(each, ()):
            found += [
                RelativeDay(hit.group(), ahead) for hit in pattern.finditer(rest) if not _is_about_acting(rest, hit)
            ]
            # The longer words come first and are taken out, so that "day after tomorrow" says no "tomorrow".
            rest = pattern.sub("-", rest)
    return found


def _is_about_acting(text: str, hit: re.Match[str]) -> bool:
    """Tell whether the word says when the person is to act, by what stands before and after it."""
    before, after = text[: hit.start()], text[hit.end() :]
    return (
        _ACTS.search(before) is not None and not after.startswith("'s") and not _CONFIRMED.search(before + "|" + after)
    )


def says_date(text: str, day: Moment, how: Printing) -> bool:
    """Tell whether a plain text shows the day's date as we print it, its weekday and year right where given."""
    return any(
        _year_fits(text, hit, day) and _wrong_weekday(text, hit, day, how) is None for hit in _dates(text, day, how)
    )


def wrong_weekday(text: str, day: Moment, how: Printing) -> str | None:
    """Return the words of a plain text that give the day's date a weekday which it is not, or None."""
    found = (_wrong_weekday(text, hit, day, how) for hit in _dates(text, day, how))
    return next((words for words in found if words), None)


def weekdays(text: str, how: Printing) -> list[str]:
    """Return the weekdays that a plain text names, in the language it is printed in."""
    return [hit.group() for hit in _weekday_pattern(how).finditer(text)]


def times(text: str) -> list[TimeSaid]:
    """Return the times of day that a plain text says, in the usual writings of English and French."""
    found = [TimeSaid(hit.group().strip(), time) for hit in _TIME.finditer(text) if (time := _time_of(hit)) is not None]
    for pattern, time in _NAMED_TIMES:
        found += [TimeSaid(hit.group(), time) for hit in pattern.finditer(text)]
    return found


def says_time(text: str, moment: dt.datetime, how: Printing) -> bool:
    """Tell whether a plain text says the moment's time of day, as it is printed or in a usual writing."""
    wanted = moment.astimezone(how.zone).time().replace(second=0, microsecond=0)
    if any(said.time == wanted for said in times(text)):
        return True
    printed = plain(print_time(moment, replace(how, names_zone=False)))
    if re.fullmatch(r"\d{1,2}:\d\d", printed):
        return False  # found above, or followed by an a.m. or p.m. that makes it another time
    return re.search(rf"(?<!\d){re.escape(printed)}(?!\d)", text, re.IGNORECASE) is not None


def _time_of(hit: re.Match[str]) -> dt.time | None:
    hour, minute = int(hit["hour"]), int(hit["minute"] or hit["after_h"] or 0)
    half = (hit["half"] or "").lower()
    if half:
        if not 1 <= hour <= 12:  # noqa: PLR2004 - hours of a twelve-hour clock
            return None
        hour = hour % 12 + (12 if half == "p" else 0)
    return dt.time(hour % 24, minute)


def _dates(text: str, day: Moment, how: Printing) -> Iterator[re.Match[str]]:
    """Yield where the day's date stands in any form that we print."""
    date = day.date() if isinstance(day, dt.datetime) else day
    return _date_pattern(date, how.language, how.locale).finditer(text)


@lru_cache(maxsize=1024)
def _date_pattern(date: dt.date, language: str, locale: Locale) -> re.Pattern[str]:
    """Return a pattern of the date in every form that our filters print, with and without its year, and as ISO 8601."""
    noon = dt.datetime.combine(date, dt.time(12), dt.UTC)
    forms = {date.isoformat()}
    for now in (noon, noon - _FAR):
        how = Printing(language, locale, now)
        forms |= {print_date(date, how), print_date(date, how, "short"), print_full_date(date, how)}
    written = sorted({plain(form) for form in forms}, key=len, reverse=True)
    return re.compile(
        "|".join(f"{_left(form)}{re.escape(form)}(?:st|nd|rd|th)?{_right(form)}" for form in written), re.IGNORECASE
    )


def _left(form: str) -> str:
    return r"(?<!\d)" if form[0].isdigit() or not form[0].isascii() else r"(?<!\w)"


def _right(form: str) -> str:
    if form[-1].isalpha() and form[-1].isascii():
        return r"(?!\w)"
    return r"(?!\d)"


def _year_fits(text: str, hit: re.Match[str], day: Moment) -> bool:
    """Tell whether no other year near the day's follows; farther ones are house numbers."""
    follows = re.match(r",? (\d{4})(?!\d)", text[hit.end() :])
    return follows is None or int(follows[1]) == day.year or abs(int(follows[1]) - day.year) > _WRONG_YEARS


def _wrong_weekday(text: str, hit: re.Match[str], day: Moment, how: Printing) -> str | None:
    before = re.search(r"([^\W\d_]+)\.?,? (?:the |le |el )?$", text[: hit.start()])
    if before is None or not _weekday_pattern(how).fullmatch(before[1]):
        return None
    right = plain(print_weekday(day, how)).casefold()
    return None if before[1].casefold() == right else f"{before.group().rstrip()} {hit.group()}"


def _weekday_pattern(how: Printing) -> re.Pattern[str]:
    return _weekdays_of(how.locale)


@lru_cache(maxsize=64)
def _weekdays_of(locale: Locale) -> re.Pattern[str]:
    """Return a pattern of the weekdays' full names; the short ones are also names of people (Sam, Mar)."""
    names = {plain(str(name)) for name in get_day_names("wide", locale=locale).values()}
    return re.compile(
        rf"(?<!\w)(?:{'|'.join(map(re.escape, sorted(names, key=len, reverse=True)))})(?!\w)", re.IGNORECASE
    )
