"""The pages over a database with a practice and its users, opened in-process: a browser that keeps its cookies."""

import functools
import re
from dataclasses import dataclass, field
from typing import Annotated, Any, cast

from fastapi import APIRouter, FastAPI
from fastapi.responses import PlainTextResponse
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import Connection

from jobs.clock import SteppingClock
from jobs.database import Database
from scheduler.identities import sessions, users
from scheduler.identities.oidc import Provider
from scheduler.identities.sessions import Whence
from scheduler.intake.entry import Intake
from scheduler.web import cookies
from scheduler.web.app import console_app
from scheduler.web.people import Person, signed_in
from scheduler.web.place import WebPlace
from tests.storage.identifying import PASSWORD

HTTPS = "https://bell.example"
HTTP = "http://127.0.0.1:8000"
BROWSER = {"accept": "text/html,application/xhtml+xml", "accept-language": "en"}


whoami = APIRouter()


@whoami.get("/whoami")
def tell(person: Annotated[Person, signed_in()]) -> PlainTextResponse:
    """Tell who is signed in: a page that no change of the others touches."""
    return PlainTextResponse(f"{person.name}, {person.user.role}, {person.practice}")


@dataclass
class Browser:
    """Somebody's browser: it keeps cookies, says where a form came from, and follows no redirect by itself."""

    client: TestClient
    headers: dict[str, str] = field(default_factory=lambda: dict(BROWSER))

    def get(self, path: str, **rest: Any) -> Response:
        """Open a page."""
        return self.client.get(path, headers=self.headers | rest.pop("headers", {}), **rest)

    def post(self, path: str, form: dict[str, str], **rest: Any) -> Response:
        """Send a form as the browser of this installation's own page does."""
        headers = self.headers | {"sec-fetch-site": "same-origin"} | rest.pop("headers", {})
        return self.client.post(path, data=form, headers=headers, **rest)

    def fill(self, page: str, form: dict[str, str], **rest: Any) -> Response:
        """Open a page, fill its form in with the token that it holds, and send it to the same address."""
        token = token_in(self.get(page))
        return self.post(page.partition("?")[0], {"form_token": token, **form}, **rest)

    def sign_in(self, name: str = "maya", password: str = PASSWORD, **more: str) -> Response:
        """Sign in by the form."""
        return self.fill("/sign-in", {"name": name, "password": password, **more})

    def enter(self, name: str = "maya", practice: str = "northlight") -> None:
        """Hold a session of somebody as if they had signed in, which takes a tenth of a second of hashing."""
        place: WebPlace = cast("FastAPI", self.client.app).state.place

        def work(connection: Connection) -> str:
            user = users.find(connection, practice, name)
            return sessions.begin(connection, user.id, Whence("192.0.2.1"), place.database.moment(connection))

        prefix = "__Host-" if self.client.base_url.scheme == "https" else ""
        self.put(prefix + cookies.SESSION, place.database.write(work))

    def cookie(self, name: str) -> str | None:
        """Return what the browser holds."""
        return next((each.value for each in self.client.cookies.jar if each.name == name), None)

    def put(self, name: str, value: str) -> None:
        """Put a cookie by hand, as somebody who may write to this browser."""
        self.client.cookies.set(name, value)


@dataclass
class WebRoom:
    """An installation and its address."""

    database: Database
    clock: SteppingClock
    address: str = HTTPS
    provider: Provider | None = None
    pages: tuple[APIRouter, ...] = ()

    def browser(self, **client: Any) -> Browser:
        """Open a new browser."""
        place = WebPlace(database=self.database, clock=self.clock, intake=Intake(self.database), provider=self.provider)
        app = console_app(place, whoami, *self.pages) if self.pages else _app()
        app.state.place = place
        opened = TestClient(app, base_url=self.address, raise_server_exceptions=False, follow_redirects=False, **client)
        return Browser(opened)


@functools.cache
def _app() -> FastAPI:
    """Return the application, made once: it takes a tenth of a second, and keeps nothing of a place."""
    return console_app(cast("WebPlace", None), whoami)


def token_in(page: Response) -> str:
    """Return the token of a page's form."""
    found = re.search(r'name="form_token" value="([^"]*)"', page.text)
    assert found is not None, page.text
    return found[1]


def cookies_set(answer: Response) -> dict[str, str]:
    """Return each cookie that an answer sets, whole, by name."""
    return {each.partition("=")[0]: each for each in answer.headers.get_list("set-cookie")}
