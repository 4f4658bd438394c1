"""Rules and templates: a draft that is kept, checked and previewed, planned, published, and gone back from."""

from fastapi import APIRouter

from scheduler.web.rules import files, merge, planning, preview, revisions, step_form, templates

router = APIRouter()
for _part in (preview, planning, revisions, merge, templates, step_form, files):
    router.include_router(_part.router)
