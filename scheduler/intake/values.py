"""Reading what a case system gives: text (from a file) or plain data (from JSON) in, the value as it is kept out.

Pure. A value that cannot be kept raises ValueError with a sentence that says what is wrong and what to write instead.
What is kept is plain JSON: numbers and money as decimal text, days and moments as local ISO text, words as a list.
"""

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from types import MappingProxyType
from typing import Final, TypeAlias
from zoneinfo import available_timezones

from scheduler.intake.spelling import suggestion

Kept: TypeAlias = str | bool | int | list[str] | None
"""A value as it is kept in a row's JSON."""

LONGEST_LINE: Final = 200
LONGEST_TEXT: Final = 1_000
LONGEST_WORD: Final = 60
EARLIEST_YEAR: Final = 1970
LATEST_YEAR: Final = 2199
MOST_DIGITS: Final = 15
HIGHEST_VERSION: Final = 2_147_483_647

_LOCAL: Final = re.compile(
    r"(?P<day>\d{4}-\d{2}-\d{2})"
    r"(?:[T ](?P<time>\d{2}:\d{2})(?::(?P<second>\d{2})(?:\.0+)?)?\s*(?P<offset>[zZ]|[+-]\d{2}:?\d{2})?)?"
)
_NUMBER: Final = re.compile(r"[+-]?(\d+(?:\.\d+)?|\d{1,3}(?:,\d{3})+\.\d+|\d{1,3}(?:\.\d{3})+,\d+|\d+,\d{1,2})")
_LANGUAGE: Final = re.compile(r"([a-z]{2,3})(?:[-_]([a-z]{2}))?", re.IGNORECASE)
_SPACES: Final = re.compile(r"[\s\u00a0\u202f]+")
_UNPRINTABLE: Final = frozenset({"Cc", "Cs"})
"""Control characters and lone surrogates, which no database keeps."""
_YES: Final = frozenset({"yes", "y", "true", "1", "oui", "o", "vrai"})
_NO: Final = frozenset({"no", "n", "false", "0", "non", "faux"})
_ON: Final = frozenset({"on", *_YES})
_OFF: Final = frozenset({"off", *_NO})
_FARTHEST_OFFSET: Final = dt.timedelta(hours=14)


def read_line(given: object, longest: int = LONGEST_LINE) -> str:
    """Return text on one line, spaces trimmed; control characters are refused, line breaks become spaces."""
    if not isinstance(given, str):
        message = f"{given!r} is not text"
        raise ValueError(message)  # noqa: TRY004 - one kind of error for whatever a person must mend
    text = _SPACES.sub(" ", given).strip()
    if any(unicodedata.category(character) in _UNPRINTABLE for character in text):
        message = "has a control character in it"
        raise ValueError(message)
    if len(text) > longest:
        message = f"has {len(text)} characters, {longest} are allowed"
        raise ValueError(message)
    return text


def read_text(given: object) -> str:
    """Return a field of type text: one line of at most 1,000 characters."""
    return read_line(given, LONGEST_TEXT)


def read_word(given: object) -> str:
    """Return a field of type word: no spaces inside, as written."""
    word = read_line(str(given) if isinstance(given, int) and not isinstance(given, bool) else given, LONGEST_WORD)
    if " " in word:
        message = f"{word!r} is not one word: write {word.replace(' ', '_')!r}"
        raise ValueError(message)
    return word


def read_words(given: object) -> list[str]:
    """Return a field of type words: a list, or text split at spaces, commas, semicolons and bars; each word once."""
    parts = given if isinstance(given, list | tuple) else re.split(r"[\s,;|]+", read_text(given))
    return list(dict.fromkeys(read_word(part) for part in parts if part != ""))


def read_number(given: object) -> str:
    """Return a number as decimal text without trailing zeros; 1,234.50 and 1 234,50 are read, 1,234 is ambiguous."""
    text = str(given) if isinstance(given, int | float | Decimal) and not isinstance(given, bool) else read_line(given)
    compact = _SPACES.sub("", text)
    if not _NUMBER.fullmatch(compact):
        hint = "a comma before three digits is ambiguous: " if re.fullmatch(r"[+-]?\d+(,\d{3})+", compact) else ""
        message = f"{text!r} is not a number: {hint}write it like 1234.50"
        raise ValueError(message)
    if compact.rfind(",") > compact.rfind("."):
        compact = compact.replace(".", "").replace(",", ".")
    return _canonical(compact.replace(",", ""))


def read_money(given: object) -> str:
    """Return an amount as decimal text; a currency sign before or after it is dropped."""
    if isinstance(given, str):
        given = given.strip().removeprefix("$").removeprefix("€").removeprefix("£")
        given = given.removesuffix("$").removesuffix("€").removesuffix("£")
    return read_number(given)


def read_yes_no(given: object) -> bool:
    """Return whether it says yes (yes, true, 1, oui) or no (no, false, 0, non)."""
    if isinstance(given, bool):
        return given
    word = str(given).strip().casefold()
    if word in _YES or word in _NO:
        return word in _YES
    message = f"{given!r} is neither yes nor no"
    raise ValueError(message)


def read_turned_off(given: object) -> bool:
    """Return whether reminders are turned off: `off` says so, `on` does not; a plain yes or no says whether they go."""
    if isinstance(given, bool):
        return not given
    word = str(given).strip().casefold()
    if word in _ON or word in _OFF:
        return word in _OFF
    message = f"{given!r} is neither on nor off"
    raise ValueError(message)


def read_rule_ids(given: object) -> list[str] | None:
    """Return the ids of rules, sorted, each once: a list, or text split at spaces, commas, semicolons and bars."""
    return sorted({word.casefold() for word in read_words(given)}) or None


def read_day(given: object) -> str:
    """Return a day as YYYY-MM-DD; a midnight behind it, as spreadsheets write, is dropped."""
    match = _match_local(given, "2026-12-01")
    if match["time"] and (match["time"] != "00:00" or match["second"] not in {None, "00"} or match["offset"]):
        message = f"{given!r} has a time, and this is dated by day: write {match['day']}"
        raise ValueError(message)
    return match["day"]


def read_moment(given: object) -> str:
    """Return a local wall time as YYYY-MM-DDTHH:MM, with seconds if not 0 and with its offset if it was given one.

    A time that a zone skips (daylight saving) is accepted: it moves forward by the gap, as all local times do.
    """
    match = _match_local(given, "2026-12-01 10:00")
    if match["time"] is None:
        message = f"{given!r} has no time: write it like {match['day']} 10:00"
        raise ValueError(message)
    second = "" if match["second"] in {None, "00"} else f":{match['second']}"
    return f"{match['day']}T{match['time']}{second}{_offset(match['offset'])}"


@lru_cache(maxsize=1)
def zone_names() -> frozenset[str]:
    """Return every IANA zone name; read once, since it walks the zone files."""
    return frozenset(available_timezones())


def read_timezone(given: object) -> str:
    """Return an IANA zone name, spelled as the tz database spells it."""
    name = read_line(given)
    if name in zone_names():
        return name
    raise ValueError(_no_zone(name))


@lru_cache(maxsize=1_024)
def _no_zone(name: str) -> str:
    """Return what is said of a wrong zone; remembered, since a file has the same one on each of its lines."""
    return f"{name!r} is no time zone{suggestion(name, zone_names())}: write it like America/Toronto"


def read_language(given: object) -> str:
    """Return a language as `fr` or `fr_CA`."""
    match = _LANGUAGE.fullmatch(read_line(given))
    if match is None:
        message = f"{given!r} is no language code: write it like en or fr_CA"
        raise ValueError(message)
    return match[1].lower() + (f"_{match[2].upper()}" if match[2] else "")


def read_version(given: object) -> int:
    """Return a version: a whole number, 0 or more."""
    text = str(given).strip()
    if isinstance(given, bool) or not re.fullmatch(r"[0-9]{1,10}", text) or int(text) > HIGHEST_VERSION:
        message = f"{given!r} is no version: write a whole number"
        raise ValueError(message)
    return int(text)


FIELD_READERS: Final[Mapping[str, Callable[[object], Kept]]] = MappingProxyType(
    {
        "word": read_word,
        "words": read_words,
        "text": read_text,
        "number": read_number,
        "money": read_money,
        "day": read_day,
        "moment": read_moment,
        "yes_no": read_yes_no,
    },
)
"""The reader of each field type of RULES.md."""


def _canonical(number: str) -> str:
    try:
        value = Decimal(number)
    except InvalidOperation as error:
        message = f"{number!r} is not a number"
        raise ValueError(message) from error
    if len(value.as_tuple().digits) > MOST_DIGITS:
        message = f"{number!r} has more than {MOST_DIGITS} digits"
        raise ValueError(message)
    return format(value.normalize() + 0, "f")


def _match_local(given: object, example: str) -> re.Match[str]:
    """Match an ISO day or wall time whose parts exist in the calendar."""
    text = given.isoformat() if isinstance(given, dt.date) else str(given).strip()
    match = _LOCAL.fullmatch(text)
    if match is None:
        message = f"{text!r} is not a date that can be read safely: write it like {example}"
        raise ValueError(message)
    try:
        day = dt.date.fromisoformat(match["day"])
        dt.time.fromisoformat(f"{match['time'] or '00:00'}:{match['second'] or '00'}")
    except ValueError as error:
        message = f"{text!r} does not exist: {error}"
        raise ValueError(message) from error
    if not EARLIEST_YEAR <= day.year <= LATEST_YEAR:
        message = f"{text!r} is in the year {day.year}: only {EARLIEST_YEAR} to {LATEST_YEAR} are accepted"
        raise ValueError(message)
    return match


def _offset(given: str | None) -> str:
    """Return an offset as +HH:MM, or nothing where there was none."""
    if given is None:
        return ""
    if given in {"Z", "z"}:
        return "+00:00"
    hours, minutes = int(given[1:3]), int(given[-2:])
    if minutes >= 60 or dt.timedelta(hours=hours, minutes=minutes) > _FARTHEST_OFFSET:  # noqa: PLR2004 - minutes an hour
        message = f"{given!r} is no offset from UTC"
        raise ValueError(message)
    return f"{given[0]}{hours:02}:{minutes:02}"


def wall_time(kept: str) -> dt.datetime:
    """Return a kept day or wall time as a datetime: naive, or with the offset that it was given."""
    return dt.datetime.fromisoformat(kept)
