"""Contacts who are reached on another's phone: merged rows in, with `via_id` set, and every problem out.

One step only: whose phone is used has one of their own. It writes nothing.
"""

from collections.abc import Mapping, Sequence

from sqlalchemy import Connection

from scheduler.intake.finding import contacts_by_ref, phones_used
from scheduler.intake.merging import Merged, with_via
from scheduler.intake.outcomes import Outcome
from scheduler.intake.rows import VIA, Problem, unknown_contact
from scheduler.planning.stored import StoredRow


def reach_via(
    connection: Connection, practice: str, merged: Sequence[Merged]
) -> tuple[list[Merged], tuple[Problem, ...]]:
    """Return the contacts with whose phone is used for them, where their rows say so, and what is wrong with that."""
    if all(VIA not in each.row.given for each in merged):
        return list(merged), ()
    refs = {str(each.row.given[VIA]) for each in merged if each.row.given.get(VIA)}
    stored = contacts_by_ref(connection, practice, sorted(refs))
    known: dict[str, StoredRow] = dict(stored.items())
    known |= {each.row.ref: each.values for each in merged if each.row.ref in refs}
    reached = [_reached(each, known) for each in merged]
    problems = [found for each in reached if (found := _problem(each, known)) is not None]
    problems += _chains(connection, reached, known)
    return reached, tuple(problems)


def _reached(merged: Merged, known: Mapping[str, StoredRow]) -> Merged:
    if VIA not in merged.row.given or merged.outcome is Outcome.OLDER:
        return merged
    other = known.get(str(merged.row.given[VIA]))
    return with_via(merged, None if other is None else other["id"])


def _problem(merged: Merged, known: Mapping[str, StoredRow]) -> Problem | None:
    ref = merged.row.given.get(VIA)
    if not ref or merged.outcome is Outcome.OLDER:
        return None
    other = known.get(str(ref))
    if other is None or other["gone_at"] is not None:
        return Problem(unknown_contact(str(ref)), merged.row.line, VIA)
    return None


def _chains(connection: Connection, reached: Sequence[Merged], known: Mapping[str, StoredRow]) -> list[Problem]:
    """Find who would be reached via somebody who is reached via another."""
    now = {each.values["id"]: each.values["via_id"] for each in reached if each.values}
    via = {row["id"]: row["via_id"] for row in known.values()} | now
    asked = [each for each in reached if each.values and each.row.given.get(VIA) and each.values["via_id"]]
    own = {each.values["id"] for each in asked}
    used = {*now.values(), *phones_used(connection, own)}
    problems = []
    for each in asked:
        if via.get(each.values["via_id"]) is not None:
            sentence = f"{each.row.given[VIA]!r} is reached via another contact: name that one"
        elif each.values["id"] in used:
            sentence = f"others are reached via {each.row.ref!r}, who needs a phone of their own"
        else:
            continue
        problems.append(Problem(sentence, each.row.line, VIA))
    return problems
