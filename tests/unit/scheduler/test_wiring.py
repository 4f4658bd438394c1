"""What wiring makes of settings: only providers that are set up, and one loop for whatever asks them."""

import asyncio
import dataclasses
import uuid
from pathlib import Path
from typing import Any

import pytest

from jobs.clock import SystemClock
from jobs.errors import ConfigurationError, QuietbellError
from scheduler.settings import Settings, read_settings
from scheduler.wiring import assemble, callback_for, make_providers

TWILIO = {"twilio": {"account_sid": "AC1", "auth_token": "t", "base_url": "http://127.0.0.1:1"}}
ATTEMPT = uuid.UUID(int=1)


def make_settings(folder: Path) -> Settings:
    settings = read_settings({"QUIETBELL_DATABASE_URL": f"sqlite:///{folder / 'q.db'}"})
    return dataclasses.replace(settings, providers=TWILIO)


def test_only_what_is_set_up_is_made() -> None:
    assert set(make_providers(Settings(), SystemClock())) == {"terminal"}
    assert set(make_providers(Settings(providers=TWILIO), SystemClock())) == {"terminal", "twilio"}


def test_what_is_half_set_up_lets_nothing_start() -> None:
    with pytest.raises(ConfigurationError, match="QUIETBELL_TWILIO_AUTH_TOKEN"):
        make_providers(Settings(providers={"twilio": {"account_sid": "AC1"}}), SystemClock())


def test_workers_and_chores_ask_on_one_loop_which_ends_with_the_parts(tmp_path: Path) -> None:
    ran_on: list[asyncio.AbstractEventLoop] = []

    async def remember() -> list[Any]:
        ran_on.append(asyncio.get_running_loop())
        return []

    parts = assemble(make_settings(tmp_path))
    parts.delivery.run_coroutine(remember())
    parts.context.run_coroutine(remember())
    assert len(set(ran_on)) == 1
    assert set(parts.context.providers) == set(parts.delivery.providers) == {"terminal", "twilio"}
    parts.close()
    with pytest.raises(QuietbellError, match="stopping"):
        parts.context.run_coroutine(remember())


def test_an_attempt_has_a_callback_where_the_world_reaches_us() -> None:
    settings = Settings(public_url="https://sms.example.org")
    expected = f"https://sms.example.org/callbacks/twilio/receipt?attempt={ATTEMPT}"
    assert callback_for(settings, "twilio", ATTEMPT) == expected
    assert callback_for(Settings(), "twilio", ATTEMPT) is None
