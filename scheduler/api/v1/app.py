"""The application under `/v1`: routes come from their rooms, errors leave as problem+json, OpenAPI 3.1 tells of all."""

from fastapi import Depends, FastAPI

from scheduler.api.v1 import bulk, inbox, jobs, records, rulebook, texts
from scheduler.api.v1.calling import Place
from scheduler.api.v1.limits import Limiting, Limits
from scheduler.api.v1.problems import PROBLEM_RESPONSES, tell_problems
from scheduler.api.v1.security import Securing, restore_slashes

VERSION = "1"


def v1_app(place: Place, limits: Limits | None = None) -> FastAPI:
    """Return the application, to be mounted at `/v1`; `limits` None: the usual ones."""
    app = FastAPI(
        title="Quietbell",
        version=VERSION,
        summary="Reminders by text: records in, texts out, conversations, rules.",
        docs_url=None,
        redoc_url=None,
        responses=PROBLEM_RESPONSES,
        servers=[{"url": "/v1"}],
        dependencies=[Depends(restore_slashes)],
    )
    app.state.place = place
    tell_problems(app)
    app.add_middleware(Limiting, limits=limits)
    app.add_middleware(Securing)  # added last, it comes first: what Limiting answers is secured too
    for room in (records, bulk, texts, jobs, inbox, rulebook):
        app.include_router(room.router)
    return app
