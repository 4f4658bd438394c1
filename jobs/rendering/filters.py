"""The sandbox with the filters that print: how a template's values become words. Pure; `printing` knows languages."""

import datetime as dt
from decimal import Decimal
from typing import Final

from jinja2 import Undefined, pass_context
from jinja2.runtime import Context
from jinja2.sandbox import SandboxedEnvironment

from jobs import printing
from jobs.printing import Moment, Printing
from jobs.template_language import make_environment

HOW: Final = "how to print"
"""Under which the context holds its `Printing`: no name that a template can spell."""


def rendering_environment() -> SandboxedEnvironment:
    """Return the sandbox of `template_language` with the filters that print."""
    environment = make_environment()
    environment.filters.update(
        date=_date_filter, time=_time_filter, weekday=_weekday_filter, day=_day_filter, money=_money_filter
    )
    environment.finalize = _finalize
    return environment


@pass_context
def _date_filter(context: Context, value: object, style: str = "long") -> str:
    if style not in {"long", "short"}:
        message = f"date takes 'long' or 'short', not {style!r}"
        raise ValueError(message)
    return printing.print_date(_moment(value, "date"), context[HOW], style)


@pass_context
def _time_filter(context: Context, value: object) -> str:
    return printing.print_time(_moment(value, "time"), context[HOW])


@pass_context
def _weekday_filter(context: Context, value: object) -> str:
    return printing.print_weekday(_moment(value, "weekday"), context[HOW])


@pass_context
def _day_filter(context: Context, value: object) -> str:
    return printing.print_day(_moment(value, "day"), context[HOW])


@pass_context
def _money_filter(context: Context, value: object, currency: str | None = None) -> str:
    if isinstance(value, Undefined):
        str(value)  # raises with the name of what is missing
    amount = value if isinstance(value, Decimal) else Decimal(str(value))
    return printing.print_money(amount, context[HOW], currency)


@pass_context
def _finalize(context: Context, value: object) -> object:
    """Print what no filter printed: moments as date and time, lists with commas; anything else as it is."""
    how: Printing = context[HOW]
    if isinstance(value, dt.datetime):
        return f"{printing.print_date(value, how)} {printing.print_time(value, how)}"
    if isinstance(value, dt.date):
        return printing.print_date(value, how)
    if isinstance(value, (list, tuple)):
        return ", ".join(map(str, value))
    return value


def _moment(value: object, filter_name: str) -> Moment:
    if isinstance(value, Undefined):
        str(value)  # raises with the name of what is missing
    if isinstance(value, dt.date):
        return value
    message = f"{filter_name} needs a day or a moment, not {value!r}"
    raise ValueError(message)
