"""Publishes of rules as acts of the audit log: what was published over what. It publishes nothing."""

from sqlalchemy import Connection

from scheduler.identities.audit import Act, Signed, Subject, note
from scheduler.publishing.revisions import Published


def note_publish(connection: Connection, signed: Signed, published: Published, author: str | None = None) -> None:
    """Note a publish that changed something; `author` is in whose name, where that is not who is signed."""
    if not published.changed:
        return
    after: dict[str, object] = {"revision": published.revision}
    if author not in {None, signed.by}:
        after["in_the_name_of"] = author
    before = None if published.base is None else {"revision": published.base}
    note(connection, Act(signed, "rulebook.published", Subject("rulebook", published.revision), before, after))
