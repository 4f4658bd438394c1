"""A publish while a worker has the job in hand, and two admins at once: nothing goes by old rules, nothing is lost."""

import datetime as dt
import threading
from collections.abc import Callable, Iterator

import pytest

from jobs.states import State
from scheduler.publishing.applying import OtherRevisionError, publish_plan
from scheduler.publishing.history import find_revision, publishings_of
from scheduler.publishing.keeping import Draft, keep_plan
from scheduler.publishing.replanning import finish_replan
from scheduler.publishing.revisions import Signature, current_revision
from scheduler.rulebook.schema import Rulebook
from tests.storage.builders import enqueue
from tests.storage.delivering import ScriptedProvider, at_step, make_delivery
from tests.storage.intake_practice import DAY_BEFORE, WEEK_BEFORE, Desk, make_rulebook, opened

PRACTICE = "northlight"
DUE = dt.datetime(2026, 11, 24, 15, 0, tzinfo=dt.UTC)
"""A week before the visit, ten in Toronto."""
TEXT = {"reminder": {"en": "See you {{ occasion.start | date }} at {{ occasion.start | time }}"}}
AS_IT_WAS, AN_HOUR_LATER, WITHOUT = (
    make_rulebook(steps=steps).model_copy(update={"templates": TEXT})
    for steps in ((WEEK_BEFORE, DAY_BEFORE), ({**WEEK_BEFORE, "at": "11:00"}, DAY_BEFORE), (DAY_BEFORE,))
)


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    """Give a visit whose first reminder is due and queued."""
    with opened(database_url, AS_IT_WAS) as desk:
        desk.visit()
        finish_replan(desk.database, PRACTICE)
        desk.clock.jump_to(DUE)
        enqueue(desk.database, [desk.job("week-before").id])
        yield desk


def publish(desk: Desk, rulebook: Rulebook) -> None:
    """Publish as `apply` does, short of the replan that follows."""
    with desk.database.read() as connection:
        base = current_revision(connection, PRACTICE)
    kept = keep_plan(desk.database, Draft(rulebook, {}, base, "ana"))
    publish_plan(desk.database, kept, Signature("ana"))


def bare(desk: Desk, rulebook: Rulebook) -> None:
    """Publish and plan nothing again, not even what is due: as where more is due than one transaction can bear."""
    desk.publish(rulebook)


def deliver(desk: Desk, step: str | None = None, act: Callable[[], object] = lambda: None) -> list[str]:
    """Let a worker deliver the queued job; at a step something else happens. Return the texts asked for."""
    provider = ScriptedProvider()
    checkpoint = at_step(step or "never", act)
    make_delivery(desk.database, provider, checkpoint=checkpoint).deliver([desk.job("week-before").id])
    return [request.body for request in provider.asked]


def test_without_a_publish_the_text_goes(desk: Desk) -> None:
    assert deliver(desk) == ["See you December 1 at 10:00 a.m."]


@pytest.mark.parametrize("way", [publish, bare])
@pytest.mark.parametrize("rulebook", [AN_HOUR_LATER, WITHOUT])
def test_a_publish_between_queue_and_claim_stops_the_old_rule(
    desk: Desk, way: Callable[[Desk, Rulebook], None], rulebook: Rulebook
) -> None:
    way(desk, rulebook)
    assert deliver(desk) == []


@pytest.mark.parametrize("way", [publish, bare])
@pytest.mark.parametrize("rulebook", [AN_HOUR_LATER, WITHOUT])
@pytest.mark.parametrize("step", ["claimed", "gated"])
def test_a_publish_between_claim_and_intent_stops_the_old_rule(
    desk: Desk, way: Callable[[Desk, Rulebook], None], rulebook: Rulebook, step: str
) -> None:
    assert deliver(desk, step, lambda: way(desk, rulebook)) == []
    finish_replan(desk.database, PRACTICE)
    job = desk.job("week-before")
    expected = State.SCHEDULED if rulebook is AN_HOUR_LATER else State.CANCELLED
    assert job.state is expected


def test_what_was_stopped_goes_once_by_the_new_rule(desk: Desk) -> None:
    assert deliver(desk, "gated", lambda: bare(desk, AN_HOUR_LATER)) == []
    finish_replan(desk.database, PRACTICE)
    desk.later(hours=1)
    enqueue(desk.database, [desk.job("week-before").id])
    assert len(deliver(desk)) == 1
    assert desk.job("week-before").state is State.SENT


def test_a_publish_after_the_intent_comes_too_late_for_that_text(desk: Desk) -> None:
    assert len(deliver(desk, "intended", lambda: publish(desk, WITHOUT))) == 1
    finish_replan(desk.database, PRACTICE)
    assert desk.job("week-before").state is State.SENT


def test_of_two_admins_at_once_the_second_sees_what_the_first_changed(postgres_database: str) -> None:
    with opened(postgres_database) as desk:
        with desk.database.read() as connection:
            base = current_revision(connection, PRACTICE)
        edits = {
            name: Draft(rulebook, {"rules/northlight/a.yaml": f"of: {name}\n"}, base, name)
            for name, rulebook in (("ana", AN_HOUR_LATER), ("ben", WITHOUT))
        }
        plans = {name: keep_plan(desk.database, draft) for name, draft in edits.items()}
        together = threading.Barrier(2)
        refused: dict[str, OtherRevisionError] = {}

        def go(name: str) -> None:
            together.wait()
            try:
                publish_plan(desk.database, plans[name], Signature(name))
            except OtherRevisionError as refusal:
                refused[name] = refusal

        threads = [threading.Thread(target=go, args=(name,)) for name in edits]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        (second,) = refused
        first = "ben" if second == "ana" else "ana"
        with desk.database.read() as connection:
            assert [each.author for each in publishings_of(connection, PRACTICE, limit=1)] == [first]
            in_force = find_revision(connection, PRACTICE, str(current_revision(connection, PRACTICE)))
        assert in_force.files == edits[first].files
        assert f"published meanwhile by {first}" in str(refused[second])
        # The second one's edit lies where it lay, and its plan is kept: it goes on top once they have looked.
        assert plans[second].draft.files == edits[second].files
        with_both = keep_plan(desk.database, edits[second])
        publish_plan(desk.database, with_both, Signature(second), onto=in_force.id)
