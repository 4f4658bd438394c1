"""Secrets that must be read again, sealed before they are stored: clear text in, sealed text out, and back.

The keys come with the database's connection; nothing here reads a setting or keeps a secret. Fernet (AES-128-CBC and
HMAC-SHA256, https://github.com/fernet/spec): the first key seals, each of them opens.
"""

import base64
import binascii
import threading
from collections.abc import Callable, Sequence
from typing import Final

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from sqlalchemy import Connection

from jobs.errors import ConfigurationError

OPTION: Final = "quietbell_keyring"
"""The connection's option that holds the keyring."""
KEY_BYTES: Final = 32
NO_KEY: Final = (
    "QUIETBELL_SECRET_KEY is not set, and secrets are stored only sealed: make one by `openssl rand -base64 32` and "
    "give it to every process"
)


class Keyring:
    """The keys of an installation, asked for when something is first sealed or opened. Safe between threads."""

    def __init__(self, load: Callable[[], Sequence[str]]) -> None:
        """Ask `load` for keys (base64 of 32 bytes each, the one that seals first), once and only when needed."""
        self._load = load
        self._lock = threading.Lock()
        self._box: MultiFernet | None = None

    def seal(self, clear: str) -> str:
        """Return what may be stored."""
        return self._opened().encrypt(clear.encode()).decode()

    def unseal(self, sealed: str) -> str:
        """Return what was sealed.

        Raises:
            ConfigurationError: none of the keys sealed it.

        """
        try:
            return self._opened().decrypt(sealed.encode()).decode()
        except InvalidToken as error:
            message = "a stored secret was sealed with a key that QUIETBELL_SECRET_KEY does not hold: put that key back"
            raise ConfigurationError(message) from error

    def _opened(self) -> MultiFernet:
        with self._lock:
            if self._box is None:
                keys = self._load()
                if not keys:
                    raise ConfigurationError(NO_KEY)
                self._box = MultiFernet([Fernet(key) for key in keys])
            return self._box


def read_key(text: str) -> str | None:
    """Return a key as Fernet takes it from base64 in either alphabet; None where it is not 32 bytes."""
    safe = text.strip().translate(str.maketrans("+/", "-_"))
    try:
        found = base64.b64decode(safe, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    return safe if len(found) == KEY_BYTES else None


def seal(connection: Connection, clear: str) -> str:
    """Return a secret sealed, with the keys of this database.

    Raises:
        ConfigurationError: no key is set.

    """
    return _keyring_of(connection).seal(clear)


def unseal(connection: Connection, sealed: str) -> str:
    """Return a secret that `seal` sealed.

    Raises:
        ConfigurationError: no key is set, or not the one that sealed it.

    """
    return _keyring_of(connection).unseal(sealed)


def _keyring_of(connection: Connection) -> Keyring:
    found: Keyring | None = connection.get_execution_options().get(OPTION)
    if found is None:
        raise ConfigurationError(NO_KEY)
    return found
