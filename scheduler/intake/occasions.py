"""Occasions in: a set of rows of one kind is upserted, and their jobs are planned with it.

In the caller's transaction, which holds the practice's intake. The only writer of occasions and the people they name.
"""

import datetime as dt
import uuid
from collections.abc import Collection, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final, TypeAlias

from sqlalchemy import Connection, RowMapping, update

from jobs.errors import InputError, NotFoundError
from jobs.records import occasion_people, occasions
from scheduler.intake.finding import occasions_by_ref, people_by_ref, people_of
from scheduler.intake.merging import Merged, Place, merge_occasion
from scheduler.intake.outcomes import Outcome, Refused, RowOutcome, Upserted
from scheduler.intake.rows import SKIP, Problem, Row, refuse_doubles, unknown_contact
from scheduler.intake.spelling import suggestion
from scheduler.intake.telling import tell_answered
from scheduler.intake.writing import add, put, unname
from scheduler.planning.basis import Basis, Occurrence, Replanned, basis_of
from scheduler.planning.replanner import replan, replan_occasions
from scheduler.planning.stored import StoredOccasion, in_parts, stored_occasion
from scheduler.publishing.revisions import Current
from scheduler.rulebook.schema import Kind, Rulebook

ANSWERS: Final = ("none", "confirmed", "wants_move", "declined")

People: TypeAlias = Mapping[str, RowMapping]
"""The contacts whom an occasion names, by role."""
Fires: TypeAlias = bool | AbstractSet[str]
"""Whether rows are events for `on:` steps: all, none, or those of some refs."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """A row merged with what is stored, whom it names then, and in which roles that is another or nobody."""

    merged: Merged
    people: People
    other_roles: frozenset[str]
    problems: tuple[Problem, ...]

    @property
    def id(self) -> uuid.UUID:
        """The occasion's id."""
        occasion_id: uuid.UUID = self.merged.values["id"]
        return occasion_id

    @property
    def outcome(self) -> Outcome:
        """What becomes of the row; another person is a change."""
        only_people = bool(self.other_roles) and self.merged.outcome is Outcome.UNCHANGED
        return Outcome.CHANGED if only_people else self.merged.outcome

    @property
    def is_new(self) -> bool:
        """Whether the occasion was not known."""
        return self.merged.outcome is Outcome.ADDED

    @property
    def is_to_be_planned(self) -> bool:
        """Whether more than its version changed."""
        return self.outcome not in {Outcome.UNCHANGED, Outcome.OLDER}


def upsert_occasions(  # noqa: PLR0913 - whose, of which kind, what, when, and whether it is news
    connection: Connection,
    current: Current,
    kind: str,
    rows: Sequence[Row],
    now: dt.datetime,
    *,
    fires: Fires = False,
) -> Upserted | Refused:
    """Take occasions in by kind and ref and plan their jobs; refused, and nothing written, where a row cannot be taken.

    `fires`: whether what is new or another status is an event for `on:` steps, of all rows or of these refs; a row's
    own `announce` goes before it.

    Raises:
        InputError: there is no such kind, or two rows have the same ref.

    """
    resolved = resolve_occasions(connection, current, kind, rows, now, fires=fires)
    problems = tuple(problem for each in resolved for problem in each.problems)
    if problems:
        return Refused(problems)
    _write(connection, resolved)
    basis = basis_of(current.revision, current.rulebook, current.plan)
    jobs = _plan(connection, basis, [each for each in resolved if each.is_to_be_planned], now)
    outcomes = tuple(RowOutcome(each.merged.row.ref, each.outcome, each.merged.row.line) for each in resolved)
    warnings = (*_warnings(resolved, jobs), *unknown_mutes(rows, current.rulebook, kind))
    return Upserted(outcomes, warnings, jobs)


def resolve_occasions(  # noqa: PLR0913 - as `upsert_occasions`
    connection: Connection,
    current: Current,
    kind: str,
    rows: Sequence[Row],
    now: dt.datetime,
    *,
    fires: Fires = False,
) -> list[Resolved]:
    """Merge rows with what is stored and find whom they name, with every problem; it writes nothing.

    Raises:
        InputError: there is no such kind, or two rows have the same ref.

    """
    refuse_doubles(rows)
    practice = current.rulebook.practice
    basis = basis_of(current.revision, current.rulebook, current.plan)
    place = Place(practice.practice, practice.timezone, kind, _kind(basis, kind))
    stored = occasions_by_ref(connection, practice.practice, kind, [row.ref for row in rows])
    named = {str(ref) for row in rows for ref in row.people.values() if ref}
    known = people_by_ref(connection, practice.practice, sorted(named))
    before = people_of(connection, [row["id"] for row in stored.values()])
    resolved = []
    for row in rows:
        is_event = fires if isinstance(fires, bool) else row.ref in fires
        merged = merge_occasion(stored.get(row.ref), row, place, now, fires=is_event)
        old = before.get(merged.values.get("id", uuid.UUID(int=0)), {})
        resolved.append(_with_people(merged, old, known))
    return resolved


def set_answer(
    connection: Connection, current: Current, occasion_id: uuid.UUID, answer: str, now: dt.datetime
) -> Replanned:
    """Keep what an occasion's person said of it, and plan its jobs again.

    Raises:
        InputError: there is no such answer.
        NotFoundError: there is no such occasion.

    """
    if answer not in ANSWERS:
        message = f"{answer!r} is no answer{suggestion(answer, ANSWERS)}: it is one of {', '.join(ANSWERS)}"
        raise InputError(message)
    replanned = _set(connection, current, [occasion_id], {"answer": answer}, now)
    tell_answered(connection, current.rulebook.practice.practice, occasion_id, now=now)
    return replanned


def remove_occasions(
    connection: Connection, current: Current, occasion_ids: Collection[uuid.UUID], now: dt.datetime
) -> Replanned:
    """Mark occasions gone and cancel their jobs; an upsert of the same ref brings one back.

    Raises:
        NotFoundError: one of them does not exist.

    """
    values = {"gone_at": now, "change_count": occasions.c.change_count + 1}
    return _set(connection, current, occasion_ids, values, now)


def find_occasion(connection: Connection, practice: str, kind: str, ref: str) -> uuid.UUID:
    """Return the id of the occasion of that kind and ref.

    Raises:
        NotFoundError: there is none.

    """
    found = occasions_by_ref(connection, practice, kind, [ref]).get(ref)
    if found is None:
        message = f"there is no {kind} {ref!r}"
        raise NotFoundError(message)
    occasion_id: uuid.UUID = found["id"]
    return occasion_id


def unknown_mutes(rows: Sequence[Row], rulebook: Rulebook, kind: str) -> tuple[Problem, ...]:
    """Name the rules under `skip` that no rule for this kind is, or was before a rename; such a word mutes nothing.

    It is no error: what was taken in once is taken in again after the rule is gone.
    """
    known = {name for rule in rulebook.rules if rule.for_ == kind for name in (rule.id, rule.was) if name}
    return tuple(
        Problem(f"{name!r} is no rule for {kind}{suggestion(name, known)}: it mutes nothing", row.line, SKIP)
        for row in rows
        for name in muted_rules(row)
        if name not in known
    )


def muted_rules(row: Row) -> tuple[str, ...]:
    """Return the ids of the rules that a row mutes."""
    given = row.given.get(SKIP)
    return tuple(given) if isinstance(given, list) else ()


def _set(
    connection: Connection,
    current: Current,
    ids: Collection[uuid.UUID],
    values: Mapping[str, object],
    now: dt.datetime,
) -> Replanned:
    """Write the same values to occasions of the practice, and plan their jobs again."""
    of_practice = occasions.c.practice == current.rulebook.practice.practice
    for part in in_parts(sorted(ids)):
        chosen = update(occasions).where(of_practice, occasions.c.id.in_(part))
        found = connection.execute(chosen.values(**values, updated_at=now)).rowcount
        if found != len(part):
            message = f"{len(part) - found} of {len(part)} occasions do not exist"
            raise NotFoundError(message)
    return replan(connection, basis_of(current.revision, current.rulebook, current.plan), ids, Occurrence(now))


def _kind(basis: Basis, kind: str) -> Kind:
    found = basis.kinds.get(kind)
    if found is None:
        message = f"there is no kind {kind!r}{suggestion(kind, basis.kinds)}: it is one of {', '.join(basis.kinds)}"
        raise InputError(message)
    return found


def _with_people(merged: Merged, old: People, known: Mapping[str, RowMapping]) -> Resolved:
    """Find whom the occasion names now: in each role who was given, else who it named before."""
    problems = [] if merged.problem is None else [merged.problem]
    people = dict(old)
    if merged.outcome is not Outcome.OLDER:
        for role, ref in merged.row.people.items():
            person = known.get(str(ref)) if ref else None
            if ref and (person is None or person["gone_at"] is not None):
                problems.append(Problem(unknown_contact(str(ref)), merged.row.line, role))
            elif person is None:
                people.pop(role, None)
            else:
                people[role] = person
    others = frozenset(role for role in {*old, *people} if _id_in(old, role) != _id_in(people, role))
    return Resolved(merged, people, others, tuple(problems))


def _id_in(people: People, role: str) -> uuid.UUID | None:
    found: uuid.UUID | None = people[role]["id"] if role in people else None
    return found


def _write(connection: Connection, resolved: Sequence[Resolved]) -> None:
    written = [each for each in resolved if each.merged.is_to_be_written]
    add(connection, occasions, [each.merged.values for each in written if each.is_new])
    put(connection, occasions, [each.merged.values for each in written if not each.is_new])
    add(connection, occasion_people, [row for each in resolved if each.is_new for row in _named(each)])
    known = [each for each in resolved if not each.is_new]
    for role in sorted({role for each in known for role in each.other_roles}):
        unname(connection, role, [each.id for each in known if role in each.other_roles and role not in each.people])
    put(connection, occasion_people, [row for each in known for row in _named(each)])


def _named(resolved: Resolved) -> list[dict[str, object]]:
    """Return the rows of the roles in which another person is named than before."""
    return [
        {"occasion_id": resolved.id, "role": role, "contact_id": resolved.people[role]["id"]}
        for role in sorted(resolved.other_roles & resolved.people.keys())
    ]


def _plan(connection: Connection, basis: Basis, resolved: Sequence[Resolved], now: dt.datetime) -> Replanned:
    """Plan new occasions and known ones, each in parts of one transaction's size."""
    done = Replanned()
    for are_new in (True, False):
        chosen = [each for each in resolved if each.is_new is are_new]
        stored = [_stored(each, basis) for each in sorted(chosen, key=lambda each: each.id)]
        if stored:
            done = done.plus(replan_occasions(connection, basis, stored, Occurrence(now), are_new=are_new))
    return done


def _stored(resolved: Resolved, basis: Basis) -> StoredOccasion:
    values = resolved.merged.values
    return stored_occasion(values, resolved.people, basis.kinds.get(values["kind"]))


def _warnings(resolved: Sequence[Resolved], jobs: Replanned) -> tuple[Problem, ...]:
    """Name the rows whose person cannot be reached, and why."""
    reasons = dict(jobs.unreached)
    return tuple(
        Problem(f"nobody can be reached about {each.merged.row.ref}: {reasons[each.id]}", each.merged.row.line)
        for each in resolved
        if each.merged.outcome is not Outcome.OLDER and each.id in reasons
    )
