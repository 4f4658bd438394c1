"""Moments, days and sums as a reader writes them: in the page's language, in the zone that the page names."""

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

import jinja2
from babel import Locale
from babel.dates import format_date, format_datetime, format_time, get_timezone_name
from babel.numbers import format_currency, format_decimal
from markupsafe import Markup

DAY_PATTERN = {"en": "EEE, MMM d", "fr": "EEE d MMM"}
MOMENT_PATTERN = {"en": "EEE, MMM d, h:mm a", "fr": "EEE d MMM, HH 'h' mm"}
FULL_PATTERN = {"en": "EEEE, MMMM d, y, h:mm:ss a", "fr": "EEEE d MMMM y, HH 'h' mm 'min' ss"}


def local(moment: dt.datetime, zone: str) -> dt.datetime:
    """Return a moment (aware) on the wall clock of a zone."""
    return moment.astimezone(ZoneInfo(zone))


def tell_moment(moment: dt.datetime, zone: str, language: str) -> str:
    """Return day and time, such as `Wed, Mar 4, 4:00 PM`."""
    return format_datetime(local(moment, zone).replace(tzinfo=None), MOMENT_PATTERN[language], locale=language)


def tell_day(day: dt.date, language: str) -> str:
    """Return a day, such as `Wed, Mar 4`."""
    return format_date(day, DAY_PATTERN[language], locale=language)


def tell_time(moment: dt.datetime, zone: str, language: str) -> str:
    """Return the time alone."""
    return format_time(local(moment, zone).time(), "short", locale=language)


def tell_zone(moment: dt.datetime, zone: str, language: str) -> str:
    """Return what people call the zone at that moment, such as `EST`."""
    return get_timezone_name(local(moment, zone), "short", locale=Locale.parse(language))


@jinja2.pass_context
def when(context: jinja2.runtime.Context, moment: dt.datetime | None, zone: str | None = None) -> Markup | str:
    """Return `<time>` with day and time; its title says the second and the zone. None: nothing."""
    if moment is None:
        return ""
    zone, language = zone or context["zone"], context["language"]
    full = format_datetime(local(moment, zone).replace(tzinfo=None), FULL_PATTERN[language], locale=language)
    return Markup('<time datetime="{}" title="{} {}">{}</time>').format(
        moment.astimezone(dt.UTC).isoformat(timespec="seconds"),
        full,
        tell_zone(moment, zone, language),
        tell_moment(moment, zone, language),
    )


@jinja2.pass_context
def day(context: jinja2.runtime.Context, value: dt.date) -> str:
    """Return a day in words."""
    return tell_day(value, context["language"])


@jinja2.pass_context
def clock(context: jinja2.runtime.Context, moment: dt.datetime, zone: str | None = None) -> str:
    """Return the time alone."""
    return tell_time(moment, zone or context["zone"], context["language"])


@jinja2.pass_context
def money(context: jinja2.runtime.Context, amount: Decimal, currency: str) -> str:
    """Return a sum with its currency."""
    return format_currency(amount, currency, locale=context["language"])


@jinja2.pass_context
def number(context: jinja2.runtime.Context, value: float | Decimal) -> str:
    """Return a number with its thousands apart."""
    return format_decimal(value, locale=context["language"])


FILTERS = {"when": when, "day": day, "clock": clock, "money": money, "number": number}
