"""Contacts and occasions in and out: upserts, removals, parts, and what each will lead to."""

from fastapi import APIRouter

from scheduler.api.v1 import contacts, occasions

router = APIRouter(tags=["records"])
router.include_router(contacts.router)
router.include_router(occasions.router)
