"""A file that is there whole or not at all, readable by its owner alone, and ends in a digest of all that precedes it.

Pieces of text come in, in order; it knows nothing of what they say.
"""

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final

from jobs.errors import InputError, RefusedError

BLOCK: Final = 1 << 20
_SEAL: Final = (
    '<footer id="seal"><p>SHA-256 of every byte of this file above this line: <code>{digest}</code></p></footer>\n'
    "</body></html>\n"
)
_SEAL_LENGTH: Final = len(_SEAL.format(digest="0" * 64).encode())


@dataclass(frozen=True, slots=True)
class Seal:
    """The digest at a file's end, and whether the file is as it was written."""

    digest: str
    is_whole: bool


@dataclass(slots=True)
class Sheet:
    """An open file: what is written is counted into the digest."""

    _file: IO[bytes]
    _digest: "hashlib._Hash" = field(default_factory=hashlib.sha256)

    def write(self, text: str) -> None:
        """Add text; what UTF-8 cannot say stands as an escape."""
        self._add(text.encode("utf-8", "backslashreplace"))

    def append(self, other: IO[bytes]) -> None:
        """Add the whole of another open file."""
        other.seek(0)
        for block in iter(lambda: other.read(BLOCK), b""):
            self._add(block)

    def seal(self) -> str:
        """End the file and return its digest."""
        digest = self._digest.hexdigest()
        self._file.write(_SEAL.format(digest=digest).encode())
        self._file.flush()
        os.fsync(self._file.fileno())
        return digest

    def _add(self, written: bytes) -> None:
        self._digest.update(written)
        self._file.write(written)


@contextlib.contextmanager
def sealed_file(target: Path, *, force: bool) -> Iterator[Sheet]:
    """Give a sheet; when the block ends well it becomes `target` at once, else nothing is left of it.

    Raises:
        RefusedError: there is such a file already, and `force` is not set.
        InputError: it cannot be written there.

    """
    _must_be_free(target, force=force)
    try:
        handle, name = tempfile.mkstemp(prefix=f".{target.name[:100]}-", suffix=".part", dir=target.parent)
    except OSError as problem:
        raise InputError(_unwritable(target, problem)) from problem
    made = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            yield Sheet(file)
        _put(made, target, force=force)
    except OSError as problem:
        raise InputError(_unwritable(target, problem)) from problem
    finally:
        made.unlink(missing_ok=True)


@contextlib.contextmanager
def spooled_beside(target: Path) -> Iterator[IO[bytes]]:
    """Give a file without a name beside `target`, gone at the end: for what is written first and belongs later."""
    with tempfile.TemporaryFile(dir=target.parent) as spool:
        yield spool


def check_seal(file: Path) -> Seal:
    """Return a file's seal, and whether every byte is as it was when the file was written.

    Raises:
        InputError: it cannot be read, or is no such file.

    """
    try:
        with file.open("rb") as opened:
            content = file.stat().st_size - _SEAL_LENGTH
            digest = hashlib.sha256()
            for block in _blocks(opened, content):
                digest.update(block)
            tail = opened.read()
    except OSError as problem:
        message = f"{file} cannot be read: {problem.strerror}"
        raise InputError(message) from problem
    written = tail.decode("utf-8", "replace")
    before, _, _ = _SEAL.partition("{digest}")
    if content < 0 or not written.startswith(before):
        message = f"{file} does not end in the seal of a proof: it is none, or its end was changed"
        raise InputError(message)
    stated = written.removeprefix(before)[:64]
    return Seal(stated, is_whole=written == _SEAL.format(digest=digest.hexdigest()))


def _blocks(opened: IO[bytes], count: int) -> Iterable[bytes]:
    left = max(count, 0)
    while left and (block := opened.read(min(BLOCK, left))):
        left -= len(block)
        yield block


def _must_be_free(target: Path, *, force: bool) -> None:
    if target.is_dir():
        message = f"{target} is a folder: name a file"
        raise InputError(message)
    if not force and (target.exists() or target.is_symlink()):
        message = f"{target} exists already: --force replaces it, --out names another; nothing was written"
        raise RefusedError(message)


def _put(made: Path, target: Path, *, force: bool) -> None:
    """Give the file its name; without force in a way that fails where somebody else took the name meanwhile."""
    if force:
        made.replace(target)
        return
    try:
        target.hardlink_to(made)
    except FileExistsError:
        _must_be_free(target, force=False)
        raise
    except OSError:  # a file system without hard links
        _must_be_free(target, force=False)
        made.rename(target)


def _unwritable(target: Path, problem: OSError) -> str:
    return f"{target} cannot be written: {(problem.strerror or 'it failed').lower()}"
