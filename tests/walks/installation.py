"""An installation in a folder of its own: a small practice that may text at any hour, CSV files, and the real command.

The practice's sending window never closes, so that a walk does not depend on the hour at which it runs.
"""

import datetime as dt
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("America/Toronto")
COMMAND = Path(sys.executable).with_name("quietbell")
COMPILED = Path(__file__).parent.parent.parent / ".pytest_cache" / "compiled"
PRACTICE = """\
practice: harbour
name: Harbour Clinic
timezone: America/Toronto
country: CA
languages: [en]
sending_window: {mon-sun: "00:00-24:00", holidays: "00:00-24:00"}
senders:
  - {id: main, number: "+15145550100", provider: terminal, segments_per_second: 100}
"""
RULES = """\
rules:
  - id: visit
    for: appointment
    steps:
      - {id: day-before, before: 1 day, at: "10:00", template: visit, if_late: send_now}
"""
TEMPLATE = "{{ contact.first_name }}, your visit is on {{ occasion.start | date }} at {{ occasion.start | time }}.\n"


@dataclass(frozen=True, slots=True)
class Done:
    """What a command that ended said."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        """Return what it printed as JSON."""
        return json.loads(self.out)


@dataclass(frozen=True, slots=True)
class Installation:
    """A folder with rules, and the environment in which `quietbell` runs there."""

    folder: Path
    settings: Mapping[str, str] = field(default_factory=dict)

    def run(self, *words: str, given: str = "") -> Done:
        """Run `quietbell` to its end; it has no terminal."""
        ended = subprocess.run(
            [COMMAND, *words],
            cwd=self.folder,
            env=self.environment(),
            input=given,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=120,
            check=False,
        )
        return Done(ended.returncode, ended.stdout, ended.stderr)

    def start(self, *words: str, **settings: str) -> "Running":
        """Start `quietbell` and leave it running; its output goes to files in the folder."""
        name = f"{'-'.join(words)}-{len(list(self.folder.glob('*.err')))}"
        out, err = self.folder / f"{name}.out", self.folder / f"{name}.err"
        with out.open("wb") as to_out, err.open("wb") as to_err:
            process = subprocess.Popen(
                [COMMAND, *words],
                cwd=self.folder,
                env={**self.environment(), **settings},
                stdin=subprocess.DEVNULL,
                stdout=to_out,
                stderr=to_err,
            )
        return Running(process, out, err)

    def environment(self) -> dict[str, str]:
        """Return the machine's environment without Quietbell's variables of outside, with those of this folder."""
        outside = {name: value for name, value in os.environ.items() if not name.startswith("QUIETBELL_")}  # noqa: TID251 - a child needs PATH and its like
        # Each command is a process: what one of them compiled, the next need not compile again.
        outside.pop("PYTHONDONTWRITEBYTECODE", None)
        return {**outside, "PYTHONPYCACHEPREFIX": str(COMPILED), **self.settings}

    def write(self, name: str, text: str) -> Path:
        """Write a file below the folder."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def write_practice(self, practice: str = PRACTICE, rules: str = RULES) -> None:
        """Write the small practice's rules and its template."""
        self.write("rules/harbour/practice.yaml", practice)
        self.write("rules/harbour/visits.yaml", rules)
        self.write("templates_sms/visit.en.txt.j2", TEMPLATE)

    def write_contacts(self, count: int = 2) -> Path:
        """Write contacts C-1 to C-<count>, whose numbers are of the range kept for fiction."""
        lines = [f"C-{each},Person {each},Pat,+1 416 555 {each + 99:04d},en" for each in range(1, count + 1)]
        return self.write("contacts.csv", "\n".join(["ref,name,first_name,phone,language", *lines]) + "\n")

    def write_visits(self, starts: Sequence[dt.datetime]) -> Path:
        """Write one appointment a start, A-1, A-2, …, each for the contact of the same number."""
        lines = [
            f"A-{place},C-{place},{start.astimezone(ZONE):%Y-%m-%dT%H:%M},booked"
            for place, start in enumerate(starts, 1)
        ]
        return self.write("visits.csv", "\n".join(["ref,contact,start,status", *lines]) + "\n")


@dataclass(frozen=True, slots=True)
class Running:
    """A command that runs, with the files that hold what it says."""

    process: subprocess.Popen[bytes]
    out: Path
    err: Path

    def said(self) -> str:
        """Return everything it has said so far."""
        return self.out.read_text(encoding="utf-8") + self.err.read_text(encoding="utf-8")

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal and return the exit code; killed where it does not end within 40 seconds."""
        if self.process.poll() is None:
            self.process.send_signal(number)
            try:
                self.process.wait(40)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        return self.process.returncode


def wait_until(holds: Callable[[], bool], *, seconds: float = 60.0, what: str = "it") -> None:
    """Wait until something holds; fail where it does not in time."""
    pause = threading.Event()
    for _ in range(int(seconds / 0.1)):
        if holds():
            return
        pause.wait(0.1)
    message = f"{what} did not come true within {seconds:.0f} seconds"
    raise AssertionError(message)


def soon(hours: float = 5) -> dt.datetime:
    """Return a start so near that a reminder of the day before is late and goes at once."""
    return dt.datetime.now(dt.UTC) + dt.timedelta(hours=hours)  # noqa: TID251 - real processes run on the real clock


def later(days: int = 3) -> dt.datetime:
    """Return a start whose reminder of the day before lies ahead."""
    return soon(24 * days)


def free_port() -> int:
    """Return a port that was free just now."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port
