"""Asks providers what became of doubtful attempts: doubts in, what each provider lists of them out.

The only place of this room that makes requests; it reads and writes no row.
"""

import asyncio
import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Final

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
"""Searches at a time, of all providers together: settling leaves the wire to what is to be sent."""


async def ask_all(
    providers: Mapping[str, Provider], doubts: Sequence[Doubt], clock: Callable[[], dt.datetime]
) -> list[Found | None]:
    """Return for each doubt what its provider lists; None where that one cannot be asked."""
    room = asyncio.Semaphore(AT_ONCE)

    async def one(doubt: Doubt) -> Found | None:
        async with room:
            provider = providers.get(doubt.provider)
            return None if provider is None else await _ask(provider, doubt, clock)

    return list(await asyncio.gather(*(one(doubt) for doubt in doubts)))


async def _ask(provider: Provider, doubt: Doubt, clock: Callable[[], dt.datetime]) -> Found | None:
    if provider.capabilities.idempotent_for is not None:
        return await _ask_again(provider, doubt, clock)
    if not isinstance(provider, Finder):
        return None
    spans = [span_of(each, provider.capabilities.timeout) for each in doubt.attempts]
    search = Search(
        to_number=doubt.to_number, since=min(begins for begins, _ in spans), until=max(ends for _, ends in spans)
    )
    try:
        return await provider.find(search)
    except Exception as error:  # noqa: BLE001 - whatever an adapter raises tells nothing about the text
        return CannotTell(f"asking failed ({type(error).__name__})")


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
