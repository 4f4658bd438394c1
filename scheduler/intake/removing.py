"""Contacts and occasions taken out by ref, under their versions: what waits for them is cancelled in the same turn.

Nothing is deleted: a removed one keeps its history, and an upsert of its ref brings it back, unless that is older.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import RowMapping, Table

from jobs.errors import NotFoundError
from jobs.records import contacts, occasions
from scheduler.intake.finding import contacts_by_ref, occasions_by_ref, occasions_naming
from scheduler.intake.occasions import remove_occasions
from scheduler.intake.outcomes import Outcome
from scheduler.intake.turns import Turn
from scheduler.intake.writing import put
from scheduler.planning.basis import Occurrence, Replanned, basis_of
from scheduler.planning.replanner import replan


@dataclass(frozen=True, slots=True)
class Removed:
    """What became of it, and of jobs."""

    outcome: Outcome
    jobs: Replanned


def remove_occasion(turn: Turn, kind: str, ref: str, version: int | None = None) -> Removed:
    """Mark an occasion gone and cancel its jobs; one that is gone stays so, a newer stored version keeps it.

    Raises:
        NotFoundError: there is none.

    """
    practice = turn.current.rulebook.practice.practice
    row = occasions_by_ref(turn.connection, practice, kind, [ref]).get(ref)
    outcome, values = _judged(row, f"{kind} {ref!r}", version)
    if outcome is not Outcome.OLDER:
        _keep_version(turn, occasions, values, version)
    if outcome is not Outcome.GONE:
        return Removed(outcome, Replanned())
    return Removed(outcome, remove_occasions(turn.connection, turn.current, [values["id"]], turn.now))


def remove_contact(turn: Turn, ref: str, version: int | None = None) -> Removed:
    """Mark a contact gone: no text goes to them any more, nor on their phone to others; as `remove_occasion`.

    Raises:
        NotFoundError: there is none.

    """
    practice = turn.current.rulebook.practice.practice
    row = contacts_by_ref(turn.connection, practice, [ref]).get(ref)
    outcome, values = _judged(row, f"contact {ref!r}", version)
    if outcome is not Outcome.OLDER:
        _keep_version(turn, contacts, values, version)
    if outcome is not Outcome.GONE:
        return Removed(outcome, Replanned())
    gone = {**values, "gone_at": turn.now, "updated_at": turn.now, "version": _newer(values, version)}
    put(turn.connection, contacts, [gone])
    ids = occasions_naming(turn.connection, [values["id"]])
    basis = basis_of(turn.current.revision, turn.current.rulebook, turn.current.plan)
    return Removed(outcome, replan(turn.connection, basis, ids, Occurrence(turn.now)))


def _judged(row: RowMapping | None, what: str, version: int | None) -> tuple[Outcome, dict[str, Any]]:
    if row is None:
        message = f"there is no {what}"
        raise NotFoundError(message)
    values = dict(row)
    if version is not None and values["version"] is not None and version < values["version"]:
        return Outcome.OLDER, values
    return (Outcome.GONE if values["gone_at"] is None else Outcome.UNCHANGED), values


def _keep_version(turn: Turn, table: Table, values: Mapping[str, Any], version: int | None) -> None:
    """Note the version of the removal, so that an older change that comes later brings nothing back."""
    newer = _newer(values, version)
    if newer != values["version"]:
        put(turn.connection, table, [{**values, "version": newer}])


def _newer(values: Mapping[str, Any], version: int | None) -> int | None:
    known: int | None = values["version"]
    return known if version is None else version
