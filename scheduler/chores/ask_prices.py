"""Ask providers that say so later what texts really cost; the real price replaces the estimate in what is spent."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from jobs import spending
from jobs.providers.contract import Price, Priced
from jobs.store.costs import Unpriced, take_unpriced
from scheduler.chores.context import Context

MOST: Final = 100
AT_ONCE: Final = 8
"""Questions at a time, of each provider: the wire belongs to what is to be sent."""
LONGEST_SECONDS: Final = 30.0
"""What has not answered by then is asked again later."""


def run(context: Context) -> Counter[str]:
    """Take what may be asked about now, ask outside of any transaction, and write what is known."""
    database = context.database
    priced = {name: each for name, each in context.providers.items() if isinstance(each, Priced)}
    if not priced:
        return Counter()
    taken = database.write(
        lambda connection: take_unpriced(connection, priced.keys(), most=MOST, now=database.moment(connection))
    )
    if not taken:
        return Counter()
    told = context.run_coroutine(_ask_all(priced, taken))
    known = [
        spending.RealPrice(each.attempt_id, price.amount, price.currency)
        for each, price in zip(taken, told, strict=True)
        if price.amount is not None
    ]
    if known:
        database.write(lambda connection: spending.replace_estimates(connection, known))
    return Counter(asked=len(taken), priced=len(known))


async def _ask_all(providers: Mapping[str, Priced], taken: Sequence[Unpriced]) -> list[Price]:
    """Return what each costs, without an amount where that is not known."""
    rooms = {name: asyncio.Semaphore(AT_ONCE) for name in providers}

    async def one(each: Unpriced) -> Price:
        async with rooms[each.provider]:
            try:
                return await providers[each.provider].price(each.provider_id)
            except Exception:  # noqa: BLE001 - whatever an adapter raises tells nothing about the price
                return Price(None, None)

    asking = [asyncio.create_task(one(each)) for each in taken]
    done, late = await asyncio.wait(asking, timeout=LONGEST_SECONDS)
    for each in late:
        each.cancel()
    await asyncio.gather(*late, return_exceptions=True)
    return [each.result() if each in done else Price(None, None) for each in asking]
