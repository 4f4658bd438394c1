"""The provider that only prints: one calm line a text, and a line of JSON in a ledger file that survives a crash.

The ledger proves what went out: its line is on the disk before the text counts as accepted.
"""

import contextlib
import json
import os
import threading
from pathlib import Path

from jobs.clock import Clock
from jobs.providers.contract import Accepted, Capabilities, NotWritten, Outcome, Refused, SendRequest
from jobs.providers.setup import Setup, Sink


class TerminalProvider:
    """Prints texts through a sink and writes them to a ledger, if it is given one."""

    id = "terminal"
    capabilities = Capabilities(at_once=50)

    def __init__(self, sink: Sink, clock: Clock, ledger: Path | None = None) -> None:
        """Print through `sink`; append to `ledger`, made at the first text."""
        self._sink = sink
        self._clock = clock
        self._ledger = ledger
        self._lock = threading.Lock()

    async def send(self, request: SendRequest) -> Outcome:
        """Print a text and return it as accepted; refuse one without words or without a number."""
        if not request.body or not request.to_number:
            return Refused("there is nothing to print" if not request.body else "there is no number to print to")
        if not request.may_write():
            return NotWritten()
        if self._ledger is not None:
            self._append(self._ledger, request)
        self._sink(f"{request.to_number}  {' '.join(request.body.split())}")
        return Accepted(f"terminal-{request.attempt_id}")

    def _append(self, ledger: Path, request: SendRequest) -> None:
        line = {
            "attempt_id": str(request.attempt_id),
            "job_id": str(request.job_id),
            "from": request.from_number,
            "to": request.to_number,
            "body": request.body,
            "at": self._clock.now().isoformat(),
        }
        written = (json.dumps(line, ensure_ascii=False) + "\n").encode()
        with self._lock, contextlib.closing(_Appending(ledger)) as file:
            file.write(written)


def make(setup: Setup) -> TerminalProvider:
    """Return the provider that prints; it needs nothing set up."""
    return TerminalProvider(setup.sink, setup.clock, setup.ledger)


class _Appending:
    """A file opened to append whole lines (one write each, so that lines of several processes do not mix)."""

    def __init__(self, path: Path) -> None:
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def write(self, line: bytes) -> None:
        os.write(self._descriptor, line)
        os.fsync(self._descriptor)

    def close(self) -> None:
        os.close(self._descriptor)
