"""Spending: the month against its caps, and what each month's texts were expected to cost and really cost."""

from decimal import Decimal
from typing import Annotated, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from jobs.prices import from_millionths
from jobs.windows.sending import zone_of
from scheduler.asking.costs import MonthCosts, read_costs
from scheduler.identities.rights import Right
from scheduler.web.overview.figures import month
from scheduler.web.people import Person, signed_in
from scheduler.web.place import Here
from scheduler.web.practices import current_of
from scheduler.web.settings.frame import settings_page

router = APIRouter()

Reader = Annotated[Person, signed_in(Right.READ_JOBS)]
PATH: Final = "/settings/spending"


@router.get(PATH)
def spending(
    request: Request, here: Here, person: Reader, *, months: Annotated[str, Query(max_length=5)] = ""
) -> HTMLResponse:
    """Show this month's money; `months=all`: every month's costs, which reads all texts that ever went out."""
    current = current_of(request, person.practice)
    if current is None:
        return settings_page(request, person, "spending.html.j2", month=None, rows=[], terms=None, is_all=True)
    with here.database.read() as connection:
        now = here.database.moment(connection)
        standing = month(connection, current.terms, now)
        this = None if months == "all" else f"{now.astimezone(zone_of(current.terms.timezone)):%Y-%m}"
        found = read_costs(connection, current.terms, this)
    rows = [(each, sums_of(each)) for each in reversed(found)]
    return settings_page(
        request,
        person,
        "spending.html.j2",
        month=standing,
        rows=rows,
        terms=current.terms.spending,
        is_all=this is None,
    )


def sums_of(each: MonthCosts) -> dict[str, Decimal]:
    """Return a month's sums."""
    return {name: from_millionths(amount) for name, amount in each.sums.items()}
