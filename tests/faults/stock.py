"""What every victim finds: the shipped rules at a fast pace, people, and sixteen texts about to fall due."""

import datetime as dt
import shutil
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from jobs import consent
from jobs.database import Database
from jobs.records import contacts
from jobs.taking.rooms import declare_provider
from scheduler.intake.entry import FileRequest, Imported, Intake
from scheduler.migrations import upgrade
from scheduler.processes.first_rules import publish_first_rules
from scheduler.settings import Settings

ROOT = Path(__file__).parent.parent.parent
PRACTICE = "northlight"
ZONE = ZoneInfo("America/Toronto")
LAID_AT = dt.datetime(2026, 3, 3, 14, 30, tzinfo=ZONE)
"""A Tuesday, before the day-before reminders of the shipped rules fall due (15:00 and 16:00)."""
DUE_AT = dt.datetime(2026, 3, 3, 16, 0, 5, tzinfo=ZONE)
"""When they all have fallen due."""
PEOPLE, HEARINGS = 16, 4
IN_FLIGHT = 10
"""Jobs that may be under way at once: so that there are several entries."""
OPTED_OUT = "C-3"


def write_rules(folder: Path) -> None:
    """Write the shipped rules, with senders so fast that pace plays no part."""
    shutil.copytree(ROOT / "rules" / PRACTICE, folder / "rules" / PRACTICE)
    change_rules(folder, "practice.yaml", "segments_per_second: 1,", "segments_per_second: 1000,")
    change_rules(folder, "practice.yaml", "{id: urgent,", "{id: urgent, segments_per_second: 1000,")


def change_rules(folder: Path, file: str, old: str, new: str) -> None:
    """Change the words of a rule file; fail where the old ones are not there."""
    path = folder / "rules" / PRACTICE / file
    before = path.read_text(encoding="utf-8")
    assert old in before, f"{old!r} is not in {path}"
    path.write_text(before.replace(old, new), encoding="utf-8")


def write_contacts(folder: Path) -> Path:
    """Write the people: C-1, C-2, …, with numbers kept for fiction."""
    rows = [
        f"C-{each},Person {each},Pat,+1 416 555 {100 + each:04d},{'fr' if each % 3 == 0 else 'en'}"
        for each in range(1, PEOPLE + 1)
    ]
    return _write(folder / "contacts.csv", "ref,name,first_name,phone,language", rows)


def write_appointments(folder: Path) -> Path:
    """Write tomorrow's appointments, one a person, of which some are hearings; and some of a week later."""
    rows = []
    for each in range(1, PEOPLE + 1):
        sort = "hearing" if each <= HEARINGS else "consultation"
        starts = f"2026-03-04T{10 + each % 7}:{each % 60:02d}"
        rows.append(f"A-{each},C-{each},{starts},booked,{sort},Room {each}")
    rows += [f"B-{each},C-{each + 10},2026-03-18T1{each}:00,booked,consultation,Room {each}" for each in range(1, 6)]
    return _write(folder / "appointments.csv", "ref,contact,start,status,type,place", rows)


def write_many_appointments(folder: Path, count: int, *, first_day: dt.date, name: str = "many.csv") -> Path:
    """Write so many consultations M-1, M-2, …, a dozen a day."""
    rows = []
    for each in range(count):
        day = first_day + dt.timedelta(days=each // 12 % 28)
        rows.append(
            f"M-{each + 1},C-{each % PEOPLE + 1},{day}T{9 + each % 8:02d}:{each % 60:02d},booked,consultation,Room 1"
        )
    return _write(folder / name, "ref,contact,start,status,type,place", rows)


def lay(database: Database, settings: Settings) -> None:
    """Make the tables, publish the rules, take people and appointments in; one of them opted out."""
    upgrade(database.engine)
    assert publish_first_rules(settings, database) == [PRACTICE]
    folder = settings.rules.parent
    for what, path in (("contacts", write_contacts(folder)), ("appointments", write_appointments(folder))):
        request = FileRequest(practice=PRACTICE, what=what, path=path, by="test")
        came = Intake(database).import_file(request)
        assert isinstance(came, Imported), came
    database.write(lambda connection: _opt_out(connection, database))
    database.write(lambda connection: declare_provider(connection, "terminal", slots=2 * IN_FLIGHT))


def _opt_out(connection: Connection, database: Database) -> None:
    number = connection.execute(select(contacts.c.phone).where(contacts.c.ref == OPTED_OUT)).scalar_one()
    word = consent.ConsentWord(practice=PRACTICE, number=number, what=consent.OPT_OUT, source="text", by=OPTED_OUT)
    consent.record(connection, [word], now=database.moment(connection))


def _write(path: Path, header: str, rows: list[str]) -> Path:
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path
