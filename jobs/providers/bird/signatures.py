"""Bird's signature of a callback: Standard Webhooks 1.0.0, symmetric. Pure; `now` is passed in.

Source: github.com/standard-webhooks/standard-webhooks, spec. v1 = base64(HMAC-SHA256(key, id.timestamp.body)); several
signatures while a secret is being replaced; five minutes either way.
"""

import base64
import binascii
import datetime as dt
import hashlib
import hmac
from typing import Final

from jobs.providers.contract import Callback
from jobs.providers.http.callbacks import header

TOLERANCE: Final = dt.timedelta(minutes=5)
PREFIX: Final = "whsec_"
MOST_SIGNATURES: Final = 20


def key_of(secret: str) -> bytes | None:
    """Return the key that a secret spells (with or without its prefix and padding), or None for what is none."""
    text = secret.strip().removeprefix(PREFIX).rstrip("=")
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True) or None
    except (ValueError, binascii.Error):
        return None


def why_forged(callback: Callback, key: bytes, now: dt.datetime) -> str | None:
    """Return why a callback is not one that was signed with this key, for this body and moment; None: it is."""
    found, stamp = header(callback, "webhook-id"), header(callback, "webhook-timestamp") or ""
    given = (header(callback, "webhook-signature") or "").split(" ")[:MOST_SIGNATURES]
    if not found or not (stamp.isascii() and stamp.isdecimal() and len(stamp) < 12):  # noqa: PLR2004 - far beyond every date
        return "its signature is missing or wrong"
    expected = b"v1," + signature(key, found, stamp, callback.body)
    matches = [hmac.compare_digest(expected, each.encode("utf-8", "replace")) for each in given]
    if not any(matches):
        return "its signature is missing or wrong"
    if abs(now.timestamp() - int(stamp)) > TOLERANCE.total_seconds():
        return "its signature is of another moment"
    return None


def signature(key: bytes, found: str, stamp: str, body: bytes) -> bytes:
    """Return the v1 signature of a callback's id, timestamp and body."""
    signed = f"{found}.{stamp}.".encode("utf-8", "replace") + body
    return base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest())
