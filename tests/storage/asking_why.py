"""What tests of `why` do: ask of a job or an occasion, publish, pause, and leave a job as a worker would."""

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy import insert, update

from jobs import store
from jobs.records import new_id, pauses
from jobs.states import State
from jobs.store.values import Job
from scheduler.why import Life, why_job, why_occasion
from tests.storage.intake_practice import DAY_BEFORE, Desk, make_rulebook


def of_job(desk: Desk, job_id: uuid.UUID | None = None) -> Life:
    with desk.database.read() as connection:
        wanted = job_id or desk.job("day-before").id
        return why_job(connection, "northlight", wanted, desk.clock.now())


def of_occasion(desk: Desk, ref: str = "A-1", kind: str | None = None) -> Life:
    with desk.database.read() as connection:
        return why_occasion(connection, "northlight", kind, ref, desk.clock.now())


def told(life: Life) -> str:
    return "\n".join(life.sentences)


def publish(desk: Desk, *steps: Mapping[str, object], **rule: object) -> None:
    """Publish other steps without planning anything again."""
    desk.publish(make_rulebook(steps=steps or (DAY_BEFORE,), rule=rule))


def set_row(desk: Desk, table: Any, **values: object) -> None:
    desk.database.write(lambda connection: connection.execute(update(table).values(values)))


def pause(desk: Desk, scope: str, target: str | None, *, until: dt.datetime | None = None) -> None:
    row = {"id": new_id(), "scope": scope, "practice": "northlight", "target": target, "reason": "we are moving house"}
    row |= {"by": "ana", "since": desk.clock.now(), "until": until}
    desk.database.write(lambda connection: connection.execute(insert(pauses).values(row)))


def withhold(desk: Desk, state: State, reason: str, **values: Any) -> Job:
    """Let a worker take the reminder and leave it so."""
    job, now = desk.job("day-before"), desk.clock.now()

    def work(connection: Any) -> None:
        store.enqueue(connection, [job.id], now=now)
        [claimed] = store.claim(connection, [job.id], worker="w1", lease=dt.timedelta(seconds=60), now=now)
        withheld = store.Withheld(id=job.id, fence=claimed.fence, state=state, reason=reason, **values)
        store.withhold(connection, [withheld], now=now)

    desk.database.write(work)
    return desk.job("day-before")
