"""Who is signed in: a session's cookie comes in, a person with their rights goes out, or the way to the sign-in.

A page names the right it needs: `person: Annotated[Person, signed_in(Right.READ_JOBS)]`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Depends, Request

from jobs.errors import QuietbellError
from scheduler.asking.named_roles import named_roles
from scheduler.identities import sessions
from scheduler.identities.rights import ROLES, Caller, Right
from scheduler.identities.sessions import Session
from scheduler.identities.users import User, user_of
from scheduler.web import cookies
from scheduler.web.place import address_of, place_of

LONGEST_PATH = 2000


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody signed in: the user, what they may do as a caller, and their session."""

    user: User
    caller: Caller
    session: Session

    @property
    def name(self) -> str:
        """Return what they sign in with."""
        return self.user.name

    @property
    def practice(self) -> str:
        """Return whose pages they see: every question is asked of this practice alone."""
        return self.user.practice

    def may(self, right: Right | str) -> bool:
        """Tell whether they have a right, or a scope of that name; templates ask too, to leave a link out."""
        return self.caller.may(Right(right))


class NotSignedInError(QuietbellError):
    """Nobody is signed in; `next` is where they wanted to go."""

    def __init__(self, next_path: str) -> None:
        """Remember the page."""
        super().__init__("sign in first")
        self.next = next_path


class NotAllowedError(QuietbellError):
    """Whoever is signed in lacks the right."""

    def __init__(self, right: Right) -> None:
        """Name the right."""
        super().__init__(f"your role lacks the right {right.value}")
        self.right = right


class MustChangeError(QuietbellError):
    """Somebody else made the password: a new one comes first."""


def person_of(request: Request) -> Person | None:
    """Return who is signed in; templates see them as `person`. Asked of the database once a call."""
    if not hasattr(request.state, "person"):
        token = cookies.read(request, cookies.SESSION)
        request.state.person = None if token is None else _find(request, token)
    found: Person | None = request.state.person
    return found


def anybody(request: Request, person: Annotated[Person | None, Depends(person_of)]) -> Person:
    """Return who is signed in, whatever they may do.

    Raises:
        NotSignedInError: nobody is.

    """
    if person is None:
        raise NotSignedInError(_wanted(request))
    return person


def signed_in(right: Right | None = None) -> Any:  # noqa: ANN401 - what Depends returns
    """Return the dependency that gives who is signed in, and has the right if one is named."""
    return Depends(_allowed(right))


def local_path(given: str | None) -> str:
    r"""Return a path of this installation to go on to; `/` for whatever leads, or might lead, anywhere else.

    Browsers read `//host`, `/\host` and a path with line breaks or tabs in it as another host's address.
    """
    path = given or "/"
    is_plain = path.isprintable() and len(path) <= LONGEST_PATH and not any(c in path for c in "\\ ")
    if not is_plain or not path.startswith("/") or path.startswith("//"):
        return "/"
    return "/" if path.startswith(("/sign-", "/password", "/codes")) else path


def _allowed(right: Right | None) -> Callable[[Person], Person]:
    def allowed(person: Annotated[Person, Depends(anybody)]) -> Person:
        if person.user.must_change:
            raise MustChangeError
        if right is not None and not person.may(right):
            raise NotAllowedError(right)
        return person

    return allowed


def _find(request: Request, token: str) -> Person | None:
    database = place_of(request).database
    session = sessions.find(database, token)
    if session is None:
        return None
    user = user_of(session.user_row)
    if user.role in ROLES:
        caller = user.as_caller()
    else:
        with database.read() as connection:
            caller = user.as_caller(named_roles(connection, user.practice))
    return Person(user, _from(caller, address_of(request)), session)


def _from(caller: Caller, address: str | None) -> Caller:
    return Caller(caller.practice, caller.name, caller.rights, caller.role, address)


def _wanted(request: Request) -> str:
    """Return the page that somebody wanted to see; what they wanted to do is not repeated."""
    if request.method not in {"GET", "HEAD"}:
        return "/"
    query = request.url.query
    return local_path(quote(request.url.path, safe="/%:@!$&'()*+,;=~") + (f"?{query}" if query else ""))
