"""Where a job goes after each outcome, when, and why; the jitter is given."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs import retries
from jobs.providers.contract import Accepted, Closed, Later, NotWritten, Outcome, Refused, Throttled, Unknown
from jobs.retries import Next
from jobs.states import State
from tests.unit.jobs.facts_builders import NOW, make_job

SECOND = dt.timedelta(seconds=1)


def after(outcome: Outcome, *, attempts: int = 0, useful: dt.timedelta = dt.timedelta(days=1)) -> Next:
    job = make_job(attempts=attempts, useful_until=NOW + useful)
    return retries.after(outcome, job, NOW, lambda: 0.5)


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (Accepted("x"), State.SENT),
        (Refused("no"), State.FAILED),
        (Refused("stop", opted_out=True), State.BLOCKED),
        (Later("busy"), State.RETRYING),
        (Throttled("slow"), State.HELD),
        (Closed("account", "no balance"), State.HELD),
        (Unknown("silence"), State.IN_DOUBT),
        (NotWritten(), State.HELD),
    ],
)
def test_every_outcome_leads_somewhere(outcome: Outcome, state: State) -> None:
    assert after(outcome).state is state


@pytest.mark.parametrize("outcome", [Refused("no"), Unknown("silence")])
def test_what_was_refused_or_is_unknown_is_never_tried_again(outcome: Outcome) -> None:
    assert after(outcome).due_at is None


@pytest.mark.parametrize(("attempts", "seconds"), [(0, 15), (1, 30), (2, 60), (3, 120)])
def test_waits_double_with_every_burnt_attempt(attempts: int, seconds: int) -> None:
    assert after(Later("busy"), attempts=attempts).due_at == NOW + seconds * SECOND


def test_the_fifth_attempt_is_the_last() -> None:
    assert after(Later("busy"), attempts=4) == Next(State.FAILED, "not sent after 5 attempts: busy")


def test_a_retry_that_would_come_too_late_expires_the_job() -> None:
    assert after(Later("busy"), useful=15 * SECOND).state is State.EXPIRED
    assert after(Later("busy"), useful=16 * SECOND).state is State.RETRYING


def test_a_provider_that_asks_for_time_gets_it() -> None:
    assert after(Later("busy", after=900 * SECOND)).due_at == NOW + 900 * SECOND
    assert after(Throttled("slow", after=7 * SECOND)).due_at == NOW + 7 * SECOND


def test_a_provider_that_asks_for_too_little_waits_our_time_all_the_same() -> None:
    assert after(Later("busy", after=SECOND)).due_at == NOW + 15 * SECOND


@pytest.mark.parametrize("asked", [-5 * SECOND, dt.timedelta(days=4000)])
def test_an_absurd_wish_is_bounded(asked: dt.timedelta) -> None:
    due = after(Throttled("slow", after=asked), useful=dt.timedelta(days=3)).due_at
    assert due is not None
    assert NOW <= due <= NOW + retries.LONGEST_ASKED


@given(attempts=st.integers(min_value=1, max_value=2000), jitter=st.floats(min_value=0, max_value=1, exclude_max=True))
def test_a_wait_is_never_negative_nor_longer_than_its_bound(attempts: int, jitter: float) -> None:
    assert dt.timedelta() <= retries.backoff(attempts, lambda: jitter) <= retries.LONGEST_WAIT


@pytest.mark.parametrize(
    ("outcome", "attempts", "may"),
    [
        (Later("busy"), 0, True),
        (Closed("sender", "suspended"), 0, True),
        (Later("busy"), 4, False),
        (Unknown("silence"), 0, False),
        (Refused("no"), 0, False),
        (Throttled("slow"), 0, False),
    ],
)
def test_a_fallback_takes_over_only_what_was_surely_not_sent(outcome: Outcome, attempts: int, *, may: bool) -> None:
    assert retries.may_take_over(outcome, make_job(attempts=attempts), NOW) is may
