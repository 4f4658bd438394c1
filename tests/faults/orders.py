"""What a victim is told to do, and where a signal meets it; plain data that travels to it as a line of JSON."""

import json
import signal
from dataclasses import asdict, dataclass
from pathlib import Path

WORK, IMPORT, PUBLISH, COMMAND = "work", "import", "publish", "command"
STEPS = ("claimed", "gated", "intended", "before_write", "written", "recorded")
"""The checkpoints of a worker's pipeline, in their order."""
TELL, STATEMENT, COMMIT = "tell", "statement", "commit"
"""Where else a signal may meet a victim: when it tells its progress, before a statement, before a commit."""

FREEZE = signal.SIGSTOP


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One victim: its act, its installation, its roles, and the signal that meets it the `nth` time it is at `at`."""

    folder: str
    database_url: str
    redis_url: str | None = None
    act: str = WORK
    at: str = ""
    nth: int = 1
    signal: int = signal.SIGKILL
    ticks: bool = True
    works: bool = True
    threads: int = 1
    until_settled: bool = True
    words: tuple[str, ...] = ()

    def to_line(self, log: Path) -> str:
        """Return it as a line, with the file that what it says goes to."""
        return json.dumps({"order": asdict(self), "log": str(log)}) + "\n"

    @staticmethod
    def from_line(line: str) -> tuple["Order", Path]:
        """Return an order and its log from such a line."""
        told = json.loads(line)
        order = told["order"]
        return Order(**(order | {"words": tuple(order["words"])})), Path(told["log"])
