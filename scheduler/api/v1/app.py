"""The application under `/v1`: routes come from their rooms, errors leave as problem+json, OpenAPI 3.1 tells of all."""

from http import HTTPStatus

from fastapi import Depends, FastAPI

from scheduler.api.v1 import audit, bulk, endpoints, identities, inbox, jobs, media, people, records, rulebook, texts
from scheduler.api.v1.accepting import Accepting
from scheduler.api.v1.calling import Place
from scheduler.api.v1.contract import Documented, operation_name, wrong_method
from scheduler.api.v1.limits import Limiting, Limits
from scheduler.api.v1.problems import PROBLEM_RESPONSES, tell_problems
from scheduler.api.v1.security import Securing, restore_slashes

VERSION = "1"


def v1_app(place: Place, limits: Limits | None = None) -> FastAPI:
    """Return the application, to be mounted at `/v1`; `limits` None: the usual ones."""
    app = Documented(
        title="Quietbell",
        version=VERSION,
        summary="Reminders by text: records in, texts out, conversations, rules.",
        docs_url=None,
        redoc_url=None,
        responses=PROBLEM_RESPONSES,
        servers=[{"url": "/v1"}],
        dependencies=[Depends(restore_slashes)],
        generate_unique_id_function=operation_name,
        redirect_slashes=False,  # a redirect would name the host that the call names
    )
    app.state.place = place
    tell_problems(app)
    app.add_exception_handler(HTTPStatus.METHOD_NOT_ALLOWED, wrong_method)
    app.add_middleware(Accepting)
    app.add_middleware(Limiting, limits=limits)
    app.add_middleware(Securing)  # added last, it comes first: what Limiting answers is secured too
    for room in (records, people, bulk, texts, media, jobs, inbox, rulebook, endpoints, identities, audit):
        app.include_router(room.router)
    return app
