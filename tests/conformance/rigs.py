"""The providers under test, each with a short time-out, its secrets, and the words in which it accepts."""

import dataclasses
import datetime as dt
import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from jobs.providers.bird import Account as Workspace
from jobs.providers.bird import BirdProvider
from jobs.providers.contract import Capabilities, Outcome, SendRequest
from jobs.providers.messagebird import Account as LegacyAccount
from jobs.providers.messagebird import MessageBirdProvider
from jobs.providers.twilio import Account, TwilioProvider

SHORT = dt.timedelta(seconds=0.6)
"""For what never answers."""
LONG = dt.timedelta(seconds=10)
SECRETS = ("planted-token-7f3a", "planted-key-91bc", "planted-access-c0de")
ID = "SM" + "0" * 32


class HttpProvider(Protocol):
    """An adapter over HTTP."""

    id: str
    capabilities: Capabilities

    async def send(self, request: SendRequest) -> Outcome:
        """Ask for one text."""
        ...

    async def close(self) -> None:
        """Close its connections."""
        ...


Kind = TypeVar("Kind", TwilioProvider, MessageBirdProvider, BirdProvider)


@dataclass(frozen=True, slots=True)
class Rig:
    """How to make a provider at an address, how it accepts, and where a request holds what."""

    make: Callable[[str, dt.timedelta], HttpProvider]
    accepted: str
    error: Callable[[str], str]
    """The body of a refusal with these words."""
    body_field: str


def waiting(kind: type[Kind], timeout: dt.timedelta) -> type[Kind]:
    """Return an adapter with another patience."""
    capabilities = dataclasses.replace(kind.capabilities, timeout=timeout)
    made: type[Kind] = type(kind.__name__, (kind,), {"capabilities": capabilities})
    return made


def twilio(url: str, timeout: dt.timedelta = LONG) -> TwilioProvider:
    """Return Twilio's adapter."""
    account = Account(account_sid="AC1", auth_token=SECRETS[0], former_token=SECRETS[1], base_url=url)
    return waiting(TwilioProvider, timeout)(account)


def messagebird(url: str, timeout: dt.timedelta = LONG) -> MessageBirdProvider:
    """Return MessageBird's adapter."""
    account = LegacyAccount(access_key=SECRETS[2], signing_key=SECRETS[1], base_url=url)
    return waiting(MessageBirdProvider, timeout)(account)


def bird(url: str, timeout: dt.timedelta = LONG) -> BirdProvider:
    """Return Bird's adapter."""
    return waiting(BirdProvider, timeout)(Workspace(access_key=SECRETS[0], base_url=url))


RIGS: Mapping[str, Rig] = {
    "twilio": Rig(
        twilio,
        json.dumps({"sid": ID, "status": "queued", "num_segments": "1", "price": None}),
        lambda words: json.dumps({"code": 29999, "message": words, "status": 400}),
        "Body",
    ),
    "messagebird": Rig(
        messagebird,
        json.dumps({"id": "0" * 32, "recipients": {"totalCount": 1, "items": []}}),
        lambda words: json.dumps({"errors": [{"code": 21, "description": words, "parameter": None}]}),
        "body",
    ),
    "bird": Rig(
        bird,
        json.dumps({"id": "sms_4kT01Lq2m", "status": "accepted"}),
        lambda words: json.dumps({"error": {"type": "invalid", "code": "E01000", "message": words}}),
        "text",
    ),
}


def make_request(**changes: Any) -> SendRequest:
    """Return a request for one text."""
    values: dict[str, Any] = {"attempt_id": uuid.uuid4(), "job_id": uuid.uuid4(), "from_number": "+15145550100"}
    values |= {"to_number": "+15145550101", "body": "See you on Friday.", "valid_for": dt.timedelta(hours=1)}
    return SendRequest(**(values | changes))
