"""The application under `/v1`: routes come from their rooms, errors leave as problem+json, OpenAPI 3.1 tells of all."""

from fastapi import FastAPI

from scheduler.api.v1 import bulk, inbox, jobs, records, rulebook, texts
from scheduler.api.v1.calling import Place
from scheduler.api.v1.problems import PROBLEM_RESPONSES, tell_problems

VERSION = "1"


def v1_app(place: Place) -> FastAPI:
    """Return the application, to be mounted at `/v1`."""
    app = FastAPI(
        title="Quietbell",
        version=VERSION,
        summary="Reminders by text: records in, texts out, conversations, rules.",
        docs_url=None,
        redoc_url=None,
        responses=PROBLEM_RESPONSES,
        servers=[{"url": "/v1"}],
    )
    app.state.place = place
    tell_problems(app)
    for room in (records, bulk, texts, jobs, inbox, rulebook):
        app.include_router(room.router)
    return app
