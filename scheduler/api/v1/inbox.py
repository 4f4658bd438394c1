"""Conversations for the case system's own pages: read, assign, link, note, reply."""

from fastapi import APIRouter

router = APIRouter(tags=["inbox"])
