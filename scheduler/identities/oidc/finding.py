"""Finds the user whom the identity provider means: by its subject once that is known, before that by a claim.

With the first sign-in a user is bound to the provider's subject, so that an address that is given to somebody else
there opens nothing here. Nobody is created.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, func, or_, select, update

from jobs.records import users
from scheduler.identities.users import spelt
from scheduler.settings import DEFAULT_CLAIM

LONGEST: Final = 255
"""In characters: OpenID Connect Core 1.0, section 2, of `sub`."""


class Refusal(StrEnum):
    """Why somebody does not come in; the value is what the audit log says."""

    STALE = "begun too long ago, in another browser, or used before"
    DENIED = "the identity provider did not let them through"
    UNREACHABLE = "the identity provider cannot be asked"
    NOT_BELIEVED = "the identity provider's answer cannot be verified"
    UNVERIFIED = "the identity provider names nobody, or an address that it has not verified"
    UNKNOWN = "no user that may sign in bears this name or address"
    ANOTHER = "the user is bound to somebody else at the identity provider"
    SEVERAL = "several users bear this address"


@dataclass(frozen=True, slots=True)
class Meant:
    """Whom an identity provider tells of: its subject, and the claim that names them here."""

    issuer: str
    subject: str
    claim: str
    value: str

    @property
    def bound(self) -> str:
        """Return what a user bound to them has as `oidc_subject`: subjects are unique within their issuer alone."""
        return f"{self.issuer} {self.subject}"

    @property
    def is_plain(self) -> bool:
        """Tell whether a database may be asked for it."""
        return all(text.isprintable() and len(text) <= LONGEST for text in (self.subject, self.value))


def find(connection: Connection, meant: Meant, practice: str | None) -> list[Row[Any]] | Refusal:
    """Return the rows of users meant, one a practice and each held; only those of `practice` where that is given."""
    if not meant.is_plain:
        return Refusal.UNKNOWN
    query = select(users).where(users.c.disabled_at.is_(None), or_(users.c.oidc_subject == meant.bound, _named(meant)))
    if practice is not None:
        query = query.where(users.c.practice == practice)
    rows = connection.execute(query.order_by(users.c.practice, users.c.name).with_for_update()).all()
    found = [_of_one(list(theirs), meant) for theirs in _by_practice(rows)]
    meant_rows = [each for each in found if not isinstance(each, Refusal)]
    if meant_rows:
        return meant_rows
    return next((each for each in found if isinstance(each, Refusal)), Refusal.UNKNOWN)


def bind(connection: Connection, row: Row[Any], meant: Meant) -> bool:
    """Bind a user to the subject; tell whether they were not yet."""
    if row.oidc_subject == meant.bound:
        return False
    connection.execute(update(users).where(users.c.id == row.id).values(oidc_subject=meant.bound))
    return True


def _named(meant: Meant) -> ColumnElement[bool]:
    by_name = users.c.name == spelt(meant.value)
    if meant.claim != DEFAULT_CLAIM:
        return by_name
    return or_(by_name, func.lower(users.c.email) == meant.value.lower())


def _by_practice(rows: Sequence[Row[Any]]) -> list[list[Row[Any]]]:
    found: dict[str, list[Row[Any]]] = {}
    for row in rows:
        found.setdefault(row.practice, []).append(row)
    return list(found.values())


def _of_one(rows: list[Row[Any]], meant: Meant) -> Row[Any] | Refusal:
    """Return which of a practice's rows is meant."""
    for row in rows:
        if row.oidc_subject == meant.bound:
            return row
    free = [row for row in rows if not (row.oidc_subject or "").startswith(f"{meant.issuer} ")]
    if not free:
        return Refusal.ANOTHER
    return free[0] if len(free) == 1 else Refusal.SEVERAL
