"""The demo with the stand-in carrier: rules that send through it, the carrier, and the door at which it calls back.

Settings of a demo come in, the same with Twilio and MessageBird set up go out. All of it is on 127.0.0.1.
"""

import contextlib
import dataclasses
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from starlette.applications import Starlette

from jobs.clock import Clock
from jobs.errors import RefusedError
from scheduler.carrier import RunningCarrier, running_carrier
from scheduler.processes.calling_back import callback_routes
from scheduler.processes.demo import story
from scheduler.processes.demo.ports import HOST
from scheduler.processes.server import answering
from scheduler.settings import Settings
from scheduler.wiring import Parts

SEED: Final = 1
PROVIDERS: Final = ("twilio", "messagebird")
"""Of the practice's senders, in the order of its file; the last one takes the rest."""
LANDLINE, UNREACHABLE, UNKNOWN = "+14165550126", "+14165550137", "+14165550114"
"""Whose texts do not arrive: of the first two Twilio says so, of the third MessageBird."""
_PRINTS: Final = re.compile(r"(\bprovider:\s*)terminal\b")


@contextlib.contextmanager
def carried(settings: Settings, clock: Clock) -> Iterator[tuple[Settings, RunningCarrier]]:
    """Run the carrier on the demo's clock, its receipts at once; give it, and settings for a practice that uses it.

    Raises:
        RefusedError: a carrier's ledger of the database's name is there already.
        DemoError: the practice's rules name no sender of the terminal that could send through the carrier.

    """
    ledger = carrier_ledger(settings)
    if ledger.exists():
        message = f"{ledger} is there already: it is the ledger of another carrier"
        raise RefusedError(message)
    public_url = f"http://{HOST}:{settings.port}"
    inbound_url = f"{public_url}/callbacks/{{provider}}/inbound"
    running = running_carrier(
        ledger=ledger, synced=False, seed=SEED, clock=clock, receipt_seconds=0.0, inbound_url=inbound_url
    )
    with running as carrier, _sending_rules(settings.rules) as rules:
        carrier.mishap("error_receipt", number=LANDLINE, code=30006)
        carrier.mishap("error_receipt", number=UNREACHABLE, code=30003)
        carrier.mishap("error_receipt", number=UNKNOWN)
        changed = dataclasses.replace(settings, rules=rules, public_url=public_url, providers=_accounts(carrier))
        yield changed, carrier


def carrier_ledger(settings: Settings) -> Path:
    """Return where the carrier of a demo keeps its ledger: beside the database."""
    return (settings.database_file or Path("demo.db")).with_suffix(".carrier.jsonl")


def taking_callbacks(parts: Parts) -> contextlib.AbstractContextManager[str]:
    """Answer callbacks at the settings' address while the block runs."""
    routes = callback_routes(parts.database, parts.delivery.providers, parts.clock, parts.settings.public_url)
    return answering(Starlette(routes=routes), parts.settings)


def _accounts(carrier: RunningCarrier) -> dict[str, dict[str, str]]:
    return {
        "twilio": {
            "account_sid": carrier.account_sid,
            "auth_token": carrier.auth_token,
            "base_url": carrier.url,
        },
        "messagebird": {
            "access_key": carrier.access_key,
            "signing_key": carrier.signing_key,
            "base_url": carrier.url,
        },
    }


@contextlib.contextmanager
def _sending_rules(rules: Path) -> Iterator[Path]:
    """Give a copy of the practice's rules whose senders send through the carrier."""
    with tempfile.TemporaryDirectory(prefix="quietbell-demo-") as folder:
        copied = Path(folder)
        shutil.copytree(rules / story.PRACTICE, copied / story.PRACTICE)
        file = copied / story.PRACTICE / "practice.yaml"
        text, count = sending(file.read_text(encoding="utf-8"))
        if not count:
            message = f"{rules / story.PRACTICE}: the demo needs a sender with `provider: terminal` in practice.yaml"
            raise story.DemoError(message)
        file.write_text(text, encoding="utf-8")
        yield copied


def sending(practice: str) -> tuple[str, int]:
    """Return a practice's file with the carrier's providers in place of the terminal, and how many senders changed."""
    left = list(PROVIDERS)

    def replace(found: re.Match[str]) -> str:
        return found[1] + (left.pop(0) if len(left) > 1 else left[0])

    lines = practice.splitlines(keepends=True)
    changed = [line if line.lstrip().startswith("#") else _PRINTS.sub(replace, line) for line in lines]
    return "".join(changed), sum(new != old for new, old in zip(changed, lines, strict=True))
