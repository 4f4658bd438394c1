"""Commands that run until they are stopped (serve, server, ticker, worker), the demo, and the tables."""

import contextlib
from collections.abc import Iterator
from typing import Annotated

import structlog
import typer

from jobs.clock import SystemClock
from jobs.errors import ConfigurationError
from scheduler.api.health import health_app
from scheduler.intake.entry import Intake
from scheduler.processes.all_in_one import owned
from scheduler.processes.all_in_one import running as running_both
from scheduler.processes.cli.screen import say
from scheduler.processes.doors import doors
from scheduler.processes.logs import set_up_logs
from scheduler.processes.readiness import Lookout
from scheduler.processes.server import answering
from scheduler.processes.stopping import stop_on_signals
from scheduler.processes.tables import open_database, require_tables, set_up_tables
from scheduler.processes.ticker import ticking
from scheduler.processes.worker import working
from scheduler.publishing.upgrading import refresh_all_terms
from scheduler.settings import Settings, read_settings
from scheduler.wiring import Parts, assemble, make_providers

log = structlog.get_logger("quietbell")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("demo")(demo)
    app.command("serve")(serve)
    app.command("server")(server)
    app.command("ticker")(ticker)
    app.command("worker")(worker)
    app.command("migrate")(migrate)


def demo(
    *,
    once: Annotated[bool, typer.Option("--once", help="Step through it at once and end with a summary.")] = False,
    database: Annotated[str | None, typer.Option(help="A SQLite file to keep; else a temporary one.")] = None,
    at: Annotated[str | None, typer.Option(help="Where its clock begins; else the next working afternoon.")] = None,
    carrier: Annotated[
        bool, typer.Option("--carrier", help="Send through the stand-in carrier: receipts and answers come back.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
) -> None:
    """Show a practice at work: rules, people, reminders going out; no key, no server, no network."""
    from scheduler.processes.demo.run import run  # noqa: PLC0415 - only the demo needs what it brings

    raise typer.Exit(run(once=once, database=database, at=at, json=json, carrier=carrier))


def serve() -> None:
    """Run everything in one process: health pages, ticker and worker."""
    settings = _started("serve")
    with stop_on_signals() as stop, owned(settings) as parts, contextlib.ExitStack() as running:
        look = Lookout(settings, parts.database).look
        routes = doors(settings, parts.database, parts.delivery.providers, parts.clock)
        address = running.enter_context(answering(health_app(look, *routes), settings))
        running.enter_context(running_both(parts))
        log.info("serving", address=address)
        stop.wait()
        log.info("stopping: batches under way finish")
    log.info("stopped")


def server() -> None:
    """Answer HTTP (/v1, /callbacks, /health, /ready); any number of them."""
    settings = _started("server")
    database, clock = open_database(settings), SystemClock()
    look = Lookout(settings, database).look
    routes = doors(settings, database, make_providers(settings, clock), clock)
    try:
        with stop_on_signals() as stop, answering(health_app(look, *routes), settings) as address:
            log.info("answering", address=address)
            stop.wait()
    finally:
        database.dispose()
    log.info("stopped")


def ticker() -> None:
    """Run the chores (PostgreSQL and Redis); any number of them."""
    with stop_on_signals() as stop, _several("ticker") as parts:
        Intake(parts.database).resume_imports()
        with ticking(parts.context):
            stop.wait()
            log.info("stopping: chores under way finish")
    log.info("stopped")


def worker() -> None:
    """Work what is due (PostgreSQL and Redis); any number of them."""
    with stop_on_signals() as stop, _several("worker") as parts, working(parts):
        log.info("working", worker=parts.delivery.worker, threads=parts.settings.worker_threads)
        stop.wait()
        log.info("stopping: batches under way finish")
    log.info("stopped")


def migrate() -> None:
    """Bring the database's tables, and what workers read of the rules, to those of this version."""
    settings = read_settings()
    database = open_database(settings)
    try:
        set_up_tables(database)
        require_tables(database)
        refresh_all_terms(database)
    finally:
        database.dispose()
    say("The tables are those of this version.")


def _started(name: str) -> Settings:
    settings = read_settings()
    set_up_logs(settings)
    log.info("starting", process=name)
    return settings


@contextlib.contextmanager
def _several(name: str) -> Iterator[Parts]:
    """Give the parts of a process beside others.

    Raises:
        ConfigurationError: the settings are those of one process alone.

    """
    settings = _started(name)
    require_servers(settings, name)
    parts = assemble(settings)
    try:
        require_tables(parts.database)
        yield parts
    finally:
        parts.close()


def require_servers(settings: Settings, name: str) -> None:
    """Refuse a process of its own where it could not share its work with others.

    Raises:
        ConfigurationError: SQLite, or no Redis.

    """
    if settings.is_sqlite:
        message = f"a SQLite file belongs to one process: use `quietbell serve`, or PostgreSQL for `quietbell {name}`"
        raise ConfigurationError(message)
    if settings.redis_url is None:
        message = f"`quietbell {name}` needs QUIETBELL_REDIS_URL: entries go through Redis"
        raise ConfigurationError(message)
