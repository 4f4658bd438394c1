"""What simulated texts use up: a month's money, a number's texts of a day, its first text. Kept in memory.

It begins with what the tables hold and gives facts as `jobs.facts` would read them after those texts.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from jobs.drafts import Draft, Facts, Money
from jobs.facts import day_key, month_key
from jobs.prices import from_millionths, in_cap_currency, to_millionths
from jobs.spending import DayKey, MonthKey
from jobs.states import Origin

ReadMonth = Callable[[MonthKey], Money]
ReadDay = Callable[[DayKey], int]


@dataclass(frozen=True, slots=True)
class OtherText:
    """A text that went whatever is simulated: when, to which number, and what it cost in the cap's currency."""

    at: dt.datetime
    number: str
    cost: Decimal = Decimal(0)
    is_one_off: bool = False


class Reserves:
    """Counts as intents do; `read_month` and `read_day` tell what was there before, each key once."""

    def __init__(self, read_month: ReadMonth, read_day: ReadDay, others: Iterable[OtherText] = ()) -> None:
        """Begin with nothing simulated; `others` count from their own moments on."""
        self._read_month = read_month
        self._read_day = read_day
        self._others = sorted(others, key=lambda each: each.at, reverse=True)
        self._months: dict[MonthKey, Money] = {}
        self._days: dict[DayKey, int] = {}
        self._texted: set[str] = set()

    def facts_at(self, facts: Facts, now: dt.datetime) -> Facts:
        """Return facts with money, the day's texts and the first text as they stand at `now`."""
        self._note_others(facts, now)
        day = day_key(facts, now)
        return replace(
            facts,
            spent=self._month(month_key(facts, now)) if facts.terms.spending is not None else Money(),
            texts_today=self._day(day) if day is not None else 0,
            first_text=facts.first_text and facts.number not in self._texted,
        )

    def reserve(self, facts: Facts, draft: Draft, now: dt.datetime) -> None:
        """Count a text that goes at `now`."""
        if facts.number is not None:
            self._texted.add(facts.number)
        day = day_key(facts, now)
        if day is not None:
            self._days[day] = self._day(day) + 1
        cost = in_cap_currency(draft.cost, draft.currency, facts.terms.spending)
        if cost is not None:
            is_one_off = facts.job.origin is Origin.ONE_OFF
            self._spend(month_key(facts, now), cost, is_one_off=is_one_off)

    def _note_others(self, facts: Facts, now: dt.datetime) -> None:
        while self._others and self._others[-1].at < now:
            other = self._others.pop()
            self._texted.add(other.number)
            self._spend(month_key(facts, other.at), other.cost, is_one_off=other.is_one_off)

    def _spend(self, key: MonthKey, cost: Decimal, *, is_one_off: bool) -> None:
        amount = from_millionths(to_millionths(cost))
        before = self._month(key)
        self._months[key] = Money(before.all + amount, before.one_offs + (amount if is_one_off else 0))

    def _month(self, key: MonthKey) -> Money:
        if key not in self._months:
            self._months[key] = self._read_month(key)
        return self._months[key]

    def _day(self, key: DayKey) -> int:
        if key not in self._days:
            self._days[key] = self._read_day(key)
        return self._days[key]
