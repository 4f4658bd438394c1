"""Twilio's signature of a callback: verified over the public address and the form, or the hash of a JSON body. Pure.

Source: twilio.com/docs/usage/security. base64(HMAC-SHA1(token, address + each name and value, sorted, once)). Twilio
signs with or without the port, inconsistently; a fragment is never signed. There is no moment in it: a callback that
comes again is told by its ids.
"""

import base64
import hashlib
import hmac
from collections.abc import Iterable, Sequence
from urllib.parse import SplitResult, urlsplit, urlunsplit

from jobs.providers.contract import Callback
from jobs.providers.http.callbacks import fields_of, header

_HASH = "bodySHA256"
_PORTS = {"https": 443, "http": 80}


def is_signed(callback: Callback, tokens: Sequence[str]) -> bool:
    """Tell whether a callback carries the signature of one of these tokens; takes as long whatever is wrong."""
    given = (header(callback, "X-Twilio-Signature") or "").encode("utf-8", "replace")
    try:
        address = urlsplit(callback.url)
        written = _spellings(address)
    except ValueError:
        return False
    fields = _signed_fields(callback, address)
    if fields is None:
        return False
    expected = [signature(token, url, fields) for token in tokens if token for url in written]
    matches = [hmac.compare_digest(given, each.encode()) for each in expected]
    return any(matches)


def signature(token: str, url: str, fields: Iterable[tuple[str, str]]) -> str:
    """Return the signature of an address and a form's fields, each pair once, in order."""
    signed = url + "".join(name + value for name, value in sorted(set(fields)))
    digest = hmac.new(token.encode(), signed.encode("utf-8", "replace"), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()


def _signed_fields(callback: Callback, address: SplitResult) -> list[tuple[str, str]] | None:
    """Return the fields that are signed: none where the address carries the body's hash; None if that is wrong."""
    hashes = [value for name, value in fields_of(address.query) if name == _HASH]
    if not hashes:
        return fields_of(callback.body.decode("utf-8", "replace"))
    found = hashlib.sha256(callback.body).hexdigest().encode()
    return [] if hmac.compare_digest(found, hashes[-1].lower().encode("utf-8", "replace")) else None


def _spellings(address: SplitResult) -> tuple[str, str]:
    """Return an address without and with its port; the one that is left out elsewhere where it has none."""
    host = address.netloc.rpartition(":")[0] if address.port is not None else address.netloc.removesuffix(":")
    port = address.port if address.port is not None else _PORTS.get(address.scheme, 443)
    bare = address._replace(netloc=host, fragment="")
    return urlunsplit(bare), urlunsplit(bare._replace(netloc=f"{host}:{port}"))
