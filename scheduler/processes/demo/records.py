"""The demo's contacts, appointments and payments as CSV text, dated around a start; pure, the same for the same start.

The people do not exist; their numbers lie in the range that the North American plan keeps for fiction (555-01xx).
"""

import csv
import datetime as dt
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

PEOPLE = (
    ("Amara", "Okafor", "en"),
    ("Julien", "Tremblay", "fr"),
    ("Mei", "Chen", "en"),
    ("Sofia", "Marchetti", "en"),
    ("Luc", "Gagnon", "fr"),
    ("Priya", "Raman", "en"),
    ("Hana", "Suzuki", "en"),
    ("Nadia", "Benali", "fr"),
    ("Oleksandr", "Kovalenko", "en"),
    ("Claire", "Dubois", "fr"),
    ("Mateo", "Rojas", "en"),
    ("Fatou", "Diallo", "fr"),
    ("Ivan", "Petrov", "en"),
    ("Leila", "Haddad", "fr"),
    ("Grace", "Mensah", "en"),
    ("Rami", "Khoury", "fr"),
    ("Anjali", "Gupta", "en"),
    ("Thomas", "Bouchard", "fr"),
    ("Yuki", "Tanaka", "en"),
    ("Camila", "Ferreira", "en"),
    ("Samuel", "Adeyemi", "en"),
    ("Elodie", "Lavoie", "fr"),
    ("Minh", "Nguyen", "en"),
    ("Zara", "Ahmed", "en"),
    ("Andre", "Cote", "fr"),
    ("Rosa", "Jimenez", "en"),
    ("Pavel", "Novak", "en"),
    ("Aminata", "Traore", "fr"),
    ("Daniel", "Cohen", "en"),
    ("Ines", "Moreau", "fr"),
    ("Arjun", "Singh", "en"),
    ("Marie", "Pelletier", "fr"),
    ("Kwame", "Boateng", "en"),
    ("Lina", "Farah", "fr"),
    ("Viktor", "Horvat", "en"),
    ("Chloe", "Bergeron", "fr"),
    ("Tariq", "Aziz", "en"),
    ("Beatriz", "Lopes", "en"),
    ("Henri", "Fortin", "fr"),
    ("Joy", "Santos", "en"),
)
OPTED_OUT = "C-105"
BAD_PHONE = "C-112"
ABROAD = "C-110"
MOVED = "A-226"
CANCELLED = "A-227"
TOMORROW, TONIGHT, YESTERDAY = range(14), range(14, 18), range(18, 22)
"""Which appointments are tomorrow, tonight and yesterday; the rest come in the next weeks."""
SATURDAY = 5
EVERY_SIXTH_IS_PAID, EVERY_FIFTH_IN_PART = 5, 2
OWNERS = ("m.roy", "s.patel", "j.leblanc")


def contacts_csv() -> str:
    """Return 40 contacts, `C-101` to `C-140`: one who is in Paris just now, one whose number has too few digits."""
    rows = []
    for index, (first, last, language) in enumerate(PEOPLE):
        ref = f"C-{101 + index}"
        phone = f"+1 {'514' if language == 'fr' else '416'} 555 01{index:02d}"
        zone = ""
        if ref == ABROAD:
            zone = "Europe/Paris"
        if ref == BAD_PHONE:
            phone = "514 555 01"
        rows.append((ref, f"{first} {last}", first, phone, language, zone, OWNERS[index % len(OWNERS)]))
    return _csv(("ref", "name", "first_name", "phone", "language", "timezone", "owner"), rows)


@dataclass(frozen=True, slots=True)
class Batch:
    """Which of the appointments, how their refs are counted, and whose turn it is first among the people."""

    indices: Iterable[int] = range(54)
    first_ref: int = 201
    first_person: int = 0


ALL = Batch()
BEFORE = Batch((*TOMORROW, *TONIGHT), 101, 3)
"""Those of the day before the demo: told of then, and today's."""


def appointments_csv(start: dt.datetime, batch: Batch = ALL) -> str:
    """Return 54 appointments around `start` (a local wall time): yesterday's, today's, tomorrow's, the next weeks'."""
    today = start.replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    rows = []
    for index in batch.indices:
        begins = _begins(index, today)
        sort = ("consultation", "consultation", "hearing", "consultation", "biometrics")[index % 5]
        place = {
            "consultation": "400 rue Sherbrooke Ouest",
            "hearing": "200 boul. Rene-Levesque",
            "biometrics": "1010 rue St-Antoine",
        }
        rows.append(
            (
                f"A-{batch.first_ref + index}",
                f"C-{101 + (index * 7 + batch.first_person) % len(PEOPLE)}",
                f"{begins:%Y-%m-%dT%H:%M}",
                f"{begins + dt.timedelta(minutes=45):%Y-%m-%dT%H:%M}",
                "attended" if index in YESTERDAY else ("confirmed" if index % 4 == 1 else "booked"),
                f"IMM-{2899 + batch.first_ref + index}-26",
                sort,
                "remote" if sort == "consultation" and index % 3 == 0 else "in_person",
                place[sort],
            ),
        )
    return _csv(("ref", "contact", "start", "end", "status", "case_ref", "type", "mode", "place"), rows)


def payments_csv(start: dt.datetime) -> str:
    """Return 26 payments: some overdue, some due today and in the coming days, some paid."""
    today = start.date()
    rows = []
    for index in range(26):
        due = today + dt.timedelta(days=(index * 3) % 29 - 8)
        paid = index % 6 == EVERY_SIXTH_IS_PAID
        amount = 150 + 25 * (index % 9)
        balance = 0 if paid else amount - (75 if index % 5 == EVERY_FIFTH_IN_PART else 0)
        status = "paid" if paid else ("partly_paid" if balance < amount else "open")
        rows.append(
            (
                f"P-{301 + index}",
                f"C-{101 + (index * 3) % len(PEOPLE)}",
                due.isoformat(),
                status,
                f"{amount}.00",
                f"{balance}.00",
            )
        )
    return _csv(("ref", "contact", "date", "status", "amount", "balance"), rows)


def _begins(index: int, today: dt.datetime) -> dt.datetime:
    """Return the start of an appointment: tomorrow, tonight, yesterday, the rest on later working days."""
    if index in TOMORROW:
        return today + dt.timedelta(days=1, hours=9 + index % 8, minutes=30 * (index % 2))
    if index in TONIGHT:
        return today + dt.timedelta(hours=18, minutes=10 * (index - TONIGHT.start))
    if index in YESTERDAY:
        return today + dt.timedelta(days=-1, hours=10 + index % 5)
    day = today + dt.timedelta(days=2 + (index * 5) % 30)
    if day.weekday() >= SATURDAY:
        day += dt.timedelta(days=2)
    return day + dt.timedelta(hours=9 + (index * 3) % 8, minutes=15 * (index % 4))


def _csv(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()
