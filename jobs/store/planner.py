"""What the planner does to jobs that exist: refresh, move and reopen them. New ones: `planting`; cancelling: `people`.

Changes come in; it never touches a job that a person pinned, nor one whose text may have reached its person.
"""

import datetime as dt
import functools
import uuid
from collections.abc import Collection, Sequence

from sqlalchemy import Connection, Executable, update

from jobs.records import jobs
from jobs.states import REOPENABLE, UNCLAIMED, UNSENT, State, Verb
from jobs.store.arrows import Standing, lock, step, walk
from jobs.store.given import encode, given
from jobs.store.reading import ids_by_identity, maybe_accepted
from jobs.store.stepping import Step
from jobs.store.values import BEING_REPLANNED, PLANNER, Change, Moved, Renaming

_REFRESHED = (
    "plan_hash",
    "template",
    "sender",
    "provider",
    "useful_until",
    "revision",
    "segments",
    "urgency",
    "rule",
    "step",
)
_MOVED = (*_REFRESHED, "planned_for", "anchor", "identity", "contact_id")


def refresh(connection: Connection, changes: Sequence[Change], *, by: str, now: dt.datetime) -> list[Moved]:
    """Write plan_hash, template, sender, provider, useful_until, revision and segments of unsent jobs in place.

    A claimed job, and one held because its rule changed, becomes scheduled and due now.
    """
    by_id = {change.id: change for change in changes}
    standings = _locked(connection, changes)
    steps = [
        _refresh(standing, by_id[standing.id], by=by, now=now) for standing in standings if standing.state in UNSENT
    ]
    return walk(connection, steps, now=now)


def move(connection: Connection, changes: Sequence[Change], *, by: str, now: dt.datetime) -> list[Moved]:
    """Date unsent jobs anew: scheduled, fence+1. Anchor and identity are rewritten together.

    Not moved: a pinned job whose anchor stays; a job whose anchor would change though an attempt was or may have been
    accepted; one whose new identity another job has.
    """
    by_id = {change.id: change for change in changes}
    standings = [standing for standing in _locked(connection, changes) if standing.state in UNSENT]
    forbidden = _anchored(connection, standings, by_id) | _taken(connection, standings, by_id)
    steps = [
        _move(standing, by_id[standing.id], by=by)
        for standing in standings
        if standing.id not in forbidden and _is_free(standing, by_id[standing.id])
    ]
    return walk(connection, steps, now=now)


def reopen(connection: Connection, changes: Sequence[Change], *, by: str, now: dt.datetime) -> list[Moved]:
    """Bring back ended, unsent jobs that are still useful: scheduled, due at `due_at` or now, attempts counted anew.

    The planner reopens what the planner cancelled, and what was blocked, failed or expired, if no attempt was or may
    have been accepted; so does any other who is no person. A person reopens any of them and accepts a possible double.
    """
    by_id = {change.id: change for change in changes}
    standings = [standing for standing in _locked(connection, changes) if standing.state in REOPENABLE]
    accepted = maybe_accepted(connection, [standing.id for standing in standings])
    forbidden = _taken(connection, standings, by_id) | (set() if is_person(by) else accepted)
    steps = [
        _reopen(standing, by_id[standing.id], by=by, now=now)
        for standing in standings
        if standing.id not in forbidden
        and _may_reopen(standing, by)
        and _useful_until(standing, by_id[standing.id]) > now
    ]
    return walk(connection, steps, now=now)


def rename(connection: Connection, renamings: Sequence[Renaming]) -> set[uuid.UUID]:
    """Give jobs of any state the names that their rule and step have now; return those that have them.

    A job whose new identity belongs to another one keeps its old names.
    """
    if not renamings:
        return set()
    standings = lock(connection, [each.id for each in renamings])
    known = [each for each in renamings if each.id in standings]
    owners = ids_by_identity(connection, [(standings[each.id].occasion_id, each.identity) for each in known])
    free = [each for each in known if owners.get(each.identity, each.id) == each.id]
    rows = [{name: getattr(each, name) for name in Renaming.__dataclass_fields__} for each in free]
    if rows:
        dialect = connection.dialect.name
        connection.execute(_rename_statement(dialect), encode(dialect, rows))
    return {each.id for each in free}


@functools.cache
def _rename_statement(dialect: str) -> Executable:
    rows = given(dialect, {name: jobs.c[name].type for name in Renaming.__dataclass_fields__})
    names = {name: rows.c[name] for name in ("rule", "step", "identity")}
    return update(jobs).where(jobs.c.id == rows.c.id).values(**names)


def is_person(by: str) -> bool:
    """Tell whether a mover is a named person."""
    return by.startswith("person:")


def new_values(change: Change, names: Collection[str]) -> dict[str, object]:
    """Return those of the named values that the change sets."""
    values = ((name, getattr(change, name)) for name in names)
    return {name: value for name, value in values if value is not None}


def _locked(connection: Connection, changes: Sequence[Change]) -> list[Standing]:
    """Lock the jobs of the changes and return those whose fence is as the change expects."""
    fences = {change.id: change.fence for change in changes}
    standings = lock(connection, fences)
    return [each for each in standings.values() if fences[each.id] in {None, each.fence}]


def _refresh(standing: Standing, change: Change, *, by: str, now: dt.datetime) -> Step:
    values = new_values(change, _REFRESHED)
    is_held_for_it = standing.state is State.HELD and standing.reason == BEING_REPLANNED
    if standing.state in UNCLAIMED and not is_held_for_it:
        return step(standing, Verb.REFRESH, None, by=by, reason=change.reason, values=values)
    is_claimed = standing.state is State.CLAIMED
    values["due_at"] = now
    return step(standing, Verb.REFRESH, State.SCHEDULED, by=by, reason=change.reason, bump=is_claimed, values=values)


def _is_free(standing: Standing, change: Change) -> bool:
    return not standing.pinned or _changes_anchor(standing, change)


def _changes_anchor(standing: Standing, change: Change) -> bool:
    return change.anchor is not None and change.anchor != standing.anchor


def _anchored(connection: Connection, standings: Sequence[Standing], by_id: dict[uuid.UUID, Change]) -> set[uuid.UUID]:
    """Return the jobs that keep their anchor: it would change, and an attempt may have told the old one."""
    return maybe_accepted(connection, [each.id for each in standings if _changes_anchor(each, by_id[each.id])])


def _taken(connection: Connection, standings: Sequence[Standing], by_id: dict[uuid.UUID, Change]) -> set[uuid.UUID]:
    """Return the jobs whose new identity belongs to another job."""
    wanted = [(each, by_id[each.id].identity) for each in standings]
    asked = {identity: each for each, identity in wanted if identity is not None}
    owners = ids_by_identity(connection, [(each.occasion_id, identity) for identity, each in asked.items()])
    return {asked[identity].id for identity, owner in owners.items() if owner != asked[identity].id}


def _move(standing: Standing, change: Change, *, by: str) -> Step:
    values = new_values(change, _MOVED)
    values["due_at"] = change.due_at or change.planned_for or standing.due_at
    values["attempts"] = 0
    if _changes_anchor(standing, change):
        values["pinned"] = False
    return step(standing, Verb.MOVE, State.SCHEDULED, by=by, reason=change.reason, bump=True, values=values)


def _may_reopen(standing: Standing, by: str) -> bool:
    if standing.state is State.CANCELLED and not is_person(by):
        return by == PLANNER and standing.moved_by == PLANNER
    return True


def _useful_until(standing: Standing, change: Change) -> dt.datetime:
    return change.useful_until or standing.useful_until


def _reopen(standing: Standing, change: Change, *, by: str, now: dt.datetime) -> Step:
    values = new_values(change, _MOVED)
    values |= {
        "due_at": change.due_at or change.planned_for or now,
        "attempts": 0,
        "deaths": min(standing.deaths, 1),
        "stop_wanted": False,
    }
    if is_person(by) and change.due_at is not None:
        values["pinned"] = True
    return step(standing, Verb.REOPEN, State.SCHEDULED, by=by, reason=change.reason, bump=True, values=values)
