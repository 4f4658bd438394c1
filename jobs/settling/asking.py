"""Asks a provider what became of doubtful attempts: doubts in, what it lists of them out.

The only place of this room that makes requests; it reads and writes no row.
"""

import asyncio
import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from jobs.providers.contract import (
    Accepted,
    CannotTell,
    Finder,
    Found,
    Listed,
    Listing,
    Provider,
    Search,
    SendRequest,
    Unknown,
)
from jobs.settling.judging import DoubtfulAttempt, span_of
from jobs.settling.reading import Doubt

AT_ONCE: Final = 8
"""Searches at a time, of each provider: settling leaves the wire to what is to be sent."""
LONGEST_SECONDS: Final = 20.0
"""How long one provider may take over all that it is asked in one go: two pages at the usual time-out."""

GIVEN_UP_SECONDS: Final = 1.0
"""How long a question that is given up is waited for, should it not let itself be cancelled."""


@dataclass(frozen=True, slots=True)
class NotAsked:
    """The time was over before its turn came: nothing is known of it, and it is asked about next time."""


Answer: TypeAlias = Found | NotAsked | None
"""What a provider says of a doubt; None: that one cannot be asked at all."""


async def ask_all(
    provider: Provider,
    doubts: Sequence[Doubt],
    clock: Callable[[], dt.datetime],
    *,
    longest_seconds: float = LONGEST_SECONDS,
) -> list[Answer]:
    """Return what a provider says of each doubt, within `longest_seconds` whatever it does.

    A question that is still open then is one that it cannot tell; those behind it were not asked.
    """
    room = asyncio.Semaphore(AT_ONCE)
    begun: set[int] = set()

    async def one(position: int, doubt: Doubt) -> Found | None:
        async with room:
            begun.add(position)
            return await _ask(provider, doubt, clock)

    asking = [asyncio.create_task(one(*each)) for each in enumerate(doubts)]
    if not asking:
        return []
    done, late = await asyncio.wait(asking, timeout=longest_seconds)
    silent = CannotTell(f"no answer from {provider.id} within {longest_seconds:g} seconds")
    answers: list[Answer] = []
    for position, each in enumerate(asking):
        answers.append(each.result() if each in done else silent if position in begun else NotAsked())
    for each in late:
        each.cancel()
    if late:
        await asyncio.wait(late, timeout=GIVEN_UP_SECONDS)
    return answers


async def _ask(provider: Provider, doubt: Doubt, clock: Callable[[], dt.datetime]) -> Found | None:
    try:
        if provider.capabilities.idempotent_for is not None:
            return await _ask_again(provider, doubt, clock)
        return await provider.find(_search(provider, doubt)) if isinstance(provider, Finder) else None
    except Exception as error:  # noqa: BLE001 - whatever an adapter raises tells nothing about the text
        return CannotTell(f"asking failed ({type(error).__name__})")


def _search(provider: Provider, doubt: Doubt) -> Search:
    spans = [span_of(each, provider.capabilities.timeout) for each in doubt.attempts]
    return Search(
        to_number=doubt.to_number, since=min(begins for begins, _ in spans), until=max(ends for _, ends in spans)
    )


async def _ask_again(provider: Provider, doubt: Doubt, clock: Callable[[], dt.datetime]) -> Found | None:
    """Ask for the same texts under the same keys: the provider answers as it did, or takes what it never got.

    Only before an attempt's own deadline, beyond which its text might go out at an hour that nobody allowed.
    """
    listed: list[Listed] = []
    for attempt in doubt.attempts:
        if clock() >= attempt.deadline:
            return CannotTell("its deadline has passed, so it may not be asked for again")
        found = await _outcome(provider, attempt, doubt, clock)
        if isinstance(found, CannotTell):
            return found
        listed.extend(found.texts)
    return Listing(tuple(listed))


async def _outcome(
    provider: Provider, attempt: DoubtfulAttempt, doubt: Doubt, clock: Callable[[], dt.datetime]
) -> Found:
    now = clock()
    request = SendRequest(
        attempt_id=attempt.id,
        job_id=doubt.jobs[attempt.id],
        from_number=attempt.from_number,
        to_number=attempt.to_number,
        body=attempt.body,
        valid_for=attempt.deadline - now,
        may_write=lambda: clock() < attempt.deadline,
    )
    outcome = await provider.send(request)
    if isinstance(outcome, Accepted):
        text = Listed(
            provider_id=outcome.provider_id, created_at=now, from_number=None, body=attempt.body, reference=attempt.id
        )
        return Listing((text,))
    reason = outcome.reason if isinstance(outcome, Unknown) else "it was not taken when asked for again"
    return CannotTell(reason)
