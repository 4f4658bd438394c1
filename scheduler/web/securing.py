"""What every answer to a browser carries for its safety, and what it gets where something of ours broke.

No page may run a script or style that is not a file of ours, be framed, or be kept by anybody on the way.
"""

from collections.abc import Awaitable, Callable
from typing import Final

import structlog
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from scheduler.web.place import is_secure

log = structlog.get_logger(__name__)

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; font-src 'self'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    # Not `no-referrer`: with that a browser says `Origin: null` of our own forms.
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
HTTPS_ONLY: Final = "max-age=31536000; includeSubDomains"

Show = Callable[[Request], Awaitable[Response]]


class Securing:
    """Adds the headers, and answers with a calm page what nobody else answered."""

    def __init__(self, app: ASGIApp, broken: Show) -> None:
        """Stand before `app`; `broken` shows the page."""
        self._app = app
        self._broken = broken

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a call on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        has_begun = False

        async def sending(message: Message) -> None:
            nonlocal has_begun
            if message["type"] == "http.response.start":
                has_begun = True
                _add(scope, message)
            await send(message)

        try:
            await self._app(scope, receive, sending)
        except Exception:
            log.exception("a page broke", path=scope["path"])
            if has_begun:
                raise
            answer = await self._broken(Request(scope, receive))
            await answer(scope, receive, sending)


def _add(scope: Scope, message: Message) -> None:
    headers = MutableHeaders(scope=message)
    for name, value in HEADERS.items():
        headers.setdefault(name, value)
    if is_secure(Request(scope)):
        headers.setdefault("Strict-Transport-Security", HTTPS_ONLY)
