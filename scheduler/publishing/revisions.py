"""Published rulebooks: immutable rows named by their content. A checked rulebook in, the current revision out.

The only writer of practices, revisions and step_publishings; has the senders' rows laid. Judges nothing: see `checks`.
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
from jobs.records import practices, revisions, step_publishings
from jobs.senders import lay_senders
from jobs.terms import Terms
from scheduler.planning.compiled import CompiledRulebook, compile_rulebook
from scheduler.publishing.terms import derive_terms
from scheduler.rulebook.content import content_of, revision_id, rulebook_of
from scheduler.rulebook.schema import Rulebook

REVISIONS_KEPT = 64
"""Loaded revisions that a process remembers for each database."""

_NO_FILES: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Signature:
    """Who publishes, and their note."""

    author: str
    note: str = ""


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

    The same content as the current one changes nothing. Takes the practice's lock until that transaction ends.
    The caller replans afterwards where `changed` is true.
    """
    practice = rulebook.practice.practice
    _ensure_practice(connection, practice, now)
    practice_lock(connection, practice, exclusive=True)
    content = content_of(rulebook)
    revision = revision_id(content)
    base = current_revision(connection, practice)
    if revision == base:
        return Published(revision, base, changed=False)
    # What later loads will see, so that hashes do not depend on how a number was spelled in the files.
    kept = rulebook_of(content)
    terms = derive_terms(kept)
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
    if not _exists(connection, practice, revision):
        connection.execute(insert(revisions).values(row))
    _lay_step_publishings(connection, kept, now)
    lay_senders(connection, practice, terms.senders)
    connection.execute(update(practices).where(practices.c.id == practice).values(current_revision=revision))
    return Published(revision, base, changed=True)


def current_revision(connection: Connection, practice: str) -> str | None:
    """Return the id of the practice's current revision; None where there is no practice or nothing was published."""
    return connection.execute(select(practices.c.current_revision).where(practices.c.id == practice)).scalar()


def note_replanned(connection: Connection, practice: str, revision: str | None) -> None:
    """Keep that every occasion of a practice was planned under that revision."""
    connection.execute(update(practices).where(practices.c.id == practice).values(replanned_revision=revision))


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


def refresh_terms(connection: Connection, practice: str) -> bool:
    """Derive the current revision's terms anew, as after an upgrade of the program; tell if they changed.

    A published rulebook never changes; its terms are what this version of the program makes of it.
    """
    practice_lock(connection, practice, exclusive=True)
    revision = current_revision(connection, practice)
    if revision is None:
        return False
    loaded = _load(connection, practice, revision)
    fresh = derive_terms(loaded.rulebook)
    if fresh == loaded.terms:
        return False
    chosen = (revisions.c.practice == practice) & (revisions.c.id == revision)
    connection.execute(update(revisions).where(chosen).values(terms=fresh.model_dump(mode="json")))
    _remembered(connection.engine).forget(practice, revision)
    return True


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
        {"practice": practice, "rule": rule.id, "step": step.id, "first_published_at": now}
        for rule in rulebook.rules
        for step in rule.steps
        if (rule.id, step.id) not in known
    ]
    if new:
        connection.execute(insert(step_publishings), new)


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
