"""Ask providers that are set up for it to delete the words of texts that have ended; again later until they have."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from jobs.providers.contract import Redactor
from jobs.store import redacting
from jobs.store.redacting import Unredacted
from scheduler.chores.context import Context

MOST: Final = 100
AT_ONCE: Final = 4
"""Requests at a time: the wire belongs to what is to be sent."""
LONGEST_SECONDS: Final = 30.0
"""What has not answered by then is asked for again later."""


def run(context: Context) -> Counter[str]:
    """Take what is to be deleted now, ask outside of any transaction, and record what is done."""
    database = context.database
    found = {name: each for name, each in context.providers.items() if isinstance(each, Redactor) and each.redacts}
    if not found:
        return Counter()
    taken = database.write(
        lambda connection: redacting.take(connection, found.keys(), most=MOST, now=database.moment(connection))
    )
    if not taken:
        return Counter()
    told = context.run_coroutine(_ask_all(found, taken))
    gone = [each.attempt_id for each, is_gone in zip(taken, told, strict=True) if is_gone]
    database.write(lambda connection: redacting.done(connection, gone, now=database.moment(connection)))
    return Counter(asked=len(taken), redacted=len(gone))


async def _ask_all(providers: Mapping[str, Redactor], taken: Sequence[Unredacted]) -> list[bool]:
    """Return of each whether its words are surely gone."""
    room = asyncio.Semaphore(AT_ONCE)

    async def one(each: Unredacted) -> bool:
        async with room:
            try:
                return await providers[each.provider].redact(each.provider_id)
            except Exception:  # noqa: BLE001 - whatever an adapter raises deletes nothing
                return False

    asking = [asyncio.create_task(one(each)) for each in taken]
    ended, late = await asyncio.wait(asking, timeout=LONGEST_SECONDS)
    for each in late:
        each.cancel()
    await asyncio.gather(*late, return_exceptions=True)
    return [each in ended and each.result() for each in asking]
