"""One process owns the ticker and the worker of a SQLite file: an operating-system lock on a file beside it.

The lock goes with its process, however that dies; the lock file stays and means nothing by itself.
"""

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from jobs.errors import ConfigurationError, RefusedError

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

# Windows locks bytes, not files: one far beyond the process id that others may read.
LOCKED_BYTE = 4096


class OwnedElsewhereError(RefusedError):
    """Another process already runs the ticker and the worker of this database file."""


@contextlib.contextmanager
def owning(file: Path | None) -> Iterator[None]:
    """Own `file` while the block runs; None (a server's database, one in memory) needs no owner.

    Raises:
        OwnedElsewhereError: another process owns it.
        ConfigurationError: its folder cannot be written to.

    """
    if file is None:
        yield
        return
    with _open(file) as lock:
        if not _take(lock):
            raise OwnedElsewhereError(_refusal(file, _read_owner(lock)))
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        try:
            yield
        finally:
            lock.truncate(0)


def lock_path(file: Path) -> Path:
    """Return the lock file of a database file: one for all names that lead to the same file."""
    real = file.resolve()
    return real.with_name(real.name + ".owner")


def _open(file: Path) -> IO[str]:
    path = lock_path(file)
    try:
        return path.open("a+", encoding="ascii")
    except OSError as problem:
        message = f"{path.parent} cannot hold a database: {(problem.strerror or str(problem)).lower()}"
        raise ConfigurationError(message) from problem


def _take(lock: IO[str]) -> bool:
    try:
        if sys.platform == "win32":
            lock.seek(LOCKED_BYTE)
            msvcrt.locking(lock.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _read_owner(lock: IO[str]) -> str:
    lock.seek(0)
    return lock.read(20).strip()


def _refusal(file: Path, owner: str) -> str:
    who = f"process {owner}" if owner else "another process"
    return (
        f"{file} is already run by {who}: stop that one first, or give this one its own file (QUIETBELL_DATABASE_URL)"
    )
