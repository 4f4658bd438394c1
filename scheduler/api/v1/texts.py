"""One-off texts: sent once by key, or why they may not be."""

from fastapi import APIRouter

router = APIRouter(tags=["texts"])
