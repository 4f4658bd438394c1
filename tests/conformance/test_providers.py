"""One table that every provider passes: what it answers to what happens on the wire, and that it asks exactly once."""

import asyncio
import datetime as dt
from collections.abc import Sequence

import pytest

from jobs.clock import SteppingClock
from jobs.providers import PROVIDERS, make_provider
from jobs.providers.contract import (
    Accepted,
    Later,
    NotWritten,
    Outcome,
    Refused,
    SendRequest,
    Throttled,
)
from jobs.providers.setup import Setup
from jobs.providers.terminal import TerminalProvider
from tests.conformance.cases import ACCEPTED, CASES, SAID, Case, patience, spoken
from tests.conformance.rigs import LONG, RIGS, SECRETS, SHORT, HttpProvider, Rig, make_request
from tests.conformance.scripted_server import ScriptedServer, Step, Way, free_port, serving

NOW = dt.datetime(2026, 3, 2, 15, 0, tzinfo=dt.UTC)


@pytest.fixture(params=sorted(RIGS))
def rig(request: pytest.FixtureRequest) -> Rig:
    return RIGS[request.param]


def send(
    rig: Rig, steps: Sequence[Step], *requests: SendRequest, timeout: dt.timedelta = LONG
) -> tuple[list[Outcome], ScriptedServer]:
    """Ask a scripted server for texts, all at once, and return what came of each."""

    async def scene() -> tuple[list[Outcome], ScriptedServer]:
        async with serving(*(spoken(rig, step) for step in steps)) as server:
            provider = rig.make(server.url, timeout)
            try:
                return list(await asyncio.gather(*(provider.send(each) for each in requests))), server
            finally:
                await provider.close()

    return asyncio.run(scene())


async def send_and_let_close(provider: HttpProvider) -> Outcome:
    """Ask for a text, then give the loop turns enough to see that the server has closed the connection."""
    outcome = await provider.send(make_request())
    for _ in range(100):
        await asyncio.sleep(0)
    return outcome


def test_every_provider_over_http_has_a_rig() -> None:
    assert sorted({*RIGS, "terminal"}) == sorted(PROVIDERS)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_happens_on_the_wire_is_told_truly(rig: Rig, case: Case) -> None:
    [outcome], server = send(rig, [case.step], make_request(), timeout=patience(case))
    assert isinstance(outcome, case.outcome), outcome
    assert len(server.asked) == 1


def test_a_text_is_written_once_with_its_words_and_its_receiver(rig: Rig) -> None:
    [outcome], server = send(rig, [Step(status=201, body=ACCEPTED)], make_request(body="Un été à Québec: 9 h 30 ✓"))
    assert isinstance(outcome, Accepted)
    assert outcome.provider_id in rig.accepted
    [asked] = server.asked
    assert asked.fields[rig.body_field] == "Un été à Québec: 9 h 30 ✓"
    assert "15145550101" in asked.body


def test_nobody_listening_means_surely_not_sent(rig: Rig) -> None:
    async def scene() -> Outcome:
        provider = rig.make(f"http://127.0.0.1:{free_port()}", LONG)
        try:
            return await provider.send(make_request())
        finally:
            await provider.close()

    assert isinstance(asyncio.run(scene()), Later)


def test_a_handshake_that_never_ends_means_surely_not_sent(rig: Rig) -> None:
    async def scene() -> tuple[Outcome, ScriptedServer]:
        async with serving(Step(Way.GARBAGE)) as server:
            provider = rig.make(server.url.replace("http://", "https://"), SHORT)
            try:
                return await provider.send(make_request()), server
            finally:
                await provider.close()

    outcome, server = asyncio.run(scene())
    assert isinstance(outcome, Later)
    assert server.asked == []


def test_nothing_is_written_past_the_deadline(rig: Rig) -> None:
    outcomes, server = send(rig, [Step(status=201, body=ACCEPTED)], make_request(may_write=lambda: False))
    assert outcomes == [NotWritten()]
    assert server.heard == 0


def test_nothing_is_written_past_the_deadline_on_a_connection_that_is_open_already(rig: Rig) -> None:
    async def scene() -> tuple[list[Outcome], ScriptedServer]:
        async with serving(spoken(rig, Step(status=201, body=ACCEPTED))) as server:
            provider = rig.make(server.url, LONG)
            try:
                first = await provider.send(make_request())
                second = await provider.send(make_request(may_write=lambda: False))
                return [first, second, await provider.send(make_request())], server
            finally:
                await provider.close()

    outcomes, server = asyncio.run(scene())
    assert [type(outcome) for outcome in outcomes] == [Accepted, NotWritten, Accepted]
    assert len(server.asked) == 2


def test_the_deadline_is_asked_exactly_once(rig: Rig) -> None:
    asked: list[bool] = []

    def may_write() -> bool:
        asked.append(True)
        return True

    send(rig, [Step(status=201, body=ACCEPTED)], make_request(may_write=may_write))
    assert len(asked) == 1


def test_a_connection_that_was_closed_meanwhile_costs_no_text(rig: Rig) -> None:
    async def scene() -> tuple[list[Outcome], ScriptedServer]:
        async with serving(spoken(rig, Step(Way.LAST, 201, ACCEPTED))) as server:
            provider = rig.make(server.url, LONG)
            try:
                return [await send_and_let_close(provider) for _ in range(3)], server
            finally:
                await provider.close()

    outcomes, server = asyncio.run(scene())
    assert [type(outcome) for outcome in outcomes] == [Accepted] * 3
    assert len(server.asked) == 3


@pytest.mark.parametrize(
    ("headers", "after"),
    [
        ([("Retry-After", "7")], dt.timedelta(seconds=7)),
        ([("retry-after", "0.5")], dt.timedelta(seconds=0.5)),
        (
            [("Date", "Mon, 02 Mar 2026 15:00:00 GMT"), ("Retry-After", "Mon, 02 Mar 2026 15:01:30 GMT")],
            dt.timedelta(seconds=90),
        ),
        ([("Retry-After", "soon")], None),
        ([("Retry-After", "-3")], None),
        ([], None),
    ],
)
def test_a_throttled_sender_waits_as_long_as_it_is_asked_to(
    rig: Rig, headers: list[tuple[str, str]], after: dt.timedelta | None
) -> None:
    [outcome], _ = send(rig, [Step(status=429, body=SAID, headers=headers)], make_request())
    assert isinstance(outcome, Throttled)
    assert outcome.after == after


def test_fifty_at_once_are_fifty_texts(rig: Rig) -> None:
    outcomes, server = send(rig, [Step(status=201, body=ACCEPTED)], *(make_request(body=f"{n}") for n in range(50)))
    assert {type(outcome) for outcome in outcomes} == {Accepted}
    assert {asked.fields[rig.body_field] for asked in server.asked} == {str(n) for n in range(50)}
    assert len(server.asked) == 50


def test_one_that_hangs_takes_no_other_with_it(rig: Rig) -> None:
    steps = [Step(Way.HANG), Step(status=201, body=ACCEPTED)]
    outcomes, _ = send(rig, steps, *(make_request() for _ in range(5)), timeout=dt.timedelta(seconds=1))
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Accepted"] * 4 + ["Unknown"]


@pytest.mark.parametrize("status", [400, 401, 429, 500])
def test_no_secret_comes_back_in_an_outcome_whatever_the_answer_repeats(rig: Rig, status: int) -> None:
    body = rig.error(" and ".join(SECRETS))
    [outcome], server = send(rig, [Step(status=status, body=body)], make_request())
    told = repr(outcome)
    sent = " ".join(server.asked[0].headers.values())
    assert not [secret for secret in SECRETS if secret in sent and secret in told]


def test_long_words_of_a_provider_are_cut(rig: Rig) -> None:
    [outcome], _ = send(rig, [Step(status=400, body=rig.error("words " * 10_000))], make_request())
    assert isinstance(outcome, Refused)
    assert len(outcome.reason) <= 300


@pytest.mark.parametrize("changes", [{"body": ""}, {"to_number": ""}])
def test_what_cannot_be_sent_is_refused_with_a_reason(rig: Rig, changes: dict[str, str]) -> None:
    [outcome], server = send(rig, [Step(status=201, body=ACCEPTED)], make_request(**changes))
    assert isinstance(outcome, Refused)
    assert outcome.reason
    assert server.asked == []


def test_the_terminal_prints_once_and_never_past_the_deadline() -> None:
    lines: list[str] = []
    setup = Setup(provider="terminal", clock=SteppingClock(NOW), sink=lines.append)
    provider = make_provider(setup)
    assert isinstance(provider, TerminalProvider)
    requests = [
        make_request(),
        make_request(may_write=lambda: False),
        make_request(body=""),
        make_request(to_number=""),
    ]
    outcomes = [asyncio.run(provider.send(each)) for each in requests]
    assert [type(outcome) for outcome in outcomes] == [Accepted, NotWritten, Refused, Refused]
    assert lines == ["+15145550101  See you on Friday."]
