"""The way to the identity provider and back: a browser's secret comes in, an address or a user goes out.

A way is walked once, by the browser that began it. The provider is asked outside of any transaction; every refusal
is noted in the audit log where a practice is known, and says nothing of why to the person beyond a plain sentence.
"""

import base64
import datetime as dt
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import structlog
from sqlalchemy import Connection, Row

from jobs.database import Database
from jobs.store.values import person
from scheduler.identities import backing_off, steps
from scheduler.identities.audit import Act, Signed, Subject, note
from scheduler.identities.oidc.finding import Meant, Refusal, bind, find
from scheduler.identities.oidc.provider import Proof, Provider, claim_of
from scheduler.identities.oidc.tokens import TokenError
from scheduler.identities.oidc.wire import ProviderError
from scheduler.identities.signing_in import TooSoon
from scheduler.identities.steps import Kind, Step
from scheduler.identities.users import User, only_practice, user_of

log = structlog.get_logger(__name__)

BY: Final = "sign-in"
"""Whom the audit log names where nobody came in."""
STATE_BYTES: Final = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """A browser about to go to the provider: the secret it holds, the practice it named, the page it wants."""

    browser: str = field(repr=False)
    practice: str | None
    next: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CameBack:
    """A browser come back: the secret it holds, the query it brought, and where it calls from."""

    browser: str = field(repr=False)
    query: Mapping[str, str] = field(repr=False)
    address: str | None = None


@dataclass(frozen=True, slots=True)
class CameIn:
    """It is this user; show them that page. `oidc` began no session: `sessions.begin` does."""

    user: User
    next: str


@dataclass(frozen=True, slots=True)
class ChoosePractice:
    """They are users of several practices: let them name one, and begin again."""

    practices: tuple[str, ...]
    next: str


@dataclass(frozen=True, slots=True)
class Refused:
    """They do not come in."""

    why: Refusal


Outcome = CameIn | ChoosePractice | Refused | TooSoon


def start(database: Database, provider: Provider, leaving: Leaving) -> str:
    """Return the address to send a browser to, and remember that it left.

    Raises:
        ProviderError: the provider does not say where to go.

    """
    state = secrets.token_urlsafe(STATE_BYTES)
    address = provider.way_in(state, _proof(leaving.browser, state))
    step = Step(kind=Kind.OIDC, next=leaving.next, practice=leaving.practice)
    held = _held(leaving.browser, state)
    database.write(lambda connection: steps.begin(connection, held, step, database.moment(connection)))
    return address


def finish(database: Database, provider: Provider, came: CameBack) -> Outcome:
    """Return what becomes of a browser that came back."""
    step = database.write(lambda connection: _take_up(connection, database, came))
    if isinstance(step, TooSoon):
        return step
    meant = Refusal.STALE if step is None else _ask(provider, came)
    return database.write(lambda connection: _end(connection, database, came, step, meant))


def _take_up(connection: Connection, database: Database, came: CameBack) -> Step | TooSoon | None:
    """Count the attempt, and take up the step that this browser began; None where there is none."""
    now = database.moment(connection)
    until = backing_off.begin(connection, backing_off.of_address(came.address), now)
    if until is not None:
        return TooSoon(until)
    return steps.take(connection, Kind.OIDC, _held(came.browser, came.query.get("state", "")), now)


def _ask(provider: Provider, came: CameBack) -> Meant | Refusal:
    """Return whom the provider means, or why nobody."""
    code, named = came.query.get("code", ""), came.query.get("iss")
    if "error" in came.query or not code:
        return Refusal.DENIED
    if named is not None and named != provider.setup.issuer:  # another provider's answer (RFC 9207)
        return Refusal.NOT_BELIEVED
    try:
        claims = provider.claims_of(code, _proof(came.browser, came.query.get("state", "")))
    except TokenError as error:
        log.warning("sign-in refused", reason=str(error))
        return Refusal.NOT_BELIEVED
    except ProviderError as error:
        log.warning("sign-in refused", reason=str(error))
        return Refusal.UNREACHABLE
    value = claim_of(provider.setup, claims)
    if value is None:
        return Refusal.UNVERIFIED
    return Meant(provider.setup.issuer, str(claims["sub"]), provider.setup.claim, value)


def _end(
    connection: Connection, database: Database, came: CameBack, step: Step | None, meant: Meant | Refusal
) -> Outcome:
    """Let in whom the provider means, or note why not."""
    now = database.moment(connection)
    found = Refusal.STALE if step is None else _found(connection, meant, step.practice)
    if isinstance(found, Refusal) or step is None:
        why = found if isinstance(found, Refusal) else Refusal.STALE
        _note_refusal(connection, why, only_practice(connection, None if step is None else step.practice), came, now)
        return Refused(why)
    backing_off.give_back(connection, backing_off.of_address(came.address), now)
    if len(found.rows) > 1:
        return ChoosePractice(tuple(row.practice for row in found.rows), step.next)
    user, is_new = user_of(found.rows[0]), bind(connection, found.rows[0], found.meant)
    signed = Signed(user.practice, person(user.name), now, came.address)
    after = {"through": "oidc", "bound": is_new}
    note(connection, Act(signed, "user.signed_in", Subject("user", user.name), None, after))
    return CameIn(user, step.next)


@dataclass(frozen=True, slots=True)
class _Found:
    """Users meant, one a practice."""

    rows: list[Row[Any]]
    meant: Meant


def _found(connection: Connection, meant: Meant | Refusal, practice: str | None) -> _Found | Refusal:
    if isinstance(meant, Refusal):
        return meant
    rows = find(connection, meant, practice)
    return rows if isinstance(rows, Refusal) else _Found(rows, meant)


def _note_refusal(connection: Connection, why: Refusal, practice: str | None, came: CameBack, now: dt.datetime) -> None:
    log.info("sign-in refused", practice=practice, because=why.value)
    if practice is not None:
        signed = Signed(practice, BY, now, came.address)
        note(connection, Act(signed, "user.refused", Subject("sign_in", "oidc"), None, {"because": why.value}))


def _held(browser: str, state: str) -> str:
    return f"{browser}\0{state}"


def _proof(browser: str, state: str) -> Proof:
    """Return nonce and verifier of one way: nobody learns them from the database, or from the state alone."""
    return Proof(nonce=_derived(browser, "nonce", state), verifier=_derived(browser, "verifier", state))


def _derived(browser: str, what: str, state: str) -> str:
    made = hmac.digest(
        browser.encode("utf-8", "surrogatepass"), f"{what}\0{state}".encode("utf-8", "surrogatepass"), hashlib.sha256
    )
    return base64.urlsafe_b64encode(made).rstrip(b"=").decode()
