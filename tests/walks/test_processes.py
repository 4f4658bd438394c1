"""Past one machine: what docker-compose.yml starts, as local processes against real PostgreSQL and Redis."""

import json
import signal
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.walks.installation import Installation, Running, free_port, soon, wait_until

ROOT = Path(__file__).parent.parent.parent
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))


class Cluster:
    """The compose file's processes, any number of each, on one database and one Redis."""

    def __init__(self, installation: Installation) -> None:
        """Start nothing yet."""
        self.installation = installation
        self.running: list[Running] = []

    def start(self, name: str, **settings: str) -> Running:
        """Start one of the file's processes by the file's own command."""
        started = self.installation.start(*COMPOSE["services"][name]["command"], **settings)
        self.running.append(started)
        return started

    def stop(self) -> None:
        """End whatever still runs."""
        for running in self.running:
            running.stop()

    def ledger(self) -> list[dict[str, str]]:
        """Return what the terminal provider sent, by any worker."""
        path = self.installation.folder / "ledger.jsonl"
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        return [json.loads(line) for line in lines]


@pytest.fixture
def cluster(tmp_path: Path, postgres_database: str, redis_url: str) -> Iterator[Cluster]:
    """Give the processes over a migrated database with the rules published; everything is ended afterwards."""
    settings = {
        "QUIETBELL_DATABASE_URL": postgres_database,
        "QUIETBELL_REDIS_URL": redis_url,
        "QUIETBELL_LEDGER": "ledger.jsonl",
    }
    installation = Installation(tmp_path, settings)
    installation.write_practice()
    for words in (COMPOSE["services"]["migrate"]["command"], ["apply", "--yes"]):
        done = installation.run(*words)
        assert done.code == 0, done.err
    made = Cluster(installation)
    try:
        yield made
    finally:
        made.stop()


def test_a_file_becomes_texts_through_processes_of_their_own(cluster: Cluster) -> None:
    port = free_port()
    server = cluster.start("server", QUIETBELL_HOST="127.0.0.1", QUIETBELL_PORT=str(port))
    tickers = [cluster.start("ticker") for _ in range(2)]
    workers = [cluster.start("worker") for _ in range(2)]
    wait_until(lambda: _answers(port, "/health") == 200, what="/health")
    assert _answers(port, "/ready") == 200
    _import(cluster.installation, contacts=30)
    wait_until(lambda: len(cluster.ledger()) >= 30, what="30 texts")
    wait_until(lambda: _count(cluster.installation, "sent") == 30, what="30 jobs sent")
    assert len({line["job_id"] for line in cluster.ledger()}) == len(cluster.ledger()) == 30
    assert [running.stop() for running in (server, *tickers, *workers)] == [0] * 5


def test_a_killed_worker_loses_nothing_and_another_takes_over(cluster: Cluster) -> None:
    first = cluster.start("worker")
    cluster.start("ticker")
    wait_until(lambda: "working" in first.said(), what="the first worker")
    assert first.stop(signal.SIGKILL) == -signal.SIGKILL
    _import(cluster.installation, contacts=3)
    wait_until(lambda: _count(cluster.installation, "queued") == 3, what="entries that nobody works")
    cluster.start("worker")
    wait_until(lambda: _count(cluster.installation, "sent") == 3, seconds=90, what="3 jobs sent by the second worker")
    assert sorted(line["to"] for line in cluster.ledger()) == [f"+1416555{number:04d}" for number in (100, 101, 102)]


def test_a_server_without_its_tables_is_alive_but_not_ready(
    tmp_path: Path, postgres_database: str, redis_url: str
) -> None:
    settings = {"QUIETBELL_DATABASE_URL": postgres_database, "QUIETBELL_REDIS_URL": redis_url}
    made = Cluster(Installation(tmp_path, settings))
    port = free_port()
    try:
        made.start("server", QUIETBELL_HOST="127.0.0.1", QUIETBELL_PORT=str(port))
        wait_until(lambda: _answers(port, "/health") == 200, what="/health")
        assert _answers(port, "/ready") == 503
        assert made.installation.run("ticker").code == 1
    finally:
        made.stop()


def test_processes_of_their_own_need_redis(tmp_path: Path, postgres_database: str) -> None:
    alone = Installation(tmp_path, {"QUIETBELL_DATABASE_URL": postgres_database})
    done = alone.run("worker")
    assert done.code == 1
    assert "QUIETBELL_REDIS_URL" in done.err.splitlines()[-1]


def _import(installation: Installation, *, contacts: int) -> None:
    """Take in so many people, each with a visit so near that its reminder goes at once."""
    installation.write_contacts(contacts)
    installation.write_visits([soon()] * contacts)
    for words in (["import", "contacts", "contacts.csv"], ["import", "appointments", "visits.csv"]):
        done = installation.run(*words)
        assert done.code == 0, done.err


def _count(installation: Installation, state: str) -> int:
    total: int = installation.run("jobs", "--state", state, "--json").json()["total"]
    return total


def _answers(port: int, path: str) -> int:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
            status: int = answer.status
            return status
    except urllib.error.HTTPError as refusal:
        with refusal:
            return refusal.code
    except OSError:
        return 0
