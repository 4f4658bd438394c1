"""`quietbell simulate`: what would be sent from now on, or how a draft would have done beside what was sent."""

import datetime as dt
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from jobs.database import Database
from jobs.errors import InputError
from scheduler.planning.timing import add_months
from scheduler.processes.cli.back_test_view import back_test_as_json, show_back_test
from scheduler.processes.cli.desk import JsonOption, Place, PracticeOption, look, opened
from scheduler.processes.cli.moments import read_bound
from scheduler.processes.cli.rule_folders import check_folder, find_folders
from scheduler.processes.cli.screen import show_json
from scheduler.processes.cli.simulation_view import show_contact, show_simulation, simulation_as_json
from scheduler.rulebook.schema import Rulebook
from scheduler.settings import Settings
from scheduler.simulate import Period, back_test, find_contact, simulate

USUAL_DAYS = 14
MOST_DAYS = 366
MOST = 10_000
MONTHS_BACK = -2


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("simulate")(simulate_them)


def simulate_them(  # noqa: PLR0913 - a command has as many parameters as options
    *,
    contact: Annotated[str | None, typer.Option(help="Only this contact, by ref: every text with its reasons.")] = None,
    since: Annotated[
        str | None, typer.Option("--from", help="From this day or moment on; now, with --against two months back.")
    ] = None,
    days: Annotated[
        int | None, typer.Option(min=1, max=MOST_DAYS, help="So many days; 14, with --against up to now.")
    ] = None,
    against: Annotated[
        str | None,
        typer.Option(metavar="PATH", help="A draft (a practice's name or folder): compare it with what was sent."),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=MOST, help="Show at most so many.")] = 50,
    practice: PracticeOption = None,
    json: JsonOption = False,
) -> None:
    """Show what would be sent, when and why; nothing is sent or changed."""
    with opened() as (settings, database):
        if against is None:
            _ahead(settings, database, practice, (since, days, contact, limit), json=json)
        else:
            draft = _draft(settings, against, practice)
            _back(settings, database, draft, (since, days, contact, limit), json=json)


Asked = tuple[str | None, int | None, str | None, int]
"""From when, for how many days, for which contact, and how many to show."""


def _ahead(settings: Settings, database: Database, practice: str | None, asked: Asked, *, json: bool) -> None:
    since, days, contact, limit = asked
    with database.read() as connection:
        place = look(database, connection, settings, practice)
        found = simulate(connection, place.practice, period_ahead(place, since, days or USUAL_DAYS), place.now)
        if contact is not None:
            found = found.of_contacts(find_contact(connection, place.practice, contact))
    if json:
        show_json(simulation_as_json(found))
    elif contact is not None:
        show_contact(found, place)
    else:
        show_simulation(found, place, limit)


def _back(settings: Settings, database: Database, draft: Rulebook, asked: Asked, *, json: bool) -> None:
    since, days, contact, limit = asked
    with database.read() as connection:
        place = look(database, connection, settings, draft.practice.practice)
        found = back_test(connection, draft, period_back(place, since, days))
        if contact is not None:
            found = found.of_contacts(find_contact(connection, place.practice, contact))
    if json:
        show_json(back_test_as_json(found))
    else:
        show_back_test(found, place, limit)


def period_ahead(place: Place, since: str | None, days: int) -> Period:
    """Return the days from a day or moment on, which is now by default and lies ahead, or is today.

    Raises:
        InputError: it cannot be read, or has passed.

    """
    begins = place.now if since is None else read_bound(since, zone=place.zone, now=place.now)
    if begins.astimezone(place.zone).date() < place.now.astimezone(place.zone).date():
        message = f"{since} has passed: --from looks ahead; what was sent is compared with a draft by --against"
        raise InputError(message)
    begins = max(begins, place.now)
    return Period(begins, _days_on(begins, days, place.zone))


def period_back(place: Place, since: str | None, days: int | None) -> Period:
    """Return the time from a past day or moment (by default two months ago) for so many days, at most up to now.

    Raises:
        InputError: it cannot be read, or lies ahead.

    """
    if since is None:
        today = dt.datetime.combine(place.now.astimezone(place.zone).date(), dt.time())
        begins = add_months(today, MONTHS_BACK).replace(tzinfo=place.zone).astimezone(dt.UTC)
    else:
        begins = read_bound(since, zone=place.zone, now=place.now)
    if begins >= place.now:
        message = f"{since} lies ahead: --against compares with what was sent, so --from must have passed"
        raise InputError(message)
    return Period(begins, place.now if days is None else min(place.now, _days_on(begins, days, place.zone)))


def _days_on(begins: dt.datetime, days: int, zone: ZoneInfo) -> dt.datetime:
    """Return the same local time so many days later."""
    try:
        return (begins.astimezone(zone) + dt.timedelta(days=days)).astimezone(dt.UTC)
    except OverflowError as problem:
        message = f"{days} days from {begins} on lead out of the calendar"
        raise InputError(message) from problem


def _draft(settings: Settings, against: str, practice: str | None) -> Rulebook:
    """Return the draft that a name or a path means.

    Raises:
        InputError: it is not one practice, not the one asked for, or its rules have problems.

    """
    folders = find_folders(settings, [against])
    if len(folders) > 1:
        message = f"{against} holds several practices: name one ({', '.join(folder.practice for folder in folders)})"
        raise InputError(message)
    checked = check_folder(folders[0])
    rulebook = checked.desk.rulebook()
    if rulebook is None or not checked.verdict.may_publish:
        first, count = str(checked.verdict.errors[0]), len(checked.verdict.errors)
        more = "" if count == 1 else f" (and {count - 1} more: quietbell check {against})"
        message = f"the draft cannot be compared: {first}{more}"
        raise InputError(message)
    if practice is not None and practice != rulebook.practice.practice:
        message = f"the draft {against} is of the practice {rulebook.practice.practice}, not of {practice}"
        raise InputError(message)
    return rulebook
