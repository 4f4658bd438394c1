"""Contacts and occasions from a file: sent, its columns named, tried out, and taken in once a person agreed."""

from scheduler.web.importing.routes import router

__all__ = ["router"]
