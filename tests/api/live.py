"""The API over real sockets: uvicorn on a thread of this process, over a desk whose practice has a row of each kind."""

import contextlib
import threading
from collections.abc import Iterator

import uvicorn
from sqlalchemy import insert, select
from starlette.applications import Starlette
from starlette.types import ASGIApp

from jobs.records import contacts, new_id, texts
from scheduler.api.v1.app import v1_app
from scheduler.api.v1.limits import Limits
from scheduler.api.v1.mounting import MountedWhole
from tests.api.v1_room import place_at
from tests.storage.intake_practice import Desk

UNLIMITED = Limits(per_second=1e9, at_once=10**9)
KEY = "all"
"""A key with every right."""


@contextlib.contextmanager
def serving(app: ASGIApp) -> Iterator[str]:
    """Give the address at which an application answers while the block runs."""
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_config=None, access_log=False, lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    pause = threading.Event()
    while not server.started and thread.is_alive():
        pause.wait(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


@contextlib.contextmanager
def serving_api(desk: Desk, practice: str = "northlight") -> Iterator[str]:
    """Give the address of `/v1`, mounted as a server mounts it; calls are not counted."""
    with serving(Starlette(routes=[MountedWhole("/v1", v1_app(place_at(desk, practice), UNLIMITED))])) as address:
        yield f"{address}/v1"


def furnish(desk: Desk) -> None:
    """Give the practice an appointment with a job, a payment, and a conversation of its contact."""
    desk.visit()
    desk.intake.upsert("northlight", "payment", [{"ref": "P-1", "contact": "C-1", "date": "2026-12-10"}])
    with desk.database.read() as connection:
        contact = connection.execute(select(contacts.c.id).where(contacts.c.ref == "C-1")).scalar_one()
    row = {"id": new_id(), "practice": "northlight", "number": "+15145550001", "direction": "in", "body": "Late?"}
    row |= {"at": desk.clock.now(), "own_number": "+15145550100", "contact_id": contact}
    desk.database.write(lambda connection: connection.execute(insert(texts).values(row)))
