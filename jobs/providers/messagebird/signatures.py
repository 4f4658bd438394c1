"""MessageBird's signature of a callback: a JWT over the whole address and the raw body. Pure; `now` is passed in.

Source: developers.messagebird.com/docs/verify-http-requests; RFC 7515 and 7519. HMAC only, its key is not the access
key, one second of leeway. The older signature (over the query and the body, not the address) counts as none.
"""

import base64
import binascii
import datetime as dt
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Final

from jobs.providers.contract import Callback
from jobs.providers.http.callbacks import header

HEADER: Final = "MessageBird-Signature-JWT"
LEEWAY_SECONDS: Final = 1.0
LONGEST: Final = 8_192
FARTHEST_SECONDS: Final = 1e11
_HASHES: Final = {"HS256": hashlib.sha256, "HS384": hashlib.sha384, "HS512": hashlib.sha512}


def why_forged(callback: Callback, key: str, now: dt.datetime) -> str | None:
    """Return why a callback was not signed with this key, for this address, body and moment; None: it was."""
    claims = _verified_claims(header(callback, HEADER) or "", key)
    if claims is None:
        return "its signature is missing or wrong"
    hashed = claims.get("payload_hash")
    checks = {
        "it is signed by another issuer": claims.get("iss") == "MessageBird",
        "its signature is of another moment": _is_of(now, claims),
        "it is signed for another address": _is_hash_of(
            callback.url.encode("utf-8", "replace"), claims.get("url_hash")
        ),
        "it is signed for another body": _is_hash_of(callback.body, hashed) if callback.body else not hashed,
    }
    return next((reason for reason, holds in checks.items() if not holds), None)


def _verified_claims(token: str, key: str) -> Mapping[str, object] | None:
    parts = token.split(".")
    if not key or len(parts) != 3 or len(token) > LONGEST or not token.isascii():  # noqa: PLR2004 - RFC 7515 section 3.1
        return None
    head, given = _object(parts[0]), _bytes(parts[2])
    named = head.get("alg") if head else None
    algorithm = _HASHES.get(named) if isinstance(named, str) else None
    if algorithm is None or given is None:
        return None
    expected = hmac.new(key.encode(), f"{parts[0]}.{parts[1]}".encode(), algorithm).digest()
    return _object(parts[1]) if hmac.compare_digest(given, expected) else None


def _is_of(now: dt.datetime, claims: Mapping[str, object]) -> bool:
    start, end, moment = _seconds(claims.get("nbf")), _seconds(claims.get("exp")), now.timestamp()
    return start is not None and end is not None and start - LEEWAY_SECONDS <= moment < end + LEEWAY_SECONDS


def _is_hash_of(content: bytes, given: object) -> bool:
    text = given if isinstance(given, str) else ""
    return hmac.compare_digest(hashlib.sha256(content).hexdigest().encode(), text.encode("utf-8", "replace"))


def _seconds(value: object) -> float | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number and isinstance(value, int | float) and abs(value) < FARTHEST_SECONDS else None


def _object(part: str) -> Mapping[str, object] | None:
    try:
        read = json.loads(_bytes(part) or b"")
    except (ValueError, RecursionError):
        return None
    return read if isinstance(read, dict) else None


def _bytes(part: str) -> bytes | None:
    try:
        return base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        return None
