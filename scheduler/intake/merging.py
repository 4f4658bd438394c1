"""What a row makes of what is stored: the stored row and the given one in, the new row and its outcome out. Pure.

What was not given stays; an older version changes nothing; a new start clears the answer and takes its end along.
"""

import datetime as dt
import uuid
import zoneinfo
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, TypeAlias

from jobs.phone import PhoneProblem, read_phone
from jobs.records import new_id
from scheduler.intake.outcomes import Outcome
from scheduler.intake.rows import ONLY_ROLE, VIA, Problem, Row, ends_before_it_starts
from scheduler.intake.values import wall_time
from scheduler.planning.stored import StoredRow
from scheduler.planning.timing import read_wall, written_wall
from scheduler.rulebook.schema import Kind

Values: TypeAlias = dict[str, Any]
"""A row of contacts or occasions by column; its values are of as many types as the table has columns."""

NEW_CONTACT: Values = {
    "name": "",
    "first_name": "",
    "phone_given": "",
    "phone": None,
    "phone_problem": None,
    "phone_zones": [],
    "timezone": None,
    "language": None,
    "owner": None,
    "via_id": None,
    "fields": {},
    "reminders_off": False,
    "version": None,
    "gone_at": None,
}
NEW_OCCASION: Values = {
    "case_ref": None,
    "answer": "none",
    "start": None,
    "end": None,
    "starts_at": None,
    "timezone": None,
    "remote": False,
    "fields": {},
    "version": None,
    "change_count": 0,
    "changes": None,
    "reminders_off": False,
    "skip": None,
    "gone_at": None,
}
MOST_CHANGES: Final = 50
"""How many changes are kept that `on:` steps fire for: an older one's text went, or is of no use."""

_COUNTED: Final = frozenset({"start", "end", "status", "timezone", "remote", "fields", "gone_at"})
"""Columns of which a change is one that a correction may tell."""
_VERSION_ONLY = frozenset({"version"})
_ALL = frozenset({"every column"})
"""What differs of a row that is not stored yet."""


@dataclass(frozen=True, slots=True)
class Merged:
    """A row as it is to be stored, or as it stays; `changed` names the columns that differ."""

    row: Row
    values: Values
    outcome: Outcome
    changed: frozenset[str]
    problem: Problem | None = None

    @property
    def is_to_be_written(self) -> bool:
        """Whether the table's row is new or differs, if only by its version."""
        return bool(self.changed)


def merge_contact(stored: StoredRow | None, row: Row, region: str, practice: str, now: dt.datetime) -> Merged:
    """Return what becomes of a contact; a number that cannot be read is kept as given, with what is wrong with it.

    Whose phone is used for them, `via`, is not looked at here.
    """
    if _is_older(stored, row):
        return Merged(row, dict(stored or {}), Outcome.OLDER, frozenset())
    old = _old(stored, NEW_CONTACT, practice=practice, ref=row.ref, now=now)
    given = {name: value for name, value in row.given.items() if name != VIA}
    new = {**old, **given, "fields": _merge_fields(old["fields"], row), "gone_at": None}
    if stored is None or new["phone_given"] != old["phone_given"]:
        new |= read_number(new["phone_given"], region)
    changed = _differing(stored, new)
    if stored is None:
        return Merged(row, new, Outcome.ADDED, changed)
    if "gone_at" in changed:
        return Merged(row, _touched(new, now), Outcome.RESTORED, changed)
    return _merged(row, new, Outcome.CHANGED, changed, now)


def with_via(merged: Merged, via_id: uuid.UUID | None) -> Merged:
    """Return a merged contact who is reached on the phone of that contact, or on their own (None)."""
    before = merged.values["via_id"]
    if before == via_id:
        return merged
    outcome = Outcome.CHANGED if merged.outcome is Outcome.UNCHANGED else merged.outcome
    return replace(
        merged, values={**merged.values, "via_id": via_id}, outcome=outcome, changed=merged.changed | {"via_id"}
    )


def read_number(given: str, region: str) -> Values:
    """Return the columns that a number as it was given makes: E.164 and possible zones, or the problem with it."""
    if not given:
        return {"phone": None, "phone_problem": None, "phone_zones": []}
    read = read_phone(given, region)
    if isinstance(read, PhoneProblem):
        return {"phone": None, "phone_problem": read.sentence, "phone_zones": []}
    return {"phone": read.e164, "phone_problem": None, "phone_zones": list(read.zones)}


@dataclass(frozen=True, slots=True)
class Place:
    """Whose occasions are merged: the practice with its zone, and their kind."""

    practice: str
    timezone: str
    name: str
    kind: Kind


def merge_occasion(
    stored: StoredRow | None, row: Row, place: Place, now: dt.datetime, *, fires: bool = False
) -> Merged:
    """Return what becomes of an occasion; whom it names is not looked at here.

    Where it `fires`, or the row says announce, what is new or became of its status is recorded for `on:` steps.
    """
    if _is_older(stored, row):
        return Merged(row, dict(stored or {}), Outcome.OLDER, frozenset())
    defaults: Values = {**NEW_OCCASION, "kind": place.name, "status": place.kind.status.live[0], "dated_at": now}
    old = _old(stored, defaults, practice=place.practice, ref=row.ref, now=now)
    given = {name: value for name, value in row.given.items() if name != ONLY_ROLE}
    new = {**old, **given, "fields": _merge_fields(old["fields"], row), "gone_at": None}
    if new["start"] is None:
        column = "date" if place.kind.dated == "day" else "start"
        problem = Problem(f"is missing, and {row.ref} is not known yet: give its date", row.line, column)
        return Merged(row, new, Outcome.ADDED, frozenset(), problem)
    is_moved = _settle_start(old, new, given, place)
    if is_moved:
        new |= {"dated_at": now, "answer": "none"}
    if stored is None or _differing(stored, new) & _COUNTED:
        new["change_count"] = old["change_count"] + 1
    if fires if row.announce is None else row.announce:
        new["changes"] = _recorded(stored, new, row, now)
    changed = _differing(stored, new)
    merged = _merged(row, new, _outcome(stored, new, place.kind, is_moved=is_moved), changed, now)
    return _with_end_checked(merged)


def _recorded(stored: StoredRow | None, new: Values, row: Row, now: dt.datetime) -> list[dict[str, Any]] | None:
    """Return the changes that `on:` steps fire for, with this one: created, or another status; only announced both."""
    said = {"count": new["change_count"], "status": new["status"], "at": now.isoformat()}
    found: list[dict[str, Any]] = []
    if stored is None:
        found.append({"what": "created", **said})
    if row.announce if stored is None else stored["status"] != new["status"]:
        found.append({"what": "status", **said})
    kept: list[dict[str, Any]] | None = new["changes"]
    return [*(kept or ()), *found][-MOST_CHANGES:] if found else kept


def _settle_start(old: Values, new: Values, given: Mapping[str, object], place: Place) -> bool:
    """Reckon the start's instant, and tell whether the start is another one than before.

    A start written otherwise that says the same stays as it was written. An end that was not given moves along.
    """
    before = _meaning(old, place)
    after = _meaning(new, place)
    new["starts_at"] = after[1] if after else None
    if before is not None and before == after:
        new["start"] = old["start"]
        return False
    is_known = old["start"] is not None
    if is_known and "end" not in given and old["end"] is not None and before is not None and after is not None:
        new["end"] = _moved_end(old["end"], before[0], after[0])
    return is_known


def _meaning(values: Values, place: Place) -> tuple[dt.datetime, dt.datetime] | None:
    """Return the local wall time and the instant of a start; None where there is none or it cannot be read."""
    if values["start"] is None:
        return None
    try:
        return read_wall(values["start"], zoneinfo.ZoneInfo(values["timezone"] or place.timezone))
    except ValueError:
        return None


def _moved_end(end: str, before: dt.datetime, after: dt.datetime) -> str:
    """Return an end moved by as much wall time as its start was."""
    moved = wall_time(end) + (after - before)
    return moved.isoformat(timespec="minutes") if moved.tzinfo else written_wall(moved)


def _with_end_checked(merged: Merged) -> Merged:
    start, end = merged.values["start"], merged.values["end"]
    if end is None or not ends_before_it_starts(start, end):
        return merged
    return replace(merged, problem=Problem(f"{end} is before the start {start}", merged.row.line, "end"))


def _outcome(stored: StoredRow | None, new: Values, kind: Kind, *, is_moved: bool) -> Outcome:
    if stored is None:
        return Outcome.ADDED
    was_live = stored["gone_at"] is None and stored["status"] in kind.status.live
    is_live = new["status"] in kind.status.live
    if is_live and not was_live:
        return Outcome.RESTORED
    if new["status"] != stored["status"] and not is_live:
        return Outcome.DONE if new["status"] in kind.status.done else Outcome.CANCELLED
    return Outcome.MOVED if is_moved else Outcome.CHANGED


def _merged(row: Row, new: Values, outcome: Outcome, changed: frozenset[str], now: dt.datetime) -> Merged:
    if outcome is Outcome.ADDED:
        return Merged(row, new, outcome, changed)
    if changed <= _VERSION_ONLY:
        return Merged(row, new, Outcome.UNCHANGED, changed)
    return Merged(row, _touched(new, now), outcome, changed)


def _touched(new: Values, now: dt.datetime) -> Values:
    return {**new, "updated_at": now}


def _old(stored: StoredRow | None, defaults: Values, *, practice: str, ref: str, now: dt.datetime) -> Values:
    if stored is not None:
        return dict(stored)
    return {**defaults, "id": new_id(), "practice": practice, "ref": ref, "created_at": now, "updated_at": now}


def _is_older(stored: StoredRow | None, row: Row) -> bool:
    """Tell whether a newer version is stored; a row without a version is always taken."""
    given, known = row.given.get("version"), None if stored is None else stored["version"]
    return isinstance(given, int) and known is not None and given < known


def _merge_fields(old: Mapping[str, Any], row: Row) -> Values:
    merged = {**old, **row.fields}
    return {name: value for name, value in merged.items() if value is not None}


def _differing(stored: StoredRow | None, new: Values) -> frozenset[str]:
    if stored is None:
        return _ALL
    return frozenset(name for name, value in new.items() if stored[name] != value)
