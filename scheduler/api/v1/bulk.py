"""Many contacts or occasions at once: staged and all-or-nothing, or with a result for each row."""

from fastapi import APIRouter

router = APIRouter(tags=["bulk"])
