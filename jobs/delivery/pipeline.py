"""The pipeline of a worker: ids of queued jobs in, texts asked for once and their outcomes recorded.

claim -> compose -> gate -> commit the intents -> send -> record; each step takes what the one before it returned. A job
that was lost to someone else on the way is dropped without a word: whoever took it has it.
"""

import asyncio
import datetime as dt
import random
import uuid
from collections import defaultdict
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

from sqlalchemy import Connection

from jobs.clock import steady_seconds
from jobs.database import Database
from jobs.delivery.batches import Batch, Composed, Drafted, Ended, Going
from jobs.delivery.intents import Intending
from jobs.delivery.recording import Recording
from jobs.delivery.withholding import UNPUBLISHED, verdict_on, withheld_by
from jobs.drafts import Draft, Facts
from jobs.facts import FactsReader
from jobs.gates.contract import Pass
from jobs.providers.contract import Outcome, Provider, SendRequest, Unknown
from jobs.rendering import Renderer, Unrenderable
from jobs.store.values import Job, Withheld
from jobs.store.worker import claim, withhold

LEASE: Final = dt.timedelta(seconds=60)
GRACE_SECONDS: Final = 2.0
"""How long past its own time-out a provider may take to answer before it is given up as unknown."""

RunCoroutine: TypeAlias = Callable[[Coroutine[object, object, list[Outcome]]], list[Outcome]]
Checkpoint: TypeAlias = Callable[[str], None]
"""Told the name of each step when it is done; tests kill a real process there."""


def _nothing(_step: str) -> None:
    """Do nothing at a checkpoint."""


def _no_callback(_provider: str, _attempt_id: uuid.UUID) -> None:
    """Say that the world does not reach us."""


def _never() -> bool:
    """Say that the worker is not stopping."""
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A worker's pipeline. `run_coroutine` runs the requests of a wave where the providers' connections live.

    `callback` says where a provider is to tell of an attempt's fate (None: nowhere).

    Safe for several threads: what it keeps (compiled templates, terms) is locked.
    """

    database: Database
    providers: Mapping[str, Provider]
    run_coroutine: RunCoroutine
    worker: str
    stopping: Callable[[], bool] = _never
    checkpoint: Checkpoint = _nothing
    callback: Callable[[str, uuid.UUID], str | None] = _no_callback
    steady: Callable[[], float] = steady_seconds
    jitter: Callable[[], float] = field(default_factory=lambda: random.SystemRandom().random)
    facts: FactsReader = field(default_factory=FactsReader)
    renderer: Renderer = field(default_factory=Renderer)

    def deliver(self, ids: Sequence[uuid.UUID]) -> None:
        """Work one entry: claim its jobs and bring each to where it goes from here."""
        batch = self._claim(ids)
        drafted = self._compose(batch)
        passed = self._gate(batch, drafted)
        for wave in self._waves(passed):
            going = self._intend(batch, wave)
            ended = self._send(batch, going)
            self._record(batch, ended)

    def _claim(self, ids: Sequence[uuid.UUID]) -> Batch:
        """Take hold of the jobs that are still queued."""

        def work(connection: Connection) -> Batch:
            now, steady_at = self.database.moment(connection), self.steady()
            claimed = claim(connection, ids, worker=self.worker, lease=LEASE, now=now)
            return Batch(claimed, now, steady_at, now + LEASE, self.steady)

        batch = self.database.write(work)
        self.checkpoint("claimed")
        return batch

    def _compose(self, batch: Batch) -> list[Composed]:
        """Render each job's text from what is so now."""
        if not batch.claimed:
            return []
        now = batch.now()
        with self.database.read() as connection:
            found = self.facts.read(connection, batch.claimed, now)
        return [self._composed(job, found.get(job.id), now) for job in batch.claimed]

    def _gate(self, batch: Batch, composed: Sequence[Composed]) -> list[Drafted]:
        """Ask the gates; withhold what they do not pass, all in one transaction, and return the rest."""
        passed: list[Drafted] = []
        stayed: list[Withheld] = []
        now = batch.now()
        for each in composed:
            verdict = verdict_on(each, now)
            if not isinstance(verdict, Pass):
                stayed.append(withheld_by(verdict, each.job.id, each.job.fence))
            elif each.facts is not None and isinstance(each.made, Draft):
                passed.append(Drafted(each.facts, each.made))
        if stayed:
            self.database.write(lambda connection: withhold(connection, stayed, now=now))
        self.checkpoint("gated")
        return passed

    def _waves(self, passed: Sequence[Drafted]) -> Iterator[list[Drafted]]:
        """Yield what goes on the wire at once: of one provider, no more than it takes at once."""
        by_provider: dict[str, list[Drafted]] = defaultdict(list)
        for each in passed:
            sender = each.facts.terms.sender(each.facts.job.sender)
            by_provider[sender.provider if sender else ""].append(each)
        for name, drafted in by_provider.items():
            at_once = self.providers[name].capabilities.at_once if name in self.providers else len(drafted)
            for start in range(0, len(drafted), at_once):
                yield drafted[start : start + at_once]

    def _intend(self, batch: Batch, wave: Sequence[Drafted]) -> list[Going]:
        """Commit the intents of a wave; what changed meanwhile, or cannot start in time, is withheld instead."""
        intending = Intending(batch, wave, self.providers, is_stopping=self.stopping())
        going = self.database.write(intending.commit)
        self.checkpoint("intended")
        return going

    def _send(self, batch: Batch, going: Sequence[Going]) -> list[Ended]:
        """Ask the provider for each text, all at once, and wait for every answer."""
        if not going:
            return []
        requests = [(self.providers[each.intent.provider], self._request(batch, each)) for each in going]
        outcomes = self.run_coroutine(_ask_all(requests))
        self.checkpoint("written")
        return [Ended(each, outcome) for each, outcome in zip(going, outcomes, strict=True)]

    def _record(self, batch: Batch, ended: Sequence[Ended]) -> None:
        """Write what came of each request, and where its job goes from here."""
        if ended:
            outcomes = Recording(ended, batch.now(), self.jitter)
            self.database.write(outcomes.commit)
        self.checkpoint("recorded")

    def _composed(self, job: Job, facts: Facts | None, now: dt.datetime) -> Composed:
        made = Unrenderable(UNPUBLISHED) if facts is None else self.renderer.compose(facts, now)
        return Composed(job, facts, made)

    def _request(self, batch: Batch, going: Going) -> SendRequest:
        intent = going.intent
        deadline = batch.steady_at + (intent.deadline - batch.claimed_at).total_seconds()

        def may_write() -> bool:
            self.checkpoint("before_write")
            return self.steady() < deadline

        return SendRequest(
            attempt_id=intent.attempt_id,
            job_id=intent.job_id,
            from_number=intent.from_number,
            to_number=intent.to_number,
            body=intent.body,
            valid_for=going.valid_for,
            callback=self.callback(intent.provider, intent.attempt_id),
            may_write=may_write,
        )


async def _ask_all(requests: Sequence[tuple[Provider, SendRequest]]) -> list[Outcome]:
    return list(await asyncio.gather(*(_ask(provider, request) for provider, request in requests)))


async def _ask(provider: Provider, request: SendRequest) -> Outcome:
    """Ask a provider once; whatever it raises, and silence past its own time-out, may have sent the text."""
    seconds = provider.capabilities.timeout.total_seconds() + GRACE_SECONDS
    try:
        async with asyncio.timeout(seconds):
            return await provider.send(request)
    except TimeoutError:
        return Unknown(f"no answer from {provider.id} within {seconds:.0f} seconds")
    except Exception as problem:  # noqa: BLE001 - an adapter's defect must not lose what may have gone out
        return Unknown(f"{provider.id} failed: {type(problem).__name__}: {problem}")
