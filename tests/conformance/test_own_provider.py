"""The page that explains how to write a provider: its example is run through the table that every provider passes."""

import asyncio
import dataclasses
import datetime as dt
import json
import re
import types
from pathlib import Path
from typing import Any

import pytest

from jobs.clock import SystemClock
from jobs.errors import ConfigurationError
from jobs.providers import PROVIDERS
from jobs.providers.contract import Accepted, Closed, NotWritten, Outcome, SendRequest, Unknown
from jobs.providers.setup import Setup, variable
from tests.conformance.cases import CASES, Case, patience, spoken
from tests.conformance.rigs import LONG, Rig, make_request
from tests.conformance.scripted_server import ScriptedServer, Step, serving

PAGE = Path(__file__).parents[2] / "docs" / "providers.md"
[EXAMPLE] = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)


def load() -> Any:
    """Return the page's example as a module."""
    page = types.ModuleType("quietbell_acme")
    exec(compile(EXAMPLE, str(PAGE), "exec"), vars(page))  # noqa: S102 - our own page
    return page


def make(url: str, timeout: dt.timedelta = LONG) -> Any:
    """Return the page's provider at an address, with another patience."""
    page = load()
    page.Acme.capabilities = dataclasses.replace(page.Acme.capabilities, timeout=timeout)
    return page.make(make_setup(key="planted-key", base_url=url))


def make_setup(**given: str) -> Setup:
    return Setup(provider="acme", given=given, clock=SystemClock(), sink=lambda _line: None)


RIG = Rig(make, json.dumps({"id": "acme-1"}), lambda words: json.dumps({"code": "no", "reason": words}), "text")


def send(
    step: Step, request: SendRequest | None = None, timeout: dt.timedelta = LONG
) -> tuple[Outcome, ScriptedServer]:
    async def scene() -> tuple[Outcome, ScriptedServer]:
        async with serving(spoken(RIG, step)) as server:
            provider = make(server.url, timeout)
            try:
                return await provider.send(request or make_request()), server
            finally:
                await provider.close()

    return asyncio.run(scene())


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_pages_provider_passes_the_table(case: Case) -> None:
    outcome, server = send(case.step, timeout=patience(case))
    assert isinstance(outcome, case.outcome), outcome
    assert len(server.asked) == 1


def test_the_pages_provider_writes_nothing_past_the_deadline() -> None:
    outcome, server = send(Step(status=201, body=RIG.accepted), make_request(may_write=lambda: False))
    assert (outcome, server.heard) == (NotWritten(), 0)


def test_the_pages_provider_tells_a_closed_sender_and_shows_no_key() -> None:
    body = json.dumps({"code": "sender_blocked", "reason": "not with planted-key"})
    assert send(Step(status=422, body=body))[0] == Closed("sender", "not with …", "sender_blocked")
    assert isinstance(send(Step(status=500, body=body))[0], Unknown)


def test_the_pages_provider_accepts_in_the_words_of_its_api() -> None:
    outcome, server = send(Step(status=201, body=RIG.accepted))
    assert outcome == Accepted("acme-1")
    assert server.asked[0].fields["text"] == "See you on Friday."


def test_the_pages_provider_is_made_only_where_it_is_set_up() -> None:
    assert load().make(make_setup()) is None
    with pytest.raises(ConfigurationError, match="QUIETBELL_ACME_KEY is not set"):
        load().make(make_setup(base_url="http://x.example"))


def test_the_example_is_about_fifty_lines_long() -> None:
    assert len([line for line in EXAMPLE.splitlines() if line.strip()]) <= 60


def test_the_page_names_every_provider_and_the_variables_of_ours() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert all(f"| `{name}` |" in page for name in PROVIDERS)
    needed = {"twilio": ["account_sid", "auth_token", "former_auth_token"], "bird": ["access_key", "webhook_secret"]}
    needed["messagebird"] = ["access_key", "signing_key", "base_url"]
    named = [variable(name, each).removeprefix("QUIETBELL_") for name, keys in needed.items() for each in keys]
    assert [each for each in named if f"`{each}`" not in page] == []
