"""What there is to see: news since the last look, what is due next, counts. It reads tables and changes nothing."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, RowMapping, Select, func, select

from jobs.database import Database
from jobs.phone import mask
from jobs.records import attempts, contacts, jobs, occasions, senders, timeline
from jobs.states import WAITING, State, Verb

SILENT = frozenset({Verb.PLAN, Verb.ENQUEUE, Verb.CLAIM, Verb.SEND, Verb.RELEASE, Verb.REFRESH})
"""Steps that happen to every text; the rest is news."""
BUSY = (State.QUEUED, State.CLAIMED, State.SENDING)


@dataclass(frozen=True, slots=True)
class News:
    """One thing that happened to a job."""

    at: dt.datetime
    what: str
    state: State
    whom: str
    about: str
    said: str


@dataclass(frozen=True, slots=True)
class Due:
    """A job that waits: when it may go, to whom, about what, and why it waits if it was held."""

    at: dt.datetime
    whom: str
    about: str
    reason: str


class Watch:
    """Looks at one practice's jobs; remembers up to where it has told the news."""

    def __init__(self, database: Database, practice: str) -> None:
        """Begin before everything."""
        self._database = database
        self._practice = practice
        self._last = 0

    def news(self) -> list[News]:
        """Return what happened since the last look, oldest first."""
        with self._database.read() as connection:
            rows = connection.execute(self._news_query()).mappings().all()
            bodies = _bodies(connection, [row["job_id"] for row in rows if row["to_state"] == State.SENT])
        if rows:
            self._last = rows[-1]["id"]
        return [_news(row, bodies.get(row["job_id"], "")) for row in rows if row["verb"] not in SILENT]

    def due_next(self, limit: int) -> list[Due]:
        """Return the jobs that go next."""
        query = (
            _told(select(jobs.c.due_at, jobs.c.reason, *_ABOUT))
            .where(jobs.c.practice == self._practice, jobs.c.state.in_([state.value for state in WAITING]))
            .order_by(jobs.c.due_at, jobs.c.id)
            .limit(limit)
        )
        with self._database.read() as connection:
            rows = connection.execute(query).mappings().all()
        return [Due(row["due_at"], _whom(row), _about(row), row["reason"] or "") for row in rows]

    def counts(self) -> dict[State, int]:
        """Return how many jobs stand in each state."""
        query = select(jobs.c.state, func.count()).where(jobs.c.practice == self._practice).group_by(jobs.c.state)
        with self._database.read() as connection:
            found = {State(state): count for state, count in connection.execute(query)}
        return {state: found[state] for state in State if state in found}

    def reasons(self) -> list[tuple[State, str, int]]:
        """Return why jobs that did not go stand where they stand, the commonest first."""
        quiet = (State.SENT, State.DELIVERED, State.SCHEDULED)
        query = (
            select(jobs.c.state, jobs.c.reason, func.count().label("count"))
            .where(jobs.c.practice == self._practice, jobs.c.state.not_in([state.value for state in quiet]))
            .group_by(jobs.c.state, jobs.c.reason)
            .order_by(func.count().desc(), jobs.c.state, jobs.c.reason)
        )
        with self._database.read() as connection:
            return [(State(state), reason or "", count) for state, reason, count in connection.execute(query)]

    def is_busy(self) -> bool:
        """Tell whether anything is queued, claimed or sending."""
        query = select(func.count()).where(jobs.c.practice == self._practice, jobs.c.state.in_([str(s) for s in BUSY]))
        with self._database.read() as connection:
            return bool(connection.execute(query).scalar_one())

    def is_underway(self) -> bool:
        """Tell whether a text is sent and no receipt has said yet whether it arrived."""
        return bool(self.counts().get(State.SENT))

    def next_moment(self, now: dt.datetime) -> dt.datetime | None:
        """Return the next moment after `now` at which something may go; None where nothing waits."""
        of_sender = (senders.c.practice == jobs.c.practice) & (senders.c.id == jobs.c.sender)
        query = (
            select(jobs.c.due_at, senders.c.next_free)
            .outerjoin(senders, of_sender)
            .where(jobs.c.practice == self._practice, jobs.c.state.in_([state.value for state in WAITING]))
        )
        with self._database.read() as connection:
            moments = [max(due, free or due) for due, free in connection.execute(query)]
        return max(now, min(moments)) if moments else None

    def _news_query(self) -> Select[tuple[object, ...]]:
        columns = (timeline.c.id, timeline.c.job_id, timeline.c.at, timeline.c.verb, timeline.c.to_state)
        return (
            _told(select(*columns, timeline.c.reason.label("why"), *_ABOUT).join(jobs, jobs.c.id == timeline.c.job_id))
            .where(timeline.c.id > self._last, jobs.c.practice == self._practice)
            .order_by(timeline.c.id)
        )


_ABOUT = (
    jobs.c.origin,
    jobs.c.rule,
    jobs.c.step,
    jobs.c.to_number,
    contacts.c.name,
    contacts.c.phone,
    occasions.c.ref,
)


def _told(query: Select[tuple[object, ...]]) -> Select[tuple[object, ...]]:
    return query.outerjoin(contacts, contacts.c.id == jobs.c.contact_id).outerjoin(
        occasions,
        occasions.c.id == jobs.c.occasion_id,
    )


def _bodies(connection: Connection, ids: Sequence[object]) -> dict[object, str]:
    if not ids:
        return {}
    query = select(attempts.c.job_id, attempts.c.body).where(attempts.c.job_id.in_(ids)).order_by(attempts.c.started_at)
    return {job_id: body or "" for job_id, body in connection.execute(query)}


def _news(row: RowMapping, body: str) -> News:
    state = State(row["to_state"])
    said = body if state is State.SENT else row["why"] or ""
    what = row["verb"] if row["verb"] in {Verb.MOVE, Verb.REOPEN} else state.replace("_", " ")
    return News(
        row["at"], {"move": "moved", "reopen": "reopened"}.get(what, what), state, _whom(row), _about(row), said
    )


def _whom(row: RowMapping) -> str:
    return row["name"] or mask(row["phone"] or row["to_number"] or "")


def _about(row: RowMapping) -> str:
    return f"{row['rule']}/{row['step']} {row['ref']}" if row["rule"] else str(row["origin"]).replace("_", "-")
