"""The ledger: one JSON object a line, only ever appended, synced to disk before a text is answered for.

It outlives a kill: a line is handed to the system as soon as it is known, and a torn last line is left and skipped.
"""

import asyncio
import json
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

from jobs.clock import Clock
from jobs.errors import ConfigurationError

_ONLY_OURS: Final = 0o600


class Ledger:
    """Appends lines to a file, or to nothing where there is no path. One loop at a time."""

    def __init__(self, path: Path | None, clock: Clock, *, is_synced: bool = True) -> None:
        """Open the file for appending; what a kill has torn off is closed with a line end.

        Without `is_synced` a line outlives a kill of the carrier, but not of the machine; it spares a slow disk.

        Raises:
            ConfigurationError: the file cannot be opened.

        """
        self._clock = clock
        self._is_synced = is_synced
        self.path = path
        self._file = None if path is None else _open(path)
        self._syncing = ThreadPoolExecutor(1, "ledger")
        self._round: asyncio.Task[None] | None = None
        self._next: asyncio.Task[None] | None = None
        self._lines = 0
        if self._file is not None and path is not None and _is_torn(path):
            os.write(self._file, b"\n")

    def write(self, what: str, **said: object) -> int:
        """Append one line with the present moment and return its number in this run, from 1."""
        self._lines += 1
        if self._file is not None:
            row = {"at": self._clock.now().isoformat(), "what": what, **said}
            os.write(self._file, json.dumps(row, default=str).encode() + b"\n")
        return self._lines

    async def safe(self) -> None:
        """Return once all that was written so far is on disk; those who wait at a time share one sync."""
        if self._file is None or not self._is_synced:
            return
        if self._round is None or self._round.done():
            self._round = asyncio.create_task(self._sync(None))
            await asyncio.shield(self._round)
            return
        # The running sync may have begun before our line: the one after it is ours.
        if self._next is None or self._next.done():
            self._next = asyncio.create_task(self._sync(self._round))
        await asyncio.shield(self._next)

    def close(self) -> None:
        """Sync and close."""
        self._syncing.shutdown()
        if self._file is not None:
            os.fsync(self._file)
            os.close(self._file)
            self._file = None

    async def _sync(self, after: "asyncio.Task[None] | None") -> None:
        if after is not None:
            await asyncio.wait([after])
            self._round, self._next = self._next, None
        if self._file is not None:
            await asyncio.get_running_loop().run_in_executor(self._syncing, os.fdatasync, self._file)


def read_ledger(path: Path) -> Iterator[dict[str, Any]]:
    """Return the lines of a ledger, oldest first; a line that a kill has torn is left out, none where no file is."""
    if not path.is_file():
        return
    with path.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            try:
                row = json.loads(line)
            except ValueError:
                continue
            if isinstance(row, dict):
                yield row


def _open(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, _ONLY_OURS)
    except OSError as problem:
        message = f"carrier: the ledger {path} cannot be opened: {problem.strerror}"
        raise ConfigurationError(message) from problem


def _is_torn(path: Path) -> bool:
    with path.open("rb") as file:
        if file.seek(0, os.SEEK_END) == 0:
            return False
        file.seek(-1, os.SEEK_END)
        return file.read(1) != b"\n"
