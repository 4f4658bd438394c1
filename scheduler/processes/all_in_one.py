"""Everything in one process: health pages, ticker and worker, which on SQLite own the database file.

What a former owner left behind is put right first; rules are read from files only where nothing was published yet.
"""

import contextlib
from collections.abc import Iterator

import structlog
from sqlalchemy import Connection

from jobs import store
from jobs.store import Moved
from scheduler.intake.entry import Intake
from scheduler.processes.first_rules import publish_first_rules
from scheduler.processes.ownership import owning
from scheduler.processes.tables import require_tables, set_up_tables
from scheduler.processes.ticker import ticking
from scheduler.processes.worker import working
from scheduler.publishing.upgrading import refresh_all_terms
from scheduler.settings import Settings
from scheduler.wiring import Parts, assemble

log = structlog.get_logger(__name__)


@contextlib.contextmanager
def owned(settings: Settings) -> Iterator[Parts]:
    """Give the parts of a process that runs ticker and worker alone, none started; closed at the end.

    Raises:
        OwnedElsewhereError: another process runs this SQLite file.
        ConfigurationError: a server's database whose tables are not those of this version.

    """
    with owning(settings.database_file):
        parts = assemble(settings)
        try:
            put_right(parts)
            yield parts
        finally:
            parts.close()


@contextlib.contextmanager
def running(parts: Parts) -> Iterator[None]:
    """Run ticker and worker while the block runs; the ticker stops first, then batches under way finish."""
    with working(parts), ticking(parts.context):
        yield


def put_right(parts: Parts) -> None:
    """Lay tables and refresh terms (SQLite), release what a dead owner held, publish first rules, finish imports."""
    database = parts.database
    if database.is_sqlite:
        set_up_tables(database)
        refresh_all_terms(database)

        def release(connection: Connection) -> list[Moved]:
            return store.owner_restarted(connection, now=database.moment(connection))

        moved = database.write(release)
        if moved:
            log.warning("a former owner ended while working", jobs=len(moved))
    else:
        require_tables(database)
    publish_first_rules(parts.settings, database)
    resumed = Intake(database).resume_imports()
    if resumed:
        log.info("imports finished that were half done", imports=len(resumed))
