"""`/health` and `/ready` over a real socket."""

import contextlib
import json
import socket
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest

from jobs.errors import ConfigurationError
from scheduler.api.health import Readiness, health_app
from scheduler.processes.server import answering
from scheduler.settings import Settings


@contextlib.contextmanager
def serving(**parts: str) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    with answering(health_app(lambda: Readiness(parts)), Settings(port=port)) as address:
        yield address


def get(address: str) -> tuple[int, dict[str, object]]:
    try:
        with urllib.request.urlopen(address, timeout=10) as answer:  # noqa: S310 - our own server
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code, json.load(refusal)


def test_a_process_that_answers_is_alive_whatever_its_database_does() -> None:
    with serving(database="does not answer") as address:
        assert get(f"{address}/health") == (200, {"status": "alive"})


def test_it_is_ready_when_every_part_is_well() -> None:
    with serving(database="ok", redis="ok") as address:
        assert get(f"{address}/ready") == (200, {"status": "ready", "parts": {"database": "ok", "redis": "ok"}})


def test_it_is_not_ready_when_a_part_is_not_and_says_which() -> None:
    with serving(database="ok", redis="does not answer") as address:
        status, answer = get(f"{address}/ready")
    assert status == 503
    assert answer == {"status": "not ready", "parts": {"database": "ok", "redis": "does not answer"}}


def test_a_port_that_is_taken_is_one_clear_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        settings = Settings(port=taken.getsockname()[1])
        with (
            pytest.raises(ConfigurationError, match=r"QUIETBELL_PORT .*cannot listen there"),
            answering(health_app(lambda: Readiness({})), settings),
        ):
            pass
