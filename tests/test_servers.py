"""The private servers themselves: each test gets an empty one, and none outlives the test run."""

import os
import select
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import redis
import sqlalchemy

from tests.databases import with_psycopg

# A test run of its own: it starts both servers, says their process ids, and waits to be ended.
STARTS_SERVERS = """
import sys
from tests.servers import start_postgres, start_redis

servers = [start_postgres(), start_redis()]
for server in servers:
    print(server.process.pid, server.folder, flush=True)
sys.stdin.read()
"""


def test_a_fresh_postgres_database_is_empty(postgres_database: str) -> None:
    assert _tables_after_making_one(postgres_database) == ["mark"]


def test_the_next_database_does_not_see_the_last_ones_tables(postgres_database: str) -> None:
    assert _tables_after_making_one(postgres_database) == ["mark"]


def test_a_fresh_database_answers_on_both_engines(empty_database_url: str) -> None:
    assert _tables_after_making_one(empty_database_url) == ["mark"]


def test_redis_begins_empty(redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as client:
        assert client.dbsize() == 0
        client.set("mark", "1")


def test_redis_begins_empty_again(redis_url: str) -> None:
    with redis.Redis.from_url(redis_url) as client:
        assert client.dbsize() == 0


def test_a_given_url_is_read_with_any_of_the_usual_schemes() -> None:
    assert with_psycopg("postgres://u@h/d") == "postgresql+psycopg://u@h/d"
    assert with_psycopg("postgresql://u@h/d") == "postgresql+psycopg://u@h/d"
    assert with_psycopg("postgresql+psycopg://u@h/d") == "postgresql+psycopg://u@h/d"


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGKILL])
def test_no_server_outlives_a_test_run_that_is_ended_from_outside(
    ending: signal.Signals, postgres_url: str, redis_server: str
) -> None:
    assert postgres_url
    assert redis_server
    with subprocess.Popen(
        [sys.executable, "-c", STARTS_SERVERS], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as run:
        assert run.stdout is not None
        servers = [run.stdout.readline().split() for _ in range(2)]
        watched = [os.pidfd_open(int(pid)) for pid, _ in servers]
        run.send_signal(ending)
        ended = [bool(select.select([handle], [], [], 20)[0]) for handle in watched]
    for handle, (_, folder) in zip(watched, servers, strict=True):
        os.close(handle)
        if ending is signal.SIGTERM:
            assert not Path(folder).exists()
        shutil.rmtree(folder, ignore_errors=True)
    assert ended == [True, True]


def _tables_after_making_one(url: str) -> list[str]:
    engine = sqlalchemy.create_engine(url)
    try:
        with engine.begin() as connection:
            connection.execute(sqlalchemy.text("CREATE TABLE mark (id integer)"))
        return sqlalchemy.inspect(engine).get_table_names()
    finally:
        engine.dispose()
