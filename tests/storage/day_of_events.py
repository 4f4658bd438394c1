"""A practice's day in which each kind of event happens, by the real parts; what left is asked of the database."""

import datetime as dt

from sqlalchemy import Connection

from jobs import store
from jobs.providers.contract import Closed, Outcome, Receipt, Refused, Status, Throttled, Unknown
from jobs.receipts import record_receipts
from scheduler.chores import tell_unreached
from tests.storage.conversing import Talk
from tests.storage.delivering import ScriptedProvider
from tests.storage.telling_out import add_endpoint, make_context

MINUTE = dt.timedelta(minutes=1)


def live(talk: Talk) -> None:
    """Let one of each happen, and nothing that no endpoint hears of matter."""
    desk = talk.desk
    add_endpoint(desk.database, "https://cases.example/quietbell")
    desk.contact(owner="maya", phone="+15145550001", first_name="Ana")
    desk.visit(contact="C-1", start="2026-12-01 10:00", status="booked", case_ref="F-77")
    desk.contact("C-2", phone="", first_name="Ben", owner="kim")
    desk.visit("A-2", contact="C-2", start="2026-12-01 11:00", status="booked", case_ref="F-78")
    talk.remind()
    arrive(talk)
    talk.write("C")
    for outcome in (
        Refused("the number cannot be texted", "30006"),
        Throttled("too many at once", dt.timedelta(minutes=1)),
        Unknown("no answer within 10 seconds"),
    ):
        go_out(talk, outcome)
        desk.later(minutes=2)
    miss(talk)
    go_out(talk, Closed("account", "no balance"))
    tell_unreached.run(make_context(desk.database))
    talk.write("STOP")


def go_out(talk: Talk, outcome: Outcome) -> None:
    """Let a one-off to Ana go out, with that outcome."""
    talk.provider = ScriptedProvider(outcome)
    talk.deliver([talk.plan_one_off(contact_id=contact_id(talk), sent_by={"ref": "u-7", "name": "Maya"})])


def contact_id(talk: Talk) -> object:
    """Return the id of Ana, whom the visit names."""
    return next(job.contact_id for job in talk.desk.jobs() if job.occasion_id == talk.desk.occasion_id("A-1"))


def arrive(talk: Talk, status: Status = Status.DELIVERED) -> None:
    """Let a report come of what was sent last."""
    request = talk.provider.asked[-1]
    receipt = Receipt(provider_id=f"P-{request.attempt_id}", status=status, attempt_id=request.attempt_id)
    database = talk.desk.database
    database.write(lambda c: record_receipts(c, "terminal", [receipt], now=database.moment(c)))


def miss(talk: Talk) -> None:
    """Let a one-off be of use no longer before its turn came."""
    now = talk.desk.clock.now()
    talk.plan_one_off(contact_id=contact_id(talk), useful_until=now + MINUTE)
    talk.desk.later(minutes=2)

    def expire(connection: Connection) -> object:
        return store.expire_useless(connection, now=talk.desk.clock.now())

    talk.desk.database.write(expire)
