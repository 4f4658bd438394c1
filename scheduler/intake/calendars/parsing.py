"""Parses a calendar in a child process with a hard limit of time and memory: bytes in, events or a sentence out.

Nothing that a file does to a parser reaches this process. The child inherits no environment and no secret.
"""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import Final

from scheduler.intake.calendars.events import MOST_BYTES, Event, Unread, Wanted

CHILD: Final = "scheduler.intake.calendars.child"


@dataclass(frozen=True, slots=True)
class Limits:
    """What the child may use: seconds by the clock (and as many of the processor), bytes of memory."""

    seconds: float = 30
    memory: int = 512 * 1024 * 1024


def parse(body: bytes, wanted: Wanted, limits: Limits = Limits()) -> tuple[Event, ...] | Unread:
    """Return the events inside the horizon, earliest first, or why the calendar cannot be read whole."""
    if len(body) > MOST_BYTES:
        return Unread(f"it has more than {MOST_BYTES // 2**20} MB")
    given = json.dumps(wanted.as_json()).encode() + b"\n" + body
    try:
        done = subprocess.run(  # noqa: S603 - our own module, run by this very Python
            [sys.executable, "-m", CHILD, str(max(1, round(limits.seconds))), str(limits.memory)],
            input=given,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=limits.seconds,
            check=False,
            env={"PYTHONPATH": os.pathsep.join(sys.path), "PYTHONSAFEPATH": "1", "PYTHONUTF8": "1"},
        )
    except subprocess.TimeoutExpired:
        return Unread(_too_slow(limits))
    return _read(done, limits)


def _read(done: "subprocess.CompletedProcess[bytes]", limits: Limits) -> tuple[Event, ...] | Unread:
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        answer = None
    if done.returncode != 0 or not isinstance(answer, dict):
        return Unread(
            f"it could not be read within {limits.seconds:g} seconds and {limits.memory // 2**20} MB of memory"
        )
    if "problem" in answer:
        return Unread(str(answer["problem"]))
    return tuple(Event.of_json(each) for each in answer["events"])


def _too_slow(limits: Limits) -> str:
    return f"it takes more than {limits.seconds:g} seconds to read: let it hold fewer events and simpler series"
