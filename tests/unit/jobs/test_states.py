"""The table of arrows, as data: what it says of each state holds together."""

import pytest

from jobs.states import (
    ACCEPTED,
    ARROWS,
    ENDED,
    PLANNED,
    REOPENABLE,
    UNCLAIMED,
    UNSENT,
    WAITING,
    State,
    Verb,
    sources_of,
)


def targets(state: State) -> set[State]:
    return {arrow.target for arrow in ARROWS if state in arrow.sources and arrow.target is not None}


def test_every_state_can_be_reached() -> None:
    reached = set(PLANNED)
    while more := {target for state in reached for target in targets(state)} - reached:
        reached |= more
    assert reached == set(State)


def test_every_verb_but_plan_has_an_arrow_and_plan_has_its_own_list() -> None:
    assert {arrow.verb for arrow in ARROWS} == set(Verb) - {Verb.PLAN}
    assert frozenset({State.SCHEDULED, State.IN_DOUBT}) == PLANNED


def test_nothing_leads_to_sending_but_a_commit_of_intents_by_who_holds_the_claim() -> None:
    leading = [(arrow.verb, arrow.sources) for arrow in ARROWS if arrow.target is State.SENDING]
    assert leading == [(Verb.SEND, frozenset({State.CLAIMED}))]


def test_nothing_leads_to_claimed_but_a_claim_of_a_queued_job() -> None:
    leading = [(arrow.verb, arrow.sources) for arrow in ARROWS if arrow.target is State.CLAIMED]
    assert leading == [(Verb.CLAIM, frozenset({State.QUEUED}))]


@pytest.mark.parametrize("state", sorted(ACCEPTED))
def test_an_accepted_text_is_never_sent_again(state: State) -> None:
    assert targets(state) <= ACCEPTED


def test_delivered_is_the_end() -> None:
    assert targets(State.DELIVERED) == set()


@pytest.mark.parametrize("state", [State.SENDING, State.IN_DOUBT])
def test_a_job_that_may_be_out_is_not_moved_blocked_or_reopened_as_if_it_were_not(state: State) -> None:
    assert state not in UNSENT | REOPENABLE
    assert state not in sources_of(Verb.MOVE, State.SCHEDULED)
    assert state in sources_of(Verb.CANCEL, None)


def test_every_state_is_unsent_going_out_or_ended() -> None:
    going_out = {State.SENDING, State.IN_DOUBT}
    assert UNSENT | going_out | ENDED == set(State)
    assert not UNSENT & going_out
    assert not (UNSENT | going_out) & ENDED
    assert WAITING < UNCLAIMED < UNSENT


def test_there_is_no_arrow_that_the_table_does_not_have() -> None:
    assert sources_of(Verb.SEND, State.SENT) == frozenset()
    assert sources_of(Verb.CLAIM, State.CLAIMED) == {State.QUEUED}
