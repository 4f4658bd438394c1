"""Planted secrets are searched for in everything that a provider and its surroundings say or show."""

import asyncio
import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from jobs.clock import SystemClock
from jobs.errors import ConfigurationError
from jobs.providers.contract import CallbackReader, Connected, Finder, Priced, Provider, Search
from scheduler.processes.logs import set_up_logs
from scheduler.settings import Settings, read_settings
from scheduler.wiring import make_providers
from tests.conformance.rigs import make_request
from tests.conformance.scripted_server import Step, Way, free_port, serving
from tests.unit.jobs.providers.callback_builders import NOW, make_callback

PLANTED = "planted-7f3a91bc"
VARIABLES = {
    "QUIETBELL_TWILIO_ACCOUNT_SID": "AC1",
    "QUIETBELL_TWILIO_AUTH_TOKEN": f"{PLANTED}-token",
    "QUIETBELL_TWILIO_FORMER_AUTH_TOKEN": f"{PLANTED}-former",
    "QUIETBELL_MESSAGEBIRD_ACCESS_KEY": f"{PLANTED}-key",
    "QUIETBELL_MESSAGEBIRD_SIGNING_KEY": f"{PLANTED}-signing",
    "QUIETBELL_BIRD_ACCESS_KEY": f"bk_eu1_{PLANTED}",
    "QUIETBELL_BIRD_WEBHOOK_SECRET": "whsec_cGxhbnRlZC03ZjNhOTFiYy1zZWNyZXQ=",
}
OWN = {
    "twilio": [f"{PLANTED}-token", f"{PLANTED}-former"],
    "messagebird": [f"{PLANTED}-key", f"{PLANTED}-signing"],
    "bird": [f"bk_eu1_{PLANTED}"],
}
"""What each provider's answers repeat, and nobody may see."""


@pytest.fixture
def logged() -> Iterator[io.StringIO]:
    """Collect everything that anybody logs, down to the last detail."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    set_up_logs(Settings(log_level="debug", log_format="json"), stream)
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


async def use(provider: Provider) -> list[object]:
    """Ask everything that a provider can be asked, and return all that it says."""
    said: list[object] = [await provider.send(make_request()), provider]
    if isinstance(provider, Finder):
        said.append(await provider.find(Search(to_number="+15145550101", since=NOW, until=NOW)))
    if isinstance(provider, Priced):
        said.append(await provider.price("SM1"))
    if isinstance(provider, CallbackReader):
        callback = make_callback(X_Twilio_Signature=PLANTED, MessageBird_Signature_JWT=PLANTED)
        said += [provider.receipt(callback, NOW), provider.inbound(callback, NOW)]
    return said


def echoing(step: Step, name: str) -> Step:
    """Return a step whose body repeats a provider's secrets in every shape of an error."""
    words = " and ".join(OWN[name])
    body = {"message": words, "errors": [{"code": 21, "description": words}], "error": {"message": words}}
    return Step(step.way, step.status, json.dumps(body))


@pytest.mark.parametrize("name", sorted(OWN))
@pytest.mark.parametrize("step", [Step(status=401), Step(status=400), Step(status=500), Step(Way.RESET), None])
def test_no_secret_is_said_shown_or_logged_whatever_goes_wrong(
    name: str, step: Step | None, logged: io.StringIO
) -> None:
    async def scene() -> list[object]:
        async with serving(echoing(step or Step(), name)) as server:
            url = server.url if step is not None else f"http://127.0.0.1:{free_port()}"
            settings = read_settings({**VARIABLES, f"QUIETBELL_{name.upper()}_BASE_URL": url})
            provider = make_providers(settings, SystemClock(), lambda _line: None)[name]
            said = [settings, *await use(provider)]
            if isinstance(provider, Connected):
                await provider.close()
            logging.getLogger("jobs").debug("all said")
            return said

    said = asyncio.run(scene(), debug=True)
    shown = " ".join(map(repr, said)) + logged.getvalue()
    assert "all said" in logged.getvalue()
    assert PLANTED not in shown


@pytest.mark.parametrize("wrong", [name for name in VARIABLES if "SID" not in name])
def test_no_refusal_of_settings_repeats_a_secret(wrong: str) -> None:
    given = {**VARIABLES, f"{wrong}S": PLANTED}
    with pytest.raises(ConfigurationError) as refused:
        make_providers(read_settings(given), SystemClock(), lambda _line: None)
    assert PLANTED not in str(refused.value)
