"""Gate: a text must not pass a spend cap of the month, nor a reminder the texts that one number may get on a day.

Pure: it foresees, the intent reserves. A cap stops as the practice says; the day's cap only delays a reminder.
"""

import datetime as dt
from decimal import Decimal

from jobs.gates.contract import Block, Draft, Facts, Hold, Pass, Verdict
from jobs.prices import in_cap_currency
from jobs.states import Origin
from jobs.terms import SpendingTerms
from jobs.windows.sending import zone_of


def gate(draft: Draft, facts: Facts, now: dt.datetime) -> Verdict:
    """Block a text over a cap that blocks, hold a reminder over the day's number of texts, warn near a cap."""
    spending = facts.terms.spending
    if spending is None:
        return Pass()
    over = _over_a_cap(draft, facts, spending)
    if isinstance(over, str):
        return Block(over)
    tomorrow = _next_day(facts, spending, now)
    if tomorrow is not None:
        return Hold(tomorrow, f"this number already got {facts.texts_today} texts today, as many as a day may bring")
    return Pass(over)


def counts(facts: Facts) -> bool:
    """Tell whether a job's text counts against the texts that a number may get on a day: only those of rules do."""
    return facts.job.origin is Origin.REMINDER


def local_day(facts: Facts, now: dt.datetime) -> dt.date:
    """Return the recipient's local day: of their one possible zone, else of the practice."""
    return now.astimezone(_day_zone(facts)).date()


def _day_zone(facts: Facts) -> dt.tzinfo:
    return zone_of(facts.zones[0] if len(facts.zones) == 1 else facts.terms.timezone)


def _over_a_cap(draft: Draft, facts: Facts, spending: SpendingTerms) -> str | tuple[str, ...]:
    """Return why a cap forbids the text, or the warnings it goes with."""
    cost = in_cap_currency(draft.cost, draft.currency, spending)
    is_one_off = facts.job.origin is Origin.ONE_OFF
    caps = [("month's", spending.monthly_cap, facts.spent.all)]
    caps += [("one-offs'", spending.one_offs_cap, facts.spent.one_offs)] if is_one_off else []
    at_cap = spending.one_offs_at_cap if is_one_off else spending.rules_at_cap
    warnings: list[str] = []
    for name, cap, spent in caps:
        if cap is None:
            continue
        if cost is None:
            warnings.append(f"its price is unknown, so the {name} spend cap cannot count it")
            continue
        words = _at(f"the {name} spend cap of {cap} {spending.currency}", cap, spent + cost, spending.warn_at)
        if words and spent + cost > cap and at_cap == "block":
            return f"{words}: {spent} {spending.currency} are spent or reserved, this text costs {cost.normalize():f}"
        warnings += [words] if words else []
    return tuple(warnings)


def _at(name: str, cap: Decimal, total: Decimal, warn_at: Decimal) -> str:
    if total > cap:
        return f"{name} is reached"
    return f"{name} is nearly reached" if total >= cap * warn_at else ""


def _next_day(facts: Facts, spending: SpendingTerms, now: dt.datetime) -> dt.datetime | None:
    """Return when a reminder over the day's number of texts may go, or None where it may go now."""
    most = spending.per_number_per_day
    if most is None or not counts(facts) or facts.texts_today < most:
        return None
    midnight = dt.datetime.combine(local_day(facts, now) + dt.timedelta(days=1), dt.time(), _day_zone(facts))
    opening = facts.window.next_opening(midnight.astimezone(dt.UTC), facts.zones)
    return opening if opening is not None and opening < facts.job.useful_until else None
