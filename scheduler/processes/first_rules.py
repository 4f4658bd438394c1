"""Publishes the rules under the rules folder for practices that have no revision yet; others are left alone."""

import structlog
from sqlalchemy import Connection

from jobs.database import Database
from scheduler.publishing.checks.listing import check_desk
from scheduler.publishing.revisions import Published, Signature, current_revision, publish
from scheduler.rulebook.folder import practices_in
from scheduler.rulebook.reader import read_desk
from scheduler.settings import Settings

log = structlog.get_logger(__name__)
SIGNED = Signature("quietbell", "first read from the rules folder")


def publish_first_rules(settings: Settings, database: Database) -> list[str]:
    """Publish each practice that was never published and has no error; return their names."""
    return [practice for practice in practices_in(settings.rules) if _publish_first(settings, database, practice)]


def _publish_first(settings: Settings, database: Database, practice: str) -> bool:
    with database.read() as connection:
        if current_revision(connection, practice) is not None:
            return False
    desk = read_desk(settings.rules, settings.templates, practice)
    verdict = check_desk(desk)
    rulebook = desk.rulebook()
    if not verdict.may_publish or rulebook is None:
        for problem in verdict.errors:
            log.error("rules not published", practice=practice, problem=str(problem))
        return False

    def work(connection: Connection) -> Published | None:
        if current_revision(connection, practice) is not None:
            return None
        return publish(connection, rulebook, SIGNED, database.moment(connection), desk.files)

    published = database.write(work)
    if published is not None:
        log.info("rules published", practice=practice, revision=published.revision)
    return published is not None
