"""Read the calendar feed that waits longest for its turn: one a run, so that who stops the ticker waits for one."""

from collections import Counter

import structlog

from scheduler.chores.context import Context
from scheduler.intake.calendars.due import due_feeds
from scheduler.intake.calendars.reading import CalendarRead, Calendars
from scheduler.intake.calendars.storing import CalendarKey, ReadElsewhereError

log = structlog.get_logger(__name__)


def run(context: Context) -> Counter[str]:
    """Read at most one feed; count what its events came to. A feed that cannot be read is logged, never its address."""
    counts: Counter[str] = Counter()
    for key in due_feeds(context.database, context.calendar_feeds)[:1]:
        try:
            read = Calendars(context.database, context.calendar_feeds).read_feed(key)
        except ReadElsewhereError:
            continue
        counts.update(_counts(key, read))
    return counts


def _counts(key: CalendarKey, read: CalendarRead) -> dict[str, int]:
    if read.problem is not None:
        log.warning("calendar not read", practice=key.practice, calendar=key.calendar, problem=read.problem)
        return {"failed": 1}
    if read.is_unchanged:
        return {}
    if read.question is not None:
        log.warning(
            "calendar waits for a person", practice=key.practice, calendar=key.calendar, gone=read.question.gone
        )
    outcomes = {name.replace(" ", "_"): count for name, count in read.tally.outcomes.items()}
    return {"read": 1, **outcomes}
