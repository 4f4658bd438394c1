"""After an upgrade of the program: every practice's terms derived anew, and a replan asked for where they changed."""

from functools import partial

from sqlalchemy import Connection, select

from jobs.database import Database
from jobs.records import practices
from scheduler.publishing.revisions import refresh_terms


def refresh_all_terms(database: Database) -> list[str]:
    """Derive the terms of every practice's current revision anew; return the practices whose terms changed."""
    with database.read() as connection:
        known = connection.execute(select(practices.c.id).order_by(practices.c.id)).scalars().all()
    return [practice for practice in known if database.write(partial(_refresh, database, practice))]


def _refresh(database: Database, practice: str, connection: Connection) -> bool:
    return refresh_terms(connection, practice, database.moment(connection))
