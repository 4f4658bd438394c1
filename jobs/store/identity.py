"""What makes a job unique for ever, as a UUID. Pure: the words of an identity come in, their hash goes out.

Contact, number and sender are no part of it: a job follows a changed number.
"""

import hashlib
import json
import uuid

from jobs.states import Origin


def reminder_identity(  # noqa: PLR0913 - a reminder's identity has seven parts
    *, practice: str, rule: str, step: str, occasion_id: uuid.UUID, role: str, anchor: str, repeat: int = 1
) -> uuid.UUID:
    """Return a reminder's identity; `anchor` is the occasion's local wall time as given (an `on:` step's: the count)."""
    return _hash(Origin.REMINDER, practice, rule, step, occasion_id.hex, role, anchor, repeat)


def correction_identity(*, practice: str, occasion_id: uuid.UUID, role: str, change_count: int) -> uuid.UUID:
    """Return the identity of the correction that tells a role of an occasion's change number `change_count`."""
    return _hash(Origin.CORRECTION, practice, occasion_id.hex, role, change_count)


def acknowledgement_identity(*, practice: str, text_id: uuid.UUID) -> uuid.UUID:
    """Return the identity of the acknowledgement of an inbound text."""
    return _hash(Origin.ACKNOWLEDGEMENT, practice, text_id.hex)


def one_off_identity(*, practice: str, idempotency_key: str, recipient: str) -> uuid.UUID:
    """Return a one-off's identity; `recipient` is the contact's ref or the number, as the sender of it named it."""
    return _hash(Origin.ONE_OFF, practice, idempotency_key, recipient)


def again_identity(*, job_id: uuid.UUID, count: int) -> uuid.UUID:
    """Return the identity of sending a job again for the `count`th time."""
    return _hash("again", job_id.hex, count)


def _hash(*parts: str | int) -> uuid.UUID:
    """Return 16 bytes of BLAKE2b (RFC 7693) over the parts as canonical JSON."""
    canonical = json.dumps(parts, ensure_ascii=True, separators=(",", ":")).encode()
    return uuid.UUID(bytes=hashlib.blake2b(canonical, digest_size=16).digest())
