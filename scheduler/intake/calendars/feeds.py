"""Which calendars of published rules have an address, and whose an address is. Rules and variables in, keys out."""

from collections.abc import Iterator, Mapping

from sqlalchemy import Connection, select

from jobs.errors import ConfigurationError
from jobs.records import practices
from scheduler.intake.calendars.storing import CalendarKey
from scheduler.publishing.revisions import load_current
from scheduler.rulebook.schema import Calendar
from scheduler.settings import calendar_variable


def feeds_of(connection: Connection, feeds: Mapping[str, str]) -> Iterator[tuple[CalendarKey, Calendar]]:
    """Yield the calendars of current rules whose address is set."""
    published = select(practices.c.id).where(practices.c.current_revision.is_not(None)).order_by(practices.c.id)
    for practice in connection.execute(published).scalars().all():
        start = calendar_variable(practice, "")
        if not any(variable.startswith(start) for variable in feeds):
            continue
        for calendar in load_current(connection, practice).rulebook.practice.calendars:
            if variable_of(CalendarKey(practice, calendar.id)) in feeds:
                yield CalendarKey(practice, calendar.id), calendar


def variable_of(key: CalendarKey) -> str:
    """Return the variable that gives a calendar's address."""
    return calendar_variable(key.practice, key.calendar)


def address_of(connection: Connection, feeds: Mapping[str, str], key: CalendarKey) -> str:
    """Return a feed's address, which is a secret.

    Raises:
        ConfigurationError: it is not set, or another practice's calendar has the same variable (practices `a-b` and
            `a`): nobody can tell whose it is.

    """
    variable = variable_of(key)
    if variable not in feeds:
        message = f"the address of the calendar {key.calendar!r} is not set: set {variable} (or {variable}_FILE)"
        raise ConfigurationError(message)
    if any(variable_of(other) == variable and other != key for other, _ in feeds_of(connection, feeds)):
        message = f"{variable} is the variable of two calendars, so neither is read: rename one in its rules"
        raise ConfigurationError(message)
    return feeds[variable]
