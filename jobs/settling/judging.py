"""Whether attempts in doubt were accepted: attempts of one text to a number and a provider's listing in, verdicts out.

Pure. Doubtful attempts with the same words to the same number are judged together: of n texts that the provider lists
and nobody claims, the n oldest attempts are the ones that sent them. It never guesses: what is neither surely there nor
surely absent is told as that.
"""

import datetime as dt
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from jobs.providers.contract import CannotTell, Capabilities, Found, Listed

CLOCKS_DIFFER: Final = dt.timedelta(minutes=2)
"""How far a provider's clock may be from ours, before and behind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DoubtfulAttempt:
    """An attempt whose outcome nobody knows: what was asked for, and the span in which its request may have run."""

    id: uuid.UUID
    from_number: str
    to_number: str
    body: str
    started_at: dt.datetime
    deadline: dt.datetime


@dataclass(frozen=True, slots=True)
class Accepted:
    """The provider has it, under this id."""

    provider_id: str


@dataclass(frozen=True, slots=True)
class Absent:
    """The provider surely never took it."""


@dataclass(frozen=True, slots=True)
class Unclear:
    """Nobody can tell yet; `again_at` is when asking may tell more (None: never)."""

    reason: str
    again_at: dt.datetime | None = None


SOONEST: Final = dt.timedelta(seconds=10)
PATIENCE: Final = dt.timedelta(minutes=30)
"""So long beyond the moment that would prove absence a provider that tells nothing is asked again."""

Verdict: TypeAlias = Accepted | Absent | Unclear


def span_of(attempt: DoubtfulAttempt, timeout: dt.timedelta) -> tuple[dt.datetime, dt.datetime]:
    """Return when, by the provider's clock, a text of this attempt may have been created."""
    return attempt.started_at - CLOCKS_DIFFER, attempt.deadline + timeout + CLOCKS_DIFFER


def shown_from(attempt: DoubtfulAttempt, can: Capabilities) -> dt.datetime | None:
    """Return from when on a listing that does not show the attempt proves that it is absent; None: it never does."""
    return None if can.absent_after is None else attempt.deadline + can.timeout + CLOCKS_DIFFER + can.absent_after


def judge(
    attempts: Sequence[DoubtfulAttempt],
    found: Found | None,
    can: Capabilities,
    *,
    claimed: Collection[str],
    now: dt.datetime,
) -> Mapping[uuid.UUID, Verdict]:
    """Return a verdict on each of the attempts, all of one body to one number.

    `found` None: this provider cannot be asked. `claimed` are its ids that other attempts have. `now` is the moment
    before it was asked.
    """
    if found is None:
        return {each.id: Unclear("this provider cannot be asked what became of a text") for each in attempts}
    if isinstance(found, CannotTell):
        return {each.id: Unclear(found.reason, _again(each, can, now)) for each in attempts}
    free = [each for each in found.texts if each.provider_id not in claimed]
    verdicts: dict[uuid.UUID, Verdict] = {}
    # Those that name their number first: a service's attempt, which any number may have sent, would take their texts.
    for attempt in sorted(attempts, key=lambda each: (not _is_number(each.from_number), each.started_at, each.id)):
        mine = next((each for each in free if _is_of(each, attempt, can)), None)
        if mine is not None:
            free.remove(mine)
            verdicts[attempt.id] = Accepted(mine.provider_id)
    for attempt in attempts:
        if attempt.id not in verdicts:
            verdicts[attempt.id] = _missing(attempt, free, can, now)
    return verdicts


def _is_of(listed: Listed, attempt: DoubtfulAttempt, can: Capabilities) -> bool:
    """Tell whether a listed text is what an attempt asked for."""
    if listed.reference is not None:
        return listed.reference == attempt.id
    if not _is_within(listed, attempt, can):
        return False
    is_from = listed.from_number is None or not _is_number(attempt.from_number)
    return listed.body == attempt.body and (is_from or listed.from_number == attempt.from_number)


def _missing(attempt: DoubtfulAttempt, free: Sequence[Listed], can: Capabilities, now: dt.datetime) -> Verdict:
    """Return what it means that an attempt is not listed."""
    if any(each.reference is None and _is_within(each, attempt, can) for each in free):
        reason = "the provider lists another text to this number at that time that nobody claims"
        return Unclear(reason, _again(attempt, can, now))
    shown = shown_from(attempt, can)
    if shown is not None and now >= shown:
        return Absent()
    reason = "its listing proves no absence" if shown is None else "it is not listed yet"
    return Unclear(reason, _again(attempt, can, now))


def _is_within(listed: Listed, attempt: DoubtfulAttempt, can: Capabilities) -> bool:
    begins, ends = span_of(attempt, can.timeout)
    return begins <= listed.created_at <= ends


def _again(attempt: DoubtfulAttempt, can: Capabilities, now: dt.datetime) -> dt.datetime | None:
    """Return when to ask again: soon, ever later, and at the moment from which a listing proves absence."""
    shown = shown_from(attempt, can)
    if now >= (shown or attempt.deadline + can.timeout) + PATIENCE:
        return None
    later = now + max(SOONEST, (now - attempt.started_at) / 2)
    return later if shown is None or now >= shown else min(later, shown)


def _is_number(sender: str) -> bool:
    """Tell whether a sender is a number: a service of the provider's chooses the number itself."""
    return sender.startswith("+")
