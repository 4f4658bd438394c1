"""Builders of callbacks, signed as each provider signs them."""

import base64
import datetime as dt
import hashlib
import hmac
import json
import uuid
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from jobs.providers.contract import Callback

NOW = dt.datetime(2026, 3, 2, 15, 0, tzinfo=dt.UTC)
ATTEMPT = uuid.UUID("0195531e-1b3c-7e3a-9d55-0242ac120002")
ADDRESS = f"https://sms.example.org/callbacks/%s/receipt?attempt={ATTEMPT}"
TOKEN = "12345"  # noqa: S105 - of no account
KEY = "PlLrKaqvZNRR5zAjm42ZT6q1SQxgbbGd"
SECRET_KEY = b"0123456789abcdef01234567"


def make_callback(url: str = ADDRESS, body: bytes = b"", **headers: str) -> Callback:
    """Return a callback; a header's name is written with underscores."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Callback(method="POST", url=url, headers=named, body=body)


def from_twilio(
    fields: Mapping[str, str] | Sequence[tuple[str, str]], url: str = ADDRESS % "twilio", token: str = TOKEN
) -> Callback:
    """Return a form that Twilio signed."""
    pairs = sorted(set(fields.items() if isinstance(fields, Mapping) else fields))
    signed = url.partition("#")[0] + "".join(name + value for name, value in pairs)
    digest = hmac.new(token.encode(), signed.encode(), hashlib.sha1).digest()
    signature = base64.b64encode(digest).decode()
    return make_callback(url, urlencode(fields).encode(), X_Twilio_Signature=signature)


def token_of(claims: object, key: str = KEY, algorithm: str = "HS256") -> str:
    """Return a JWT over claims."""
    head = {"alg": algorithm, "typ": "JWT"}
    signed = f"{_part(json.dumps(head).encode())}.{_part(json.dumps(claims).encode())}"
    return f"{signed}.{_part(hmac.new(key.encode(), signed.encode(), hashlib.sha256).digest())}"


def from_messagebird(fields: Mapping[str, str], body: bytes = b"", **claims: Any) -> Callback:
    """Return a callback that MessageBird signed; claims override its own."""
    url = f"{ADDRESS % 'messagebird'}&{urlencode(fields)}"
    start = int(NOW.timestamp())
    own: dict[str, Any] = {"iss": "MessageBird", "nbf": start, "exp": start + 60, "jti": str(uuid.UUID(int=1))}
    own["url_hash"] = hashlib.sha256(url.encode()).hexdigest()
    if body:
        own["payload_hash"] = hashlib.sha256(body).hexdigest()
    merged = {name: value for name, value in (own | claims).items() if value is not None}
    return make_callback(url, body, MessageBird_Signature_JWT=token_of(merged))


def from_bird(event: object, moment: dt.datetime = NOW, key: bytes = SECRET_KEY) -> Callback:
    """Return an event that Bird signed."""
    body, stamp = json.dumps(event).encode(), str(int(moment.timestamp()))
    digest = hmac.new(key, f"evt_1.{stamp}.".encode() + body, hashlib.sha256).digest()
    signature = f"v1,{base64.b64encode(digest).decode()}"
    headers = {"Webhook_Id": "evt_1", "Webhook_Timestamp": stamp, "Webhook_Signature": signature}
    return make_callback("https://sms.example.org/callbacks/bird/receipt", body, **headers)


def _part(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
