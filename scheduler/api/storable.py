"""What a verified callback says, fit to be stored: texts and receipts in, the same out, or `Malformed`. Pure.

What no database keeps is left out of words, since an opt-out counts whatever stands beside it; who wrote to whom must
be whole.
"""

import dataclasses
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from jobs.providers.contract import Inbound, Malformed, Receipt

MOST_DECIMALS: Final = 12
HIGHEST_PRICE: Final = Decimal(10_000)
"""Of one text, in any currency; what is beyond is no price."""
_ADDRESS: Final = re.compile(r"[^\W_][^\x00-\x1f\x7f\ud800-\udfff]{0,63}|\+\d{1,30}")
"""A number, a short code, or a name of letters: nothing that an index could not hold, nothing blank."""


def storable(read: Receipt | Inbound) -> Receipt | Inbound | Malformed:
    """Return what was read without what no database keeps; Malformed where that would change who wrote to whom."""
    return _receipt(read) if isinstance(read, Receipt) else _inbound(read)


def plain(text: str) -> str:
    """Return a text without NUL, which PostgreSQL refuses, and with "?" for half of a surrogate pair, as both do."""
    return text.replace("\0", "").encode("utf-8", "replace").decode()


def _receipt(read: Receipt) -> Receipt:
    return dataclasses.replace(
        read,
        code=_plain(read.code),
        reason=_plain(read.reason),
        currency=_plain(read.currency),
        price=_price(read.price),
        raw=_fields(read.raw),
    )


def _inbound(read: Inbound) -> Inbound | Malformed:
    for what, number in (("from", read.from_number), ("to", read.to_number)):
        if not _ADDRESS.fullmatch(number):
            return Malformed(f"the number that it came {what} can be none")
    media = tuple((plain(address), plain(kind)) for address, kind in read.media)
    return dataclasses.replace(
        read, body=plain(read.body), media=media, service=_plain(read.service), raw=_fields(read.raw)
    )


def _fields(raw: Mapping[str, str]) -> Mapping[str, str]:
    return {plain(name): plain(value) for name, value in raw.items()}


def _plain(text: str | None) -> str | None:
    return None if text is None else plain(text)


def _price(price: Decimal | None) -> Decimal | None:
    if price is None or not price.is_finite() or not 0 <= price <= HIGHEST_PRICE:
        return None
    return round(price, MOST_DECIMALS)
