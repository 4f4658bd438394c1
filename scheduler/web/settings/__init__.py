"""Settings: users and roles, API keys, senders and providers, endpoints of events, spending, the audit log."""

from fastapi import APIRouter

from scheduler.web.settings import audit_log, endpoints, first, keys, senders, spending, users

router = APIRouter()
for _room in (first, users, keys, senders, endpoints, spending, audit_log):
    router.include_router(_room.router)

__all__ = ["router"]
