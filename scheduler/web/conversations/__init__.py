"""Conversations with people: the inbox, one conversation, and a new text to anybody."""

from fastapi import APIRouter

from scheduler.web.conversations import deeds, inbox_page, new_text, talk_page

router = APIRouter()
for _room in (inbox_page, new_text, talk_page, deeds):
    router.include_router(_room.router)
