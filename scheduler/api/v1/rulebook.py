"""Rules and templates: what is published, what a draft would change, publishing it, revisions."""

from fastapi import APIRouter

router = APIRouter(tags=["rulebook"])
