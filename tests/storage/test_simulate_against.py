"""A draft over a past period beside what was really sent: each text the same, moved, reworded, or only on one side."""

import datetime as dt
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import update

from jobs.records import attempts
from scheduler.rulebook.schema import Rulebook
from scheduler.simulate import BackTest, Compared, Likeness
from tests.storage.simulated_practice import (
    BEGINS,
    DAY_BEFORE,
    ZONE,
    Office,
    opened,
    shipped_rulebook,
    small_rulebook,
    take_in_everything,
    take_in_visit,
    with_steps,
)

WEEK = dt.timedelta(days=7)


@pytest.fixture
def office(database_url: str, tmp_path: Path) -> Iterator[Office]:
    """Give an office where one person with one appointment was reminded and a week has gone by; on each database."""
    with opened(database_url, tmp_path, small_rulebook()) as office:
        take_in_visit(office)
        office.run(8)
        office.clock.jump_to(BEGINS + 8 * dt.timedelta(days=1))
        yield office


def draft(*steps: dict[str, object]) -> Rulebook:
    return with_steps(small_rulebook(), "visit", steps or (dict(DAY_BEFORE),))


def only(found: BackTest) -> Compared:
    [compared] = found.compared
    return compared


def test_the_rules_in_force_compare_as_the_same(tmp_path: Path) -> None:
    with opened(f"sqlite:///{tmp_path / 'q.db'}", tmp_path, shipped_rulebook()) as office:
        take_in_everything(office)
        office.run()
        found = office.back_test(shipped_rulebook())
    counts = Counter(each.likeness for each in found.compared)
    assert set(counts) == {Likeness.SAME}
    assert counts.total() > 100


def test_nothing_is_written(office: Office) -> None:
    before = office.rows()
    office.back_test(draft({**DAY_BEFORE, "at": "11:00"}))
    assert office.rows() == before


def test_a_text_that_both_send_is_the_same(office: Office) -> None:
    compared = only(office.back_test(draft()))
    assert compared.likeness is Likeness.SAME
    assert (compared.named.occasion, compared.named.contact) == ("A-1", "C-1")


def test_a_step_with_another_time_goes_at_another_time(office: Office) -> None:
    compared = only(office.back_test(draft({**DAY_BEFORE, "at": "11:00"})))
    assert compared.likeness is Likeness.OTHER_TIME
    assert compared.really is not None
    assert compared.draft is not None
    assert compared.really.at - compared.draft.at == dt.timedelta(hours=5)


def test_another_template_gives_other_words(office: Office) -> None:
    text = "Hello {{ contact.first_name }}: {{ occasion.start | date }} {{ occasion.start | time }}"
    compared = only(office.back_test(draft().model_copy(update={"templates": {"reminder": {"en": text}}})))
    assert compared.likeness is Likeness.OTHER_WORDS
    assert compared.draft is not None
    assert compared.draft.body == "Hello Ana: December 1 10:00 a.m."


def test_words_that_were_redacted_are_compared_by_their_hash(office: Office) -> None:
    office.database.write(lambda connection: connection.execute(update(attempts).values(body=None)))
    assert only(office.back_test(draft())).likeness is Likeness.SAME


def test_a_step_that_the_draft_lacks_was_sent_only_really(office: Office) -> None:
    found = office.back_test(draft({**DAY_BEFORE, "id": "other", "before": "3 days"}))
    assert [(each.key.step, each.likeness) for each in found.compared] == [
        ("other", Likeness.ONLY_DRAFT),
        ("day-before", Likeness.ONLY_REALLY),
    ]
    assert [each.why for each in found.compared] == ["nothing was planned", "the draft has no such step"]


def test_a_renamed_step_is_the_same_step(office: Office) -> None:
    assert only(office.back_test(draft({**DAY_BEFORE, "id": "other", "was": "day-before"}))).likeness is Likeness.SAME


def test_a_narrower_condition_says_why_the_draft_sends_nothing(office: Office) -> None:
    compared = only(office.back_test(draft({**DAY_BEFORE, "only_if": {"type": "hearing"}})))
    assert (compared.likeness, compared.why) == (Likeness.ONLY_REALLY, "only if type is hearing")


def test_what_the_draft_would_block_says_so(office: Office) -> None:
    abroad = small_rulebook(countries=["US"])
    compared = only(office.back_test(abroad))
    assert compared.likeness is Likeness.ONLY_REALLY
    assert compared.why.startswith("blocked: its number is of CA")


def test_an_appointment_that_ended_counts_as_live_until_then(office: Office) -> None:
    office.upsert("appointment", ref="A-1", status="attended")
    assert only(office.back_test(draft())).likeness is Likeness.SAME


def test_an_appointment_called_off_beforehand_is_reminded_of_by_neither(office: Office) -> None:
    take_in_visit(office, ref="A-2", start="2026-12-09 10:00")
    office.upsert("appointment", ref="A-2", status="cancelled")
    office.run(7)
    office.clock.jump_to(BEGINS + 15 * dt.timedelta(days=1))
    assert {each.named.occasion for each in office.back_test(draft()).compared} == {"A-1"}


def test_what_changed_after_its_text_went_cannot_be_told(office: Office) -> None:
    office.clock.jump_to(office.clock.now() + dt.timedelta(hours=1))
    office.upsert("appointment", ref="A-1", type="hearing")
    compared = only(office.back_test(draft({**DAY_BEFORE, "unless": {"type": "hearing"}})))
    assert compared.likeness is Likeness.CHANGED_SINCE
    assert compared.why == "it changed since, and now: withheld since type is hearing"


def test_a_date_that_moved_after_its_text_went_cannot_be_told(office: Office) -> None:
    office.upsert("appointment", ref="A-1", start="2026-12-20 10:00")
    compared = only(office.back_test(draft()))
    assert (compared.likeness, compared.why) == (Likeness.CHANGED_SINCE, "its date or its people changed since")


def test_who_opted_out_only_later_would_have_been_texted(office: Office) -> None:
    office.opt_out("C-1")
    assert only(office.back_test(draft())).likeness is Likeness.SAME


def test_what_a_person_cancelled_the_draft_does_not_send(office: Office) -> None:
    take_in_visit(office, ref="A-2", start="2026-12-09 10:00")
    office.cancel(office.job("A-2", "day-before"))
    office.run(7)
    office.clock.jump_to(BEGINS + 15 * dt.timedelta(days=1))
    assert {each.named.occasion for each in office.back_test(draft()).compared} == {"A-1"}


def test_a_step_that_comes_only_after_the_period_goes_at_another_time(office: Office) -> None:
    compared = only(office.back_test(draft({"id": "day-before", "after": "10 days", "template": "reminder"})))
    assert compared.likeness is Likeness.OTHER_TIME
    assert compared.draft is not None
    assert compared.draft.at == dt.datetime(2026, 12, 11, 10, 0, tzinfo=ZONE)


def test_a_text_that_the_draft_would_have_sent_by_now_is_not_sent_yet(office: Office) -> None:
    take_in_visit(office, ref="A-2", start="2026-12-09 10:00")
    office.run(3)
    office.clock.jump_to(BEGINS + 11 * dt.timedelta(days=1))
    found = office.back_test(draft({**DAY_BEFORE, "before": "5 days"}))
    [moved] = [each for each in found.compared if each.named.occasion == "A-2"]
    assert (moved.likeness, moved.why) == (Likeness.OTHER_TIME, "the real one is not sent yet")


def test_what_went_before_the_period_is_left_out(office: Office) -> None:
    assert office.back_test(draft(), since=BEGINS + WEEK).compared == ()


def test_what_is_dated_before_it_was_recorded_gets_nothing_from_the_draft(office: Office) -> None:
    take_in_visit(office, ref="A-2", start="2026-12-03 10:00")
    office.clock.jump_to(office.clock.now() + dt.timedelta(days=3))
    found = office.back_test(draft({**DAY_BEFORE, "before": "2 days"}))
    assert {each.named.occasion for each in found.compared} == {"A-1"}
