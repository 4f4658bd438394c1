"""Texts that people send: an adapter's `Inbound` in; its line in the conversation, and all that it means, done."""

from scheduler.inbound.receiving import NobodysNumber, Received, receive
from scheduler.inbound.recording import SOURCES, record_word

__all__ = ["SOURCES", "NobodysNumber", "Received", "receive", "record_word"]
