"""What happens to a browser whose person was let in: a new session, never one that it brought along."""

from http import HTTPStatus

from fastapi import Request
from fastapi.responses import RedirectResponse, Response
from sqlalchemy import Connection

from scheduler.identities import sessions, steps
from scheduler.identities.sessions import Whence
from scheduler.identities.signing_in import TooSoon
from scheduler.identities.steps import Kind
from scheduler.identities.users import User
from scheduler.web import cookies
from scheduler.web.errors import error_page
from scheduler.web.people import local_path
from scheduler.web.place import WebPlace, address_of
from scheduler.web.words import sentence, words_of

TOO_MANY = sentence("There were too many attempts. Try again in {seconds} seconds.")


def enter(request: Request, here: WebPlace, user: User, next_path: str) -> Response:
    """Begin a session for this user and send the browser on; what the browser held before opens nothing any more."""
    old, before = cookies.read(request, cookies.SESSION), cookies.read(request, cookies.BEFORE)
    whence = Whence(address_of(request), request.headers.get("user-agent"))

    def work(connection: Connection) -> str:
        now = here.database.moment(connection)
        if old is not None:
            sessions.end(connection, old)
        if before is not None:
            steps.take(connection, Kind.CODE, before, now)
        return sessions.begin(connection, user.id, whence, now)

    answer = RedirectResponse(local_path(next_path), HTTPStatus.SEE_OTHER)
    cookies.put(request, answer, cookies.SESSION, here.database.write(work))
    cookies.drop(request, answer, cookies.BEFORE)
    return answer


def too_soon(request: Request, here: WebPlace, outcome: TooSoon) -> Response:
    """Return the page that says when the next attempt may be made."""
    with here.database.read() as connection:
        left = outcome.until - here.database.moment(connection)
    seconds = max(1, int(left.total_seconds() + 0.999))
    words = words_of(request).t(TOO_MANY, seconds=seconds)
    answer = error_page(request, HTTPStatus.TOO_MANY_REQUESTS, words)
    answer.headers["Retry-After"] = str(seconds)
    return answer
