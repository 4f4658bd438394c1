"""Jobs by what one asks of them, in pages, by their moment. Questions in, rows out; it changes nothing.

A page is made of the nearest jobs of each part that an index holds in order, so that a million others cost nothing.
"""

import datetime as dt
import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import (
    ColumnElement,
    Connection,
    FromClause,
    RowMapping,
    Select,
    func,
    literal_column,
    select,
    text,
    union_all,
)

from jobs.records import attempts, contacts, jobs, occasions, receipts
from jobs.records.life import IN_FLIGHT_SQL, STANDING_SQL, WAITING_SQL
from jobs.states import State
from scheduler.asking.refs import contacts_meant, occasions_meant

LISTED = (
    *(
        jobs.c[name]
        for name in (
            *("id", "origin", "rule", "step", "role", "repeat", "state", "planned_for", "due_at", "useful_until"),
            *("template", "sender", "provider", "pinned", "ignore_quiet_hours", "segments", "attempts", "reason"),
            *("moved_by", "stop_wanted", "to_number", "sent_by", "again_of", "created_at", "updated_at"),
        )
    ),
    contacts.c.ref.label("contact"),
    contacts.c.name.label("contact_name"),
    occasions.c.kind,
    occasions.c.ref.label("occasion"),
    occasions.c.case_ref,
)
UNDER_WAY = frozenset({State.QUEUED, State.CLAIMED, State.SENDING})

Place = tuple[dt.datetime, uuid.UUID]
"""Where a page ended: the last one's moment and id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Which jobs to list; None asks nothing. `due_from` is included, `due_to` is not; `rule` is RULE or RULE/STEP.

    `contact` and `occasion` are refs, former ones too. `number` (E.164) is whom it goes or went to, `error` a code of
    the provider's for one of its attempts or receipts, `reason` words that stand in the job's reason.
    """

    practice: str
    states: tuple[State, ...] = ()
    contact: str | None = None
    rule: str | None = None
    kind: str | None = None
    occasion: str | None = None
    due_from: dt.datetime | None = None
    due_to: dt.datetime | None = None
    job_id: uuid.UUID | None = None
    number: str | None = None
    sender: str | None = None
    provider: str | None = None
    error: str | None = None
    reason: str | None = None

    @property
    def is_about_few(self) -> bool:
        """Tell whether it names something that an index leads to, of which there are few jobs."""
        return any(each is not None for each in (self.contact, self.occasion, self.job_id, self.number, self.error))


def list_jobs(
    connection: Connection, asked: Question, *, after: Place | None, most: int, latest_first: bool = False
) -> Sequence[RowMapping]:
    """Return up to `most` jobs after a place, soonest due first, or latest."""
    query = select(*LISTED).select_from(with_whom_and_what())
    walk = _Walk(after, most, latest_first)
    if asked.is_about_few:
        query = walk.follow(query.where(*matching(asked)))
    else:
        nearest = _nearest(connection, asked, walk)
        query = walk.order(query.where(jobs.c.id.in_(nearest))).limit(most)
    return connection.execute(query).mappings().all()


def count_jobs(connection: Connection, asked: Question) -> int:
    """Return how many jobs match."""
    query = select(func.count()).select_from(with_whom_and_what()).where(*matching(asked))
    found: int = connection.execute(query).scalar_one()
    return found


def with_whom_and_what() -> FromClause:
    """Return jobs with their contact and their occasion, where they have one."""
    with_contact = jobs.outerjoin(contacts, contacts.c.id == jobs.c.contact_id)
    return with_contact.outerjoin(occasions, occasions.c.id == jobs.c.occasion_id)


def matching(asked: Question) -> list[ColumnElement[bool]]:
    """Return the conditions of what is asked, on `with_whom_and_what`."""
    rule, _, step = (asked.rule or "").partition("/")
    conditions: list[ColumnElement[bool]] = [jobs.c.practice == asked.practice]
    named = {
        jobs.c.id: asked.job_id,
        jobs.c.rule: rule or None,
        jobs.c.step: step or None,
        jobs.c.sender: asked.sender,
        jobs.c.provider: asked.provider,
        occasions.c.kind: asked.kind,
    }
    conditions.extend(column == value for column, value in named.items() if value is not None)
    conditions.extend(_about_few(asked))
    if asked.reason is not None:
        conditions.append(jobs.c.reason.icontains(asked.reason, autoescape=True))
    if asked.states:
        conditions.append(jobs.c.state.in_([state.value for state in asked.states]))
    if asked.due_from is not None:
        conditions.append(jobs.c.due_at >= asked.due_from)
    if asked.due_to is not None:
        conditions.append(jobs.c.due_at < asked.due_to)
    return conditions


@dataclass(frozen=True, slots=True)
class _Walk:
    """From where, how far and which way a page goes."""

    after: Place | None
    most: int
    latest_first: bool

    def follow(self, query: Select[tuple[object, ...]]) -> Select[tuple[object, ...]]:
        """Begin after the place, in order, and end after so many."""
        if self.after is not None:
            at, last = self.after
            if self.latest_first:
                query = query.where(jobs.c.due_at <= at, (jobs.c.due_at < at) | (jobs.c.id < last))
            else:
                query = query.where(jobs.c.due_at >= at, (jobs.c.due_at > at) | (jobs.c.id > last))
        return self.order(query).limit(self.most)

    def order(self, query: Select[tuple[object, ...]]) -> Select[tuple[object, ...]]:
        """Put it in order."""
        both = (jobs.c.due_at, jobs.c.id)
        return query.order_by(*(each.desc() for each in both) if self.latest_first else both)


def _about_few(asked: Question) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if asked.contact is not None:
        found.append(jobs.c.contact_id.in_(contacts_meant(asked.practice, asked.contact)))
    if asked.occasion is not None:
        found.append(jobs.c.occasion_id.in_(occasions_meant(asked.practice, asked.kind, asked.occasion)))
    if asked.number is not None:
        found.append(jobs.c.id.in_(_ids_of_number(asked.practice, asked.number)))
    if asked.error is not None:
        found.append(jobs.c.id.in_(_ids_of_error(asked.practice, asked.error)))
    return found


def _ids_of_number(practice: str, number: str) -> Select[tuple[object, ...]]:
    """Return the query of jobs to a number: of whom it is now, to the number itself, or asked of a provider for it."""
    theirs = contacts.c.practice == practice, contacts.c.phone == number
    via = select(contacts.c.id).where(*theirs)
    whose = select(contacts.c.id).where(*theirs).union(select(contacts.c.id).where(contacts.c.via_id.in_(via)))
    parts = union_all(
        select(jobs.c.id).where(jobs.c.contact_id.in_(whose)),
        select(jobs.c.id).where(jobs.c.to_number == number),
        select(attempts.c.job_id).where(attempts.c.to_number == number),
    ).subquery()
    return select(parts.c.id)


def _ids_of_error(practice: str, code: str) -> Select[tuple[object, ...]]:
    """Return the query of jobs of which an attempt or a receipt bears a provider's code."""
    told = receipts.c.practice == practice, receipts.c.error_code == code
    of_receipts = select(attempts.c.job_id).where(attempts.c.id.in_(select(receipts.c.attempt_id).where(*told)))
    tried = attempts.c.practice == practice, attempts.c.error_code == code
    parts = union_all(select(attempts.c.job_id).where(*tried), of_receipts).subquery()
    return select(parts.c.job_id)


def _nearest(connection: Connection, asked: Question, walk: _Walk) -> Select[tuple[object, ...]]:
    """Return the query of the ids of the nearest jobs of every part: all that the page holds, and more."""
    pages = []
    for part in _parts(connection, asked):
        query = select(jobs.c.id).select_from(with_whom_and_what()).where(*part, *matching(replace(asked, states=())))
        page = walk.follow(query).subquery()
        pages.append(select(page.c.id))
    if not pages:
        return select(jobs.c.id).where(text("1 = 0"))
    every = union_all(*pages).subquery()
    return select(every.c.id)


def _parts(connection: Connection, asked: Question) -> list[list[ColumnElement[bool]]]:
    """Return conditions that part a practice's jobs into what an index each holds by date."""
    wanted = set(asked.states) or set(State)
    parts: list[list[ColumnElement[bool]]] = []
    if State.SCHEDULED in wanted:
        is_scheduled = _is(WAITING_SQL) & (jobs.c.state == State.SCHEDULED.value)
        senders = [asked.sender] if asked.sender is not None else _senders(connection, asked.practice)
        parts += [[is_scheduled, jobs.c.sender == each] for each in senders]
    if under_way := sorted(wanted & UNDER_WAY):
        parts.append([_is(IN_FLIGHT_SQL), jobs.c.state.in_(under_way)])
    standing = wanted - UNDER_WAY - {State.SCHEDULED}
    parts += [[_is(STANDING_SQL), jobs.c.state == each.value] for each in sorted(standing)]
    return parts


def _senders(connection: Connection, practice: str) -> list[str]:
    """Return the senders of jobs that wait, each found by one step into the index."""
    found: list[str] = []
    while True:
        query = select(jobs.c.sender).where(jobs.c.practice == practice, _is(WAITING_SQL))
        if found:
            query = query.where(jobs.c.sender > found[-1])
        following = connection.execute(query.order_by(jobs.c.sender).limit(1)).scalar()
        if following is None:
            return found
        found.append(following)


def _is(condition: str) -> ColumnElement[bool]:
    """Return an index's own condition, word for word, with no value for a statement to fill in."""
    found: ColumnElement[bool] = literal_column(condition)  # of no type: as a Boolean SQLite would be asked "= 1"
    return found


def jobs_of_ids(connection: Connection, practice: str, ids: Collection[uuid.UUID]) -> Sequence[RowMapping]:
    """Return a practice's jobs of these ids, soonest due first."""
    query = select(*LISTED).select_from(with_whom_and_what())
    query = query.where(jobs.c.practice == practice, jobs.c.id.in_(sorted(ids)))
    return connection.execute(query.order_by(jobs.c.due_at, jobs.c.id)).mappings().all()
