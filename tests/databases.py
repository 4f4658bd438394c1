"""Databases on a PostgreSQL server that tests may write to: made from a template, dropped when some are done with.

To make one right after one was dropped takes ten times as long (0.35 s instead of 0.03): hence many at once.
"""

import atexit
import contextlib
import uuid
from collections.abc import Iterator

import psycopg
from psycopg import sql
from sqlalchemy import Engine, inspect, make_url

from jobs.records import metadata
from jobs.sealing import Keyring

SECRET_KEY = "dGVzdHMgc2VhbCBhbmQgb3BlbiB3aXRoIHRoaXMgb24="  # noqa: S105 - it seals nothing but what tests make up
"""What tests seal stored secrets with: 32 bytes in base64, as QUIETBELL_SECRET_KEY holds them."""
MOST_DONE = 40
_done: list[tuple[str, str]] = []
"""Databases that are done with: the server and the name."""


def make_keyring(*keys: str) -> Keyring:
    """Return a keyring of these keys; of SECRET_KEY unless told otherwise."""
    return Keyring(lambda: keys or (SECRET_KEY,))


@contextlib.contextmanager
def fresh_database(server_url: str, template: str = "template1") -> Iterator[str]:
    """Yield the URL of a new database on the server, copied from `template`; it is dropped some time afterwards."""
    name = f"quietbell_{uuid.uuid4().hex}"
    create = sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
    _administer(server_url, create)
    try:
        yield make_url(server_url).set(database=name).render_as_string(hide_password=False)
    finally:
        _done.append((server_url, name))
        if len(_done) >= MOST_DONE:
            drop_done()


@atexit.register
def drop_done() -> None:
    """Drop every database that is done with, whoever is in it; a server that is gone took its own along."""
    while _done:
        server_url, name = _done.pop()
        with contextlib.suppress(psycopg.OperationalError):
            _administer(server_url, sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def lay_tables(engine: Engine) -> None:
    """Make the tables where there are none."""
    if not inspect(engine).has_table("practices"):
        metadata.create_all(engine)


def with_psycopg(url: str) -> str:
    """Return the URL for SQLAlchemy with psycopg 3, whichever of PostgreSQL's usual schemes it came with."""
    scheme, separator, rest = url.partition("://")
    return f"postgresql+psycopg://{rest}" if separator and scheme in {"postgres", "postgresql"} else url


def libpq_url(url: str) -> str:
    """Return SQLAlchemy's URL as PostgreSQL's own programs and psycopg read it."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def _administer(server_url: str, statement: sql.Composed) -> None:
    with psycopg.connect(libpq_url(server_url), autocommit=True) as connection:
        connection.execute(statement)
