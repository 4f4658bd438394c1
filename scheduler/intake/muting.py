"""Turning reminders of an occasion or to a contact off and on, and muting single rules for an occasion.

A person's order comes in; rows are upserted and planned again and a note is kept, in the caller's turn. An order that
changes nothing keeps no note.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping

from jobs.errors import InputError, NotFoundError
from scheduler.intake.contacts import upsert_contacts
from scheduler.intake.finding import contacts_by_ref, occasions_by_ref
from scheduler.intake.naming import Named, contact_named, occasion_named
from scheduler.intake.notes import Did, Note, add_notes, read_reason
from scheduler.intake.occasions import upsert_occasions
from scheduler.intake.outcomes import CHANGES_NOTHING, Refused, Upserted
from scheduler.intake.rows import SKIP, Row
from scheduler.intake.spelling import suggestion
from scheduler.intake.turns import Turn
from scheduler.intake.values import Kept
from scheduler.planning.basis import Replanned
from scheduler.rulebook.schema import Rulebook

OFF = "reminders_off"


@dataclass(frozen=True, slots=True, kw_only=True)
class Muting:
    """What a person orders: reminders of an occasion, or to a contact, off (`mutes`) or on again, and why.

    One of `occasion` and `contact` is a ref. `rules`: only these, of an occasion; none: all. `kind` None: whatever kind
    has the ref.
    """

    practice: str
    mutes: bool
    because: str
    by: str
    occasion: str | None = None
    kind: str | None = None
    contact: str | None = None
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Muted:
    """How it stands now, whether that is news, and what happened to jobs; `kind` None: a contact."""

    kind: str | None
    ref: str
    reminders_off: bool
    skip: tuple[str, ...]
    changed: bool
    jobs: Replanned
    warnings: tuple[str, ...] = ()


def mute(turn: Turn, order: Muting) -> Muted:
    """Carry the order out.

    Raises:
        InputError: it names both or neither of occasion and contact, or a rule that there is none of, or gives no
            reason.
        NotFoundError: there is no such occasion or contact, or it was removed.

    """
    because = read_reason(order.because)
    if (order.occasion is None) == (order.contact is None):
        message = "name an occasion or a contact"
        raise InputError(message)
    if order.contact is not None and order.rules:
        message = "a rule is muted for one occasion: name the occasion"
        raise InputError(message)
    named, row = _found(turn.connection, order)
    if row["gone_at"] is not None:
        message = f"{named.kind or 'contact'} {named.ref} was removed: nothing goes out about it"
        raise NotFoundError(message)
    given = _given(turn.current.rulebook, order, named, row)
    result = _upsert(turn, named, Row(named.ref, given, {}))
    (outcome,) = result.outcomes
    changed = outcome.outcome not in CHANGES_NOTHING
    if changed:
        add_notes(turn.connection, [_note(order, named, because)], turn.now)
    after = {**row, **given}
    skip = tuple(after.get(SKIP) or ())
    return Muted(named.kind, named.ref, after[OFF], skip, changed, result.jobs, _warnings(named, result.jobs))


def _found(connection: Connection, order: Muting) -> tuple[Named, RowMapping]:
    """Return what is meant with its stored row, locked."""
    if order.contact is not None:
        named = contact_named(connection, order.practice, order.contact)
        return named, contacts_by_ref(connection, order.practice, [named.ref])[named.ref]
    named = occasion_named(connection, order.practice, order.kind, order.occasion or "")
    return named, occasions_by_ref(connection, order.practice, named.kind or "", [named.ref])[named.ref]


def _given(rulebook: Rulebook, order: Muting, named: Named, row: RowMapping) -> dict[str, Kept]:
    """Return the values that the row is to have."""
    if not order.rules:
        return {OFF: order.mutes}
    known = {rule.id for rule in rulebook.rules if rule.for_ == named.kind}
    muted = set(row[SKIP] or ())
    unknown = [rule for rule in order.rules if rule not in known and (order.mutes or rule not in muted)]
    if unknown:
        message = f"{unknown[0]!r} is no rule for {named.kind}{suggestion(unknown[0], known)}"
        raise InputError(message)
    rules = muted.union(order.rules) if order.mutes else muted.difference(_with_former(rulebook, order.rules))
    return {SKIP: sorted(rules) or None}


def _with_former(rulebook: Rulebook, rules: Iterable[str]) -> set[str]:
    """Return the ids with those that these rules had before, under which they may have been muted."""
    return {name for rule in rulebook.rules if rule.id in rules for name in (rule.was,) if name}.union(rules)


def _upsert(turn: Turn, named: Named, row: Row) -> Upserted:
    if named.kind is None:
        result = upsert_contacts(turn.connection, turn.current, [row], turn.now)
    else:
        result = upsert_occasions(turn.connection, turn.current, named.kind, [row], turn.now)
    if isinstance(result, Refused):  # such as an end before its start, which no row of ours has
        message = result.problems[0].at(named.ref)
        raise InputError(message)
    return result


def _warnings(named: Named, jobs: Replanned) -> tuple[str, ...]:
    """Say who cannot be reached now: such as somebody who was told what is no longer so."""
    counts = Counter(reason for _, reason in jobs.unreached)
    return tuple(
        f"nobody can be reached about {named.ref if named.kind else f'{count} of their occasions'}: {why}"
        for why, count in sorted(counts.items())
    )


def _note(order: Muting, named: Named, because: str) -> Note:
    return Note(
        practice=order.practice,
        did=Did.MUTED if order.mutes else Did.UNMUTED,
        because=because,
        by=order.by,
        occasion_id=None if named.kind is None else named.id,
        contact_id=named.id if named.kind is None else None,
        rules=order.rules,
    )
