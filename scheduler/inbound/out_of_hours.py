"""Answers, while the practice is closed, what staff are to read: once until it opens, by the practice's `auto_reply`.

A text and its reading in; the acknowledgement that it is to get out, or None. It reads and plans nothing else.
"""

import datetime as dt

from sqlalchemy import select

from jobs.conversation import Arrived
from jobs.records import jobs, texts
from jobs.replies import AUTO_REPLY, Reading, waits_for_staff
from jobs.terms import Terms
from jobs.windows import Calendar, SendingWindow
from scheduler.inbound.acknowledging import Acknowledgement
from scheduler.intake.turns import Turn


def out_of_hours(turn: Turn, arrived: Arrived, reading: Reading) -> Acknowledgement | None:
    """Return the automatic answer to a text that came outside the sending window, by the practice's own clock."""
    terms = turn.current.terms
    if terms.auto_reply is None or not waits_for_staff(reading, arrived.body):
        return None
    window, zones = _window(terms), (terms.timezone,)
    if window.is_open(turn.now, zones):
        return None
    last = _last_answered(turn, arrived)
    if last is not None and window.next_opening(last, zones) == window.next_opening(turn.now, zones):
        return None  # it was not open since: the person knows
    return Acknowledgement(AUTO_REPLY, template=terms.auto_reply)


def _window(terms: Terms) -> SendingWindow:
    return SendingWindow.read(terms.sending_window, Calendar(terms.holidays, terms.extra_closed, terms.extra_open))


def _last_answered(turn: Turn, arrived: Arrived) -> dt.datetime | None:
    """Return when the number last wrote what was answered so."""
    found: dt.datetime | None = turn.connection.execute(
        select(texts.c.at)
        .join(jobs, jobs.c.id == texts.c.acknowledged_by)
        .where(texts.c.practice == arrived.practice, texts.c.number == arrived.number, jobs.c.step == AUTO_REPLY)
        .order_by(texts.c.at.desc())
        .limit(1)
    ).scalar()
    return found
