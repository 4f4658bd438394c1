"""What makes a job unique for ever, as a UUID. Pure: the words of an identity come in, their hash goes out.

Contact, number and sender are no part of it: a job follows a changed number.
"""

import functools
import hashlib
import json
import uuid

from jobs.records.columns import uuid_of
from jobs.states import Origin


def reminder_identity(  # noqa: PLR0913 - a reminder's identity has seven parts
    *, practice: str, rule: str, step: str, occasion_id: uuid.UUID, role: str, anchor: str, repeat: int = 1
) -> uuid.UUID:
    """Return a reminder's identity; `anchor` is the occasion's local wall time as given (an `on:` step's: a count)."""
    of_step = _canonical(Origin.REMINDER, practice, rule, step)
    return _hash(f'[{of_step},"{occasion_id.hex}",{_canonical(role, anchor)},{repeat}]')


def correction_identity(*, practice: str, occasion_id: uuid.UUID, role: str, change_count: int) -> uuid.UUID:
    """Return the identity of the correction that tells a role of an occasion's change number `change_count`."""
    return _hash(_json(Origin.CORRECTION, practice, occasion_id.hex, role, change_count))


def acknowledgement_identity(*, practice: str, text_id: uuid.UUID) -> uuid.UUID:
    """Return the identity of the acknowledgement of an inbound text."""
    return _hash(_json(Origin.ACKNOWLEDGEMENT, practice, text_id.hex))


def one_off_identity(*, practice: str, idempotency_key: str, recipient: str) -> uuid.UUID:
    """Return a one-off's identity; `recipient` is the contact's ref or the number, as the sender of it named it."""
    return _hash(_json(Origin.ONE_OFF, practice, idempotency_key, recipient))


def again_identity(*, job_id: uuid.UUID, count: int) -> uuid.UUID:
    """Return the identity of sending a job again for the `count`th time."""
    return _hash(_json("again", job_id.hex, count))


def _hash(canonical: str) -> uuid.UUID:
    """Return BLAKE2b (RFC 7693) over canonical JSON."""
    return uuid_of(int.from_bytes(hashlib.blake2b(canonical.encode(), digest_size=16).digest(), "big"))


def _json(*parts: str | int) -> str:
    return json.dumps(parts, ensure_ascii=True, separators=(",", ":"))


@functools.lru_cache(maxsize=4096)
def _canonical(*parts: str) -> str:
    """Return strings as they stand inside a JSON array: those of a bulk repeat a few steps and many a moment."""
    return _json(*parts)[1:-1]
