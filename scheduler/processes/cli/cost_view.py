"""`quietbell jobs --cost`: what a practice's texts were expected to cost and really cost, by month of its zone.

The sums are those of `asking/costs`; it changes nothing.
"""

from decimal import ROUND_HALF_UP, Decimal
from typing import Final

from jobs.database import Database
from jobs.prices import from_millionths
from scheduler.asking.costs import MonthCosts, must_be_month, read_costs
from scheduler.processes.cli.desk import look
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
_CENT: Final = Decimal("0.01")


def show_costs(settings: Settings, database: Database, practice: str | None, month: str | None, *, json: bool) -> None:
    """Show the costs of every month, or of one, the oldest first."""
    if month is not None:
        must_be_month(month)
    with database.read() as connection:
        place = look(database, connection, settings, practice)
        found = read_costs(connection, place.terms, month)
    if json:
        show_json({"practice": place.practice, "months": [each.as_json() for each in found]})
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


def _cells(costs: MonthCosts) -> list[str]:
    names = ("estimated", "actual", "spent", "reserved")
    estimated, actual, spent, reserved = (_shown(costs.sums[name]) for name in names)
    counts = f"{costs.texts:,}", estimated, actual, f"{costs.unpriced:,}", spent, reserved
    return [costs.month, *counts, costs.currency or ""]


def _shown(millionths: int) -> str:
    return f"{from_millionths(millionths).quantize(_CENT, ROUND_HALF_UP):,}"
