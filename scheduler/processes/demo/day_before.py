"""The day before the demo, lived through at once: what was sent then, what people wrote, what staff did about it.

With the carrier its people answer; without it nothing comes back.
"""

import contextlib
import dataclasses
import datetime as dt
from collections.abc import Iterator
from typing import Final
from zoneinfo import ZoneInfo

from rich.console import Console
from sqlalchemy import Connection, select

from jobs.clock import SteppingClock
from jobs.conversation import inbox, settle
from jobs.records import contacts
from jobs.store.values import person
from scheduler.processes.demo import records, story
from scheduler.processes.demo.clocks import DemoClock
from scheduler.processes.demo.phones import DAY_BEFORE, Phones
from scheduler.processes.demo.stage import Stage
from scheduler.processes.demo.stepping import step_to
from scheduler.processes.worker import working
from scheduler.publishing.revisions import load_current

RECEIPT_SECONDS: Final = 2.0
"""Between the statuses of a text, live; stepped through, they come at once."""
ASKED: Final = "C-104"
"""Who asked something, and was answered."""
ANSWER: Final = "Yes, under the building: the entrance is on Metcalfe. Bring the ticket, we stamp it."
NOTE: Final = "Parking answered. She comes with her brother, who interprets."
STRANGER: Final = "+14385550177"
STRANGERS_WORDS: Final = "Hello, a friend gave me this number. Do you help with study permits?"


@contextlib.contextmanager
def lived_in(stage: Stage, clock: DemoClock, start: dt.datetime, zone: ZoneInfo) -> Iterator[Stage]:
    """Live through the day before, at once; give the stage as the clock runs on from `start`, workers running."""
    with working(stage.parts):
        _live_through(stage, clock, start, zone)
        clock.run_on()
        if stage.carrier is not None:
            stage.carrier.set_receipts(seconds=RECEIPT_SECONDS)
            stage = dataclasses.replace(stage, phones=Phones(stage.parts.database, stage.carrier, since=start))
        yield stage


def _live_through(stage: Stage, clock: SteppingClock, until: dt.datetime, zone: ZoneInfo) -> None:
    """Take in the people and appointments of the day before, and let its texts go and be answered."""
    stage = _quiet(stage)
    local = clock.now().astimezone(zone)
    story.meet_people(stage.parts)
    story.import_text(stage.parts, "appointments", records.appointments_csv(local, records.BEFORE))
    answered = False

    def answer() -> None:
        nonlocal answered
        if stage.phones is not None and not answered and stage.phones.wrote(ASKED):
            answered = True
            _see_to_it(stage)

    step_to(stage, clock, until, answer)


def _quiet(stage: Stage) -> Stage:
    """Return the stage with other people's phones and nothing on its screen."""
    phones = None if stage.carrier is None else Phones(stage.parts.database, stage.carrier, DAY_BEFORE)
    return dataclasses.replace(stage, out=Console(quiet=True), phones=phones)


def _see_to_it(stage: Stage) -> None:
    """Have staff answer who asked, note it, and a stranger write, whom nobody knows yet."""
    parts = stage.parts

    def work(connection: Connection) -> str:
        now, by = parts.database.moment(connection), person(story.STAFF)
        asked = (contacts.c.practice == story.PRACTICE) & (contacts.c.ref == ASKED)
        key = (story.PRACTICE, connection.execute(select(contacts.c.phone).where(asked)).scalar_one())
        inbox.assign(connection, key, story.STAFF, by=by, now=now)
        inbox.note(connection, key, NOTE, by=by, now=now)
        inbox.mark_read(connection, key, now=now)
        settle(connection, *key, by=by, now=now)
        story.write_to(connection, parts, ASKED, ANSWER)
        return load_current(connection, story.PRACTICE).terms.senders[0].number

    number = parts.database.write(work)
    if stage.carrier is not None:
        stage.carrier.send_inbound(STRANGER, number, STRANGERS_WORDS)
