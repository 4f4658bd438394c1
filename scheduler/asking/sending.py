"""A one-off judged beforehand and planned, whoever asks for it by whatever door: right, gates, store, audit log.

In the caller's transaction. It sends nothing: what was planned goes through every check again when it is due.
"""

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import Connection

from jobs.errors import InputError, RefusedError
from jobs.store.planting import plan
from jobs.store.values import NewJob
from scheduler.asking.allowing import lacking
from scheduler.asking.foreseeing import Foreseen, foresee, terms_in_force
from scheduler.asking.one_offs import OneOff, note_one_off, one_off_job
from scheduler.identities.audit import Signed
from scheduler.publishing.revisions import load_current


class MayNotSendError(RefusedError):
    """Whoever asks may not send what takes these rights; the sentence says which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asker:
    """Who wants a text sent: as the audit log signs it, in whose name, and in which role (None: nobody's).

    `answers`: it answers who wrote, which takes no right to text any number.
    """

    signed: Signed
    by: str
    role: str | None
    answers: bool = False


@dataclass(frozen=True, slots=True)
class Outlook:
    """A one-off as it would be planned, to which number, what would become of it, which right lacks (None: none)."""

    new: NewJob
    number: str
    foreseen: Foreseen
    lacks: str | None

    @property
    def forbidden(self) -> str | None:
        """Why it would not be planned at all, or None."""
        return self.lacks or self.foreseen.forbidden


def outlook(connection: Connection, asked: OneOff, asker: Asker) -> Outlook:
    """Return what would become of a one-off, as things stand; nothing is written.

    Raises:
        InputError: it cannot be made.
        NotFoundError: nothing was published for the practice.

    """
    practice = asker.signed.practice
    new = one_off_job(terms_in_force(connection, practice), asked)
    foreseen = foresee(connection, new, asker.signed.at)
    return Outlook(new, asked.recipient.number, foreseen, lacks_right(connection, asker, foreseen))


def lacks_right(connection: Connection, asker: Asker, foreseen: Foreseen) -> str | None:
    """Return why an asker's role may not send it, in words, or None."""
    who = load_current(connection, asker.signed.practice).rulebook.practice.who_may_send
    return lacking(who, asker.role, foreseen.takes - ({"any_number"} if asker.answers else set()))


def plan_one_off(connection: Connection, asked: OneOff, asker: Asker) -> Outlook:
    """Plan a one-off and note that; return what was planned.

    Raises:
        InputError: it cannot be made, or its key was used for another one.
        MayNotSendError: the role may not send it.
        RefusedError: it would not go at all.

    """
    planned = outlook(connection, asked, asker)
    if planned.lacks is not None:
        raise MayNotSendError(planned.lacks)
    if planned.foreseen.forbidden is not None:
        message = f"it was not planned, since it would not go: {planned.foreseen.forbidden}"
        raise RefusedError(message)
    planned.new.segments = planned.foreseen.draft.segments
    if not plan(connection, [planned.new], by=asker.by, now=asker.signed.at):
        message = "this Idempotency-Key was used on the command line: give each text a key of its own"
        raise InputError(message)
    note_one_off(connection, planned.new, asker.signed, asker.by)
    return planned


def goes_at(planned: Outlook, now: dt.datetime) -> dt.datetime:
    """Return when it will go as things stand: later than asked where it is held."""
    held = planned.foreseen.held
    return held.until if held else max(now, planned.new.planned_for)
