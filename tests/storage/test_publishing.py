"""Revisions in the database: published once, immutable, loaded as they were, with the terms that workers read."""

import datetime as dt

import pytest
from sqlalchemy import func, select, update

from jobs.database import Database
from jobs.errors import NotFoundError
from jobs.records import practices, revisions, senders, step_publishings
from jobs.terms import Terms
from scheduler.planning.compiled import compile_rulebook
from scheduler.publishing.revisions import (
    Published,
    Signature,
    current_revision,
    first_publishings,
    load_current,
    publish,
    refresh_terms,
)
from scheduler.publishing.terms import derive_terms
from scheduler.rulebook.content import content_of, revision_id
from scheduler.rulebook.schema import Rulebook
from tests.storage.intake_practice import DAY_BEFORE, NOW, WEEK_BEFORE, make_rulebook

ADMIN = Signature("person:ana", "first rules")


def publish_in(database: Database, rulebook: Rulebook, now: dt.datetime = NOW) -> Published:
    return database.write(lambda connection: publish(connection, rulebook, ADMIN, now, {"rules/a.yaml": "rules: []"}))


def test_a_published_rulebook_is_current_and_loads_as_it_was(database: Database) -> None:
    rulebook = make_rulebook()
    done = publish_in(database, rulebook)
    with database.read() as connection:
        current = load_current(connection, "northlight")
        assert current_revision(connection, "northlight") == done.revision == current.revision
    assert done == Published(revision_id(content_of(rulebook)), base=None, changed=True)
    assert current.rulebook == rulebook
    assert current.published_at == NOW
    assert current.terms == derive_terms(rulebook)


def test_a_revision_keeps_author_note_files_and_base(database: Database) -> None:
    first = publish_in(database, make_rulebook(steps=(DAY_BEFORE,)))
    second = publish_in(database, make_rulebook())
    with database.read() as connection:
        row = connection.execute(select(revisions).where(revisions.c.id == second.revision)).one()
    assert (row.author, row.note, row.base) == ("person:ana", "first rules", first.revision)
    assert row.files == {"rules/a.yaml": "rules: []"}
    assert row.published_at == NOW


def test_publishing_the_same_content_again_does_nothing(database: Database) -> None:
    first = publish_in(database, make_rulebook())
    again = publish_in(database, make_rulebook(), NOW + dt.timedelta(hours=1))
    assert again == Published(first.revision, base=first.revision, changed=False)
    with database.read() as connection:
        assert connection.execute(select(func.count()).select_from(revisions)).scalar_one() == 1


def test_going_back_to_an_older_content_leaves_its_row_as_it_was(database: Database) -> None:
    first = publish_in(database, make_rulebook())
    publish_in(database, make_rulebook(steps=(DAY_BEFORE,)))
    back = publish_in(database, make_rulebook(), NOW + dt.timedelta(days=1))
    with database.read() as connection:
        assert current_revision(connection, "northlight") == first.revision == back.revision
        row = connection.execute(select(revisions).where(revisions.c.id == first.revision)).one()
    assert row.published_at == NOW
    assert row.base is None


def test_a_failed_publish_leaves_nothing_behind(database: Database) -> None:
    bad = make_rulebook(practice={"holidays": ["XX-YY"]})
    with pytest.raises(Exception, match="XX-YY"):
        publish_in(database, bad)
    with database.read() as connection:
        for table in (practices, revisions, senders, step_publishings):
            assert connection.execute(select(func.count()).select_from(table)).scalar_one() == 0


def test_a_step_keeps_the_moment_of_its_first_publishing(database: Database) -> None:
    later = NOW + dt.timedelta(days=3)
    publish_in(database, make_rulebook(steps=(WEEK_BEFORE,)))
    publish_in(database, make_rulebook(), later)
    with database.read() as connection:
        found = first_publishings(connection, "northlight")
    assert found["visit", "week-before"] == NOW
    assert found["visit", "day-before"] == later


def test_a_step_that_comes_back_keeps_its_first_moment(database: Database) -> None:
    publish_in(database, make_rulebook())
    publish_in(database, make_rulebook(steps=(WEEK_BEFORE,)), NOW + dt.timedelta(days=1))
    publish_in(database, make_rulebook(), NOW + dt.timedelta(days=2))
    with database.read() as connection:
        assert first_publishings(connection, "northlight")["visit", "day-before"] == NOW


def test_the_compiled_plan_knows_when_each_step_was_first_published(database: Database) -> None:
    publish_in(database, make_rulebook())
    with database.read() as connection:
        plan = load_current(connection, "northlight").plan
    assert {step.first_published for kind in plan.kinds.values() for rule in kind.rules for step in rule.steps} == {NOW}


def test_senders_are_laid_and_gone_when_they_are_removed(database: Database) -> None:
    two = [
        {"id": "main", "number": "+15145550100", "provider": "terminal"},
        {"id": "urgent", "number": "+15145550111", "provider": "terminal"},
    ]
    publish_in(database, make_rulebook(practice={"senders": two}))
    publish_in(database, make_rulebook())
    with database.read() as connection:
        rows = connection.execute(select(senders.c.id, senders.c.gone).order_by(senders.c.id)).all()
    assert [tuple(row) for row in rows] == [("main", False), ("urgent", True)]


def test_practices_are_numbered_in_the_order_they_come(database: Database) -> None:
    publish_in(database, make_rulebook())
    publish_in(database, make_rulebook(practice={"practice": "other"}))
    with database.read() as connection:
        rows = connection.execute(select(practices.c.id, practices.c.number).order_by(practices.c.number)).all()
    assert [tuple(row) for row in rows] == [("northlight", 1), ("other", 2)]


def test_a_practice_without_a_revision_is_told_what_to_do(database: Database) -> None:
    with database.read() as connection, pytest.raises(NotFoundError, match="quietbell apply northlight"):
        load_current(connection, "northlight")


def test_the_terms_of_a_row_are_what_workers_read(database: Database) -> None:
    rulebook = make_rulebook(practice={"spending": {"currency": "CAD", "monthly_cap": 100, "warn_at": "75%"}})
    publish_in(database, rulebook)
    with database.read() as connection:
        kept = connection.execute(select(revisions.c.terms)).scalar_one()
    terms = Terms.model_validate(kept)
    assert terms.plan_hashes == compile_rulebook(rulebook).plan_hashes
    assert terms.spending is not None
    assert str(terms.spending.warn_at) == "0.75"


def test_a_hash_does_not_depend_on_how_a_number_is_spelled(database: Database) -> None:
    spelled = {"only_if": {"type": {"under": "5.00"}}}
    publish_in(database, make_rulebook(rule=spelled))
    with database.read() as connection:
        current = load_current(connection, "northlight")
    assert current.terms.plan_hashes == current.plan.plan_hashes


def test_terms_are_refreshed_only_where_they_differ(database: Database) -> None:
    publish_in(database, make_rulebook())
    assert not database.write(lambda connection: refresh_terms(connection, "northlight", NOW))
    spoil_terms(database)
    assert database.write(lambda connection: refresh_terms(connection, "northlight", NOW))
    with database.read() as connection:
        assert load_current(connection, "northlight").terms == derive_terms(make_rulebook())


def spoil_terms(database: Database, other: dict[str, object] | None = None) -> None:
    """Leave the terms of the revision as another version of the program would have derived them."""
    with database.read() as connection:
        terms = connection.execute(select(revisions.c.terms)).scalar_one()
    spoilt = other or {**terms, "plan_hashes": {"visit/day-before": "reckoned-otherwise"}}
    database.write(lambda connection: connection.execute(update(revisions).values(terms=spoilt)))
