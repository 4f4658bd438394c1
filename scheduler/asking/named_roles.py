"""The roles that a practice names itself: its current rulebook is read, names come out. It changes nothing."""

from sqlalchemy import Connection

from jobs.errors import NotFoundError
from scheduler.publishing.revisions import load_current


def named_roles(connection: Connection, practice: str) -> frozenset[str]:
    """Return every role that the practice's `who_may_send` names; none where nothing was published yet."""
    try:
        settings = load_current(connection, practice).rulebook.practice
    except NotFoundError:
        return frozenset()
    return frozenset(role for roles in settings.who_may_send.values() for role in roles)
