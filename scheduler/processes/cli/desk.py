"""What a command works with: the settings, the open database, the practice it is about, and who is asking.

Opens and closes the database for one command; never runs a ticker or a worker.
"""

import contextlib
import dataclasses
import datetime as dt
import getpass
from collections.abc import Iterator
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from sqlalchemy import Connection, select

from jobs.database import Database
from jobs.errors import InputError, NotFoundError
from jobs.records import practices, revisions
from jobs.terms import Terms
from scheduler.processes.logs import set_up_logs
from scheduler.processes.tables import open_database, require_tables, set_up_tables
from scheduler.settings import Settings, read_settings

PracticeOption = Annotated[
    str | None, typer.Option("--practice", "-p", help="The practice, where there are several (or QUIETBELL_PRACTICE).")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@dataclasses.dataclass(frozen=True, slots=True)
class Place:
    """One practice as a command sees it: its terms, its zone, and the present moment."""

    practice: str
    terms: Terms
    zone: ZoneInfo
    now: dt.datetime


@contextlib.contextmanager
def opened(*, may_create: bool = False) -> Iterator[tuple[Settings, Database]]:
    """Give the settings and the database with its tables; `may_create` lays them where the database is SQLite's.

    Raises:
        NotFoundError: there is no database yet, or its tables are not those of this version.

    """
    settings = read_settings()
    set_up_logs(dataclasses.replace(settings, log_level="warning"))
    if not may_create:
        require_file(settings)
    database = open_database(settings)
    try:
        if may_create and settings.is_sqlite:
            set_up_tables(database)
        else:
            require_tables(database)
        yield settings, database
    finally:
        database.dispose()


def require_file(settings: Settings) -> None:
    """Refuse a SQLite file that is not there, so that a command that only looks does not make an empty one.

    Raises:
        NotFoundError: there is none.

    """
    file = settings.database_file
    if file is not None and not file.exists():
        message = f"there is no database at {file} yet: `quietbell apply` publishes rules into a new one"
        raise NotFoundError(message)


def choose_practice(connection: Connection, settings: Settings, given: str | None) -> str:
    """Return the practice a command is about: the one named, the one of the settings, or the only one.

    Raises:
        NotFoundError: there is no such practice, or none at all.
        InputError: there are several and none was named.

    """
    known = connection.execute(select(practices.c.id).order_by(practices.c.id)).scalars().all()
    wanted = given or settings.practice
    if wanted is not None:
        if wanted not in known:
            message = f"there is no practice {wanted!r}; there is: {', '.join(known) or 'none'}"
            raise NotFoundError(message)
        return wanted
    if not known:
        message = "no rules were published yet: `quietbell apply` publishes them"
        raise NotFoundError(message)
    if len(known) > 1:
        message = f"there are several practices: name one with --practice ({', '.join(known)})"
        raise InputError(message)
    only: str = known[0]
    return only


def look(database: Database, connection: Connection, settings: Settings, given: str | None) -> Place:
    """Return the practice that a command is about, as it stands now."""
    practice = choose_practice(connection, settings, given)
    terms = _current_terms(connection, practice)
    return Place(practice, terms, ZoneInfo(terms.timezone), database.moment(connection))


def _current_terms(connection: Connection, practice: str) -> Terms:
    """Return the practice's terms alone: a list of jobs has no need of its compiled rules."""
    current = select(revisions.c.terms).join(
        practices, (practices.c.id == revisions.c.practice) & (practices.c.current_revision == revisions.c.id)
    )
    found = connection.execute(current.where(practices.c.id == practice)).scalar()
    if found is None:
        message = f"no rules were published for {practice} yet: `quietbell apply {practice}` publishes them"
        raise NotFoundError(message)
    return Terms.model_validate(found)


def asker(given: str | None = None) -> str:
    """Return who asks: the name given, else that of the system's account."""
    if given:
        return given
    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        return "command line"
