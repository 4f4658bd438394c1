"""The list of contacts: found by name, number or reference, added and changed."""

from fastapi import APIRouter

from scheduler.web.contact_list import editing, listing

router = APIRouter()
for _room in (listing, editing):
    router.include_router(_room.router)
