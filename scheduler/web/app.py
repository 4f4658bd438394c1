"""The application for people: pages from their rooms, a session for each person, calm errors, strict headers.

A page in ten lines, `scheduler/web/jobs_page.py` with its template `scheduler/web/pages/jobs.html.j2`:

    router = APIRouter()
    Reader = Annotated[Person, signed_in(Right.READ_JOBS)]
    Changer = Annotated[Person, signed_in(Right.CHANGE_JOBS)]

    @router.get("/jobs")
    def jobs(request: Request, here: Here, person: Reader) -> HTMLResponse:
        with here.database.read() as connection:
            found = listing.jobs(connection, person.practice)
        return show(request, "jobs.html.j2", jobs=found)

    @router.post("/jobs/{job_id}/cancel")
    def cancel(form: CheckedForm, job_id: str, here: Here, person: Changer) -> Response:
        ...  # form.text("because")
        return RedirectResponse("/jobs", HTTPStatus.SEE_OTHER)

    {% extends "base.html.j2" %}
    {% block title %}{{ t("Jobs") }}{% endblock %}
    {% block main %}<h1>{{ t("Jobs") }}</h1>{{ many(jobs | length, "{count} job", "{count} jobs") }}{% endblock %}

Then the router goes into `ROUTERS`, and the French into `french/`; a test names what is missing there. What lacks
a session or a right is answered before the function is called; errors of ours (`NotFoundError`, `InputError`, …)
become pages by themselves. A form holds `<input type="hidden" name="form_token" value="{{ form_token }}">`.
"""

from typing import Final

from fastapi import APIRouter, FastAPI
from starlette.middleware.gzip import GZipMiddleware

from scheduler.web import (
    calendar,
    contact,
    contact_list,
    conversations,
    importing,
    jobs,
    overview,
    rules,
    settings,
    signing,
    time_machine,
)
from scheduler.web.assets_mount import Assets
from scheduler.web.errors import broken, show_errors
from scheduler.web.place import WebPlace
from scheduler.web.securing import Securing

ROUTERS: Final[tuple[APIRouter, ...]] = (
    *signing.ROUTERS,
    overview.router,
    calendar.router,
    contact_list.router,
    importing.router,
    rules.router,
    time_machine.router,
    jobs.router,
    conversations.router,
    settings.router,
    # After the lists: a contact's ref may not take the place of their own addresses.
    contact.router,
)


def console_app(place: WebPlace, *more: APIRouter) -> FastAPI:
    """Return the application, to be mounted at `/` after all else; `more` are pages besides those of `ROUTERS`."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    app.state.place = place
    show_errors(app)
    app.add_middleware(Securing, broken=broken)
    for router in (*ROUTERS, *more):
        app.include_router(router)
    app.mount("/static", GZipMiddleware(Assets(), minimum_size=1000), name="static")
    return app
