"""A clock that a test and all its victims share through a file: it runs on, and jumps for all of them at once.

A frozen victim finds it jumped when it is woken, as the machine's own clock would have run on meanwhile.
"""

import datetime as dt
import mmap
import struct
from pathlib import Path

from jobs.clock import SystemClock, steady_seconds

_CELL = struct.Struct("<dd")


class SharedClock:
    """The machine's clock, moved by what the file says. Any number of processes open the same file."""

    def __init__(self, file: Path) -> None:
        """Open a clock that `begin` made."""
        with file.open("r+b") as opened:
            self._cell = mmap.mmap(opened.fileno(), _CELL.size)

    @classmethod
    def begin(cls, file: Path, start: dt.datetime) -> "SharedClock":
        """Make the file of a clock that shows `start` (aware) now."""
        file.write_bytes(_CELL.pack((start - SystemClock().now()).total_seconds(), 0.0))
        return cls(file)

    def now(self) -> dt.datetime:
        """Return the present moment, in UTC."""
        shift, jumped = _CELL.unpack_from(self._cell)
        return SystemClock().now() + dt.timedelta(seconds=shift + jumped)

    def steady(self) -> float:
        """Return the steady seconds that go with it."""
        _, jumped = _CELL.unpack_from(self._cell)
        return steady_seconds() + float(jumped)

    def jump(self, by: dt.timedelta) -> None:
        """Let time pass at once, for everybody."""
        shift, jumped = _CELL.unpack_from(self._cell)
        _CELL.pack_into(self._cell, 0, shift, jumped + by.total_seconds())

    def close(self) -> None:
        """Let go of the file."""
        self._cell.close()
