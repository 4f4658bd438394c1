"""Saved views: a user's names for filters, kept and removed."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from scheduler.asking.views import remove_view, save_view
from scheduler.web.forms import CheckedForm
from scheduler.web.jobs.asking import Reader, id_of, reading_of
from scheduler.web.jobs.filters import read_query
from scheduler.web.notices import Notice, go_on
from scheduler.web.place import Here
from scheduler.web.words import sentence

router = APIRouter()


@router.post("/jobs/views")
def save(form: CheckedForm, request: Request, here: Here, person: Reader) -> Response:
    """Keep the present filters under a name."""
    query = read_query(form.raw("query"), reading_of(request, here, person)).kept_query
    name = form.text("name")
    here.database.write(
        lambda connection: save_view(connection, person.user.id, name, query, now=here.database.moment(connection))
    )
    return go_on(request, f"/jobs?{query}", Notice(sentence("Kept as the view “{name}”."), {"name": name}))


@router.post("/jobs/views/{view_id}/remove")
def remove(form: CheckedForm, view_id: str, request: Request, here: Here, person: Reader) -> Response:  # noqa: ARG001 - the form is checked
    """Remove one."""
    here.database.write(lambda connection: remove_view(connection, person.user.id, id_of(view_id)))
    return go_on(request, "/jobs", Notice(sentence("The view is removed.")))
