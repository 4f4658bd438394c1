"""Pictures and files that came with inbound texts, each at an address of the account's and one of the store behind it.

As Twilio keeps them: the account's address asks for its credentials and sends on to a store that asks for none. In
memory only: a carrier that is started again has them no more.
"""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from jobs.errors import InputError
from scheduler.carrier.addresses import is_address

USUAL_KIND: Final = "image/jpeg"
MOST_BYTES: Final = 32 * 1024 * 1024
_KNOWN: Final = frozenset({"type", "content", "bytes", "redirect"})
_KIND: Final = re.compile(r"[\w.+-]{1,60}/[\w.+-]{1,60}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Enclosed:
    """What came with a text; `redirect`: an address where the account's own sends on to, instead of the store."""

    kind: str = USUAL_KIND
    content: bytes = field(default=b"", repr=False)
    redirect: str | None = None


class Shelf:
    """All of it, found by the text and its own id, or by the store's key."""

    def __init__(self) -> None:
        """Begin empty."""
        self._kept: dict[tuple[str, str], tuple[str, Enclosed]] = {}

    def put(self, text_id: str, media_id: str, key: str, enclosed: Enclosed) -> None:
        """Keep something that came with a text; `key` is what opens it at the store."""
        self._kept[text_id, media_id] = (key, enclosed)

    def behind(self, text_id: str, media_id: str) -> tuple[str, Enclosed] | None:
        """Return the store's key of something, and the thing."""
        return self._kept.get((text_id, media_id))

    def at(self, key: str) -> Enclosed | None:
        """Return what the store has under a key."""
        return next((enclosed for kept, enclosed in self._kept.values() if kept == key), None)

    def forget(self, text_id: str, media_id: str) -> None:
        """Delete something."""
        self._kept.pop((text_id, media_id), None)


def enclosed_of(said: object) -> Enclosed | str:
    """Return what comes with a text, as the control door is told it: an address as it is, or what is to be kept here.

    An object has a `type` and its `content` in base64, or as many `bytes` as are to be made up, or a `redirect`.

    Raises:
        InputError: it is neither, or cannot be.

    """
    if isinstance(said, str):
        return said
    if not isinstance(said, Mapping) or not said or set(said) - _KNOWN:
        message = f"inbound: one of media is an address, or an object with {', '.join(sorted(_KNOWN))}"
        raise InputError(message)
    kind, redirect = said.get("type", USUAL_KIND), said.get("redirect")
    if not isinstance(kind, str) or not _KIND.fullmatch(kind):
        message = "inbound: the type of media is such as image/jpeg"
        raise InputError(message)
    if redirect is not None and not (isinstance(redirect, str) and is_address(redirect)):
        message = "inbound: the redirect of media is an address"
        raise InputError(message)
    return Enclosed(kind, _content(said), redirect)


def _content(said: Mapping[str, object]) -> bytes:
    size = said.get("bytes", 0)
    if type(size) is not int or not 0 <= size <= MOST_BYTES:
        message = f"inbound: the bytes of media are a number up to {MOST_BYTES}"
        raise InputError(message)
    try:
        given = base64.b64decode(str(said.get("content", "")), validate=True)
    except (binascii.Error, ValueError):
        message = "inbound: the content of media is base64"
        raise InputError(message) from None
    return given or b"\xff" * size
