"""What happens in the demo: files come in, one person opted out, staff write, a date moves, another is called off."""

import datetime as dt
import tempfile
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from jobs import consent, store
from jobs.errors import QuietbellError
from jobs.records import contacts, occasions
from jobs.states import Origin
from jobs.store.identity import one_off_identity
from jobs.store.values import NewJob, person
from scheduler.intake.entry import Intake
from scheduler.intake.outcomes import Imported, Upserted
from scheduler.intake.reading import FileRequest
from scheduler.processes.demo import records
from scheduler.publishing.revisions import load_current
from scheduler.wiring import Parts

PRACTICE = "northlight"
STAFF = "m.roy"


class DemoError(QuietbellError):
    """The demo's own records were refused, which the shipped rules should never do."""


def begin(parts: Parts, zone: ZoneInfo, *, knows_people: bool = False) -> list[str]:
    """Import the demo's files, record the opt-out and staff's text; return what was done, in sentences."""
    local = parts.database.write(parts.database.moment).astimezone(zone)
    lines = [] if knows_people else meet_people(parts)
    lines.append(import_text(parts, "appointments", records.appointments_csv(local)))
    lines.append(import_text(parts, "payments", records.payments_csv(local)))
    parts.database.write(lambda connection: _write_a_text(connection, parts))
    lines.append("Staff wrote a text to somebody who is in Paris just now, where it is night.")
    return lines


def meet_people(parts: Parts) -> list[str]:
    """Import the contacts and record that one of them opted out; return what was done, in sentences."""
    told = import_text(parts, "contacts", records.contacts_csv())
    parts.database.write(lambda connection: _opt_out(connection, parts))
    return [told]


def import_text(parts: Parts, what: str, text: str) -> str:
    """Import what would be a file; return what was done, in a sentence.

    Raises:
        DemoError: the demo's own records were refused.

    """
    with tempfile.TemporaryDirectory(prefix="quietbell-demo-") as folder:
        path = Path(folder) / f"{what}.csv"
        path.write_text(text, encoding="utf-8")
        return _import(parts, what, path)


def go_on(parts: Parts, zone: ZoneInfo) -> list[str]:
    """Move one appointment to the next day and call another off; return what was done, in sentences."""
    with parts.database.read() as connection:
        start = connection.execute(
            select(occasions.c.start).where(occasions.c.practice == PRACTICE, occasions.c.ref == records.MOVED),
        ).scalar_one()
    moved = dt.datetime.fromisoformat(start).replace(tzinfo=zone) + dt.timedelta(days=1, hours=2)
    intake = Intake(parts.database)
    row = {
        "ref": records.MOVED,
        "start": f"{moved:%Y-%m-%dT%H:%M}",
        "end": f"{moved + dt.timedelta(minutes=45):%Y-%m-%dT%H:%M}",
    }
    for values in (row, {"ref": records.CANCELLED, "status": "cancelled"}):
        taken = intake.upsert(PRACTICE, "appointment", [values])
        if not isinstance(taken, Upserted):
            raise DemoError(str(taken))
    return [
        f"The case system moved {records.MOVED} to {moved:%a} {moved.day} {moved:%b %H:%M}.",
        f"The case system cancelled {records.CANCELLED}.",
    ]


def _import(parts: Parts, what: str, path: Path) -> str:
    request = FileRequest(practice=PRACTICE, what=what, path=path, by="demo")
    came = Intake(parts.database).import_file(request)
    if not isinstance(came, Imported):
        raise DemoError(str(came))
    planned = came.tally.jobs.counts().get("planned", 0)
    warned = f" Warning: {came.tally.warnings[0]}" if came.tally.warnings else ""
    return f"{came.tally.rows} {what} imported" + (f", {planned} texts planned." if planned else ".") + warned


def _opt_out(connection: Connection, parts: Parts) -> None:
    number = connection.execute(
        select(contacts.c.phone).where(contacts.c.practice == PRACTICE, contacts.c.ref == records.OPTED_OUT),
    ).scalar_one()
    word = consent.ConsentWord(
        practice=PRACTICE,
        number=number,
        what=consent.OPT_OUT,
        source="text",
        by=records.OPTED_OUT,
        evidence="STOP",
    )
    consent.record(connection, [word], now=parts.database.moment(connection))


def _write_a_text(connection: Connection, parts: Parts) -> None:
    write_to(connection, parts, records.ABROAD, "Your file is ready. Pass by any day from 9 to 17.")


def write_to(connection: Connection, parts: Parts, ref: str, words: str) -> None:
    """Have staff write to a contact."""
    now = parts.database.moment(connection)
    sender = load_current(connection, PRACTICE).terms.senders[0]
    contact = connection.execute(
        select(contacts.c.id).where(contacts.c.practice == PRACTICE, contacts.c.ref == ref),
    ).scalar_one()
    key = f"demo-to-{ref}"
    job = NewJob(
        practice=PRACTICE,
        identity=one_off_identity(practice=PRACTICE, idempotency_key=key, recipient=ref),
        origin=Origin.ONE_OFF,
        sender=sender.id,
        provider=sender.provider,
        planned_for=now,
        useful_until=now + dt.timedelta(days=1),
        idempotency_key=key,
        contact_id=contact,
        text=words,
        urgency=2,
        sent_by={"name": STAFF},
    )
    store.plan(connection, [job], by=person(STAFF), now=now)
