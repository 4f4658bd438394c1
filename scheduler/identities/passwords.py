"""Passwords: judged, hashed by argon2id, compared. Words come in, a hash or a verdict goes out; nothing is stored.

Argon2id with the library's parameters (RFC 9106 section 4, second choice: 64 MiB, 3 passes, 4 lanes).
"""

import functools
import secrets
import threading
import unicodedata
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from jobs.errors import InputError

SHORTEST, LONGEST = 12, 1000
"""In characters; NIST SP 800-63B asks for eight or more and for no rules of composition."""
FEWEST_DIFFERENT: Final = 5
_GENERATED_BYTES: Final = 15
_AT_ONCE: Final = 4
"""Each comparison takes 64 MiB: a flood of attempts waits here instead of filling the machine."""

_hasher = PasswordHasher()
_room = threading.BoundedSemaphore(_AT_ONCE)


def hashed(password: str, name: str) -> str:
    """Return what is kept of a user's new password.

    Raises:
        InputError: it is too short, too long, or too easily guessed.

    """
    problem = _problem(password, name)
    if problem is not None:
        raise InputError(problem)
    with _room:
        return _hasher.hash(_bytes(password))


def matches(kept: str | None, password: str) -> bool:
    """Tell whether a password is the one that a hash was made of; None takes the same time and is never matched."""
    nobodys = _nobodys()
    fits = len(password) <= LONGEST
    with _room:
        try:
            _hasher.verify(kept or nobodys, _bytes(password if fits else ""))
        except (VerificationError, InvalidHashError):
            return False
    return kept is not None and fits


def is_outdated(kept: str) -> bool:
    """Tell whether a hash was made with other parameters than today's."""
    return _hasher.check_needs_rehash(kept)


def rehashed(password: str) -> str:
    """Return a hash with today's parameters of a password that matched; its strength is not judged again."""
    with _room:
        return _hasher.hash(_bytes(password))


def generated() -> str:
    """Return a new password of 120 random bits."""
    return secrets.token_urlsafe(_GENERATED_BYTES)


def _problem(password: str, name: str) -> str | None:
    if len(password) < SHORTEST:
        return f"the password is too short: {SHORTEST} characters or more"
    if len(password) > LONGEST:
        return f"the password is too long: at most {LONGEST} characters"
    if len(set(password.casefold())) < FEWEST_DIFFERENT:
        return f"the password is too plain: use {FEWEST_DIFFERENT} different characters or more"
    if name.casefold() in password.casefold() and len(password) - len(name) < SHORTEST // 2:
        return "the password is little more than the name"
    return None


def _bytes(password: str) -> bytes:
    """Return the password in one spelling: a keyboard may send `é` as one character or as two (NIST SP 800-63B)."""
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")


@functools.cache
def _nobodys() -> str:
    return _hasher.hash(secrets.token_bytes(16))
