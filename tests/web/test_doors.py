"""The pages beside the other doors of a process, as it answers HTTP."""

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from jobs.clock import SteppingClock
from jobs.database import Database
from scheduler.api.health import Readiness, health_app
from scheduler.processes.doors import doors, web_place
from scheduler.settings import read_settings

OIDC = {
    "QUIETBELL_OIDC_ISSUER": "https://id.example",
    "QUIETBELL_OIDC_CLIENT_ID": "quietbell",
    "QUIETBELL_OIDC_CLIENT_SECRET": "hush",
    "QUIETBELL_PUBLIC_URL": "https://bell.example",
}


@pytest.fixture
def client(database: Database, clock: SteppingClock, tmp_path: Path) -> TestClient:
    settings = read_settings({"QUIETBELL_DATABASE_URL": f"sqlite:///{tmp_path}/q.db"})
    app = health_app(lambda: Readiness({}), *doors(settings, database, {}, clock))
    return TestClient(app, follow_redirects=False)


def test_pages_take_what_the_other_doors_leave(client: TestClient) -> None:
    assert client.get("/health").json() == {"status": "alive"}
    assert client.get("/v1/jobs").headers["content-type"] == "application/problem+json"
    assert client.get("/", headers={"accept": "text/html"}).headers["location"] == "/sign-in"
    assert client.get("/sign-in").headers["content-type"].startswith("text/html")
    assert client.get("/static/console.css").status_code == 200
    assert client.get("/nowhere").status_code == 404


def test_what_is_set_up_of_the_identity_provider_reaches_the_pages(database: Database, clock: SteppingClock) -> None:
    place = web_place(read_settings(OIDC), database, clock)
    assert place.provider is not None
    assert place.provider.callback == "https://bell.example/sign-in/oidc/callback"
    assert web_place(read_settings({}), database, clock).provider is None
