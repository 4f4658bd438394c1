"""Callbacks: the address that a provider is given, and what is in the request that comes back. Pure.

The attempt's id goes out in the address's query and comes back in it, signed along with it.
"""

import uuid
from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from jobs.providers.contract import Callback

ATTEMPT: Final = "attempt"
RECEIPT: Final = "receipt"
INBOUND: Final = "inbound"
MOST_FIELDS: Final = 500


def callback_address(base: str, provider: str, attempt_id: uuid.UUID) -> str:
    """Return where a provider is to tell of an attempt's fate; `base` is the installation's public address."""
    return f"{base.rstrip('/')}/callbacks/{provider}/{RECEIPT}?{ATTEMPT}={attempt_id}"


def inbound_address(base: str, provider: str) -> str:
    """Return where a provider is to bring the texts that people send; a person enters it there."""
    return f"{base.rstrip('/')}/callbacks/{provider}/{INBOUND}"


def attempt_in(callback: Callback) -> uuid.UUID | None:
    """Return the attempt's id from a callback's address, or None where there is none."""
    return attempt_from(query_of(callback).get(ATTEMPT))


def attempt_from(text: str | None) -> uuid.UUID | None:
    """Return an attempt's id as it was given to a provider, or None for anything else."""
    try:
        found = uuid.UUID(text or "")
    except ValueError:
        return None
    return found if text in {str(found), found.hex} else None


def header(callback: Callback, name: str) -> str | None:
    """Return a header's value, whatever the case of its name; None where it is missing."""
    wanted = name.lower()
    return next((value for key, value in callback.headers.items() if key.lower() == wanted), None)


def query_of(callback: Callback) -> Mapping[str, str]:
    """Return the fields of a callback's query, the last of each name; blank ones too."""
    try:
        return dict(fields_of(urlsplit(callback.url).query))
    except ValueError:
        return {}


def form_of(callback: Callback) -> Mapping[str, str]:
    """Return the fields of a callback's form, the last of each name; blank ones too."""
    return dict(fields_of(callback.body.decode("utf-8", "replace")))


def fields_of(encoded: str) -> list[tuple[str, str]]:
    """Return the pairs of an encoded form, untrimmed, blank ones too; none of one with more fields than any has."""
    try:
        return parse_qsl(encoded, keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        return []
