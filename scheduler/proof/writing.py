"""Writes a proof: reads in one transaction, a part at a time, and lays page and data into one sealed file.

The data waits in a file without a name until the page is written: no list of texts is ever whole in memory.
"""

import datetime as dt
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any, Final

from sqlalchemy import Connection

from scheduler.proof import page
from scheduler.proof.entries import Plain, entry_of, plain
from scheduler.proof.entry_page import show_entry
from scheduler.proof.finding import Party, find_party, others_at
from scheduler.proof.reading import Span, Told, conversation, never_asked, notes_of, tell, tell_jobs, words_of
from scheduler.proof.sealed_file import Sheet, sealed_file, spooled_beside
from scheduler.proof.sources import Sources, loader

FORMAT: Final = "quietbell-proof/1"
DATA_ID: Final = "proof-data"
_CONTACT: Final = [
    "ref",
    "name",
    "first_name",
    "language",
    "timezone",
    "owner",
    "phone",
    "phone_given",
    "phone_problem",
    "reminders_off",
    "gone_at",
    "created_at",
    "updated_at",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is asked for: a contact's texts of a period, into a file; `by` is who asks, `zone` the practice's."""

    practice: str
    name: str
    zone: str
    contact: str
    span: Span
    target: Path
    by: str
    version: str
    force: bool = False


@dataclass(frozen=True, slots=True)
class Counts:
    """What a proof holds, and its digest: texts out, requests made for them, texts in, jobs never asked for."""

    out: int
    requests: int
    incoming: int
    never_asked: int
    digest: str


def write_proof(connection: Connection, request: Request, now: dt.datetime) -> Counts:
    """Write everything about a contact into one file, whole or not at all.

    The connection's transaction should see one moment throughout (`reading.hold_still`).

    Raises:
        NotFoundError: the practice has no such contact; nothing was written.
        RefusedError: the file exists already; nothing was written.
        InputError: it cannot be written there.

    """
    party = find_party(connection, request.practice, request.contact)
    lines, never = conversation(connection, party, request.span), never_asked(connection, party, request.span)
    counts = {"texts": len(lines), "planned_but_never_asked_of_a_provider": len(never)}
    with sealed_file(request.target, force=request.force) as sheet, spooled_beside(request.target) as spool:
        writing = _Writing(sheet, spool, Sources(loader(connection, request.practice)), request.zone)
        writing.begin(_about(connection, request, party, counts, now))
        writing.lay("entries", "Texts, in their order", len(lines), tell(connection, lines))
        writing.lay("never_asked", "Planned, but never asked of a provider", len(never), tell_jobs(connection, never))
        digest = writing.end()
    laid = writing.laid
    return Counts(laid["out"] + laid["out_alone"], laid["requests"], laid["in"], laid["unsent"], digest)


@dataclass(slots=True)
class _Writing:
    """Lays every part twice: for people on the sheet, as data on the spool."""

    _sheet: Sheet
    _spool: IO[bytes]
    _sources: Sources
    _zone: str
    laid: Counter[str] = field(default_factory=Counter)

    def begin(self, about: Plain) -> None:
        self._sheet.write(page.opening(about))
        self._data(f'{{"about":{as_data(about)}')

    def lay(self, name: str, title: str, count: int, told: Iterable[Told]) -> None:
        self._sheet.write(page.heading(title, count))
        self._data(f',\n"{name}":[')
        for number, each in enumerate(told, 1):
            entry = entry_of(each, self._zone, self._sources)
            self.laid.update({entry["kind"]: 1, "requests": len(entry.get("attempts", ()))})
            self._sheet.write(show_entry(number, entry))
            self._data(("," if number > 1 else "") + "\n" + as_data(entry))
        self._data("]")

    def end(self) -> str:
        gathered = self._sources.gathered()
        self._sheet.write(page.sources(gathered))
        self._data(f',\n"sources":{as_data(gathered)}}}\n')
        self._sheet.write(f'<script type="application/json" id="{DATA_ID}">\n')
        self._sheet.append(self._spool)
        self._sheet.write("</script>\n")
        return self._sheet.seal()

    def _data(self, text: str) -> None:
        self._spool.write(text.encode("utf-8", "backslashreplace"))


def as_data(value: object) -> str:
    """Return a value as canonical JSON (keys in order, no spaces) that can stand inside a page."""
    written = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return written.replace("<", "\\u003c")


def _about(
    connection: Connection, request: Request, party: Party, counts: Mapping[str, int], now: dt.datetime
) -> dict[str, Any]:
    """Return what stands at the front: who, what period, whose numbers, every word on consent, every note."""
    return {
        "format": FORMAT,
        "made": {"at": plain(now), "by": request.by, "version": request.version},
        "practice": {"id": request.practice, "name": request.name, "timezone": request.zone},
        "period": {"from": plain(request.span.first), "to": plain(request.span.end)},
        "counts": dict(counts),
        "contact": _contact(party),
        "numbers": [{name: plain(value) for name, value in asdict(each).items()} for each in party.numbers],
        "others": [asdict(each) for each in others_at(connection, party)],
        "words": _plain_rows(words_of(connection, party), "id practice"),
        "notes": _plain_rows(notes_of(connection, party), "id practice occasion_id contact_id"),
    }


def _contact(party: Party) -> dict[str, Any]:
    named = {name: plain(party.row[name]) for name in _CONTACT}
    via = None if party.via is None else f"{party.via['name']} ({party.via['ref']}, {party.via['phone'] or 'no phone'})"
    return {**named, "former_refs": list(party.former_refs), "via": via}


def _plain_rows(rows: Iterable[Mapping[str, Any]], without: str) -> list[dict[str, Any]]:
    left_out = set(without.split())
    return [{name: plain(value) for name, value in row.items() if name not in left_out} for row in rows]
