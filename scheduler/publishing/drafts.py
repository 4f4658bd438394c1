"""What somebody is writing: a practice's files as they stand in a person's own draft, kept while they type.

The only writer of `drafts`. A person has one at a time; it knows the revision that it began with. It judges nothing.
"""

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy import ColumnElement, Connection, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from jobs.errors import InputError, NotFoundError, RefusedError
from jobs.records import drafts
from scheduler.publishing.history import find_revision
from scheduler.publishing.revisions import current_revision
from scheduler.rulebook.folder import LARGEST_TOTAL

_DIGEST_BYTES: Final = 12


@dataclass(frozen=True, slots=True)
class Edit:
    """A person's draft; `base` is the revision that it began with, `updated_at` None until something is kept."""

    practice: str
    by: str
    base: str | None
    files: Mapping[str, str]
    updated_at: dt.datetime | None = None

    @property
    def is_kept(self) -> bool:
        """Tell whether there is more than what is published."""
        return self.updated_at is not None


@dataclass(frozen=True, slots=True)
class Written:
    """One file as it is to be kept; `seen` is the digest of what its writer had before them."""

    path: str
    text: str
    seen: str


class WrittenElsewhereError(RefusedError):
    """The file was changed in another window meanwhile; `text` is what stands there now (None: it was removed)."""

    def __init__(self, path: str, text: str | None) -> None:
        """Keep what stands there."""
        super().__init__(f"{path} was changed in another window meanwhile; nothing was overwritten")
        self.text = text


def digest_of(text: str) -> str:
    """Return what a text is known by."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=_DIGEST_BYTES).hexdigest()


def read_edit(connection: Connection, practice: str, by: str) -> Edit:
    """Return somebody's draft; where they have none, what is published, as a draft that begins now."""
    return find_edit(connection, practice, by) or fresh_edit(connection, practice, by)


def find_edit(connection: Connection, practice: str, by: str) -> Edit | None:
    """Return somebody's draft, None where they have none."""
    row = connection.execute(select(drafts).where(_chosen(practice, by))).mappings().first()
    return None if row is None else Edit(**row)


def fresh_edit(connection: Connection, practice: str, by: str) -> Edit:
    """Return a draft that begins with what is published now; it is not kept yet."""
    base = current_revision(connection, practice)
    files = {} if base is None else find_revision(connection, practice, base).files
    return Edit(practice, by, base, files)


def keep_file(connection: Connection, edit: Edit, written: Written, now: dt.datetime) -> Edit:
    """Keep one file of somebody's draft as it is written now; `edit` says whose. The others stay as they stand.

    Raises:
        NotFoundError: the draft has no such file.
        WrittenElsewhereError: what stands there is not what the writer had before them.
        InputError: the draft gets too large.

    """
    held = _hold(connection, edit, now)
    text = held.files.get(written.path)
    if text == written.text:
        return held
    if text is None and written.seen:
        raise WrittenElsewhereError(written.path, None)
    if text is None:
        message = f"the draft has no file {written.path[:120]!r}"
        raise NotFoundError(message)
    if digest_of(text) != written.seen:
        raise WrittenElsewhereError(written.path, text)
    return _put(connection, replace(held, files={**held.files, written.path: written.text}), now)


def add_files(connection: Connection, edit: Edit, files: Mapping[str, str], now: dt.datetime) -> Edit:
    """Add files to somebody's draft.

    Raises:
        RefusedError: there is one of that name.
        InputError: the draft gets too large.

    """
    held = _hold(connection, edit, now)
    known = sorted(files.keys() & held.files.keys())
    if known:
        message = f"there is a file {known[0]} already"
        raise RefusedError(message)
    return _put(connection, replace(held, files={**held.files, **files}), now)


def remove_file(connection: Connection, edit: Edit, path: str, now: dt.datetime) -> Edit:
    """Take a file out of somebody's draft; the published revision keeps it until the draft is published."""
    held = _hold(connection, edit, now)
    return _put(connection, replace(held, files={name: text for name, text in held.files.items() if name != path}), now)


def keep_edit(connection: Connection, edit: Edit, now: dt.datetime) -> Edit:
    """Keep a whole draft in place of what was kept."""
    _hold(connection, edit, now)
    return _put(connection, edit, now)


def drop_edit(connection: Connection, practice: str, by: str) -> None:
    """Forget somebody's draft."""
    connection.execute(delete(drafts).where(_chosen(practice, by)))


def _hold(connection: Connection, edit: Edit, now: dt.datetime) -> Edit:
    """Return the draft as it is kept now, its row held until the transaction ends; made where there was none."""
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    row = {"practice": edit.practice, "by": edit.by, "base": edit.base, "files": dict(edit.files), "updated_at": now}
    connection.execute(dialect.insert(drafts).on_conflict_do_nothing(), [row])
    connection.execute(select(drafts.c.by).where(_chosen(edit.practice, edit.by)).with_for_update())
    return find_edit(connection, edit.practice, edit.by) or edit


def _put(connection: Connection, edit: Edit, now: dt.datetime) -> Edit:
    if sum(map(len, edit.files.values())) > LARGEST_TOTAL:
        message = f"the files together are larger than {LARGEST_TOTAL:,} characters"
        raise InputError(message)
    values = {"base": edit.base, "files": dict(edit.files), "updated_at": now}
    connection.execute(update(drafts).where(_chosen(edit.practice, edit.by)).values(**values))
    return replace(edit, updated_at=now)


def _chosen(practice: str, by: str) -> ColumnElement[bool]:
    return (drafts.c.practice == practice) & (drafts.c.by == by)
