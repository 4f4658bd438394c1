"""Whether doubtful attempts were accepted, as a table of what a provider lists, by the rules of the package."""

import datetime as dt
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.providers.contract import CannotTell, Capabilities, Listed, Listing
from jobs.settling.judging import (
    PATIENCE,
    Absent,
    Accepted,
    DoubtfulAttempt,
    Unclear,
    Verdict,
    judge,
    shown_from,
)

NOW = dt.datetime(2026, 3, 2, 15, 0, tzinfo=dt.UTC)
SECOND, MINUTE = dt.timedelta(seconds=1), dt.timedelta(minutes=1)
CAN = Capabilities(timeout=10 * SECOND, absent_after=5 * MINUTE)
NEVER_ABSENT = Capabilities(timeout=10 * SECOND)
FIRST, SECOND_ONE, THIRD = (uuid.UUID(int=number) for number in (1, 2, 3))


def attempt(of: uuid.UUID = FIRST, started: dt.datetime = NOW, sender: str = "+15145550100") -> DoubtfulAttempt:
    return DoubtfulAttempt(
        id=of,
        from_number=sender,
        to_number="+15145550101",
        body="Hello.",
        started_at=started,
        deadline=started + 45 * SECOND,
    )


def listed(name: str = "SM1", at: dt.datetime = NOW + SECOND, **changes: object) -> Listed:
    values = {"provider_id": name, "created_at": at, "from_number": "+15145550100", "body": "Hello."} | changes
    return Listed(**values)  # type: ignore[arg-type]  # any of its fields by name


def verdicts(*texts: Listed, of: tuple[DoubtfulAttempt, ...] = (attempt(),), **asked: object) -> list[Verdict]:
    given_ones = {"can": CAN, "claimed": (), "now": NOW + MINUTE} | asked
    found = judge(of, Listing(texts), **given_ones)  # type: ignore[arg-type]  # any of its parameters by name
    return [found[each.id] for each in of]


def long_after(can: Capabilities = CAN) -> dt.datetime:
    shown = shown_from(attempt(), can)
    assert shown is not None
    return shown


def test_a_listed_text_of_the_same_words_sender_and_time_is_the_one() -> None:
    assert verdicts(listed()) == [Accepted("SM1")]


@pytest.mark.parametrize("seconds", [-120, 0, 45, 45 + 10 + 120])
def test_clocks_may_differ_by_two_minutes(seconds: int) -> None:
    assert verdicts(listed(at=NOW + seconds * SECOND)) == [Accepted("SM1")]


@pytest.mark.parametrize("seconds", [-121, 45 + 10 + 121])
def test_a_text_of_another_time_is_another_text(seconds: int) -> None:
    assert verdicts(listed(at=NOW + seconds * SECOND), now=long_after()) == [Absent()]


def test_what_is_not_listed_is_absent_only_when_a_listing_would_show_it() -> None:
    shown = long_after()
    assert shown == NOW + 45 * SECOND + 10 * SECOND + 2 * MINUTE + 5 * MINUTE
    assert isinstance(verdicts(now=shown - SECOND)[0], Unclear)
    assert verdicts(now=shown) == [Absent()]


def test_a_listing_that_proves_no_absence_is_asked_again_for_a_while_and_then_no_more() -> None:
    [early] = verdicts(can=NEVER_ABSENT)
    [late] = verdicts(can=NEVER_ABSENT, now=NOW + MINUTE + PATIENCE)
    assert isinstance(early, Unclear)
    assert early.again_at is not None
    assert isinstance(late, Unclear)
    assert late.again_at is None


@pytest.mark.parametrize(
    "other",
    [
        listed(body="Hello!"),
        listed(from_number="+15145550999"),
        listed(body=None),
    ],
)
def test_an_unclaimed_text_to_the_number_at_that_time_leaves_it_unclear(other: Listed) -> None:
    [verdict] = verdicts(other, now=long_after())
    assert isinstance(verdict, Unclear)
    assert "nobody claims" in verdict.reason


def test_a_text_that_another_attempt_has_is_no_trace_of_this_one() -> None:
    assert verdicts(listed(), claimed=("SM1",), now=long_after()) == [Absent()]


def test_a_service_of_the_provider_chooses_the_number_itself() -> None:
    assert verdicts(listed(from_number="+15145550777"), of=(attempt(sender="MG1"),)) == [Accepted("SM1")]


def test_of_twins_the_listed_texts_are_those_of_the_oldest() -> None:
    twins = (attempt(THIRD, NOW + 20 * SECOND), attempt(FIRST, NOW), attempt(SECOND_ONE, NOW + 10 * SECOND))
    texts = (listed("SM1", NOW + SECOND), listed("SM2", NOW + 12 * SECOND))
    assert verdicts(*texts, of=twins, now=long_after() + MINUTE) == [Absent(), Accepted("SM1"), Accepted("SM2")]


def test_a_reference_names_the_attempt_whatever_the_words() -> None:
    twins = (attempt(FIRST), attempt(SECOND_ONE, NOW + SECOND))
    text = listed(body=None, from_number=None, reference=SECOND_ONE)
    assert verdicts(text, of=twins, now=long_after() + MINUTE) == [Absent(), Accepted("SM1")]


def test_a_provider_that_did_not_list_the_span_tells_nothing() -> None:
    found = judge([attempt()], CannotTell("it answered 503"), CAN, claimed=(), now=NOW + MINUTE)
    verdict = found[FIRST]
    assert isinstance(verdict, Unclear)
    assert verdict.reason == "it answered 503"
    assert verdict.again_at is not None


def test_a_provider_that_cannot_be_asked_is_not_asked_again() -> None:
    found = judge([attempt()], None, CAN, claimed=(), now=NOW)
    assert found[FIRST] == Unclear("this provider cannot be asked what became of a text")


def test_it_is_asked_again_at_the_moment_that_proves_absence() -> None:
    shown = long_after()
    [verdict] = verdicts(now=shown - 5 * SECOND)
    assert isinstance(verdict, Unclear)
    assert verdict.again_at == shown


@given(
    starts=st.lists(st.integers(0, 60), min_size=1, max_size=6),
    made=st.lists(st.tuples(st.integers(-200, 300), st.sampled_from(["Hello.", "Else", None])), max_size=8),
    claims=st.sets(st.integers(0, 7)),
    after=st.integers(0, 4000),
)
def test_no_text_is_given_to_two_and_nothing_is_absent_beside_an_unclaimed_text(
    starts: list[int], made: list[tuple[int, str | None]], claims: set[int], after: int
) -> None:
    of = tuple(attempt(uuid.UUID(int=place + 1), NOW + begun * SECOND) for place, begun in enumerate(starts))
    texts = tuple(listed(f"SM{place}", NOW + at * SECOND, body=body) for place, (at, body) in enumerate(made))
    claimed = {f"SM{place}" for place in claims}
    found = verdicts(*texts, of=of, claimed=claimed, now=NOW + after * SECOND)
    ids = [each.provider_id for each in found if isinstance(each, Accepted)]
    assert len(ids) == len(set(ids))
    assert not claimed & set(ids)
    for each, verdict in zip(of, found, strict=True):
        if isinstance(verdict, Absent):
            free = [text for text in texts if text.provider_id not in claimed | set(ids)]
            assert not any(abs(text.created_at - each.started_at) <= MINUTE for text in free)
            assert NOW + after * SECOND >= each.deadline + CAN.timeout


def test_the_attempt_of_a_service_does_not_take_the_text_of_an_attempt_that_names_its_number() -> None:
    of = (attempt(FIRST, sender="MG1"), attempt(SECOND_ONE, NOW + 5 * SECOND))
    assert verdicts(listed(at=NOW + 6 * SECOND), of=of, now=long_after() + 5 * SECOND) == [Absent(), Accepted("SM1")]
