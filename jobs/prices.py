"""What a text is expected to cost: segments times the sender's price for the number's country; in the cap's currency.

Pure. Says None where there is no price or no rate: an unknown cost is never taken for nothing.
"""

from decimal import ROUND_HALF_UP, Decimal

from jobs.phone import country_of
from jobs.terms import SenderTerms, SpendingTerms

MILLIONTHS = Decimal(1_000_000)


def price_of(segments: int, sender: SenderTerms | None, number: str | None) -> Decimal | None:
    """Return a text's estimated cost in the sender's currency, or None without a price for the number's country."""
    if sender is None or number is None:
        return None
    price = sender.price.get(country_of(number))
    return None if price is None else price * segments


def in_cap_currency(cost: Decimal | None, currency: str | None, spending: SpendingTerms | None) -> Decimal | None:
    """Return a cost in the cap's currency by the practice's own rates, or None where it cannot be reckoned."""
    if cost is None or spending is None:
        return None
    if currency is None or currency == spending.currency:
        return cost
    rate = spending.rates.get(currency)
    return None if rate is None else cost * rate


def to_millionths(amount: Decimal) -> int:
    """Return an amount as whole millionths, how the tables keep money."""
    return int((amount * MILLIONTHS).to_integral_value(ROUND_HALF_UP))


def from_millionths(amount: int) -> Decimal:
    """Return an amount of whole millionths."""
    return Decimal(amount) / MILLIONTHS
