"""Erases what is kept of a contact on request: foreseen first, then carried out in one turn at the practice's intake.

What proves and counts stays without words and numbers; an opt-out stays as a hash. Nothing on legal hold is erased, and
a text that is going out is not torn: the erasure is refused until its fate is known.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Table, Text, and_, cast, delete, func, select, update

from jobs import consent, events, store
from jobs.errors import InputError, RefusedError
from jobs.phone import mask
from jobs.records import (
    attempts,
    calendar_links,
    consents,
    contacts,
    conversation_notes,
    conversations,
    jobs,
    metadata,
    number_days,
    number_faults,
    occasions,
    receipts,
    texts,
)
from jobs.states import UNSENT, State
from jobs.store import Pick, redacting
from scheduler.identities import audit
from scheduler.identities.audit import Act, Signed
from scheduler.intake.finding import occasions_naming
from scheduler.intake.occasions import remove_occasions
from scheduler.intake.turns import Turn
from scheduler.keeping.belonging import Belongings, find_belongings
from scheduler.keeping.cares import Care, columns_of, emptied
from scheduler.keeping.cutting import Cutter, by_keys, cut_rows
from scheduler.keeping.holds import holds_on, why_held
from scheduler.planning.basis import Occurrence, basis_of
from scheduler.planning.replanner import replan

ERASED: Final = "contact.erased"
"""The action in the audit log."""
REMOVED: Final = (conversations, conversation_notes, number_faults, number_days)
"""Tables whose rows are nothing without the number."""
_AT_ONCE: Final = 500
"""Rows named in one statement."""
_WAITING: Final = [state.value for state in sorted(UNSENT)]


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What an erasure would do, or did: waiting texts that it cancels, and rows by table that it empties or removes.

    `shared` are masked numbers that stay, since others have them, with these others' refs; `reached` are refs of
    contacts who lose the phone they are texted on; `kept_words`: words on consent that stay as hashes.
    """

    ref: str
    waiting: int
    rows: Mapping[str, int]
    shared: Mapping[str, tuple[str, ...]]
    reached: tuple[str, ...]
    kept_words: int = 0


def foresee(connection: Connection, practice: str, ref: str) -> Foreseen:
    """Return what erasing a contact would do; nothing is changed.

    Raises:
        NotFoundError: there is no such contact.
        RefusedError: they are on legal hold, or a text to them is going out.

    """
    found = find_belongings(connection, practice, ref)
    _require_free(connection, found)
    waiting = and_(found.party.has_job(), jobs.c.state.in_(_WAITING))
    rows = {name: _count(connection, metadata.tables[name], chosen) for name, chosen in found.rows().items()}
    kept = {name: count for name, count in rows.items() if count and name in _TOUCHED}
    return Foreseen(found.ref, _count(connection, jobs, waiting), kept, _masked(found), found.reached)


def erase(turn: Turn, ref: str, reason: str, signed: Signed) -> Foreseen:
    """Erase a contact and return what was done.

    Raises:
        InputError: no reason is given.
        NotFoundError: there is no such contact.
        RefusedError: they are on legal hold, or a text to them is going out.

    """
    if not reason.strip():
        message = "say why the contact is erased: the reason is kept"
        raise InputError(message)
    connection = turn.connection
    found = find_belongings(connection, signed.practice, ref)
    _require_free(connection, found)
    waiting = _cancel(turn, found, reason, signed)
    rows = _empty_all(turn, found, signed)
    kept_words = consent.forget_numbers(connection, signed.practice, found.numbers)
    rows["events"] = events.forget_contact(connection, found.party.ids)
    done = Foreseen(found.ref, waiting, {k: v for k, v in rows.items() if v}, _masked(found), found.reached, kept_words)
    after = {"reason": reason, "cancelled": waiting, "rows": done.rows, "opt_outs_kept": kept_words}
    audit.note(connection, Act(signed, ERASED, audit.contact(found.party.row["id"]), after=after))
    return done


def _require_free(connection: Connection, found: Belongings) -> None:
    """Refuse what must not go, or not now."""
    held = holds_on(connection, found.party.practice, found.party.ids)
    if held:
        raise RefusedError(why_held(found.ref, held[0]))
    going = select(jobs.c.state).where(found.party.has_job(), jobs.c.state.in_([State.SENDING, State.IN_DOUBT]))
    states = set(connection.execute(going).scalars())
    if State.SENDING.value in states:
        raise RefusedError(_going_out(found.ref))
    if states:
        message = (
            f"nobody knows whether a text to {found.ref} was sent: nothing was erased. "
            f"Settle it first (`quietbell jobs --state in_doubt`, `quietbell jobs settle`)"
        )
        raise RefusedError(message)


def _going_out(ref: str) -> str:
    return f"a text to {ref} is going out at this moment: nothing was erased. Try again in a minute"


def _cancel(turn: Turn, found: Belongings, reason: str, signed: Signed) -> int:
    """Cancel what waits, let planning take the rest away, and mark the contact gone; count cancelled texts.

    Raises:
        RefusedError: a worker was faster with one of the texts.

    """
    connection = turn.connection
    waiting = select(jobs.c.id).where(found.party.has_job(), jobs.c.state.in_(_WAITING)).order_by(jobs.c.id)
    why = f"the contact was erased: {reason}"
    picks = [Pick(id=job_id, reason=why) for job_id in connection.execute(waiting).scalars()]
    moved = store.cancel(connection, picks, by=signed.by, now=turn.now)
    # Whoever planned, claimed or sent meanwhile was waited for by the locks of the jobs: look again.
    _require_free(connection, found)
    concerned = occasions_naming(connection, found.party.ids)
    theirs = update(contacts).where(contacts.c.id.in_(found.party.ids))
    connection.execute(theirs.where(contacts.c.gone_at.is_(None)).values(gone_at=turn.now))
    connection.execute(theirs.values(updated_at=turn.now, via_id=None))
    live = select(occasions.c.id).where(occasions.c.id.in_(found.sole), occasions.c.gone_at.is_(None))
    remove_occasions(connection, turn.current, connection.execute(live).scalars().all(), turn.now)
    basis = basis_of(turn.current.revision, turn.current.rulebook, turn.current.plan)
    replan(connection, basis, concerned, Occurrence(turn.now))
    return len(moved)


def _empty_all(turn: Turn, found: Belongings, signed: Signed) -> dict[str, int]:
    """Empty, cut and remove what the table of cares says, in every table; count rows by table."""
    connection, cutter = turn.connection, Cutter()
    _want_redacted(turn, found)
    counts = {table.name: _remove(connection, table, found) for table in REMOVED}
    owned = found.rows()
    # What says whose a row is goes last: receipts are found by attempts, these by jobs, and all of them by numbers.
    keys = {name: _keys(connection, metadata.tables[name], owned[name]) for name in EMPTIED}
    for name, theirs in keys.items():
        counts[name] = _empty(connection, metadata.tables[name], theirs, cutter)
    _cut_elsewhere(connection, found, cutter)
    _forget_strays(connection, found)
    links = update(calendar_links).where(calendar_links.c.contact_id.in_(found.party.ids))
    counts["calendar_links"] = connection.execute(links.values(contact_id=None)).rowcount
    _put_aside(turn, keys["texts"], signed)
    return counts


EMPTIED: Final = tuple(
    table.name
    for table in metadata.sorted_tables
    if columns_of(table, Care.WORDS, Care.NUMBER, Care.MENTIONS, Care.PERSON) and table not in (*REMOVED, consents)
)
_TOUCHED: Final = frozenset({*EMPTIED, *(table.name for table in REMOVED), "consents", "events", "calendar_links"})


def _want_redacted(turn: Turn, found: Belongings) -> None:
    """Let providers that delete words be asked to."""
    sent = select(attempts.c.id).where(found.rows()["attempts"], attempts.c.provider_id.is_not(None))
    redacting.want(turn.connection, turn.connection.execute(sent).scalars().all(), now=turn.now)


def _put_aside(turn: Turn, keys: Sequence[tuple[Any, ...]], signed: Signed) -> None:
    """Let no erased text ask staff, or count as unread."""
    for start in range(0, len(keys), _AT_ONCE):
        theirs = update(texts).where(by_keys(texts, keys[start : start + _AT_ONCE]), texts.c.direction == "in")
        turn.connection.execute(theirs.where(texts.c.read_at.is_(None)).values(read_at=turn.now))
        asking = theirs.where(texts.c.flagged, texts.c.settled_at.is_(None))
        turn.connection.execute(asking.values(settled_at=turn.now, settled_by=signed.by))


def _remove(connection: Connection, table: Table, found: Belongings) -> int:
    return connection.execute(delete(table).where(found.rows()[table.name])).rowcount


def _keys(connection: Connection, table: Table, chosen: Any) -> list[tuple[Any, ...]]:  # noqa: ANN401 - a condition
    return [tuple(row) for row in connection.execute(select(*table.primary_key.columns).where(chosen))]


def _empty(connection: Connection, table: Table, keys: Sequence[tuple[Any, ...]], cutter: Cutter) -> int:
    columns = columns_of(table, Care.WORDS, Care.PERSON)
    for start in range(0, len(keys), _AT_ONCE):
        chosen = by_keys(table, keys[start : start + _AT_ONCE])
        if columns:
            connection.execute(update(table).where(chosen).values(emptied(columns)))
        if columns_of(table, Care.NUMBER, Care.MENTIONS):
            cut_rows(connection, table, chosen, cutter)
    return len(keys)


def _cut_elsewhere(connection: Connection, found: Belongings, cutter: Cutter) -> None:
    """Cut their numbers where they stand with others' texts: of those who were reached on their phone."""
    for table in (jobs, attempts, texts):
        for column in columns_of(table, Care.NUMBER):
            cut_rows(
                connection, table, and_(table.c.practice == found.party.practice, column.in_(found.numbers)), cutter
            )


def _forget_strays(connection: Connection, found: Belongings) -> None:
    """Empty receipts that belong to no attempt and name one of their numbers."""
    for number in found.numbers:
        names = cast(receipts.c.raw, Text).contains(number.lstrip("+"), autoescape=True)
        connection.execute(update(receipts).where(receipts.c.attempt_id.is_(None), names).values(raw=None))


def _count(connection: Connection, table: Table, chosen: Any) -> int:  # noqa: ANN401 - a condition
    return connection.execute(select(func.count()).select_from(table).where(chosen)).scalar_one()


def _masked(found: Belongings) -> dict[str, tuple[str, ...]]:
    return {mask(number): refs for number, refs in found.shared.items()}
