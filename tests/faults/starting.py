"""Starts victims and watches them: an order in, a process that runs, freezes and ends out. All waits are bounded."""

import contextlib
import itertools
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.faults.orders import Order

ROOT = Path(__file__).parent.parent.parent
WAIT_SECONDS = 60.0
LOOK_SECONDS = 0.01


def wait_until(holds: Callable[[], bool], what: Callable[[], str]) -> None:
    """Wait until something holds; fail with `what` where it does not in time."""
    pause = threading.Event()
    for _ in range(int(WAIT_SECONDS / LOOK_SECONDS)):
        if holds():
            return
        pause.wait(LOOK_SECONDS)
    message = f"not within {WAIT_SECONDS:.0f} seconds: {what()}"
    raise AssertionError(message)


@dataclass(frozen=True, slots=True)
class Victim:
    """A process that was given an order."""

    pid: int
    order: Order
    log: Path

    @property
    def code(self) -> int | None:
        """Return its exit code, a signal's number negative; None while it lives."""
        noted = self.log.with_suffix(".ended")
        return int(noted.read_text(encoding="ascii")) if noted.exists() else None

    def said(self) -> str:
        """Return everything that it has said so far."""
        return self.log.read_text(encoding="utf-8") if self.log.exists() else ""

    def wait(self) -> int:
        """Wait for its end and return its exit code."""
        wait_until(
            lambda: self.code is not None, lambda: f"the end of {self.order}, which said:\n{self.said()[-2000:]}"
        )
        assert self.code is not None
        return self.code

    def wait_for_death(self) -> None:
        """Wait for its end, by the signal that was meant for it and nothing else."""
        assert self.wait() == -self.order.signal, f"{self.order} ended with {self.code}:\n{self.said()[-3000:]}"

    def wait_for_frost(self) -> None:
        """Wait until it stands still by SIGSTOP; fail where it ends instead."""
        wait_until(lambda: self._is_frozen() or self.code is not None, lambda: f"the frost of {self.order}")
        assert self.code is None, f"{self.order} ended with {self.code}:\n{self.said()[-3000:]}"

    def wait_for_word(self, word: str) -> None:
        """Wait until it has said a word."""
        wait_until(lambda: word in self.said() or self.code is not None, lambda: f"{word!r} of {self.order}")
        assert word in self.said(), f"{self.order} ended with {self.code}:\n{self.said()[-3000:]}"

    def wake(self) -> None:
        """Let it go on after a frost."""
        os.kill(self.pid, signal.SIGCONT)

    def kill(self) -> None:
        """Kill it, frozen or not, and wait for its end."""
        if self.code is None:
            os.kill(self.pid, signal.SIGKILL)
            self.wait()

    def _is_frozen(self) -> bool:
        """Tell whether it is stopped: the state after the name in /proc/PID/stat, proc(5)."""
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            stat = Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii", errors="replace")
            return stat.rpartition(")")[2].split()[0] == "T"
        return False


class Victims:
    """The victims of a test run, each a fork of one process that stands by."""

    def __init__(self, logs: Path) -> None:
        """Start the process that stands by; logs go to the folder."""
        self._logs = logs
        self._numbers = itertools.count(1)
        self._started: list[Victim] = []
        self._standing_by = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.victim"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def start(self, order: Order) -> Victim:
        """Start a victim."""
        log = self._logs / f"{next(self._numbers):03d}-{order.act}-{order.at or 'whole'}.log"
        assert self._standing_by.stdin is not None
        assert self._standing_by.stdout is not None
        self._standing_by.stdin.write(order.to_line(log).encode())
        self._standing_by.stdin.flush()
        victim = Victim(int(self._standing_by.stdout.readline()), order, log)
        self._started.append(victim)
        return victim

    def end(self) -> None:
        """Kill every victim of this test that is still there."""
        for victim in self._started:
            victim.kill()
        self._started.clear()

    def close(self) -> None:
        """End the process that stands by."""
        self.end()
        self._standing_by.communicate()
