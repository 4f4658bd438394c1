"""Checks of the practice's own settings: zone, days, hours, places, languages, kinds. Settings in, problems out."""

import functools
import re
import zoneinfo
from collections.abc import Iterator

import phonenumbers
from babel import Locale, UnknownLocaleError

from jobs.errors import InputError
from jobs.windows import SendingWindow
from jobs.windows.closed_days import Calendar, known_holiday_codes
from scheduler.publishing.checks.subject import Subject, error, warning
from scheduler.rulebook.meant import country_meant, days_meant, span_meant
from scheduler.rulebook.positions import Path, Problem
from scheduler.rulebook.schema import Kind
from scheduler.rulebook.spelling import nearest, suggestion

OCCASION_WORDS = frozenset(
    {
        "announce",
        "answer",
        "case_ref",
        "contact",
        "date",
        "end",
        "kind",
        "people",
        "ref",
        "reminders",
        "remote",
        "skip",
        "start",
        "status",
        "timezone",
        "version",
    },
)
"""What every occasion has; a kind's field must not be named so."""
CONTACT_WORDS = frozenset(
    {"first_name", "language", "name", "owner", "phone", "ref", "reminders", "timezone", "version", "via"},
)
"""What every contact has; a practice's own field must not be named so."""
ROLES = frozenset({"admin", "staff", "ops", "operations", "viewer"})
"""What every practice has; another name is a role of its own (`operations` is the same as `ops`)."""

_PROVINCES = {
    "alberta": "CA-AB",
    "british columbia": "CA-BC",
    "colombie-britannique": "CA-BC",
    "manitoba": "CA-MB",
    "new brunswick": "CA-NB",
    "nova scotia": "CA-NS",
    "ontario": "CA-ON",
    "quebec": "CA-QC",
    "québec": "CA-QC",
    "saskatchewan": "CA-SK",
}
_CITY = "Write the zone of a city, such as `America/Toronto`"
_WITHOUT_CITY = frozenset({"UTC", "Cuba", "Egypt", "Eire", "Iran", "Israel", "Jamaica", "Japan", "Libya", "Navajo"})
"""Zones of one word that mean a place, or none."""
_KEEP = re.compile(r"[1-9]\d{0,4} (day|week|month|year)s?")


def check_name(subject: Subject) -> Iterator[Problem]:
    """Check that the practice is named as its folder is."""
    named, folder = subject.settings.practice, subject.desk.name
    if named != folder:
        yield error(subject.desk.at("practice"), f"`practice: {named}` lies in the folder `{folder}`. Name them alike")


def check_timezone(subject: Subject) -> Iterator[Problem]:
    """Check that the zone is one of IANA's."""
    zone = subject.settings.timezone
    if zone not in _zones():
        near = nearest(zone, _zones())
        advice = f"Did you mean `{near}`?" if near is not None and "/" in near else _CITY
        yield error(subject.desk.at("timezone"), f"unknown zone `{zone[:60]}`. {advice}")
    elif "/" not in zone and zone not in _WITHOUT_CITY:
        text = f"`{zone}` is an abbreviation, and may know no summer time"
        yield warning(subject.desk.at("timezone"), f"{text}. {_CITY}")


def check_holidays(subject: Subject) -> Iterator[Problem]:
    """Check that holiday codes are known, and that no day is both closed and open."""
    for index, code in enumerate(subject.settings.holidays):
        if code not in known_holiday_codes():
            where = subject.desk.at("holidays", index)
            yield error(where, f"unknown holiday code `{code[:60]}`. {_near_code(code, subject.settings.country)}")
    for index, day in enumerate(subject.settings.extra_closed):
        if day in subject.settings.extra_open:
            where = subject.desk.at("extra_closed", index)
            yield warning(where, f"{day} is in `extra_open` too, which wins. Remove it from one of them")


def check_windows(subject: Subject) -> Iterator[Problem]:
    """Check that windows can be read, each day on its own to name every bad one, and that some hour is open."""
    desk, written = subject.desk, subject.settings.sending_window
    bad = [(key, _day_problem(key, value)) for key, value in written.items()]
    for key, problem in bad:
        if problem:
            yield error(desk.key("sending_window", key), problem)
    if not any(problem for _, problem in bad):
        whole = _window_problem(written)
        if whole:
            yield error(desk.at("sending_window"), whole)
        elif all(value in ("closed", ("closed",)) for value in written.values()):
            yield error(desk.at("sending_window"), "the sending window is never open. Give at least one day hours")
    corrections = subject.settings.corrections_window
    problem = _hours_problem(corrections) if corrections is not None else None
    if problem:
        yield error(desk.at("corrections_window"), problem)


def check_countries(subject: Subject) -> Iterator[Problem]:
    """Check that countries have numbers to send to, and that the practice's own is among those allowed."""
    settings, desk = subject.settings, subject.desk
    places = [(desk.at("country"), settings.country)]
    places += [(desk.at("countries", index), country) for index, country in enumerate(settings.countries or ())]
    for where, country in places:
        if country not in phonenumbers.SUPPORTED_REGIONS:
            yield error(where, f"unknown country `{country}`. {_suggest_code(country, phonenumbers.SUPPORTED_REGIONS)}")
    known = all(country in phonenumbers.SUPPORTED_REGIONS for _, country in places)
    if known and settings.countries is not None and settings.country not in settings.countries:
        yield warning(desk.at("countries"), f"the practice's own country `{settings.country}` is not allowed. Add it")


def check_languages(subject: Subject) -> Iterator[Problem]:
    """Check that languages can be written in, and that what is given by language is given in the practice's."""
    settings, desk = subject.settings, subject.desk
    for index, language in enumerate(settings.languages):
        if not _is_language(language):
            yield error(
                desk.at("languages", index), f"unknown language `{language}`. Write its code, such as `en` or `fr`"
            )
        if language in settings.languages[:index]:
            yield error(desk.at("languages", index), f"`{language}` is named twice. Remove one of them")
    given: list[tuple[Path, str]] = [(("first_text_adds", language), language) for language in settings.first_text_adds]
    given += [
        (("templates", name, "title", language), language)
        for name, said in settings.templates.items()
        for language in said.title
    ]
    for path, language in given:
        if language not in settings.languages:
            near = suggestion(language, settings.languages)
            yield error(desk.key(*path), f"`{language}` is not one of the practice's languages. {near}")
    missing = [language for language in settings.languages if language not in settings.first_text_adds]
    if settings.first_text_adds and missing:
        text = f"`first_text_adds` says nothing in `{missing[0]}`: first texts in it carry another language. Add it"
        yield warning(desk.key("first_text_adds"), text)


def check_kinds(subject: Subject) -> Iterator[Problem]:
    """Check that fields are not named as what all occasions or contacts have, and that statuses mean one thing."""
    for name, kind in subject.settings.kinds.items():
        for field in kind.fields:
            if field in OCCASION_WORDS:
                where = subject.desk.key("kinds", name, "fields", field)
                yield error(where, f"every occasion has `{field}` already. Name the field otherwise")
        yield from _status_problems(subject, name, kind)
    for field in subject.settings.contact_fields:
        if field in CONTACT_WORDS:
            where = subject.desk.key("contact_fields", field)
            yield error(where, f"every contact has `{field}` already. Name the field otherwise")


def check_keeping(subject: Subject) -> Iterator[Problem]:
    """Check that `keep` is written as a length of time."""
    for key in ("bodies", "numbers"):
        written = getattr(subject.settings.keep, key)
        if written is not None and not _KEEP.fullmatch(written):
            where = subject.desk.at("keep", key)
            yield error(
                where, f"`{written[:60]}` is not a length of time (`{key}`). Write it as `2 years` or `90 days`"
            )


def check_roles(subject: Subject) -> Iterator[Problem]:
    """Warn of a role that looks like a slip: any other name is one of the practice's own."""
    for right, roles in subject.settings.who_may_send.items():
        for index, role in enumerate(roles):
            meant = None if role in ROLES else nearest(role, ROLES)
            if meant is not None:
                where = subject.desk.at("who_may_send", right, index)
                text = f"`{role}` becomes a role of the practice's own. Did you mean `{meant}`?"
                yield warning(where, text)


def _status_problems(subject: Subject, name: str, kind: Kind) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    for group in ("live", "done", "off"):
        for index, word in enumerate(getattr(kind.status, group)):
            if word in seen:
                where = subject.desk.at("kinds", name, "status", group, index)
                yield error(where, f"the status `{word}` is already among `{seen[word]}`. Remove one of them")
            seen[word] = group


@functools.cache
def _zones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


def _near_code(code: str, country: str) -> str:
    known = known_holiday_codes()
    meant = country_meant(code) or _PROVINCES.get(code.casefold()) or f"{country}-{code.upper()}"
    near = meant if meant in known else nearest(code, known) if "-" in code else None
    return f"Did you mean `{near}`?" if near else "Write a country such as `CA`, or a part of one such as `CA-QC`"


def _suggest_code(code: str, known: frozenset[str] | set[str]) -> str:
    meant = country_meant(code)
    if meant in known:
        return f"Did you mean `{meant}`?"
    near = suggestion(code, known)
    return near if near.startswith("Did") else "Write its two letters, such as `CA`"


def _window_problem(written: dict[str, str | tuple[str, ...]]) -> str | None:
    try:
        SendingWindow.read(written, Calendar())
    except InputError as problem:
        return _sentence(problem)
    return None


def _day_problem(key: str, value: str | tuple[str, ...]) -> str | None:
    """Return what is wrong with one day's hours, with what was probably meant."""
    problem = _window_problem({key: value})
    meant = days_meant(key)
    if problem and "is not a day" in problem and meant is not None:
        return f"{problem.partition('. ')[0]}. Did you mean `{meant}`?"
    hours = span_meant(value) if isinstance(value, str) else None
    if problem and "is not a span" in problem and hours is not None:
        return f"{problem.partition('. ')[0]}. Did you mean `{hours}`?"
    return problem


def _hours_problem(written: str) -> str | None:
    try:
        SendingWindow.every_day(written)
    except InputError as problem:
        said = _sentence(problem).replace("sending window", "corrections window")
        meant = span_meant(written)
        return f"{said.partition('. ')[0]}. Did you mean `{meant}`?" if meant else said
    return None


def _sentence(problem: InputError) -> str:
    """Return a reader's `what is wrong: what to do` in two sentences."""
    where, _, rest = str(problem).partition(": ")
    what, _, advice = rest.partition(": ")
    what = what.replace("'", "`")
    return f"{where}: {what}. {advice[:1].upper()}{advice[1:]}" if advice else f"{where}: {what}. Name each day once"


def _is_language(code: str) -> bool:
    try:
        Locale.parse(code)
    except (UnknownLocaleError, ValueError):
        return False
    return True
