"""What was so at a past moment, as far as the tables still tell: occasions, consents, texts, money. It writes nothing.

An occasion's fields, people and date are those stored now. One that is live no more counts as live until its last
change, since the tables do not keep when its status changed.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from sqlalchemy import Connection, func, or_, select

from jobs import consent, spending
from jobs.drafts import Facts, Money
from jobs.facts import FactsReader
from jobs.records import attempts, consents, jobs, occasions, texts
from jobs.states import Origin
from jobs.store.reading import counts_as_maybe
from scheduler.planning.stored import StoredOccasion, read_occasions
from scheduler.rulebook.schema import Kind
from scheduler.simulate.facts import FactsKept
from scheduler.simulate.fates import Period
from scheduler.simulate.reserves import OtherText, Reserves


@dataclass(frozen=True, slots=True)
class PastOccasion:
    """An occasion as it is stored, as it was while it was live, and when it ended (None: it has not)."""

    stored: StoredOccasion
    live: StoredOccasion
    ended_at: dt.datetime | None
    updated_at: dt.datetime


def past_occasions(
    connection: Connection, practice: str, kinds: Mapping[str, Kind], period: Period
) -> list[PastOccasion]:
    """Return the occasions that were known before the period's end and not removed before its beginning."""
    columns = (occasions.c.id, occasions.c.kind, occasions.c.gone_at, occasions.c.updated_at)
    known = (occasions.c.created_at < period.until) & or_(
        occasions.c.gone_at.is_(None), occasions.c.gone_at > period.since
    )
    rows = connection.execute(select(*columns).where(occasions.c.practice == practice, known)).all()
    by_id = {occasion.id: occasion for occasion in read_occasions(connection, [row.id for row in rows], kinds)}
    return [
        _past(by_id[row.id], kinds[row.kind], row.gone_at, row.updated_at)
        for row in rows
        if row.id in by_id and row.kind in kinds
    ]


def _past(stored: StoredOccasion, kind: Kind, gone_at: dt.datetime | None, updated_at: dt.datetime) -> PastOccasion:
    if stored.off is None:
        return PastOccasion(stored, stored, None, updated_at)
    status = stored.facts.status if stored.facts.status in kind.status.live else kind.status.live[0]
    live = replace(stored, facts=replace(stored.facts, status=status), off=None, removed=False)
    return PastOccasion(stored, live, gone_at or updated_at, updated_at)


class PastFacts(FactsKept):
    """Facts as they were at a past moment: consents then, and whether a text had gone to the number."""

    def __init__(
        self,
        connection: Connection,
        reader: FactsReader,
        reserves: Reserves,
        past: "PastNumbers",
    ) -> None:
        """Keep nothing yet."""
        super().__init__(connection, reader, reserves, ())
        self._past = past

    def _adjusted(self, facts: Facts, now: dt.datetime) -> Facts:
        about = facts.occasion
        if about is not None and about.gone:  # planning says when it went
            facts = replace(facts, occasion=replace(about, gone=False))
        if facts.number is None:
            return facts
        standing = self._past.standing(facts.number, now)
        return replace(
            facts,
            opted_out=standing.opted_out,
            consent=standing.on(facts.job.purpose),
            first_text=not self._past.was_texted(facts.number, now),
        )


@dataclass(frozen=True, slots=True)
class _Word:
    at: dt.datetime
    what: str
    source: str
    purpose: str
    expires_at: dt.datetime | None


class PastNumbers:
    """What was known of a practice's numbers at a past moment."""

    def __init__(self, connection: Connection, practice: str, since: dt.datetime) -> None:
        """Read every word on a number, and when the first text went there that does not belong to what is simulated."""
        self._words: dict[str, list[_Word]] = defaultdict(list)
        said = select(consents).where(consents.c.practice == practice).order_by(consents.c.at, consents.c.id)
        for row in connection.execute(said).mappings():
            word = _Word(row["at"], row["what"], row["source"], row["purpose"], row["expires_at"])
            self._words[row["number"]].append(word)
        is_given = or_(texts.c.at < since, jobs.c.origin.is_(None), jobs.c.origin != Origin.REMINDER.value)
        first = (
            select(texts.c.number, func.min(texts.c.at, type_=texts.c.at.type).label("at"))
            .outerjoin(jobs, jobs.c.id == texts.c.job_id)
            .where(texts.c.practice == practice, texts.c.direction == "out", is_given)
            .group_by(texts.c.number)
        )
        self._texted = {row.number: row.at for row in connection.execute(first)}

    def was_texted(self, number: str, now: dt.datetime) -> bool:
        """Tell whether a text had gone there."""
        at = self._texted.get(number)
        return at is not None and at < now

    def standing(self, number: str, now: dt.datetime) -> consent.Standing:
        """Return how the number stood: by the newest words said until then."""
        opted_out: str | None = None
        purposes: dict[str, str] = {}
        for word in self._words.get(number, ()):
            if word.at > now:
                break
            if word.what in {consent.OPT_OUT, consent.OPT_IN}:
                opted_out = f"by {word.source}, {word.at:%Y-%m-%d}" if word.what == consent.OPT_OUT else None
            elif word.expires_at is None or word.expires_at > now:
                purposes[word.purpose] = word.what
        return consent.Standing(opted_out, purposes)


def past_reserves(connection: Connection, practice: str, timezone: str, period: Period) -> Reserves:
    """Return money and days as they were at the period's beginning; texts that no rule asked for count as they went."""
    spent: dict[str, Decimal] = defaultdict(Decimal)
    others: list[OtherText] = []
    for text, origin in _went(connection, practice, period):
        if text.at < period.since:
            spent[spending.month_of(text.at, timezone)] += text.cost
        elif origin != Origin.REMINDER.value:
            others.append(text)
    return Reserves(lambda key: Money(spent.get(key[1], Decimal(0))), lambda _key: 0, others)


def _went(connection: Connection, practice: str, period: Period) -> Iterable[tuple[OtherText, str]]:
    """Yield the texts that went, from a month before the period on, with their jobs' origin."""
    query = (
        select(attempts.c.started_at, attempts.c.to_number, attempts.c.cost_estimated, jobs.c.origin)
        .join(jobs, jobs.c.id == attempts.c.job_id)
        .where(
            attempts.c.practice == practice,
            attempts.c.started_at >= period.since - dt.timedelta(days=31),
            attempts.c.started_at < period.until,
            counts_as_maybe(),
        )
    )
    for row in connection.execute(query):
        is_one_off = row.origin == Origin.ONE_OFF.value
        yield OtherText(row.started_at, row.to_number, Decimal(row.cost_estimated or 0), is_one_off), row.origin
