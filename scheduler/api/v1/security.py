"""What every answer carries for its safety, and how a path is read: calls come in, the same calls go on.

An answer is data for programs: no browser may frame it, guess its type or keep it. A ref may hold a slash, written
`%2F`: it travels past the routing as one character that no ref has, and becomes a slash again before a route sees it.
"""

from http import HTTPStatus
from typing import Final
from urllib.parse import unquote

from fastapi import Request
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from scheduler.api.v1.problems import problem

HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
}
HTTPS_ONLY: Final = "max-age=31536000; includeSubDomains"
SLASH: Final = "\ufdd0"
"""Stands for a slash inside a ref: a noncharacter, for use inside a program alone (Unicode 16, section 23.7)."""
_NUL: Final = "\0"


class Securing:
    """Adds the headers, keeps encoded slashes, and answers calls with NUL in their address, which no database keeps."""

    def __init__(self, app: ASGIApp) -> None:
        """Stand before `app`."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a call on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope = {**scope, "path": path_of(scope)}
        safe = _with_headers(scope, send)
        if _NUL in scope["path"] or _NUL in unquote(scope.get("query_string", b"").decode("latin-1")):
            await problem(HTTPStatus.UNPROCESSABLE_ENTITY, "the address has a NUL character in it")(
                scope, receive, safe
            )
            return
        await self._app(scope, receive, safe)


def path_of(scope: Scope) -> str:
    """Return the path in plain characters, with `SLASH` where a slash was written `%2F`."""
    raw: bytes | None = scope.get("raw_path")
    if raw is None or b"%2f" not in raw.lower():
        path: str = scope["path"]
        return path
    parts = raw.decode("latin-1").split("?", 1)[0].split("/")
    return "/".join(unquote(part).replace("/", SLASH) for part in parts)


def restore_slashes(request: Request) -> None:
    """Give the values of a path their slashes back; a dependency of the whole application, so it comes first."""
    values = request.scope["path_params"]
    values.update({name: value.replace(SLASH, "/") for name, value in values.items() if isinstance(value, str)})


def _with_headers(scope: Scope, send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers.setdefault(name, value)
            if scope.get("scheme") == "https":
                headers.setdefault("Strict-Transport-Security", HTTPS_ONLY)
        await send(message)

    return sending
