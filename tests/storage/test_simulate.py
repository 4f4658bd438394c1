"""What would be sent: the simulator and a real run of chores and worker agree, and it writes nothing."""

import datetime as dt
import itertools
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from jobs.states import State
from scheduler.planning.decisions import Reason
from scheduler.rulebook.schema import Rulebook
from scheduler.simulate import Fate, Simulation, find_contact
from tests.storage.simulated_practice import (
    BEGINS,
    DAY_BEFORE,
    PRACTICE,
    ZONE,
    Office,
    foreseen,
    opened,
    shipped_rulebook,
    small_rulebook,
    take_in_everything,
    take_in_visit,
    with_steps,
)

Opening = Callable[[Rulebook], AbstractContextManager[Office]]
AT_FOUR = dt.datetime(2026, 11, 30, 16, 0, tzinfo=ZONE)


@pytest.fixture
def open_office(tmp_path: Path) -> Opening:
    """Give a way to open an office on SQLite under a rulebook."""
    return lambda rulebook: opened(f"sqlite:///{tmp_path / 'q.db'}", tmp_path, rulebook)


@pytest.fixture
def office(database_url: str, tmp_path: Path) -> Iterator[Office]:
    """Give an office with one rule, once on each database."""
    with opened(database_url, tmp_path, small_rulebook()) as office:
        yield office


def only(simulation: Simulation) -> Fate:
    [fate] = simulation.fates
    return fate


def foreseen_in(office: Office) -> set[str]:
    """Check that a fortnight runs as it was simulated and that nothing is left out; return the states it came to."""
    simulation = office.simulate()
    office.run()
    expected = foreseen(simulation)
    identities = {each[0] for each in expected}
    became = office.became()
    assert [each for each in became if each[0] in identities] == expected
    assert {each[1] for each in became if each[0] not in identities} <= {"scheduled", "cancelled"}
    return {each[1] for each in expected}


def test_a_simulated_fortnight_equals_a_run_of_it(open_office: Opening) -> None:
    with open_office(shipped_rulebook()) as office:
        take_in_everything(office)
        assert foreseen_in(office) == {"sent", "blocked"}


def test_caps_slow_senders_and_what_people_did_are_foreseen(open_office: Opening) -> None:
    caps = {"currency": "CAD", "monthly_cap": 1, "at_cap": {"rules": "block"}, "per_number_per_day": 1}
    with open_office(shipped_rulebook(senders=slow_senders(), spending=caps)) as office:
        take_in_everything(office)
        office.reschedule(office.job("A-228", "day-before"), BEGINS + dt.timedelta(days=1, hours=3))
        office.cancel(office.job("A-232", "day-before"))
        office.pause("rule", "payment", days=2.5)
        assert foreseen_in(office) == {"sent", "blocked", "expired"}


def test_a_day_s_cap_and_a_pause_hold_texts_as_in_a_run(open_office: Opening) -> None:
    with open_office(shipped_rulebook(spending={"currency": "CAD", "per_number_per_day": 1})) as office:
        take_in_everything(office)
        office.pause("sender", "urgent")
        waits = [wait.reason for fate in office.simulate().fates for wait in fate.waits]
        assert "this number already got 1 texts today, as many as a day may bring" in waits
        assert foreseen_in(office) == {"sent", "expired", "scheduled"}


def slow_senders() -> list[dict[str, object]]:
    """Return the shipped practice's senders with a price; one needs a second for a text, the other half of one."""
    costs = {"provider": "terminal", "currency": "CAD", "price": {"CA": 0.02, "US": 0.02, "FR": 0.09}}
    return [
        {"id": "main", "number": "+15145550100", "segments_per_second": 1, **costs},
        {"id": "urgent", "number": "+15145550111", "segments_per_second": 2, **costs},
    ]


def test_muted_texts_are_not_foreseen_and_it_is_said_why(office: Office) -> None:
    take_in_visit(office)
    office.upsert("appointment", ref="A-1", reminders="off")
    office.upsert("appointment", ref="A-2", contact="C-1", start="2026-12-01 10:00", reminders="off")

    simulation = office.simulate()

    assert simulation.fates == ()
    assert [(each.named.occasion, each.at, each.decision.reason) for each in simulation.untexted] == [
        ("A-2", AT_FOUR, Reason.OCCASION_OFF)
    ]


def test_nothing_is_written(office: Office) -> None:
    take_in_visit(office)
    before = office.rows()
    assert only(office.simulate()).state is State.SENT
    assert office.rows() == before


def test_a_text_is_told_with_its_moment_its_words_and_its_decision(office: Office) -> None:
    take_in_visit(office)
    fate = only(office.simulate())
    assert (fate.at, fate.body) == (AT_FOUR, "Ana: December 1 10:00 a.m.")
    assert (fate.named.kind, fate.named.occasion, fate.named.contact) == ("appointment", "A-1", "C-1")
    assert fate.decision is not None
    assert fate.decision.step == "day-before"


def test_what_comes_after_the_period_is_left_out(office: Office) -> None:
    take_in_visit(office)
    assert office.simulate(days=5).fates == ()


def test_a_period_that_begins_later_leaves_out_what_goes_before_and_still_counts_it(open_office: Opening) -> None:
    adds = {"first_text_adds": {"en": "Reply STOP to opt out."}}
    with open_office(small_rulebook(**adds)) as office:
        take_in_visit(office)
        take_in_visit(office, ref="A-2", start="2026-12-03 10:00")
        fate = only(office.simulate(after=7))
        assert fate.body == "Ana: December 3 10:00 a.m."


def test_an_opt_out_blocks_and_says_so(office: Office) -> None:
    take_in_visit(office)
    office.opt_out("C-1")
    fate = only(office.simulate())
    assert fate.state is State.BLOCKED
    assert fate.job.reason == "the person opted out (by text, 2026-11-24)"


def test_a_consent_that_runs_out_meanwhile_counts_until_then(open_office: Opening) -> None:
    with open_office(small_rulebook(consent={"service": "express"})) as office:
        take_in_visit(office)
        take_in_visit(office, ref="A-2", start="2026-12-03 10:00")
        office.agree("C-1", until=AT_FOUR + dt.timedelta(hours=1))
        assert [fate.state for fate in office.simulate().fates] == [State.SENT, State.BLOCKED]


def test_a_paused_text_waits_and_says_why(office: Office) -> None:
    take_in_visit(office)
    office.pause("practice", PRACTICE)
    fate = only(office.simulate(days=6.1))
    assert (fate.state, fate.job.reason) == (State.SCHEDULED, "paused: we are moving house")


def test_a_text_whose_pause_ends_in_time_goes_then(office: Office) -> None:
    take_in_visit(office)
    office.pause("rule", "visit", days=6.1)
    fate = only(office.simulate())
    assert (fate.state, fate.at) == (State.SENT, BEGINS + dt.timedelta(days=6.1))


def test_a_paused_text_that_becomes_useless_expires(office: Office) -> None:
    take_in_visit(office)
    office.pause("all", None)
    fate = only(office.simulate())
    assert fate.state is State.EXPIRED
    assert fate.at == dt.datetime(2026, 12, 1, 10, 0, tzinfo=ZONE)


def test_a_slow_sender_sends_one_after_another(open_office: Opening) -> None:
    slow = {"id": "main", "number": "+15145550100", "provider": "terminal", "segments_per_second": 0.01}
    with open_office(small_rulebook(senders=[slow])) as office:
        for number in range(3):
            take_in_visit(office, ref=f"A-{number}")
        moments = [fate.at for fate in office.simulate().fates]
        gaps = [later - earlier for earlier, later in itertools.pairwise(moments)]
        assert all(dt.timedelta(seconds=98) <= gap <= dt.timedelta(seconds=102) for gap in gaps)


def test_an_unfinished_replan_is_simulated_as_finished(office: Office) -> None:
    take_in_visit(office)
    office.publish(with_steps(small_rulebook(), "visit", [{**DAY_BEFORE, "at": "15:00"}]))
    fate = only(office.simulate())
    assert (fate.state, fate.at) == (State.SENT, dt.datetime(2026, 11, 30, 15, 0, tzinfo=ZONE))


def test_a_job_of_a_step_that_is_gone_is_cancelled(office: Office) -> None:
    take_in_visit(office)
    office.publish(with_steps(small_rulebook(), "visit", [{**DAY_BEFORE, "id": "other"}]))
    states = {(fate.job.step, fate.state) for fate in office.simulate().fates}
    assert states == {("day-before", State.CANCELLED), ("other", State.SENT)}


def test_a_decision_without_a_text_is_told_with_its_reason(office: Office) -> None:
    office.upsert("contacts", ref="C-1", phone="", first_name="Ana")
    office.upsert("appointment", ref="A-1", contact="C-1", start="2026-12-01 10:00")
    simulation = office.simulate()
    [untexted] = simulation.untexted
    assert simulation.fates == ()
    assert (untexted.decision.reason, untexted.at) == (Reason.NO_PHONE, AT_FOUR)


def test_of_a_contact_remain_their_texts_and_those_that_go_to_their_phone(office: Office) -> None:
    for number in (1, 2, 3):
        take_in_visit(office, f"A-{number}", f"C-{number}")
    office.lend_phone("C-2", of="C-1")
    with office.database.read() as connection:
        ids = find_contact(connection, PRACTICE, "C-1")
    assert {fate.named.contact for fate in office.simulate().of_contacts(ids).fates} == {"C-1", "C-2"}
