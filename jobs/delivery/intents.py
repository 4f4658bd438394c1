"""Commits the intents of one wave, in one transaction under the practices' shared locks: the point of no return.

Drafts that passed the gates come in; what may still forbid them is read again here: revision, pauses, opt-outs, caps.
What goes out may be asked of the provider once the transaction is committed; everything else is withheld in it.
"""

import datetime as dt
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

from sqlalchemy import Connection, select

from jobs import consent, facts, spending
from jobs.corrections import hours_of
from jobs.database import practice_lock
from jobs.delivery.batches import Batch, Drafted, Going
from jobs.delivery.breakers import rooms_of_silent
from jobs.delivery.grounds import grounds_of, window_of
from jobs.delivery.withholding import released, withheld_by
from jobs.drafts import Draft, Facts, Money
from jobs.errors import NotFoundError
from jobs.gates import caps
from jobs.gates.contract import Block, Hold, Pass
from jobs.gates.opted_out import OPTED_OUT, confirms_opt_out
from jobs.gates.sending_window import awake_until
from jobs.prices import in_cap_currency
from jobs.providers.contract import Provider
from jobs.records import jobs, occasions
from jobs.senders import Pause, active_pauses
from jobs.states import Origin
from jobs.store.values import Intent, Withheld
from jobs.store.worker import send, withhold
from jobs.terms import SenderTerms

MARGIN: Final = dt.timedelta(seconds=5)
"""Kept free between the latest end of a request and the end of the lease."""


ELSEWHERE: Final = dt.timedelta(minutes=5)
"""How long a job waits for a worker that has its provider."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What is so at the moment of the intents, whatever the gates were told.

    `rooms` are of the providers that fell silent: how many texts each may be asked for.
    """

    now: dt.datetime
    revisions: Mapping[str, str]
    pauses: Sequence[Pause]
    words: Mapping[consent.Key, consent.Standing]
    changes: Mapping[uuid.UUID | None, int]
    rooms: Mapping[str, int]


class Intending:
    """One wave on its way to becoming intents; `commit` may run again, from the start, with its transaction."""

    def __init__(
        self, batch: Batch, wave: Sequence[Drafted], providers: Mapping[str, Provider], *, is_stopping: bool
    ) -> None:
        """Hold the wave; nothing is written yet."""
        self._batch = batch
        self._jobs = {job.id: job for job in batch.claimed}
        self._wave = wave
        self._providers = providers
        self._is_stopping = is_stopping

    def commit(self, connection: Connection) -> list[Going]:
        """Write the intents of what still may go, with what they reserve; withhold the rest; return what to send."""
        standing = self._stand(connection)
        allowed, stayed = self._ask(standing)
        allowed, over = _within_caps(connection, allowed, standing.now)
        going = [self._going(each, standing) for each in allowed]
        grounds = {each.intent.attempt_id: each.grounds for each in going}
        sent = send(connection, [each.intent for each in going], now=standing.now, grounds=grounds)
        sendable = {intent.job_id for intent in sent}
        going = [each for each in going if each.intent.job_id in sendable]
        spending.reserve(connection, [_reserve(each, standing.now) for each in going])
        withhold(connection, [*stayed, *over], now=standing.now)
        return going

    def _stand(self, connection: Connection) -> Standing:
        """Lock the practices, then read again what publishing, a pause or an opt-out may have changed."""
        practice_ids = sorted({each.facts.job.practice for each in self._wave})
        for practice in practice_ids:
            practice_lock(connection, practice, exclusive=False)
        now = self._batch.now()
        keys = {(each.facts.job.practice, each.facts.number or "") for each in self._wave}
        return Standing(
            now,
            facts.current_revisions(connection, practice_ids),
            active_pauses(connection, practice_ids, now),
            consent.standings(connection, keys, now),
            _hold_occasions(connection, {each.facts.job.occasion_id for each in self._wave}),
            rooms_of_silent(connection, now),
        )

    def _ask(self, standing: Standing) -> tuple[list[Drafted], list[Withheld]]:
        """Return what still may go, and how the rest is withheld."""
        allowed: list[Drafted] = []
        stayed: list[Withheld] = []
        rooms = dict(standing.rooms)
        for each in self._wave:
            verdict = self._forbidden(each.facts, standing) or _without_room(each.facts, rooms)
            if verdict is None:
                allowed.append(each)
            else:
                stayed.append(verdict)
        return allowed, stayed

    def _forbidden(self, of: Facts, standing: Standing) -> Withheld | None:
        """Return how a job is withheld that must not go now, or None."""
        job, sender = of.job, _sender(of)
        word = standing.words.get((job.practice, of.number or ""))
        if word is not None and word.opted_out is not None and not confirms_opt_out(of):
            return withheld_by(Block(f"{OPTED_OUT} ({word.opted_out})"), job.id, job.fence)
        if sender.provider not in self._providers:
            elsewhere = Hold(standing.now + ELSEWHERE, f"the provider {sender.provider} is not set up on this worker")
            return withheld_by(elsewhere, job.id, job.fence)
        reason = self._why_not_now(of, sender, standing)
        return None if reason is None else released(job.id, job.fence, reason)

    def _why_not_now(self, of: Facts, sender: SenderTerms, standing: Standing) -> str | None:
        job = of.job
        if self._is_stopping:
            return "the worker is stopping"
        if standing.revisions.get(job.practice) != of.revision:
            return "a new revision was published meanwhile"
        if of.occasion is not None and standing.changes.get(job.occasion_id) != of.occasion.change_count:
            return "its occasion changed meanwhile"
        rule = job.rule_step.partition("/")[0] if job.rule_step else None
        for pause in standing.pauses:
            if pause.covers(practice=job.practice, rule=rule, sender=sender.id, provider=sender.provider):
                return f"paused: {pause.reason}"
        if self._deadline(of, sender, standing.now) <= standing.now:
            return "too little time was left to send it"
        return None

    def _deadline(self, of: Facts, sender: SenderTerms, now: dt.datetime) -> dt.datetime:
        """Return the moment by which a request must be written: lease, window and use, whichever ends first."""
        timeout = self._providers[sender.provider].capabilities.timeout
        return min(self._batch.lease_until - timeout - MARGIN, _ends(of, now))

    def _going(self, each: Drafted, standing: Standing) -> Going:
        of, draft, now = each.facts, each.draft, standing.now
        sender = _sender(of)
        cost, currency = _cost(draft, of)
        day = facts.day_key(of, now)
        intent = Intent(
            job_id=of.job.id,
            fence=of.job.fence,
            practice=of.job.practice,
            provider=sender.provider,
            sender=sender.id,
            from_number=sender.number,
            to_number=of.number or "",
            body=draft.text,
            segments=draft.segments,
            encoding=draft.encoding,
            started_at=now,
            deadline=self._deadline(of, sender, now),
            template=draft.template,
            language=draft.language,
            revision=draft.revision,
            told_start=draft.told_start,
            told_fields=draft.told_fields,
            window=window_of(of, _ends(of, now), now, day[2] if day else None),
            cost_estimated=cost,
            currency=currency,
            spending_month=facts.month_key(of, now)[1] if cost is not None and _is_capped(of) else None,
        )
        word = standing.words.get((of.job.practice, of.number or ""), consent.Standing())
        grounds = grounds_of(draft, of, self._jobs[of.job.id], word.on(of.job.purpose))
        return Going(intent, of, _ends(of, now) - now, grounds)


def _without_room(of: Facts, rooms: dict[str, int]) -> Withheld | None:
    """Give a job back whose provider fell silent after it was taken; take one of its places for one that may try."""
    provider = _sender(of).provider
    if provider not in rooms:
        return None
    rooms[provider] -= 1
    return released(of.job.id, of.job.fence, f"{provider} does not answer") if rooms[provider] < 0 else None


def _within_caps(
    connection: Connection, drafted: Sequence[Drafted], now: dt.datetime
) -> tuple[list[Drafted], list[Withheld]]:
    """Ask the gate of caps again, one job after another, over sums that nobody else can change until the commit.

    Locks in the order of all: numbers' days, jobs by id, money.
    """
    capped = {each.facts.job.id: each.facts for each in drafted if _is_capped(each.facts)}
    if not capped:
        return list(drafted), []
    days = {key for of in capped.values() if (key := facts.day_key(of, now)) is not None}
    counted = spending.read_days(connection, days, lock=True)
    _lock_jobs(connection, list(capped))
    money = spending.read_months(connection, {facts.month_key(of, now) for of in capped.values()}, lock=True)
    allowed: list[Drafted] = []
    over: list[Withheld] = []
    for each in drafted:
        if each.facts.job.id not in capped:
            allowed.append(each)
            continue
        month, day = facts.month_key(each.facts, now), facts.day_key(each.facts, now)
        current = replace(each.facts, spent=money[month], texts_today=counted[day] if day else 0)
        verdict = caps.gate(each.draft, current, now)
        if not isinstance(verdict, Pass):
            over.append(withheld_by(verdict, current.job.id, current.job.fence))
            continue
        allowed.append(each)
        money[month] = _with_cost(money[month], each)
        if day:
            counted[day] += 1
    return allowed, over


def _hold_occasions(connection: Connection, ids: Collection[uuid.UUID | None]) -> dict[uuid.UUID | None, int]:
    """Return the change counts of occasions, held against changes until the commit: what is told is what stands then.

    One that somebody is changing right now is left out.
    """
    known = sorted(each for each in ids if each is not None)
    if not known:
        return {}
    query = select(occasions.c.id, occasions.c.change_count).where(occasions.c.id.in_(known)).order_by(occasions.c.id)
    rows = connection.execute(query.with_for_update(read=True, skip_locked=True))
    return {row.id: row.change_count for row in rows}


def _lock_jobs(connection: Connection, ids: Sequence[uuid.UUID]) -> None:
    connection.execute(select(jobs.c.id).where(jobs.c.id.in_(ids)).order_by(jobs.c.id).with_for_update()).all()


def _with_cost(money: Money, each: Drafted) -> Money:
    cost = in_cap_currency(each.draft.cost, each.draft.currency, each.facts.terms.spending) or 0
    is_one_off = each.facts.job.origin is Origin.ONE_OFF
    return Money(money.all + cost, money.one_offs + (cost if is_one_off else 0))


def _cost(draft: Draft, of: Facts) -> tuple[str | None, str | None]:
    """Return the estimated cost and its currency: the cap's where it can be reckoned in it, else the sender's."""
    capped = in_cap_currency(draft.cost, draft.currency, of.terms.spending)
    if capped is not None and of.terms.spending is not None:
        return str(capped), of.terms.spending.currency
    if draft.cost is None or of.terms.spending is not None:
        return None, None
    return str(draft.cost), draft.currency


def _ends(of: Facts, now: dt.datetime) -> dt.datetime:
    """Return until when the text may go: its use, and the sending window's end (already over: now)."""
    if of.job.ignore_quiet_hours:
        return of.job.useful_until
    open_until = hours_of(of, now).closing(now, of.zones) or now
    return min(of.job.useful_until, max(open_until, awake_until(of, now)))


def _is_capped(of: Facts) -> bool:
    """Tell whether a text counts against its practice's caps; corrections and acknowledgements do not."""
    return of.terms.spending is not None and of.job.origin not in {Origin.CORRECTION, Origin.ACKNOWLEDGEMENT}


def _sender(of: Facts) -> SenderTerms:
    sender = of.terms.sender(of.job.sender)
    if sender is None:  # the gate of numbers passes no job without one
        message = f"the sender {of.job.sender} is not in the revision in force: publish it again, or cancel the job"
        raise NotFoundError(message)
    return sender


def _reserve(going: Going, now: dt.datetime) -> spending.Reserve:
    intent, of = going.intent, going.facts
    return spending.Reserve(
        attempt_id=intent.attempt_id,
        practice=intent.practice,
        month=intent.spending_month,
        cost=Decimal(intent.cost_estimated) if intent.spending_month and intent.cost_estimated else None,
        is_one_off=of.job.origin is Origin.ONE_OFF,
        day=facts.day_key(of, now),
    )
