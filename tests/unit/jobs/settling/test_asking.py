"""Asking a provider about doubts: bounded, within its time whatever it does, and nothing is guessed."""

import asyncio
import datetime as dt
import uuid

from jobs.providers.contract import CannotTell, Capabilities, Found, Listing, Outcome, Search, SendRequest
from jobs.settling import Answer, Doubt, NotAsked, ask_all
from jobs.settling.asking import AT_ONCE
from jobs.settling.judging import DoubtfulAttempt

NOW = dt.datetime(2026, 3, 2, 15, 0, tzinfo=dt.UTC)
SOON = 0.05
"""Long enough to ask, short enough to wait for."""


class Asked:
    """A provider that counts who asks it at a time, and answers nothing about the numbers it hangs on."""

    id = "asked"
    capabilities = Capabilities()

    def __init__(self, *hangs_on: str) -> None:
        """Hang on these numbers."""
        self._hangs_on = frozenset(hangs_on)
        self._asking = 0
        self.most = 0
        self.asked: list[str] = []

    async def send(self, request: SendRequest) -> Outcome:
        """Send nothing."""
        raise NotImplementedError(request)

    async def find(self, search: Search) -> Found:
        """List nothing."""
        self.asked.append(search.to_number)
        self._asking += 1
        self.most = max(self.most, self._asking)
        try:
            await asyncio.sleep(0)
            if search.to_number in self._hangs_on:
                await asyncio.Event().wait()
        finally:
            self._asking -= 1
        return Listing(())


class Repeating(Asked):
    """A provider that knows an attempt again by its id, and breaks when it is asked again."""

    capabilities = Capabilities(idempotent_for=dt.timedelta(days=1))


def make_doubt(number: int = 1) -> Doubt:
    attempt = DoubtfulAttempt(
        id=uuid.uuid4(),
        from_number="+15145550100",
        to_number=to_number(number),
        body="Hello.",
        started_at=NOW,
        deadline=NOW + dt.timedelta(seconds=45),
    )
    job = uuid.uuid4()
    return Doubt("asked", (attempt,), {attempt.id: job}, {job: "northlight"}, frozenset({job}))


def to_number(number: int) -> str:
    return f"+1438555{number:04d}"


def ask(provider: Asked, count: int, longest_seconds: float = 10.0) -> list[Answer]:
    doubts = [make_doubt(number) for number in range(count)]
    return asyncio.run(ask_all(provider, doubts, lambda: NOW, longest_seconds=longest_seconds))


def test_no_more_than_a_few_questions_are_open_at_a_time() -> None:
    provider = Asked()
    answers = ask(provider, 5 * AT_ONCE)
    assert (len(answers), provider.most) == (5 * AT_ONCE, AT_ONCE)


def test_a_question_without_an_answer_is_one_that_it_cannot_tell_and_the_others_are_answered() -> None:
    provider = Asked(to_number(1))
    answers = ask(provider, 3, SOON)
    assert answers == [Listing(()), CannotTell("no answer from asked within 0.05 seconds"), Listing(())]


def test_what_its_time_did_not_suffice_to_ask_is_told_apart_from_what_it_cannot_tell() -> None:
    provider = Asked(*(to_number(each) for each in range(AT_ONCE)))
    answers = ask(provider, AT_ONCE + 3, SOON)
    assert [isinstance(each, CannotTell) for each in answers] == [True] * AT_ONCE + [False] * 3
    assert answers[AT_ONCE:] == [NotAsked()] * 3
    assert provider.asked == [to_number(each) for each in range(AT_ONCE)]


def test_a_question_that_breaks_while_it_is_asked_again_tells_nothing() -> None:
    assert ask(Repeating(), 1) == [CannotTell("asking failed (NotImplementedError)")]


def test_without_doubts_nobody_is_asked() -> None:
    provider = Asked()
    assert ask(provider, 0) == []
    assert provider.asked == []
