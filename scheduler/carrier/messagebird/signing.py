"""MessageBird-Signature-JWT over a callback: HS256, with hashes of the whole address and of the body. Pure.

Source: developers.messagebird.com, signed requests; the body's hash is there only if there is a body.
"""

import base64
import datetime as dt
import hashlib
import hmac
import json
from typing import Final

HEADER: Final = "MessageBird-Signature-JWT"
VALID_SECONDS: Final = 60


def sign(url: str, body: bytes, signing_key: str, *, now: dt.datetime, nonce: str) -> str:
    """Return the token of a callback made at `now`; `nonce` is one that no other callback has."""
    issued = int(now.timestamp())
    claims: dict[str, str | int] = {
        "iss": "MessageBird",
        "nbf": issued,
        "exp": issued + VALID_SECONDS,
        "jti": nonce,
        "url_hash": hashlib.sha256(url.encode("utf-8", "surrogatepass")).hexdigest(),
    }
    if body:
        claims["payload_hash"] = hashlib.sha256(body).hexdigest()
    return encode({"alg": "HS256", "typ": "JWT"}, claims, signing_key)


def encode(header: object, claims: object, signing_key: str) -> str:
    """Return a token signed by HMAC-SHA256 (RFC 7515, compact)."""
    said = ".".join(_part(json.dumps(each, separators=(",", ":")).encode()) for each in (header, claims))
    return f"{said}.{_part(hmac.new(signing_key.encode(), said.encode(), hashlib.sha256).digest())}"


def _part(octets: bytes) -> str:
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()
