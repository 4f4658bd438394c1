"""Who goes next: nobody over a sender's pace or a provider's room, the urgent first, practices in turn."""

import datetime as dt
import uuid
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from jobs.taking.choosing import BURST, ENTRY_SIZE, Allowance, Due, allowance, choose, entries

NOW = dt.datetime(2026, 3, 2, 15, 0, tzinfo=dt.UTC)
SECOND = dt.timedelta(seconds=1)
ENOUGH = Allowance(1000, is_free=True)


def make_due(**changes: object) -> Due:
    values: dict[str, object] = {"id": uuid.uuid4(), "practice": "p", "sender": "s", "provider": "terminal"}
    values |= {"segments": 1, "urgency": 3, "useful_until": NOW + SECOND, "due_at": NOW, "deaths": 0} | changes
    return Due(**values)  # type: ignore[arg-type]  # named by the test


def test_a_rested_sender_may_use_up_the_whole_burst() -> None:
    assert allowance(3, None, NOW) == Allowance(6, is_free=True)
    assert allowance(3, NOW - SECOND, NOW) == Allowance(6, is_free=True)


def test_a_sender_that_is_ahead_of_its_pace_may_use_up_the_rest() -> None:
    assert allowance(3, NOW + SECOND, NOW) == Allowance(3, is_free=False)
    assert allowance(3, NOW + BURST + SECOND, NOW) == Allowance(0, is_free=False)


def test_a_text_longer_than_the_allowance_goes_only_from_a_rested_sender() -> None:
    long = make_due(segments=5)
    assert choose([long], {("p", "s"): Allowance(2, is_free=True)}, {"terminal": 9}) == [long]
    assert choose([long], {("p", "s"): Allowance(4, is_free=False)}, {"terminal": 9}) == []


def test_a_text_that_does_not_fit_is_not_overtaken() -> None:
    first, long, short = make_due(urgency=1), make_due(urgency=2, segments=3), make_due()
    assert choose([short, long, first], {("p", "s"): Allowance(3, is_free=True)}, {"terminal": 9}) == [first]


def test_urgency_comes_before_all_then_what_is_useless_first_then_what_was_due_first() -> None:
    late, early = make_due(), make_due(due_at=NOW - SECOND)
    soon_useless, urgent = make_due(useful_until=NOW), make_due(urgency=0, useful_until=NOW + 9 * SECOND)
    chosen = choose([late, early, soon_useless, urgent], {("p", "s"): ENOUGH}, {"terminal": 9})
    assert chosen == [urgent, soon_useless, early, late]


def test_a_provider_without_room_gives_nothing_and_leaves_the_others_alone() -> None:
    one, two = make_due(), make_due(provider="twilio", sender="t")
    allowances = {("p", "s"): ENOUGH, ("p", "t"): ENOUGH}
    assert choose([one, two], allowances, {"twilio": 5}) == [two]


def test_who_was_held_by_a_worker_that_died_travels_alone() -> None:
    well, ill = [make_due(), make_due()], make_due(deaths=1)
    assert [entry.ids for entry in entries([well[0], ill, well[1]])] == [(well[0].id, well[1].id), (ill.id,)]


DUES = st.lists(
    st.builds(
        make_due,
        practice=st.sampled_from("abc"),
        sender=st.sampled_from("xy"),
        provider=st.sampled_from(["terminal", "twilio"]),
        segments=st.integers(1, 4),
        urgency=st.integers(0, 3),
        deaths=st.integers(0, 1),
    ),
    max_size=40,
)


@given(due=DUES, segments=st.floats(0, 12), is_free=st.booleans(), room=st.integers(0, 12))
def test_no_choice_is_over_any_bound(*, due: list[Due], segments: float, is_free: bool, room: int) -> None:
    allowances = {(practice, sender): Allowance(segments, is_free) for practice in "abc" for sender in "xy"}
    chosen = choose(due, allowances, {"terminal": room, "twilio": room})
    assert len({each.id for each in chosen}) == len(chosen)
    assert all(count <= room for count in Counter(each.provider for each in chosen).values())
    for key in allowances:
        of_sender = [each for each in chosen if (each.practice, each.sender) == key]
        is_one_long = is_free and len(of_sender) == 1
        assert is_one_long or sum(each.segments for each in of_sender) <= segments


@given(due=DUES, room=st.integers(1, 12))
def test_no_practice_gets_two_more_than_one_that_still_waits(due: list[Due], room: int) -> None:
    allowances = {(practice, sender): ENOUGH for practice in "abc" for sender in "xy"}
    chosen = choose(due, allowances, {"terminal": room, "twilio": room})
    for provider in ("terminal", "twilio"):
        got = Counter(each.practice for each in chosen if each.provider == provider)
        waiting = {each.practice for each in due if each.provider == provider and each not in chosen}
        assert all(got[other] <= got[practice] + 1 for practice in waiting for other in got)


@given(due=DUES)
def test_entries_hold_everyone_once_and_keep_to_one_provider(due: list[Due]) -> None:
    by_id = {each.id: each for each in due}
    made = entries(due)
    assert sorted(job_id for entry in made for job_id in entry.ids) == sorted(by_id)
    for entry in made:
        assert {by_id[job_id].provider for job_id in entry.ids} == {entry.provider}
        assert len(entry.ids) <= ENTRY_SIZE
