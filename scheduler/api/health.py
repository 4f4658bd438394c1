"""`/health` says that the process is alive, `/ready` whether what it needs answers; JSON, for watchdogs and balancers.

A function that looks comes in, a Starlette application goes out. It shows no address and no secret.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route

OK = 200
UNAVAILABLE = 503
NEVER_KEPT = {"cache-control": "no-store"}


@dataclass(frozen=True, slots=True)
class Readiness:
    """What was looked at: for each part "ok", or what is wrong with it in words."""

    parts: Mapping[str, str]

    @property
    def is_ready(self) -> bool:
        """Tell whether every part is well."""
        return all(found == "ok" for found in self.parts.values())


def health_app(look: Callable[[], Readiness], *more: BaseRoute) -> Starlette:
    """Return an application answering `/health`, `/ready` and more; `look` may block and is called on a thread."""

    async def health(_request: Request) -> JSONResponse:
        return JSONResponse({"status": "alive"}, headers=NEVER_KEPT)

    async def ready(_request: Request) -> JSONResponse:
        found = await run_in_threadpool(look)
        answer = {"status": "ready" if found.is_ready else "not ready", "parts": dict(found.parts)}
        return JSONResponse(answer, status_code=OK if found.is_ready else UNAVAILABLE, headers=NEVER_KEPT)

    return Starlette(routes=[Route("/health", health), Route("/ready", ready), *more])
