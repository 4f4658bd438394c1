"""The demo's stage: its parts over a new file, its screen and, where wanted, the carrier and the phones of people."""

import contextlib
import dataclasses
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.console import Console

from jobs.clock import Clock
from jobs.errors import RefusedError
from scheduler.api.health import health_app
from scheduler.carrier import RunningCarrier
from scheduler.processes.all_in_one import put_right
from scheduler.processes.demo import screen, story
from scheduler.processes.demo.carried import carried, taking_callbacks
from scheduler.processes.demo.phones import Phones
from scheduler.processes.demo.ports import HOST, free_port
from scheduler.processes.demo.watch import Watch
from scheduler.processes.doors import doors
from scheduler.processes.ownership import owning
from scheduler.processes.readiness import Lookout
from scheduler.processes.server import answering
from scheduler.settings import Settings, read_settings
from scheduler.wiring import Parts, assemble

ZONE = ZoneInfo("America/Toronto")
LONGEST_WAIT_SECONDS = 30.0


@dataclasses.dataclass(frozen=True, slots=True)
class Stage:
    """The demo's parts and its screen; with the carrier, that and the phones of people."""

    parts: Parts
    watch: Watch
    out: Console
    carrier: RunningCarrier | None = None
    phones: Phones | None = None
    address: str | None = None
    """Where the console is, in the live demo."""

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
def staged(settings: Settings, clock: Clock, out: Console, *, carrier: bool, console: bool) -> Iterator[Stage]:
    """Give the demo's parts; with the carrier, or the `console`, also the doors that are called at."""
    with contextlib.ExitStack() as opened:
        running: RunningCarrier | None = None
        if carrier:
            settings, running = opened.enter_context(carried(settings, clock))
        parts = opened.enter_context(_parts(settings, clock))
        address = opened.enter_context(_answering(parts, console=console)) if carrier or console else None
        phones = None if running is None else Phones(parts.database, running)
        yield Stage(parts, Watch(parts.database, story.PRACTICE), out, running, phones, address if console else None)


def _answering(parts: Parts, *, console: bool) -> contextlib.AbstractContextManager[str]:
    """Answer HTTP while the block runs: everything, or callbacks alone where nobody looks."""
    if not console:
        return taking_callbacks(parts)
    routes = doors(parts.settings, parts.database, parts.delivery.providers, parts.clock)
    return answering(health_app(Lookout(parts.settings, parts.database).look, *routes), parts.settings)


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
    """Return the machine's settings over the demo's file, with no server beside it and nobody else's address."""
    given = read_settings().with_database(f"sqlite:///{file.resolve()}")
    return dataclasses.replace(
        given,
        redis_url=None,
        ledger=file.with_suffix(".ledger"),
        worker_threads=2,
        host=HOST,
        port=free_port(given.port),
    )


def _wait_while(holds: Callable[[], bool]) -> None:
    """Wait, in real time, until it holds no more; give up after LONGEST_WAIT_SECONDS."""
    pause = threading.Event()
    for _ in range(int(LONGEST_WAIT_SECONDS / 0.005)):
        if not holds():
            return
        pause.wait(0.005)
