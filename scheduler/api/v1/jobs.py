"""Jobs and texts as they stand, their life and cost; cancel, reschedule, retry."""

from fastapi import APIRouter

router = APIRouter(tags=["jobs"])
