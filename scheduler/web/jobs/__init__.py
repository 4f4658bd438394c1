"""The room of jobs: the list, a job's life, orders of one and of many, failures by cause, pauses."""

from fastapi import APIRouter

from scheduler.web.jobs import failing, life, listing, many, ordering, pausing, views

router = APIRouter()
for _room in (listing, views, failing, many, pausing, life, ordering):
    router.include_router(_room.router)
