"""Publishes what a plan showed: the plan in; a new current revision, or a refusal that leaves all as it was, out.

The long part, planning once more, holds no lock. What everybody waits for is one short transaction: the new revision
and what is due within the hour; `replanning` does the rest.
"""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import Connection

from jobs.database import Database
from jobs.errors import InputError, NotFoundError, RefusedError
from scheduler.planning.basis import Replanned
from scheduler.publishing.comparing import Differences, compare
from scheduler.publishing.differing import NOTHING, Side, unified
from scheduler.publishing.history import find_revision, last_publishing
from scheduler.publishing.keeping import Draft, KeptPlan, note_published
from scheduler.publishing.replanning import replan_soon
from scheduler.publishing.revisions import Published, Signature, current_revision, publish
from scheduler.rulebook.content import content_of


class OtherRevisionError(RefusedError):
    """Another revision is current than the one that an edit began with; `diff` is what was published meanwhile."""

    def __init__(self, message: str, diff: str) -> None:
        """Keep the diff beside the sentence."""
        super().__init__(message)
        self.diff = diff


class NotAsShownError(RefusedError):
    """Publishing would do what the plan did not show; `differences` tells what."""

    def __init__(self, message: str, differences: Differences) -> None:
        """Keep the differences beside the sentence."""
        super().__init__(message)
        self.differences = differences


@dataclass(frozen=True, slots=True)
class Applied:
    """What was published, what was planned again with it, and how far things went otherwise than the plan showed."""

    published: Published
    soon: Replanned
    differences: Differences


def publish_plan(database: Database, kept: KeptPlan, signed: Signature, *, onto: str | None = None) -> Applied:
    """Publish what a kept plan showed; `onto` is the revision to publish over, whatever the edit began with.

    Raises:
        OtherRevisionError: another revision is current than the plan was made for, or the edit began with.
        NotAsShownError: it would do what the plan did not show.
        RefusedError: the plan was published already.

    """
    if kept.published_at is not None:
        message = f"the plan {kept.id} was published already ({kept.plan.revision}): make a new one"
        raise RefusedError(message)
    must_begin_with_current(database, kept.draft, onto)
    _must_stand(database, kept, kept.plan.base)
    differences = compare(database, kept)
    _must_be_as_shown(kept, differences)
    published, soon = publish_draft(database, kept.draft, _with_plan(signed, kept), base=kept.plan.base)
    return Applied(published, soon, differences)


def publish_draft(
    database: Database, draft: Draft, signed: Signature, *, base: str | None
) -> tuple[Published, Replanned]:
    """Publish a checked rulebook over a revision, and plan what is due within the hour, in one short transaction.

    Raises:
        OtherRevisionError: another revision is current by now; nothing was published.

    """

    def work(connection: Connection) -> tuple[Published, Replanned]:
        now = database.moment(connection)
        published = publish(connection, draft.rulebook, signed, now, draft.files)
        if not published.changed:
            return published, Replanned()
        if published.base != base:
            raise _MovedOnError
        return published, _follow_up(connection, draft, signed, now)

    try:
        return database.write(work)
    except _MovedOnError:
        raise _other(database, draft, base) from None


def must_begin_with_current(database: Database, draft: Draft, onto: str | None = None) -> None:
    """Refuse an edit that began with another revision than the current one; `onto` says which one to publish over.

    Raises:
        OtherRevisionError: with the diff of what was published since, or of what the edit would undo.

    """
    with database.read() as connection:
        current = current_revision(connection, draft.practice)
        if onto is not None and current is not None:
            onto = find_revision(connection, draft.practice, onto).id
    began_with = onto or draft.started_from
    if current is not None and current != began_with:
        raise _other(database, draft, began_with)


class _MovedOnError(Exception):
    """Leaves the transaction of a publish that came too late, so that it is rolled back."""


def _follow_up(connection: Connection, draft: Draft, signed: Signature, now: dt.datetime) -> Replanned:
    if signed.plan is not None:
        note_published(connection, signed.plan, now)
    return replan_soon(connection, draft.practice, now)


def _with_plan(signed: Signature, kept: KeptPlan) -> Signature:
    return Signature(signed.author, signed.note, kept.plan.id)


def _must_stand(database: Database, kept: KeptPlan, base: str | None) -> None:
    with database.read() as connection:
        current = current_revision(connection, kept.draft.practice)
    if current != base:
        raise _other(database, kept.draft, base)


def _must_be_as_shown(kept: KeptPlan, differences: Differences) -> None:
    most = kept.draft.rulebook.practice.confirm_above
    if differences.unshown:
        first = differences.named[0]
        message = (
            f"the plan {kept.id} did not show {differences.unshown:,} of the sends and cancellations that publishing "
            f"would make by now, such as {first.what} {first.step} for {first.occasion}: look at a new plan"
        )
        raise NotAsShownError(message, differences)
    if differences.meanwhile > most:
        message = (
            f"{differences.meanwhile:,} sends and cancellations came up since the plan {kept.id} was made, more than "
            f"confirm_above ({most:,}): look at a new plan"
        )
        raise NotAsShownError(message, differences)


def _other(database: Database, draft: Draft, began_with: str | None) -> OtherRevisionError:
    """Say which revision is current, since when and by whom, and show what it changed."""
    practice = draft.practice
    with database.read() as connection:
        current = current_revision(connection, practice)
        last = last_publishing(connection, practice)
        now = _side(connection, practice, current)
        before = _side(connection, practice, began_with)
    edit = Side("this edit", draft.files, content_of(draft.rulebook))
    by = f" by {last.author} at {last.at:%Y-%m-%d %H:%M} UTC" if last else ""
    if before is NOTHING:
        message = (
            f"{practice}: {current} is current, published{by}, and these files do not say that they began with it. "
            f"Fetch it with `quietbell pull`, or publish over it with --onto {current}; nothing was published"
        )
        return OtherRevisionError(message, unified(now, edit))
    message = (
        f"{practice}: {current} was published meanwhile{by}; this edit began with {began_with}. Take its changes over "
        f"and publish with --onto {current}; nothing was published"
    )
    return OtherRevisionError(message, unified(before, now))


def _side(connection: Connection, practice: str, revision: str | None) -> Side:
    if revision is None:
        return NOTHING
    try:
        found = find_revision(connection, practice, revision)
    except (NotFoundError, InputError):
        return NOTHING
    return Side(found.id, found.files, found.content)
