"""What `doctor` looks at: program, database, Redis, providers, rules, clocks, practices. It changes nothing."""

import importlib.metadata
import sqlite3
import sys
import zoneinfo
from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from jobs.clock import SystemClock
from jobs.database import Database
from jobs.errors import QuietbellError
from jobs.records import practices
from scheduler.processes.cli.findings import Finding, Level
from scheduler.processes.cli.provider_checkup import (
    look_at_providers,
    look_at_senders,
    names_without_credentials,
)
from scheduler.processes.readiness import OK, look_at_database, look_at_redis
from scheduler.processes.tables import open_database
from scheduler.publishing.revisions import load_current
from scheduler.rulebook.folder import practices_in
from scheduler.rulebook.reader import read_desk
from scheduler.settings import Settings, read_settings

OLDEST_PYTHON = (3, 11)
OLDEST_SQLITE = (3, 35, 0)
"""RETURNING and UPDATE … FROM: sqlite.org/releaselog, 3.33 and 3.35."""
MOST_SKEW_SECONDS = 2.0


def check_up() -> list[Finding]:
    """Return every finding; what cannot be looked at because of an earlier failure is left out."""
    findings = [_python(), _zones()]
    try:
        settings = read_settings()
    except QuietbellError as problem:
        return [*findings, Finding(Level.FAIL, "settings", str(problem), "Mend the variable.")]
    findings += [_sqlite(settings), _redis(settings), *look_at_providers(settings), *_rules(settings)]
    database = open_database(settings)
    try:
        found = _database(settings, database)
        findings.append(found)
        if found.level is Level.OK:
            findings += [_clock(database), *_practices(settings, database)]
    finally:
        database.dispose()
    return findings


def _python() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info < OLDEST_PYTHON:
        return Finding(Level.FAIL, "Python", version, "Install Python 3.11 or newer.")
    return Finding(Level.OK, "Python", f"{version}, quietbell {importlib.metadata.version('quietbell')}")


def _zones() -> Finding:
    try:
        zoneinfo.ZoneInfo("America/Toronto")
    except zoneinfo.ZoneInfoNotFoundError:
        return Finding(Level.FAIL, "time zones", "no time zone data", "Install the package tzdata.")
    version = importlib.metadata.version("tzdata")
    return Finding(Level.OK, "time zones", f"{len(zoneinfo.available_timezones())} zones, tzdata {version}")


def _sqlite(settings: Settings) -> Finding:
    if sqlite3.sqlite_version_info >= OLDEST_SQLITE:
        return Finding(Level.OK, "SQLite", sqlite3.sqlite_version)
    level = Level.FAIL if settings.is_sqlite else Level.WARN
    return Finding(level, "SQLite", sqlite3.sqlite_version, "3.35 or newer is needed: use a newer Python build.")


def _database(settings: Settings, database: Database) -> Finding:
    kind = "SQLite" if settings.is_sqlite else "PostgreSQL"
    file = settings.database_file
    if file is not None and not file.exists():
        return Finding(Level.WARN, "database", f"{file} does not exist yet", "`quietbell apply` makes it.")
    found = look_at_database(settings, database)
    if found == OK:
        return Finding(Level.OK, "database", f"{kind}{f' in {file}' if file else ''} answers, its tables are there")
    return Finding(Level.FAIL, "database", found, "See QUIETBELL_DATABASE_URL; `quietbell migrate` lays the tables.")


def _redis(settings: Settings) -> Finding:
    if settings.redis_url is None:
        if settings.is_sqlite:
            return Finding(Level.OK, "Redis", "not used: one process holds the queue in memory")
        advice = "Set QUIETBELL_REDIS_URL to run ticker and workers as processes of their own."
        return Finding(Level.WARN, "Redis", "not set: only `quietbell serve` works", advice)
    found = look_at_redis(settings)
    if found == OK:
        return Finding(Level.OK, "Redis", "answers")
    return Finding(Level.FAIL, "Redis", found, "See QUIETBELL_REDIS_URL.")


def _rules(settings: Settings) -> Iterator[Finding]:
    names = practices_in(settings.rules)
    if not names:
        yield Finding(
            Level.WARN, "rules", f"no practice under {settings.rules}", "Write rules/<practice>/practice.yaml."
        )
    for name in names:
        desk = read_desk(settings.rules, settings.templates, name)
        errors = sum(problem.severity == "error" for problem in desk.problems)
        used = {sender.provider for sender in desk.settings.senders} if desk.settings else set()
        missing = names_without_credentials(used, settings)
        if errors:
            yield Finding(Level.WARN, f"rules of {name}", f"{errors} problems in the files", "See `quietbell check`.")
        elif missing:
            found = f"a sender needs {', '.join(missing)}, of which nothing is set up"
            yield Finding(Level.WARN, f"rules of {name}", found, "Give its credentials; see docs/providers.md.")
        else:
            yield Finding(Level.OK, f"rules of {name}", f"readable in {settings.rules / name}")


def _clock(database: Database) -> Finding:
    before = SystemClock().now()
    with database.read() as connection:
        there = database.moment(connection)
    after = SystemClock().now()
    skew = max((before - there).total_seconds(), (there - after).total_seconds(), 0.0)
    if skew > MOST_SKEW_SECONDS:
        found = f"the database's clock is {skew:.1f} s away from this machine's"
        return Finding(Level.WARN, "clocks", found, "Set both by NTP; the database's counts.")
    return Finding(Level.OK, "clocks", "database and process agree")


def _practices(settings: Settings, database: Database) -> Iterator[Finding]:
    today = SystemClock().now().date()
    try:
        with database.read() as connection:
            for practice in connection.execute(select(practices.c.id).order_by(practices.c.id)).scalars().all():
                senders = load_current(connection, practice).terms.senders
                yield from look_at_senders(practice, {sender.provider for sender in senders}, settings, today)
    except (QuietbellError, SQLAlchemyError) as problem:
        yield Finding(Level.FAIL, "practices", str(problem).splitlines()[0])
