"""Where the keys come from that seal stored secrets: the settings, or a file beside a SQLite database.

That file is made when a secret is first stored, readable by its owner alone. A server's database has no such file.
"""

import contextlib
import os
import secrets
from pathlib import Path
from typing import Final

from cryptography.fernet import Fernet

from jobs.errors import ConfigurationError
from jobs.sealing import Keyring, read_key
from scheduler.settings import Settings

ONLY_ITS_OWNER: Final = 0o600


def keyring_of(settings: Settings) -> Keyring:
    """Return the keyring of an installation; nothing is read or made before a secret is sealed or opened."""

    def load() -> tuple[str, ...]:
        if settings.secret_keys:
            return settings.secret_keys
        file = key_file(settings)
        if file is not None:
            return (_read(file) if file.exists() else _make(file),)
        return (Fernet.generate_key().decode(),) if settings.is_sqlite else ()

    return Keyring(load)


def key_file(settings: Settings) -> Path | None:
    """Return the file that holds the key where none is set: beside the SQLite file, else None."""
    file = settings.database_file
    return None if file is None else file.with_name(file.name + ".key")


def _make(file: Path) -> str:
    """Write a new key whole or not at all, and return the one that stands there: another process may be faster."""
    begun = file.with_name(f"{file.name}.{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(begun, os.O_CREAT | os.O_EXCL | os.O_WRONLY, ONLY_ITS_OWNER), "wb") as opened:
            opened.write(Fernet.generate_key() + b"\n")
            opened.flush()
            os.fsync(opened.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(begun, file)
        begun.unlink()
    except OSError as problem:
        message = f"{file} cannot be made: {problem.strerror}; set QUIETBELL_SECRET_KEY, or let it be written there"
        raise ConfigurationError(message) from problem
    return _read(file)


def _read(file: Path) -> str:
    try:
        key = read_key(file.read_text(encoding="ascii"))
    except (OSError, UnicodeDecodeError):
        key = None
    if key is None:
        message = f"{file} cannot be read as the key of stored secrets: put back the file that was made with them"
        raise ConfigurationError(message)
    return key
