"""Published rulebooks: immutable rows named by their content. A checked rulebook in, the current revision out.

The only writer of practices, revisions, step_publishings and publishings; has the senders' rows laid and a replan asked
for. Judges nothing: see `checks`.
"""

import datetime as dt
import threading
import weakref
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from sqlalchemy import Connection, Engine, func, insert, select, text, update

from jobs.database import PRACTICE_LOCK_CLASS, practice_lock
from jobs.errors import NotFoundError
from jobs.records import practices, publishings, revisions, step_publishings
from jobs.senders import lay_senders
from jobs.terms import Terms
from scheduler.planning.compiled import CompiledRulebook, compile_rulebook
from scheduler.publishing.replans import want_replan
from scheduler.publishing.terms import derive_terms
from scheduler.rulebook.content import content_of, revision_id, rulebook_of
from scheduler.rulebook.schema import Rule, Rulebook, Step

REVISIONS_KEPT = 64
"""Loaded revisions that a process remembers for each database."""

_NO_FILES: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Signature:
    """Who publishes, their note, and the id of the plan that they looked at."""

    author: str
    note: str = ""
    plan: str | None = None


@dataclass(frozen=True, slots=True)
class Published:
    """What publishing did: the current revision, the one before it, and whether anything changed."""

    revision: str
    base: str | None
    changed: bool


@dataclass(frozen=True, slots=True)
class Current:
    """A loaded revision: the rulebook as its row holds it, its terms, and it compiled for planning."""

    revision: str
    rulebook: Rulebook
    terms: Terms
    plan: CompiledRulebook
    published_at: dt.datetime


def publish(
    connection: Connection,
    rulebook: Rulebook,
    signed: Signature,
    now: dt.datetime,
    files: Mapping[str, str] = _NO_FILES,
) -> Published:
    """Make a checked rulebook the practice's current revision, in the caller's transaction.

    The same content as the current one changes nothing. Takes the practice's lock until that transaction ends. Asks for
    all jobs to be planned again, which `replanning` does.
    """
    practice = rulebook.practice.practice
    # All that needs no lock comes first: who sends or takes something in waits for this transaction.
    content = content_of(rulebook)
    revision = revision_id(content)
    # What later loads will see, so that hashes do not depend on how a number was spelled in the files.
    kept = rulebook_of(content)
    terms = derive_terms(kept)
    _ensure_practice(connection, practice, now)
    practice_lock(connection, practice, exclusive=True)
    base = current_revision(connection, practice)
    if revision == base:
        return Published(revision, base, changed=False)
    if not _exists(connection, practice, revision):
        row = {
            "practice": practice,
            "id": revision,
            "content": content,
            "files": dict(files),
            "terms": terms.model_dump(mode="json"),
            "base": base,
            "author": signed.author,
            "note": signed.note,
            "published_at": now,
        }
        connection.execute(insert(revisions).values(row))
    _lay_step_publishings(connection, kept, now)
    lay_senders(connection, practice, terms.senders)
    connection.execute(update(practices).where(practices.c.id == practice).values(current_revision=revision))
    # Whoever tried to publish it before and was rolled back may have left it remembered, with other first moments.
    _remembered(connection.engine).forget(practice, revision)
    _note(connection, Published(revision, base, changed=True), practice, signed, now)
    want_replan(connection, practice, now)
    return Published(revision, base, changed=True)


def current_revision(connection: Connection, practice: str) -> str | None:
    """Return the id of the practice's current revision; None where there is no practice or nothing was published."""
    return connection.execute(select(practices.c.current_revision).where(practices.c.id == practice)).scalar()


def load_current(connection: Connection, practice: str) -> Current:
    """Return the practice's current revision; remembered by its id.

    Raises:
        NotFoundError: nothing was published for this practice.

    """
    revision = current_revision(connection, practice)
    if revision is None:
        message = f"practice {practice!r} has no published rulebook: run `quietbell apply {practice}`"
        raise NotFoundError(message)
    remembered = _remembered(connection.engine)
    found = remembered.get(practice, revision)
    return found or remembered.keep(practice, _load(connection, practice, revision))


def first_publishings(connection: Connection, practice: str) -> dict[tuple[str, str], dt.datetime]:
    """Return when each step, by rule and step, was first published: what lateness of a new step is judged against."""
    rows = connection.execute(
        select(step_publishings.c.rule, step_publishings.c.step, step_publishings.c.first_published_at).where(
            step_publishings.c.practice == practice,
        ),
    )
    return {(rule, step): moment for rule, step, moment in rows}


def first_moments(
    rulebook: Rulebook, known: Mapping[tuple[str, str], dt.datetime], now: dt.datetime
) -> dict[tuple[str, str], dt.datetime]:
    """Return when each step of a rulebook that is published at `now` was first published; a renamed one keeps its own.

    `known` is what `first_publishings` returns.
    """
    return {
        (rule.id, step.id): next((known[name] for name in _names(rule, step) if name in known), now)
        for rule in rulebook.rules
        for step in rule.steps
    }


def refresh_terms(connection: Connection, practice: str, now: dt.datetime) -> bool:
    """Derive the current revision's terms anew, as after an upgrade of the program; tell if they changed.

    A published rulebook never changes; its terms are what this version of the program makes of it. Where they changed,
    a replan is asked for.
    """
    practice_lock(connection, practice, exclusive=True)
    revision = current_revision(connection, practice)
    if revision is None:
        return False
    chosen = (revisions.c.practice == practice) & (revisions.c.id == revision)
    content, old = connection.execute(select(revisions.c.content, revisions.c.terms).where(chosen)).one()
    # The old ones are not read: this version may know them no more.
    fresh = derive_terms(rulebook_of(content)).model_dump(mode="json")
    if fresh == old:
        return False
    connection.execute(update(revisions).where(chosen).values(terms=fresh))
    _remembered(connection.engine).forget(practice, revision)
    want_replan(connection, practice, now)
    return True


def _names(rule: Rule, step: Step) -> list[tuple[str, str]]:
    """Return the names that a step has or had, the present one first."""
    return [
        (of_rule, of_step)
        for of_rule in (rule.id, rule.was)
        for of_step in (step.id, step.was)
        if of_rule is not None and of_step is not None
    ]


def _ensure_practice(connection: Connection, practice: str, now: dt.datetime) -> None:
    """Add the practice's row with the next number; new practices queue behind one lock on PostgreSQL."""
    known = select(practices.c.id).where(practices.c.id == practice)
    if connection.execute(known).scalar() is not None:
        return
    if connection.dialect.name != "sqlite":
        connection.execute(text("SELECT pg_advisory_xact_lock(:class, 0)"), {"class": PRACTICE_LOCK_CLASS})
        if connection.execute(known).scalar() is not None:
            return
    highest = connection.execute(select(func.coalesce(func.max(practices.c.number), 0))).scalar_one()
    connection.execute(insert(practices).values(id=practice, number=highest + 1, created_at=now))


def _exists(connection: Connection, practice: str, revision: str) -> bool:
    chosen = select(revisions.c.id).where(revisions.c.practice == practice, revisions.c.id == revision)
    return connection.execute(chosen).scalar() is not None


def _lay_step_publishings(connection: Connection, rulebook: Rulebook, now: dt.datetime) -> None:
    """Remember the moment at which each step was first published; a step that comes back keeps its first."""
    practice = rulebook.practice.practice
    known = first_publishings(connection, practice)
    new = [
        {"practice": practice, "rule": rule, "step": step, "first_published_at": moment}
        for (rule, step), moment in first_moments(rulebook, known, now).items()
        if (rule, step) not in known
    ]
    if new:
        connection.execute(insert(step_publishings), new)


def _note(connection: Connection, published: Published, practice: str, signed: Signature, now: dt.datetime) -> None:
    row = {"revision": published.revision, "base": published.base, "plan": signed.plan}
    row |= {"author": signed.author, "note": signed.note}
    connection.execute(insert(publishings).values(practice=practice, at=now, **row))


def _load(connection: Connection, practice: str, revision: str) -> Current:
    chosen = select(revisions.c.content, revisions.c.terms, revisions.c.published_at).where(
        revisions.c.practice == practice,
        revisions.c.id == revision,
    )
    row = connection.execute(chosen).one()
    rulebook = rulebook_of(row.content)
    plan = compile_rulebook(rulebook, first_publishings(connection, practice))
    return Current(revision, rulebook, Terms.model_validate(row.terms), plan, row.published_at)


class _Memory:
    """The newest revisions that were loaded from one database. Safe for several threads."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, str], Current] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, practice: str, revision: str) -> Current | None:
        with self._lock:
            found = self._kept.get((practice, revision))
            if found is not None:
                self._kept.move_to_end((practice, revision))
            return found

    def keep(self, practice: str, current: Current) -> Current:
        with self._lock:
            self._kept[practice, current.revision] = current
            while len(self._kept) > REVISIONS_KEPT:
                self._kept.popitem(last=False)
        return current

    def forget(self, practice: str, revision: str) -> None:
        with self._lock:
            self._kept.pop((practice, revision), None)


_memories: "weakref.WeakKeyDictionary[Engine, _Memory]" = weakref.WeakKeyDictionary()
_memories_lock = threading.Lock()


def _remembered(engine: Engine) -> _Memory:
    with _memories_lock:
        return _memories.setdefault(engine, _Memory())
