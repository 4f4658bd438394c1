"""The calendar: occasions by day and by week with their jobs, each with its plan before anything is saved."""

from fastapi import APIRouter

from scheduler.web.calendar import changing, listing, occasion_page, week

router = APIRouter()
for _room in (listing, week, changing, occasion_page):
    router.include_router(_room.router)
