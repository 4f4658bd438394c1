"""A client that openapi-python-client makes of the document, used over real sockets as a case system would."""

import importlib
import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from fastapi import FastAPI

from scheduler.api.v1.contract import calls
from tests.api.live import KEY, serving_api
from tests.api.v1_room import room_at
from tests.storage.intake_practice import Desk, opened

PROGRAM = Path(sys.executable).with_name("openapi-python-client")
PACKAGE = "quietbell_made_client"
CONFIG = f"package_name_override: {PACKAGE}\npost_hooks: []\n"


@dataclass(frozen=True, slots=True)
class Made:
    """The generated package and its client for a live API."""

    client: Any

    def part(self, name: str) -> ModuleType:
        """Return a module of the package."""
        return importlib.import_module(f"{PACKAGE}.{name}")

    def model(self, name: str, **values: Any) -> Any:
        """Return a value of one of its models, from JSON."""
        return getattr(self.part("models"), name).from_dict(values)

    def call(self, name: str, *path: str, **rest: Any) -> Any:
        """Call an operation and return the answer as the client types it."""
        return self.part(f"api.{name}").sync(*path, client=self.client, **rest)


@pytest.fixture
def desk(tmp_path: Path, sqlite_template: Path) -> Iterator[Desk]:
    """Give a published practice."""
    with opened(f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'q.db')}") as found:
        yield found


@pytest.fixture
def made(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Made]:
    """Give a client made of the document, with a key, for the live API."""
    app = room_at(desk, "northlight").client.app
    assert isinstance(app, FastAPI)
    (tmp_path / "openapi.json").write_text(json.dumps(app.openapi()), encoding="utf-8")
    (tmp_path / "config.yaml").write_text(CONFIG, encoding="utf-8")
    words = ["generate", "--path", "openapi.json", "--meta", "none", "--config", "config.yaml"]
    ended = subprocess.run([PROGRAM, *words], cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    functions = {each.stem for each in (tmp_path / PACKAGE / "api").glob("*/*.py")} - {"__init__"}
    assert functions == {call["operationId"] for call in calls(app.openapi()).values()}, ended.stdout + ended.stderr
    monkeypatch.syspath_prepend(str(tmp_path))
    importlib.invalidate_caches()
    with serving_api(desk) as address:
        package = importlib.import_module(PACKAGE)
        client = package.AuthenticatedClient(base_url=address, token=KEY)
        yield Made(client)
        client.get_httpx_client().close()
    for name in [name for name in sys.modules if name.partition(".")[0] == PACKAGE]:
        del sys.modules[name]


def test_a_generated_client_takes_in_reads_sends_lists_and_understands_an_error(made: Made) -> None:
    ana = made.model("ContactBody", first_name="Ana", phone="+15145550001", version=3)
    taken = made.call("records.records_put_contact", "C-7", body=ana)
    assert (taken.outcome, taken.contact.phone) == ("added", "+15145550001")

    visit = made.model("OccasionBody", contact="C-7", start="2026-12-01T10:00")
    assert made.call("records.records_put_appointment", "A-7", body=visit).jobs.planned == 2
    plan = made.call("records.records_get_appointment_plan", "A-7")
    assert [each.step for each in plan.decisions] == ["week-before", "day-before"]
    assert plan.decisions[0].job.expected.segments == 1

    maya = {"ref": "U-7", "name": "Maya Roy", "role": "staff"}
    text = made.model("NewText", contact="C-7", text="Your papers are here.", sent_by=maya)
    planned = made.call("texts.texts_send", body=text, idempotency_key="k-1")
    assert made.call("texts.texts_send", body=text, idempotency_key="k-1").job == planned.job
    assert {each.id for each in made.call("jobs.jobs_list_them", contact="C-7").items} >= {planned.job}

    problem = made.call("records.records_get_contact", "nobody")
    assert isinstance(problem, made.part("models").ProblemBody)
    assert (problem.status, problem.title) == (404, "Not Found")
    wrong = made.call("records.records_put_contact", "C-7", body=made.model("ContactBody", timezone="Nowhere"))
    assert [each.field for each in wrong.errors] == ["timezone"]
