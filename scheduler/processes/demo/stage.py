"""The demo's stage: its parts over a new file, its screen and, where wanted, the carrier and the phones of people."""

import contextlib
import dataclasses
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.console import Console

from jobs.clock import Clock, SteppingClock
from jobs.errors import RefusedError
from scheduler.carrier import RunningCarrier
from scheduler.processes.all_in_one import put_right
from scheduler.processes.demo import screen, story
from scheduler.processes.demo.carried import carried, taking_callbacks
from scheduler.processes.demo.phones import Phones
from scheduler.processes.demo.watch import Watch
from scheduler.processes.ownership import owning
from scheduler.settings import Settings, read_settings
from scheduler.wiring import Parts, assemble

ZONE = ZoneInfo("America/Toronto")
LONGEST_WAIT_SECONDS = 30.0
RECEIPT_SECONDS = 2.0
"""Between the statuses of a text, live; stepped through, they come at once."""


@dataclasses.dataclass(frozen=True, slots=True)
class Stage:
    """The demo's parts and its screen; with the carrier, that and the phones of people."""

    parts: Parts
    watch: Watch
    out: Console
    carrier: RunningCarrier | None = None
    phones: Phones | None = None

    def tell_news(self) -> None:
        """Print what happened since, and let people answer."""
        for news in self.watch.news():
            self.out.print(screen.news_line(news, ZONE))
        for line in self.phones.answer() if self.phones else ():
            self.out.print(line, style="magenta")

    def wait_for_requests(self) -> None:
        """Wait until no request is on its way, and what follows of them: receipts, where there are any."""
        _wait_while(self.watch.is_busy)
        self.wait_for_receipts()

    def wait_for_receipts(self) -> None:
        """Wait until every text that went out is told of, where somebody tells."""
        if self.carrier is not None:
            _wait_while(self.watch.is_underway)
            with contextlib.suppress(TimeoutError):
                self.carrier.quiet()


@contextlib.contextmanager
def new_file(database: str | None) -> Iterator[Path]:
    """Give the path of a new SQLite file: the one named, kept afterwards, else a temporary one."""
    with tempfile.TemporaryDirectory(prefix="quietbell-demo-") as folder:
        file = Path(folder) / "demo.db" if database is None else Path(database.removeprefix("sqlite:///"))
        if file.exists():
            message = f"{file} is there already: name a file that is not, or run it with `quietbell serve`"
            raise RefusedError(message)
        yield file


@contextlib.contextmanager
def staged(settings: Settings, clock: Clock, out: Console, *, carrier: bool) -> Iterator[Stage]:
    """Give the demo's parts, with the carrier and the door that it calls at where it is wanted."""
    with contextlib.ExitStack() as opened:
        running: RunningCarrier | None = None
        if carrier:
            seconds = 0.0 if isinstance(clock, SteppingClock) else RECEIPT_SECONDS
            settings, running = opened.enter_context(carried(settings, clock, receipt_seconds=seconds))
        parts = opened.enter_context(_parts(settings, clock))
        watch = Watch(parts.database, story.PRACTICE)
        if running is None:
            yield Stage(parts, watch, out)
            return
        opened.enter_context(taking_callbacks(parts))
        yield Stage(parts, watch, out, running, Phones(parts.database, running))


@contextlib.contextmanager
def _parts(settings: Settings, clock: Clock) -> Iterator[Parts]:
    """Give the parts of the demo over its new file."""
    with owning(settings.database_file):
        parts = assemble(settings, clock=clock, sink=lambda _line: None)
        try:
            put_right(parts)
            yield parts
        finally:
            parts.close()


def settings_of(file: Path) -> Settings:
    """Return the machine's settings over the demo's file, with no server beside it."""
    return dataclasses.replace(
        read_settings().with_database(f"sqlite:///{file.resolve()}"),
        redis_url=None,
        ledger=file.with_suffix(".ledger"),
        worker_threads=2,
    )


def _wait_while(holds: Callable[[], bool]) -> None:
    """Wait, in real time, until it holds no more; give up after LONGEST_WAIT_SECONDS."""
    pause = threading.Event()
    for _ in range(int(LONGEST_WAIT_SECONDS / 0.005)):
        if not holds():
            return
        pause.wait(0.005)
