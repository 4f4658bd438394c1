"""Servers of the API as processes, killed with calls under way: who asks again is answered as if nothing had been."""

import contextlib
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy import Engine, create_engine, func, select

from jobs.records import imports, jobs, occasions
from tests.walks.installation import Installation, Running, free_port, later, wait_until

SCOPES = "records:read,records:write,texts:send,texts:system,jobs:read"
ROWS = 2_000
TEXTS = 24


@dataclass
class Servers:
    """Servers on one database and one Redis, and a key that opens them."""

    installation: Installation
    engine: Engine
    key: str
    running: list[Running]
    clients: list[httpx2.Client]

    def start(self) -> tuple[Running, httpx2.Client]:
        """Start a server and return it with a client of it, once it is ready."""
        port = free_port()
        started = self.installation.start("server", QUIETBELL_HOST="127.0.0.1", QUIETBELL_PORT=str(port))
        self.running.append(started)
        headers = {"Authorization": f"Bearer {self.key}"}
        client = httpx2.Client(base_url=f"http://127.0.0.1:{port}/v1", headers=headers, timeout=120)
        self.clients.append(client)
        wait_until(lambda: _ready(port), what=f"a server: {started.said()}")
        return started, client

    def count(self, table: Any, *where: Any) -> int:
        """Count rows."""
        with self.engine.connect() as connection:
            return int(connection.execute(select(func.count()).select_from(table).where(*where)).scalar_one())


@pytest.fixture
def servers(tmp_path: Path, postgres_database: str, redis_url: str) -> Iterator[Servers]:
    """Give no server yet, over a migrated database with rules, contacts and a key; everything is ended afterwards."""
    settings = {"QUIETBELL_DATABASE_URL": postgres_database, "QUIETBELL_REDIS_URL": redis_url}
    installation = Installation(tmp_path, settings)
    installation.write_practice()
    installation.write_contacts(TEXTS)
    for words in (["migrate"], ["apply", "--yes"], ["import", "contacts", "contacts.csv"]):
        done = installation.run(*words)
        assert done.code == 0, done.err
    key = installation.run("keys", "add", "cases", "--scope", SCOPES, "--json").json()["key"]
    made = Servers(installation, create_engine(postgres_database), key, [], [])
    try:
        yield made
    finally:
        for client in made.clients:
            client.close()
        for running in made.running:
            running.stop()
        made.engine.dispose()


def test_a_server_killed_amid_texts_leaves_each_to_be_asked_for_again_once(servers: Servers) -> None:
    victim, first = servers.start()
    _, second = servers.start()
    known: dict[int, dict[str, Any]] = {}

    def ask(client: httpx2.Client, number: int) -> dict[str, Any]:
        body = {
            "contact": f"C-{number}",
            "text": f"Paper {number} is here.",
            "send_at": f"{later():%Y-%m-%d}T12:00:00Z",
        }
        answer = client.post("/texts", json=body, headers={"Idempotency-Key": f"paper-{number}"})
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    def ask_first(number: int) -> None:
        known[number] = ask(first, number)

    with ThreadPoolExecutor(8) as threads:
        asked = [threads.submit(ask_first, number) for number in range(1, TEXTS + 1)]
        wait_until(lambda: servers.count(jobs) >= 3, what="the first texts")
        assert victim.stop(signal.SIGKILL) == -signal.SIGKILL
    broken = [each for each in asked if isinstance(each.exception(), httpx2.TransportError)]
    assert len(broken) + len(known) == TEXTS
    again = {number: ask(second, number) for number in range(1, TEXTS + 1)}
    assert {number: again[number] for number in known} == known
    assert again == {number: ask(second, number) for number in range(1, TEXTS + 1)}
    assert servers.count(jobs) == len({each["job"] for each in again.values()}) == TEXTS


def test_a_bulk_whose_server_was_killed_is_whole_when_it_is_asked_for_again(servers: Servers) -> None:
    victim, first = servers.start()
    _, second = servers.start()
    rows = [{"ref": f"B-{n}", "contact": "C-1", "start": f"{later(n % 90 + 3):%Y-%m-%d}T10:00"} for n in range(ROWS)]
    killed = threading.Thread(target=_post_and_fail, args=(first, rows))
    killed.start()
    wait_until(lambda: servers.count(imports, imports.c.source == "bulk") >= 1, what="the bulk's beginning")
    assert victim.stop(signal.SIGKILL) == -signal.SIGKILL
    killed.join()
    answer = second.post("/bulk/appointments", json=rows)
    assert answer.status_code == 200, answer.text
    assert sum(answer.json()["outcomes"].values()) == ROWS
    bulk = occasions.c.ref.like("B-%")
    assert servers.count(occasions, bulk) == ROWS
    of_bulk = jobs.c.occasion_id.in_(select(occasions.c.id).where(bulk))
    assert servers.count(jobs, of_bulk) == ROWS


def test_of_parallel_puts_through_two_servers_the_newest_version_stays(servers: Servers) -> None:
    clients = [servers.start()[1] for _ in range(2)]
    start = later(9)

    def put(version: int) -> int:
        body = {"contact": "C-1", "start": f"{start:%Y-%m-%d}T{8 + version % 10:02}:{version:02}", "version": version}
        answer = clients[version % 2].put("/appointments/V-1", json=body)
        assert answer.status_code == 200, answer.text
        return version

    versions = [(each * 17) % 41 for each in range(1, 41)]
    with ThreadPoolExecutor(8) as threads:
        assert sorted(threads.map(put, versions)) == list(range(1, 41))
    kept = clients[0].get("/appointments/V-1").json()
    assert (kept["version"], kept["start"]) == (40, f"{start:%Y-%m-%d}T08:40")
    assert servers.count(jobs, jobs.c.state == "scheduled") == 1


def _post_and_fail(client: httpx2.Client, rows: list[dict[str, str]]) -> None:
    """Ask for a bulk whose server goes away, or is done just before."""
    with contextlib.suppress(httpx2.TransportError):
        client.post("/bulk/appointments", json=rows)


def _ready(port: int) -> bool:
    with contextlib.suppress(httpx2.TransportError):
        return httpx2.get(f"http://127.0.0.1:{port}/ready").status_code == HTTPStatus.OK
    return False
