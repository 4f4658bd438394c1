"""`quietbell jobs --cost`: what a practice's texts were expected to cost and really cost, by month of its zone.

Reads attempts; what counts against the caps adds up to what `spending` holds, to the millionth. It changes nothing.
"""

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from sqlalchemy import Connection, RowMapping, or_, select

from jobs.database import Database
from jobs.errors import InputError
from jobs.prices import from_millionths, to_millionths
from jobs.records import attempts
from jobs.spending import month_of
from jobs.store.values import MAYBE_ACCEPTED, Ending
from scheduler.processes.cli.desk import Place, look
from scheduler.processes.cli.screen import Column, say, show_json, show_list
from scheduler.settings import Settings

COLUMNS: Final = (
    Column("month"),
    Column("texts", to_the_right=True),
    Column("estimated", to_the_right=True),
    Column("actual", to_the_right=True),
    Column("no price", to_the_right=True),
    Column("spent", to_the_right=True),
    Column("in doubt", to_the_right=True),
    Column("", grows=True),
)
_MONTH: Final = re.compile(r"\d{4}-(0[1-9]|1[0-2])")
_CENT: Final = Decimal("0.01")


@dataclass(slots=True)
class MonthCosts:
    """What the texts of a month cost in one currency, in millionths; `unpriced`: texts without a known price.

    `estimated` is of all texts, `actual` of those with a known price. `spent` and `reserved` (in doubt) take the price
    where it is known, else the estimate, of what counts against the caps; `outside` likewise of what does not.
    """

    month: str
    currency: str | None
    texts: int = 0
    unpriced: int = 0
    sums: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys(("estimated", "actual", "spent", "reserved", "outside"), 0)
    )

    def add(self, row: RowMapping) -> None:
        """Count one attempt that was or may have been accepted."""
        estimated, actual = _millionths(row["cost_estimated"]), _millionths(row["cost_actual"])
        self.texts += 1
        self.unpriced += actual is None
        self.sums["estimated"] += estimated or 0
        self.sums["actual"] += actual or 0
        accepted = "spent" if row["outcome"] == Ending.ACCEPTED else "reserved"
        counts = row["spending_month"] is not None
        self.sums[accepted if counts else "outside"] += (estimated or 0) if actual is None else actual


def show_costs(settings: Settings, database: Database, practice: str | None, month: str | None, *, json: bool) -> None:
    """Show the costs of every month, or of one, the oldest first."""
    if month is not None and not _MONTH.fullmatch(month):
        message = f"--month {month} is no month: write it as 2026-12"
        raise InputError(message)
    with database.read() as connection:
        place = look(database, connection, settings, practice)
        found = read_costs(connection, place, month)
    if json:
        show_json({"practice": place.practice, "months": [_facts(each) for each in found]})
        return
    if not found:
        say("No text has gone out yet." if month is None else f"No text went out in {month}.")
        return
    show_list(COLUMNS, [_cells(each) for each in found])
    say(f"Months are in {place.zone.key}. Spent takes the price where it is known, else the estimate.", "calm")
    for each in found:
        if each.sums["outside"]:
            what = "Corrections and acknowledgements" if place.terms.spending else "Texts under no cap"
            say(
                f"{what} of {each.month}, outside the caps: {_shown(each.sums['outside'])} {each.currency or ''}",
                "calm",
            )


def read_costs(connection: Connection, place: Place, month: str | None = None) -> list[MonthCosts]:
    """Return the costs of a practice's months, of one where it is named; each currency by itself."""
    found: dict[tuple[str, str], MonthCosts] = {}
    cap_currency = place.terms.spending.currency if place.terms.spending else None
    for row in _rows(connection, place, month):
        its_month = row["spending_month"] or month_of(row["started_at"], place.zone.key)
        if month is not None and its_month != month:
            continue
        currency = row["currency"] or cap_currency
        key = (its_month, currency or "")
        found.setdefault(key, MonthCosts(its_month, currency)).add(row)
    return [found[key] for key in sorted(found)]


def _rows(connection: Connection, place: Place, month: str | None) -> Iterable[RowMapping]:
    wanted = select(
        attempts.c.started_at,
        attempts.c.outcome,
        attempts.c.cost_estimated,
        attempts.c.cost_actual,
        attempts.c.currency,
        attempts.c.spending_month,
    ).where(
        attempts.c.practice == place.practice,
        or_(attempts.c.outcome.is_(None), attempts.c.outcome.in_([each.value for each in MAYBE_ACCEPTED])),
    )
    if month is not None:
        first = dt.datetime.fromisoformat(f"{month}-01").replace(tzinfo=place.zone)
        begins, ends = first - dt.timedelta(days=1), first + dt.timedelta(days=32)
        in_it = attempts.c.spending_month.is_(None) & attempts.c.started_at.between(begins, ends)
        wanted = wanted.where(or_(attempts.c.spending_month == month, in_it))
    return connection.execute(wanted.execution_options(yield_per=10_000)).mappings()


def _millionths(amount: str | None) -> int | None:
    return None if amount is None else to_millionths(Decimal(amount))


def _cells(costs: MonthCosts) -> list[str]:
    names = ("estimated", "actual", "spent", "reserved")
    estimated, actual, spent, reserved = (_shown(costs.sums[name]) for name in names)
    counts = f"{costs.texts:,}", estimated, actual, f"{costs.unpriced:,}", spent, reserved
    return [costs.month, *counts, costs.currency or ""]


def _shown(millionths: int) -> str:
    return f"{from_millionths(millionths).quantize(_CENT, ROUND_HALF_UP):,}"


def _facts(costs: MonthCosts) -> dict[str, object]:
    sums = {name: f"{from_millionths(amount):f}" for name, amount in costs.sums.items()}
    counts = {"texts": costs.texts, "unpriced": costs.unpriced}
    return {"month": costs.month, "currency": costs.currency, **counts, **sums}
