"""The money of a practice's month and the texts of a number's day: read, reserved with an intent, settled with its end.

The only writer of `spending` and `number_days`. Amounts are millionths of the cap's currency, written once a batch.
An attempt that may have been accepted keeps its reserve; one that was surely not sent frees it. The real price of what
was accepted replaces its estimate.
"""

import datetime as dt
import uuid
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from sqlalchemy import ColumnElement, Connection, Table, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite

from jobs.drafts import Money
from jobs.prices import from_millionths, in_cap_currency, to_millionths
from jobs.records import attempts, jobs, number_days, practices, revisions, spending
from jobs.states import Origin
from jobs.store.costs import Costs, read_costs, write_costs
from jobs.terms import SpendingTerms
from jobs.windows.sending import zone_of

ALL = "all"
ONE_OFFS = "one_offs"

MonthKey = tuple[str, str]
"""A practice and a month, YYYY-MM in its zone."""
DayKey = tuple[str, str, str]
"""A practice, a number and the recipient's local day."""


@dataclass(frozen=True, slots=True)
class Reserve:
    """What one intent reserves: money in a month (none where the cost is unknown), and a text of a number's day."""

    attempt_id: uuid.UUID
    practice: str
    month: str | None
    cost: Decimal | None
    is_one_off: bool
    day: DayKey | None = None
    is_freed: bool = False


@dataclass(frozen=True, slots=True)
class RealPrice:
    """What a provider says that an attempt cost; `is_final` False: told while the text was under way."""

    attempt_id: uuid.UUID
    amount: Decimal
    currency: str | None
    is_final: bool = True


def month_of(now: dt.datetime, timezone: str) -> str:
    """Return the month that a moment counts in, in the practice's zone."""
    return f"{now.astimezone(zone_of(timezone)):%Y-%m}"


def read_months(connection: Connection, keys: Collection[MonthKey], *, lock: bool = False) -> dict[MonthKey, Money]:
    """Return what is spent and reserved in these months; `lock` keeps the rows until the transaction ends."""
    if not keys:
        return {}
    if lock:
        rows = [{"practice": p, "month": m, "what": what} for p, m in sorted(keys) for what in (ALL, ONE_OFFS)]
        _ensure(connection, spending, rows)
    wanted = select(spending).where(
        spending.c.practice.in_(sorted({practice for practice, _ in keys})),
        spending.c.month.in_(sorted({month for _, month in keys})),
    )
    ordered = wanted.order_by(spending.c.practice, spending.c.month, spending.c.what)
    found: dict[MonthKey, dict[str, Decimal]] = {}
    for row in connection.execute(ordered.with_for_update() if lock else ordered):
        found.setdefault((row.practice, row.month), {})[row.what] = from_millionths(row.spent + row.reserved)
    zero = Decimal(0)
    return {key: Money(found.get(key, {}).get(ALL, zero), found.get(key, {}).get(ONE_OFFS, zero)) for key in keys}


def read_days(connection: Connection, keys: Collection[DayKey], *, lock: bool = False) -> dict[DayKey, int]:
    """Return how many texts of rules these numbers got on these days; `lock` keeps the rows until the commit."""
    if not keys:
        return {}
    if lock:
        _ensure(connection, number_days, [{"practice": p, "number": n, "day": d} for p, n, d in sorted(keys)])
    wanted = (
        select(number_days.c.practice, number_days.c.number, number_days.c.day, number_days.c.count.label("texts"))
        .where(
            number_days.c.practice.in_(sorted({practice for practice, _, _ in keys})),
            number_days.c.number.in_(sorted({number for _, number, _ in keys})),
            number_days.c.day.in_(sorted({day for _, _, day in keys})),
        )
        .order_by(number_days.c.practice, number_days.c.number, number_days.c.day)
    )
    rows = connection.execute(wanted.with_for_update() if lock else wanted)
    found = {(row.practice, row.number, row.day): row.texts for row in rows}
    return {key: found.get(key, 0) for key in keys}


def reserve(connection: Connection, reserves: Sequence[Reserve]) -> None:
    """Add these to what is reserved and counted; the rows were locked and the caps asked in this transaction."""
    _add(connection, _sums(reserves), spent=0, reserved=1)
    _count(connection, Counter(each.day for each in reserves if each.day is not None))


def open_reserves(connection: Connection, attempt_ids: Collection[uuid.UUID]) -> list[Reserve]:
    """Return what attempts hold that are not surely accepted, and lock their jobs; ask before endings are written.

    One that was taken for not sent holds nothing, but is spent after all where it turns out to be accepted.
    """
    return _open(connection, attempts.c.id.in_(attempt_ids)) if attempt_ids else []


def open_reserves_of_jobs(connection: Connection, job_ids: Collection[uuid.UUID]) -> list[Reserve]:
    """Return the same for every attempt of these jobs: before a person or a listing settles them."""
    return _open(connection, attempts.c.job_id.in_(job_ids)) if job_ids else []


def _open(connection: Connection, mine: ColumnElement[bool]) -> list[Reserve]:
    owners = select(attempts.c.job_id).where(mine)
    locked = select(jobs.c.id, jobs.c.origin).where(jobs.c.id.in_(owners)).order_by(jobs.c.id).with_for_update()
    origins = {row.id: row.origin for row in connection.execute(locked)}
    rows = connection.execute(select(attempts).where(mine, _is_not_accepted()).order_by(attempts.c.id))
    return [_held(dict(row._mapping), origins[row.job_id]) for row in rows if row.job_id in origins]  # noqa: SLF001 - public


def close(connection: Connection, held: Sequence[Reserve]) -> None:
    """Settle reserves whose attempts have ended since: accepted ones are spent, surely not sent ones free theirs."""
    outcomes = _outcomes(connection, [each.attempt_id for each in held])
    holding = [each for each in held if not each.is_freed]
    late = [each for each in held if each.is_freed and outcomes.get(each.attempt_id) == "accepted"]
    spent = [each for each in holding if outcomes.get(each.attempt_id) == "accepted"]
    freed = [each for each in holding if outcomes.get(each.attempt_id) not in {None, "unknown", "accepted"}]
    _add(connection, _sums(spent), spent=1, reserved=-1)
    _add(connection, _sums(freed), spent=0, reserved=-1)
    _add(connection, _sums(late), spent=1, reserved=0)
    _count(connection, Counter(each.day for each in late if each.day))
    _count(connection, Counter({day: -count for day, count in Counter(e.day for e in freed if e.day).items()}))


def replace_estimates(connection: Connection, told: Sequence[RealPrice]) -> int:
    """Let what texts really cost replace what they were expected to in what is spent; return how many prices are new.

    Reckoned by the practice's own rate; without one the estimate stays. The same price again changes nothing, another
    one corrects the sum. Nothing is asked of a cap: the text is out.
    """
    known = read_costs(connection, {each.attempt_id for each in told})
    terms = _money_terms(connection, {each.practice for each in known.values()})
    before = dict(known)
    for price in sorted(told, key=lambda each: each.is_final):
        costs = known.get(price.attempt_id)
        if costs is not None and (price.is_final or costs.price is None):
            known[price.attempt_id] = _repriced(costs, price, *terms.get(costs.practice, ("UTC", None)))
    changed = [costs for name, costs in known.items() if costs != before[name]]
    write_costs(connection, changed)
    sums: Counter[tuple[str, str, str]] = Counter()
    for costs in changed:
        sums.update(_counted(costs))
        sums.subtract(_counted(before[costs.attempt_id]))
    if sums:
        _ensure(connection, spending, [{"practice": p, "month": m, "what": what} for p, m, what in sorted(sums)])
    _add(connection, sums, spent=1, reserved=0)
    return len(changed)


def _repriced(costs: Costs, price: RealPrice, timezone: str, terms: SpendingTerms | None) -> Costs:
    """Return the costs with a price: in the currency of the estimate, which is the cap's where there is a cap."""
    if (costs.price, costs.price_currency) == (str(price.amount), price.currency):
        return costs
    told = replace(costs, price=str(price.amount), price_currency=price.currency, actual=None)
    amount, currency = (
        (price.amount, price.currency or costs.currency)
        if terms is None
        else (in_cap_currency(price.amount, price.currency, terms), terms.currency)
    )
    if amount is None or costs.currency not in {None, currency}:
        return told
    is_capped = terms is not None and costs.origin not in {Origin.CORRECTION, Origin.ACKNOWLEDGEMENT}
    month = costs.month or (month_of(costs.started_at, timezone) if is_capped else None)
    return replace(told, actual=str(amount), currency=currency, month=month)


def _counted(costs: Costs) -> Counter[tuple[str, str, str]]:
    """Return the millionths that an accepted attempt has in what is spent."""
    cost = costs.actual or costs.estimated
    amount = Decimal(cost) if cost else None
    is_one_off = costs.origin is Origin.ONE_OFF
    return _sums([Reserve(costs.attempt_id, costs.practice, costs.month, amount, is_one_off)])


def _money_terms(connection: Connection, practice_ids: Collection[str]) -> dict[str, tuple[str, SpendingTerms | None]]:
    """Return the zone and the spending terms of these practices' current revisions."""
    if not practice_ids:
        return {}
    current = (practices.c.id == revisions.c.practice) & (practices.c.current_revision == revisions.c.id)
    rows = connection.execute(
        select(
            practices.c.id,
            revisions.c.terms["timezone"].label("timezone"),
            revisions.c.terms["spending"].label("money"),
        )
        .join(revisions, current)
        .where(practices.c.id.in_(sorted(practice_ids)))
    )
    return {
        row.id: (row.timezone, SpendingTerms.model_validate(row.money) if row.money is not None else None)
        for row in rows
    }


def _is_not_accepted() -> ColumnElement[bool]:
    return attempts.c.outcome.is_(None) | (attempts.c.outcome != "accepted")


def _outcomes(connection: Connection, attempt_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str | None]:
    if not attempt_ids:
        return {}
    rows = connection.execute(select(attempts.c.id, attempts.c.outcome).where(attempts.c.id.in_(attempt_ids)))
    return {row.id: row.outcome for row in rows}


def _held(row: Mapping[str, object], origin: str) -> Reserve:
    """Return what an attempt holds, as its row says: its month and cost, and the day that its window names."""
    window = row["window"]
    day = window.get("day") if isinstance(window, Mapping) else None
    cost = row["cost_estimated"]
    return Reserve(
        attempt_id=uuid.UUID(str(row["id"])),
        practice=str(row["practice"]),
        month=str(row["spending_month"]) if row["spending_month"] else None,
        cost=Decimal(str(cost)) if cost else None,
        is_one_off=origin == Origin.ONE_OFF,
        day=(str(row["practice"]), str(row["to_number"]), str(day)) if day else None,
        is_freed=row["outcome"] not in {None, "unknown"},
    )


def _sums(reserves: Sequence[Reserve]) -> Counter[tuple[str, str, str]]:
    """Return millionths by practice, month and what: one-offs count in all, too."""
    sums: Counter[tuple[str, str, str]] = Counter()
    for each in reserves:
        if each.month is None or each.cost is None:
            continue
        for what in (ALL, ONE_OFFS) if each.is_one_off else (ALL,):
            sums[each.practice, each.month, what] += to_millionths(each.cost)
    return sums


def _add(connection: Connection, sums: Mapping[tuple[str, str, str], int], *, spent: int, reserved: int) -> None:
    rows = [
        {"p": p, "m": m, "w": what, "spent_by": amount * spent, "reserved_by": amount * reserved}
        for (p, m, what), amount in sorted(sums.items())
        if amount
    ]
    if rows:
        connection.execute(
            update(spending)
            .where(
                spending.c.practice == bindparam("p"),
                spending.c.month == bindparam("m"),
                spending.c.what == bindparam("w"),
            )
            .values(
                spent=spending.c.spent + bindparam("spent_by"), reserved=spending.c.reserved + bindparam("reserved_by")
            ),
            rows,
        )


def _count(connection: Connection, counts: Mapping[DayKey, int]) -> None:
    rows = [{"p": p, "n": n, "d": d, "by_count": count} for (p, n, d), count in sorted(counts.items())]
    if rows:
        connection.execute(
            update(number_days)
            .where(
                number_days.c.practice == bindparam("p"),
                number_days.c.number == bindparam("n"),
                number_days.c.day == bindparam("d"),
            )
            .values(count=number_days.c.count + bindparam("by_count")),
            rows,
        )


def _ensure(connection: Connection, table: Table, rows: Sequence[Mapping[str, object]]) -> None:
    """Make the rows that are missing, with nothing in them."""
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    connection.execute(dialect.insert(table).on_conflict_do_nothing(), list(rows))
