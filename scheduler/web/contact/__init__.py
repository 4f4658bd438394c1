"""One contact's page, and a new text to them; the case system opens both in a tab by the contact's ref."""

from fastapi import APIRouter

from scheduler.web.contact import orders, page

router = APIRouter()
for _room in (page, orders):
    router.include_router(_room.router)
