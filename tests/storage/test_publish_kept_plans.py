"""Plans with ids, published as they were shown or refused with everything left as it was, on both databases."""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func, select, update

from jobs.errors import InputError, NotFoundError, RefusedError
from jobs.records import plans, practices, publishings, replans, revisions, senders, step_publishings
from scheduler.publishing.applying import Applied, NotAsShownError, OtherRevisionError, publish_draft, publish_plan
from scheduler.publishing.comparing import compare
from scheduler.publishing.history import publishings_of
from scheduler.publishing.keeping import MOST_KEPT, Draft, KeptPlan, keep_plan, load_plan
from scheduler.publishing.replanning import finish_replan
from scheduler.publishing.revisions import Signature, current_revision
from scheduler.publishing.soon import Soon
from scheduler.rulebook.schema import Rulebook
from tests.storage.intake_practice import DAY_BEFORE, WEEK_BEFORE, Desk, make_rulebook, opened

TWO_DAYS = {"id": "two-days", "before": "2 days", "at": "11:00", "template": "reminder"}
SOONER = {"id": "sooner", "before": "11 days", "at": "13:00", "template": "reminder"}
"""An hour after the tests' beginning, for the visit of 1 December."""
ANA = Signature("ana")


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    with opened(database_url) as desk:
        yield desk


def current(desk: Desk) -> str | None:
    with desk.database.read() as connection:
        return current_revision(connection, "northlight")


def kept(desk: Desk, rulebook: Rulebook | None = None, **changes: object) -> KeptPlan:
    """Plan three steps, or another rulebook, beginning with the current revision, and read the plan back."""
    rulebook = rulebook or make_rulebook(steps=(WEEK_BEFORE, TWO_DAYS, DAY_BEFORE))
    values: dict[str, Any] = {"files": {"rules/northlight/practice.yaml": "a\n"}, "started_from": current(desk)}
    made = keep_plan(desk.database, Draft(rulebook, **{"by": "ana", **values, **changes}))
    desk.later(seconds=1)
    with desk.database.read() as connection:
        return load_plan(connection, made.id)


def published(desk: Desk, plan: KeptPlan, onto: str | None = None) -> Applied:
    return publish_plan(desk.database, plan, ANA, onto=onto)


def everything(desk: Desk) -> dict[str, Any]:
    """Return all that a refused publish must leave as it is: revisions, jobs, what belongs to them."""
    found: dict[str, Any] = desk.rows()
    with desk.database.read() as connection:
        for table in (practices, revisions, publishings, replans, senders, step_publishings):
            found[table.name] = [dict(row) for row in connection.execute(select(table)).mappings()]
    return found


def set_plan(desk: Desk, plan: KeptPlan, **values: object) -> KeptPlan:
    """Write columns of a plan and read it again."""
    desk.database.write(
        lambda connection: connection.execute(update(plans).where(plans.c.id == plan.id).values(values))
    )
    with desk.database.read() as connection:
        return load_plan(connection, plan.id)


def test_a_plan_is_read_back_as_it_was_made(desk: Desk) -> None:
    desk.visit()
    rulebook = make_rulebook(steps=(WEEK_BEFORE, TWO_DAYS, {**DAY_BEFORE, "at": "15:00"}))
    made = keep_plan(desk.database, Draft(rulebook, {"a": "b"}, "r-1", "ana"))
    with desk.database.read() as connection:
        found = load_plan(connection, made.id)
    assert found.plan == made.plan
    assert found.draft == made.draft
    assert found.plan.shown.packed() == made.plan.shown.packed()
    assert found.plan.soon.packed() == made.plan.soon.packed()


def test_a_plan_lists_what_happens_to_whom_the_nearest_first(desk: Desk) -> None:
    desk.visit()
    plan = kept(desk, make_rulebook(steps=(TWO_DAYS, {**DAY_BEFORE, "at": "15:00"}))).plan
    assert [(each.what, each.step, each.occasion, each.contact) for each in plan.listed] == [
        ("cancelled", "visit/week-before", "appointment A-1", "C-1"),
        ("new", "visit/two-days", "appointment A-1", "C-1"),
        ("moved", "visit/day-before", "appointment A-1", "C-1"),
    ]


def test_only_the_last_plans_of_a_practice_are_kept(desk: Desk) -> None:
    first = kept(desk)
    for _ in range(MOST_KEPT):
        kept(desk)
    with desk.database.read() as connection:
        assert connection.execute(select(func.count()).select_from(plans)).scalar_one() == MOST_KEPT
        with pytest.raises(NotFoundError, match="there is no plan"):
            load_plan(connection, first.id)


def test_what_was_shown_is_published(desk: Desk) -> None:
    desk.visit()
    plan = kept(desk)
    done = published(desk, plan)
    finish_replan(desk.database, "northlight")
    assert current(desk) == plan.plan.revision == done.published.revision
    assert not any(done.differences.counts().values())
    assert [step for step, _ in desk.states()] == ["week-before", "two-days", "day-before"]


def test_a_publish_is_written_down_with_its_plan(desk: Desk) -> None:
    before = current(desk)
    plan = kept(desk)
    published(desk, plan)
    with desk.database.read() as connection:
        last = publishings_of(connection, "northlight", limit=1)[0]
    assert (last.revision, last.base, last.plan, last.author) == (plan.plan.revision, before, plan.id, "ana")


def test_a_plan_is_published_once(desk: Desk) -> None:
    plan = kept(desk)
    published(desk, plan)
    with desk.database.read() as connection:
        again = load_plan(connection, plan.id)
    with pytest.raises(RefusedError, match="published already"):
        published(desk, again)


def test_what_was_sent_meanwhile_is_told(desk: Desk) -> None:
    desk.visit()
    plan = kept(desk, make_rulebook(steps=(WEEK_BEFORE, {**DAY_BEFORE, "at": "15:00"})))
    desk.send(desk.job("day-before"))
    desk.set_job(desk.job("day-before"), updated_at=desk.clock.now())
    done = published(desk, plan)
    assert done.differences.sent == 1
    assert str(done.differences) == "1 sent meanwhile"


def test_what_arrived_meanwhile_is_told_and_published(desk: Desk) -> None:
    desk.visit()
    plan = kept(desk)
    desk.visit("A-2", contact="C-1", start="2026-12-03 10:00")
    done = published(desk, plan)
    finish_replan(desk.database, "northlight")
    assert str(done.differences) == "1 arrived"
    assert len(desk.jobs()) == 6


def test_what_changed_meanwhile_is_told(desk: Desk) -> None:
    desk.visit()
    plan = kept(desk)
    desk.visit(start="2026-12-02 10:00")
    assert published(desk, plan).differences.changed == 1


def test_what_became_too_late_meanwhile_is_told(desk: Desk) -> None:
    desk.visit()
    plan = kept(desk, make_rulebook(steps=(SOONER, WEEK_BEFORE, DAY_BEFORE)))
    assert plan.plan.total.new == 1
    desk.later(hours=2)
    done = published(desk, plan)
    finish_replan(desk.database, "northlight")
    assert done.differences.too_late == 1
    assert len(desk.jobs()) == 2


def test_more_that_came_up_than_the_practice_lets_through_is_refused(desk: Desk) -> None:
    desk.visit()
    steps = (WEEK_BEFORE, TWO_DAYS, DAY_BEFORE)
    plan = kept(desk, make_rulebook(steps=steps, practice={"confirm_above": 0}))
    desk.visit("A-2", contact="C-1", start="2026-12-03 10:00")
    before = everything(desk)
    with pytest.raises(NotAsShownError, match="1 sends and cancellations came up since"):
        published(desk, plan)
    assert everything(desk) == before


@pytest.mark.parametrize("hours", [2, 25])
def test_a_send_that_was_not_shown_of_what_did_not_change_is_refused(desk: Desk, hours: int) -> None:
    desk.visit()
    plan = kept(desk, make_rulebook(steps=(SOONER, WEEK_BEFORE, TWO_DAYS, DAY_BEFORE)))
    plan = set_plan(desk, plan, effects=b"")  # as if it had shown nothing
    desk.later(hours=hours)
    before = everything(desk)
    with pytest.raises(NotAsShownError, match="such as new visit/two-days for appointment A-1") as refusal:
        published(desk, plan)
    assert refusal.value.differences.unshown == 1
    assert everything(desk) == before


def test_a_plan_for_another_revision_is_refused_with_what_was_published_since(desk: Desk) -> None:
    desk.visit()
    plan = kept(desk)
    other = kept(desk, make_rulebook(steps=(DAY_BEFORE,)), files={"rules/northlight/practice.yaml": "b\n"})
    published(desk, other)
    before = everything(desk)
    with pytest.raises(OtherRevisionError, match="was published meanwhile by ana"):
        published(desk, plan)
    assert everything(desk) == before


def test_an_edit_that_began_with_another_revision_is_refused_with_the_diff(desk: Desk) -> None:
    old = kept(desk, files={"rules/northlight/practice.yaml": "name: A\n"})
    published(desk, old)
    new = kept(desk, make_rulebook(steps=(DAY_BEFORE,)), files={"rules/northlight/practice.yaml": "name: B\n"})
    published(desk, new)
    mine = kept(desk, make_rulebook(steps=(TWO_DAYS,)), started_from=old.plan.revision)
    with pytest.raises(OtherRevisionError, match=f"began with {old.plan.revision}") as refusal:
        published(desk, mine)
    assert "-name: A" in refusal.value.diff
    assert "+name: B" in refusal.value.diff


def test_an_edit_that_does_not_say_what_it_began_with_is_refused_with_what_it_would_change(desk: Desk) -> None:
    published(desk, kept(desk, files={"rules/northlight/practice.yaml": "name: A\n"}))
    mine = kept(
        desk, make_rulebook(steps=(TWO_DAYS,)), started_from=None, files={"rules/northlight/practice.yaml": "name: C\n"}
    )
    with pytest.raises(OtherRevisionError, match="do not say that they began with it") as refusal:
        published(desk, mine)
    assert "+name: C" in refusal.value.diff


def test_a_revision_to_publish_over_overrides_what_the_edit_began_with(desk: Desk) -> None:
    mine = kept(desk, started_from="r-000000000000")
    published(desk, mine, onto=current(desk))
    assert current(desk) == mine.plan.revision


def test_a_revision_to_publish_over_that_is_not_current_is_refused(desk: Desk) -> None:
    old = current(desk)
    published(desk, kept(desk))
    with pytest.raises(OtherRevisionError):
        published(desk, kept(desk, make_rulebook(steps=(TWO_DAYS,))), onto=old)


def test_a_rulebook_that_cannot_be_planned_with_changes_nothing(desk: Desk) -> None:
    desk.visit()
    before = everything(desk)
    bad = Draft(make_rulebook(practice={"holidays": ["XX-YY"]}), {}, current(desk), "ana")
    with pytest.raises(InputError, match="XX-YY"):
        keep_plan(desk.database, bad)
    with pytest.raises(InputError, match="XX-YY"):
        publish_draft(desk.database, bad, ANA, base=current(desk))
    assert everything(desk) == before


def test_a_rename_is_no_change_and_makes_nothing_late(desk: Desk) -> None:
    desk.visit()
    desk.later(days=2)
    renamed = {**DAY_BEFORE, "id": "eve", "was": "day-before"}
    plan = kept(desk, make_rulebook(steps=(WEEK_BEFORE, renamed)))
    assert (plan.plan.total.new, plan.plan.total.cancelled, plan.plan.total.unchanged) == (0, 0, 2)
    published(desk, plan)
    with desk.database.read() as connection:
        moments = dict(connection.execute(select(step_publishings.c.step, step_publishings.c.first_published_at)).all())
    assert moments["eve"] == moments["week-before"] < desk.clock.now() - dt.timedelta(days=1)


HAPPENINGS: dict[str, Callable[[Desk], object]] = {
    "nothing": lambda _desk: None,
    "two hours pass": lambda desk: desk.later(hours=2),
    "most of a day passes": lambda desk: desk.later(hours=23),
    "another arrives": lambda desk: desk.visit("A-9", contact="C-1", start="2026-12-04 10:00"),
    "one moves": lambda desk: desk.visit(start="2026-12-02 10:00"),
    "one is called off": lambda desk: desk.visit(status="cancelled"),
    "one is removed": lambda desk: desk.intake.remove_occasion("northlight", "appointment", "A-1"),
    "a phone is gone": lambda desk: desk.contact(phone=""),
}


@pytest.mark.parametrize("happening", HAPPENINGS)
def test_what_need_not_be_looked_at_again_is_as_it_was(desk: Desk, happening: str) -> None:
    desk.visit()
    desk.visit("A-2", contact="C-1", start="2026-11-23 10:00")
    desk.contact("C-2", phone="+15145550002")
    desk.visit("A-3", contact="C-2", start="2026-12-05 10:00")
    plan = kept(desk, make_rulebook(steps=(SOONER, TWO_DAYS, {**DAY_BEFORE, "at": "15:00"})))
    desk.later(minutes=1)
    HAPPENINGS[happening](desk)
    whole = replace(plan, plan=replace(plan.plan, soon=Soon()))  # too long ago to say: every occasion is looked at
    assert compare(desk.database, plan).counts() == compare(desk.database, whole).counts()


def test_going_back_is_a_publish_with_a_plan_of_its_own(desk: Desk) -> None:
    desk.visit()
    first = current(desk)
    published(desk, kept(desk))
    finish_replan(desk.database, "northlight")
    back = kept(desk, make_rulebook())
    assert (back.plan.revision, back.plan.total.cancelled) == (first, 1)
    published(desk, back)
    finish_replan(desk.database, "northlight")
    assert current(desk) == first
    assert [step for step, state in desk.states() if state == "scheduled"] == ["week-before", "day-before"]
    with desk.database.read() as connection:
        history = publishings_of(connection, "northlight", limit=9)
    assert [each.revision for each in history] == [first, back.plan.base, first]
