"""What a body may be: calls come in, 415 goes out to a body that does not say it is JSON, the rest passes.

A body without a type is refused too: a page of another site could send one in a signed-in browser's name.
"""

from http import HTTPStatus
from typing import Final

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from scheduler.api.v1.problems import problem

JSON: Final = "application/json"
NDJSON: Final = "application/x-ndjson"


class Accepting:
    """Answers 415 in the application's place."""

    def __init__(self, app: ASGIApp) -> None:
        """Stand before `app`."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a call pass, or answer it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        accepted = (JSON, NDJSON) if "/bulk/" in scope["path"] else (JSON,)
        given = headers.get("content-type", "").partition(";")[0].strip().lower()
        if _has_body(headers) and given not in accepted:
            detail = f"the body's type is {given or 'not said'}: send it with `Content-Type: {' or '.join(accepted)}`"
            answer = problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, detail, headers={"Accept": ", ".join(accepted)})
            await answer(scope, receive, send)
            return
        await self._app(scope, receive, send)


def _has_body(headers: Headers) -> bool:
    return "transfer-encoding" in headers or headers.get("content-length", "0") != "0"
