"""A practice that is at work while the tests look at it: the demo itself, its carrier, ticker, workers and console."""

import contextlib
import dataclasses
import datetime as dt
import tempfile
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

from rich.console import Console

from scheduler.identities import users
from scheduler.identities.audit import Signed
from scheduler.identities.passwords import generated, hashed
from scheduler.processes.demo import story
from scheduler.processes.demo.clocks import DemoClock, working_day_before
from scheduler.processes.demo.day_before import lived_in
from scheduler.processes.demo.ports import free_port
from scheduler.processes.demo.stage import ZONE, Stage, settings_of, staged
from scheduler.processes.ticker import ticking

START = dt.datetime(2026, 11, 24, 15, 59, 40, tzinfo=ZoneInfo("America/Toronto"))


@dataclasses.dataclass(frozen=True)
class Living:
    """The demo's stage, where its console is, and how one signs in there."""

    stage: Stage
    address: str
    passwords: dict[str, str]


@contextlib.contextmanager
def living() -> Iterator[Living]:
    """Run the demo from START on, its day before lived through; a user of each role may sign in."""
    clock, out = DemoClock(working_day_before(START, ZONE)), Console(quiet=True)
    with tempfile.TemporaryDirectory(prefix="quietbell-living-") as folder:
        settings = dataclasses.replace(settings_of(Path(folder) / "living.db"), port=free_port())
        with (
            staged(settings, clock, out, carrier=True, console=True) as set_up,
            lived_in(set_up, clock, START, ZONE) as stage,
        ):
            story.begin(stage.parts, ZONE, knows_people=True)
            passwords = {role: add_user(stage, role) for role in ("admin", "staff", "ops", "viewer")}
            with ticking(stage.parts.context):
                assert stage.address is not None
                yield Living(stage, stage.address, passwords)


def add_user(stage: Stage, role: str) -> str:
    """Add a user who is called like their role; return their password."""
    password, database = generated(), stage.parts.database
    wanted = users.NewUser(name=role, role=role, password_hash=hashed(password, role))
    database.write(
        lambda connection: users.add(connection, wanted, Signed(story.PRACTICE, "test", database.moment(connection)))
    )
    return password
