"""What a publish would do, shown before it takes effect, on both databases: the same that the replanner then does."""

from collections.abc import Iterator

import pytest

from scheduler.planning.basis import Occurrence, basis_of
from scheduler.planning.changes import Cause
from scheduler.planning.replanner import replan
from scheduler.publishing.effects import Counts
from scheduler.publishing.plans import PublishPlan, plan_publish
from scheduler.publishing.revisions import load_current
from scheduler.rulebook.schema import Rulebook
from tests.storage.intake_practice import DAY_BEFORE, WEEK_BEFORE, Desk, make_rulebook, opened

TEXT = "See you {{ occasion.start | date }} at {{ occasion.start | time }}"
TWO_DAYS = {"id": "two-days", "before": "2 days", "at": "11:00", "template": "reminder"}


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    with opened(database_url) as desk:
        yield desk


def planned(desk: Desk, rulebook: Rulebook) -> PublishPlan:
    with desk.database.read() as connection:
        return plan_publish(connection, rulebook, desk.clock.now())


def with_text(rulebook: Rulebook, text: str = TEXT) -> Rulebook:
    return rulebook.model_copy(update={"templates": {"reminder": {"en": text}}})


def publish_and_replan(desk: Desk, rulebook: Rulebook) -> dict[str, int]:
    """Publish, plan the only occasion again as the chore does, and return what that did."""
    desk.publish(rulebook)
    with desk.database.read() as connection:
        current = load_current(connection, "northlight")
    basis = basis_of(current.revision, current.rulebook, current.plan)
    occurrence = Occurrence(desk.clock.now(), Cause.PUBLISHING)
    ids = [desk.occasion_id()]
    return desk.database.write(lambda connection: replan(connection, basis, ids, occurrence)).counts()


def test_the_rulebook_in_force_changes_nothing(desk: Desk) -> None:
    plan = planned(desk, make_rulebook())
    assert plan.changes_nothing
    assert plan.total == Counts()


def test_a_new_step_s_job_is_new_and_the_others_stay(desk: Desk) -> None:
    desk.visit()
    plan = planned(desk, with_text(make_rulebook(steps=(WEEK_BEFORE, TWO_DAYS, DAY_BEFORE))))
    assert (plan.total.new, plan.total.unchanged, plan.total.moved, plan.total.cancelled) == (1, 2, 0, 0)
    assert plan.by_rule["visit"].segments == 1


def test_a_moved_step_s_job_is_moved_and_shown(desk: Desk) -> None:
    desk.visit()
    earlier = {**DAY_BEFORE, "at": "15:00"}
    plan = planned(desk, make_rulebook(steps=(WEEK_BEFORE, earlier)))
    assert plan.total.moved == 1
    (move,) = plan.moves
    assert move.step == "visit/day-before"
    assert (move.was - move.becomes).total_seconds() == 3600


def test_a_removed_step_s_job_is_cancelled(desk: Desk) -> None:
    desk.visit()
    assert planned(desk, make_rulebook(steps=(WEEK_BEFORE,))).total.cancelled == 1


def test_a_removed_rule_is_listed_with_what_it_loses(desk: Desk) -> None:
    desk.visit()
    rulebook = make_rulebook(rule={"id": "other"})
    plan = planned(desk, rulebook)
    assert list(plan.by_rule) == ["other", "payment", "visit"]
    assert (plan.by_rule["other"].new, plan.by_rule["visit"].cancelled) == (2, 2)


def test_what_was_sent_is_said_and_stays(desk: Desk) -> None:
    desk.visit()
    desk.send(desk.job("week-before"))
    plan = planned(desk, make_rulebook(steps=(WEEK_BEFORE, TWO_DAYS, DAY_BEFORE)))
    assert (plan.total.already_sent, plan.total.unchanged) == (1, 1)


def test_a_new_step_whose_moment_has_passed_is_too_late(desk: Desk) -> None:
    desk.visit()
    passed = {"id": "month-before", "before": "1 month", "at": "10:00", "template": "reminder"}
    plan = planned(desk, make_rulebook(steps=(passed, WEEK_BEFORE, DAY_BEFORE)))
    assert (plan.total.new, plan.total.too_late) == (0, 1)


def test_a_changed_text_is_named_with_the_jobs_it_waits_in(desk: Desk) -> None:
    desk.visit()
    plan = planned(desk, with_text(make_rulebook()))
    assert plan.texts_changed == ("reminder",)
    assert plan.waiting_with_changed_texts == 2
    assert plan.total == Counts(unchanged=2)


def test_new_texts_are_shown_as_they_would_go(desk: Desk) -> None:
    desk.visit()
    plan = planned(desk, with_text(make_rulebook(steps=(WEEK_BEFORE, TWO_DAYS, DAY_BEFORE))))
    (sample,) = plan.samples
    assert (sample.step, sample.occasion, sample.language) == ("visit/two-days", "A-1", "en")
    assert sample.text == "See you December 1 at 10:00 a.m."
    assert sample.problem is None


def test_a_text_that_could_not_be_rendered_says_why(desk: Desk) -> None:
    desk.visit()
    broken = with_text(make_rulebook(steps=(WEEK_BEFORE, TWO_DAYS, DAY_BEFORE)), "{{ occasion.place }}")
    (sample,) = planned(desk, broken).samples
    assert sample.text == ""
    assert sample.problem is not None
    assert "occasion.place has no value" in sample.problem


def test_new_texts_are_priced_in_the_sender_s_currency(desk: Desk) -> None:
    desk.visit()
    sender = {"id": "main", "number": "+15145550100", "provider": "terminal", "currency": "CAD", "price": {"CA": 0.011}}
    rulebook = make_rulebook(steps=(WEEK_BEFORE, TWO_DAYS, DAY_BEFORE), practice={"senders": [sender]})
    plan = planned(desk, with_text(rulebook))
    assert plan.costs is not None
    assert {currency: str(cost) for currency, cost in plan.costs.items()} == {"CAD": "0.011"}


def test_more_new_sends_than_the_practice_lets_through_ask(desk: Desk) -> None:
    desk.visit()
    steps = (WEEK_BEFORE, TWO_DAYS, DAY_BEFORE)
    assert not planned(desk, make_rulebook(steps=steps)).asks
    assert planned(desk, make_rulebook(steps=steps, practice={"confirm_above": 0})).asks


def test_planning_writes_nothing(desk: Desk) -> None:
    desk.visit()
    before = desk.rows()
    planned(desk, make_rulebook(steps=(TWO_DAYS,)))
    assert desk.rows() == before


@pytest.mark.parametrize(
    "steps",
    [
        (WEEK_BEFORE, TWO_DAYS, DAY_BEFORE),
        (WEEK_BEFORE, {**DAY_BEFORE, "at": "15:00"}),
        (TWO_DAYS,),
    ],
)
def test_what_is_shown_is_what_publishing_then_does(desk: Desk, steps: tuple[dict[str, object], ...]) -> None:
    desk.visit()
    rulebook = make_rulebook(steps=steps)
    plan = planned(desk, rulebook)
    done = publish_and_replan(desk, rulebook)
    shown = {"planned": plan.total.new, "moved": plan.total.moved, "cancelled": plan.total.cancelled}
    assert {name: done[name] for name in shown} == shown
