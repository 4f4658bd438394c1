"""Changes to one occasion, shown before they are saved: an order in; tried out and rolled back, or carried out.

What is saved is what was shown: where the plan differs by then, nothing is kept and the new plan is shown.
"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

from jobs.errors import NotFoundError, QuietbellError
from jobs.store.values import Job
from scheduler.asking.acts import mute_noted
from scheduler.asking.diary import people_of
from scheduler.asking.records import remove_record, take_record
from scheduler.identities.audit import signed_by
from scheduler.identities.rights import Caller
from scheduler.intake.muting import Muting
from scheduler.intake.outcomes import CHANGES_NOTHING
from scheduler.intake.turns import Turn, Turns
from scheduler.intake.wholes import Whole
from scheduler.planning.basis import Replanned
from scheduler.publishing.revisions import load_current
from scheduler.web.calendar.foretold import Foretold, foretell
from scheduler.web.place import WebPlace
from scheduler.why.reading import read_occasion

_MOMENTS: Final = frozenset({"id", "created_at", "updated_at", "dated_at", "starts_at", "changes", "gone_at"})
"""Of a row, what differs between trying a change out and carrying it out."""


@dataclass(frozen=True, slots=True)
class Done:
    """What an order does: to the occasion, to jobs, and what is to be said of it."""

    is_news: bool
    jobs: Replanned
    warnings: tuple[str, ...] = ()


Order: TypeAlias = Callable[[Turn], Done]
"""Carried out in its turn; it may raise what intake raises."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What an order does and the plan after it; `seen` is what a form says that was shown, to be saved unchanged."""

    done: Done
    plan: Foretold
    seen: str
    occasion_id: str


class DifferentError(QuietbellError):
    """What would be saved is not what was shown."""

    def __init__(self, proposal: Proposal) -> None:
        """Keep what there is now."""
        super().__init__("the plan is another by now")
        self.proposal = proposal


def turns_of(here: WebPlace) -> Turns:
    """Return turns at intake."""
    return Turns(here.database, load_current)


def taking(whole: Whole, caller: Caller) -> Order:
    """Return the order to take an occasion in."""

    def order(turn: Turn) -> Done:
        taken = take_record(turn, whole, signed_by(caller, turn.now))
        told = tuple(_said(problem.column, problem.sentence) for _, problem in taken.warnings)
        return Done(taken.outcome not in CHANGES_NOTHING or bool(taken.people), taken.jobs, told)

    return order


def removing(kind: str, ref: str, caller: Caller) -> Order:
    """Return the order to remove an occasion."""

    def order(turn: Turn) -> Done:
        removed = remove_record(turn, kind, ref, signed_by(caller, turn.now), version=None)
        return Done(removed.outcome not in CHANGES_NOTHING, removed.jobs)

    return order


def muting(order: Muting) -> Order:
    """Return the order to turn reminders off or on."""

    def carry_out(turn: Turn) -> Done:
        muted = mute_noted(turn, order)
        return Done(muted.changed, muted.jobs, muted.warnings)

    return carry_out


def propose(here: WebPlace, practice: str, about: tuple[str, str], order: Order) -> Proposal:
    """Return what an order would do to the occasion of a kind and ref; nothing is kept."""
    return turns_of(here).try_out(practice, lambda turn: _carried_out(turn, practice, about, order))


def carry_out(here: WebPlace, practice: str, about: tuple[str, str], order: Order, seen: str) -> Proposal:
    """Carry an order out, if it does what was shown.

    Raises:
        DifferentError: it does something else by now; nothing was kept.

    """

    def work(turn: Turn) -> Proposal:
        proposal = _carried_out(turn, practice, about, order)
        if proposal.seen != seen:
            raise DifferentError(proposal)
        return proposal

    return turns_of(here).take(practice, work)


def counted(jobs: Replanned) -> Mapping[str, str]:
    """Return what a notice says happened to texts."""
    return {
        "planned": str(jobs.planned + jobs.reopened),
        "moved": str(jobs.moved),
        "cancelled": str(jobs.cancelled + jobs.stopping),
    }


def _carried_out(turn: Turn, practice: str, about: tuple[str, str], order: Order) -> Proposal:
    kind, ref = about
    before = _jobs_before(turn, practice, kind, ref)
    done = order(turn)
    story = read_occasion(turn.connection, practice, kind, ref, turn.now)
    occasion_id = story.row["id"]
    people = people_of(turn.connection, [occasion_id]).get(occasion_id, {})
    plan = foretell(turn.connection, story, people, turn.now, before)
    return Proposal(done, plan, _seen(plan, dict(story.row), turn), str(occasion_id))


def _jobs_before(turn: Turn, practice: str, kind: str, ref: str) -> Sequence[Job]:
    try:
        return read_occasion(turn.connection, practice, kind, ref, turn.now).jobs
    except NotFoundError:
        return ()


def _seen(plan: Foretold, row: Mapping[str, Any], turn: Turn) -> str:
    """Return what tells a plan and the record that it is of from any other."""
    kept = {name: value for name, value in row.items() if name not in _MOMENTS}
    plain = json.dumps([kept, plan.digest(turn.now), turn.current.revision], default=str, sort_keys=True)
    return hashlib.blake2b(plain.encode(), digest_size=16).hexdigest()


def _said(column: str | None, sentence: str) -> str:
    return sentence if column is None else f"{column}: {sentence}"
