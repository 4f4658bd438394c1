"""The first room: what needs a person first, then how the practice stands, in numbers that lead to their rows."""

from fastapi import APIRouter

from scheduler.web.overview import page, unreached

router = APIRouter()
router.include_router(page.router)
router.include_router(unreached.router)

__all__ = ["router"]
