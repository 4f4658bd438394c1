"""Contacts and occasions in and out: upserts, removals, parts, and what each will lead to."""

from fastapi import APIRouter

router = APIRouter(tags=["records"])
