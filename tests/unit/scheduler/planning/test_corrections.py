"""What is done to an occasion's corrections: what was told and its jobs in, changes out; no database."""

import dataclasses
import datetime as dt
import uuid
from typing import Any

import pytest

from jobs.drafts import Told
from jobs.states import Origin, State
from jobs.store.identity import correction_identity
from jobs.store.telling import ToldRow
from jobs.store.values import PLANNER, Job
from scheduler.planning.basis import Occurrence, basis_of
from scheduler.planning.changes import Cause
from scheduler.planning.compiled import compile_rulebook
from scheduler.planning.corrections import Case, CorrectionChanges, correct, going_of
from scheduler.planning.decisions import OccasionFacts, Person
from scheduler.planning.stored import StoredOccasion
from scheduler.rulebook.schema import Rulebook
from tests.unit.scheduler.planning.test_changes import make_job

NOW = dt.datetime(2026, 11, 24, 17, 0, tzinfo=dt.UTC)
"""A Tuesday, noon in Toronto."""
HOUR = dt.timedelta(hours=1)
ANA, LEA, VISIT = uuid.UUID(int=1), uuid.UUID(int=2), uuid.UUID(int=9)
TUESDAY, WEDNESDAY = "2026-12-01T10:00", "2026-12-02T10:00"
RULEBOOK = Rulebook.model_validate(
    {
        "practice": {
            "practice": "p",
            "name": "P",
            "timezone": "America/Toronto",
            "country": "CA",
            "languages": ["en"],
            "senders": [{"id": "main", "number": "+15145550100", "provider": "terminal"}],
        },
        "rules": [
            {
                "id": "r",
                "for": "appointment",
                "moved": "moved",
                "cancelled": "cancelled",
                "steps": [{"id": "s", "before": "1 day", "template": "t"}],
            }
        ],
        "templates": {},
    }
)
BASIS = basis_of("r-1", RULEBOOK, compile_rulebook(RULEBOOK))
SENT = make_job(id=uuid.UUID(int=100), state=State.SENT, contact_id=ANA, role="contact")


def make_occasion(**changes: Any) -> StoredOccasion:
    """Return an appointment that was moved to Wednesday as its second change, and names Ana."""
    facts = changes.pop("facts", {})
    values: dict[str, Any] = {"start": WEDNESDAY, "dated_at": NOW, "people": {"contact": "ana"}, "status": "booked"}
    occasion = StoredOccasion(
        id=VISIT,
        facts=OccasionFacts("appointment", "A-1", **(values | facts)),
        people={"ana": Person("ana", "+15145550001"), "lea": Person("lea", "+15145550001")},
        contact_ids={"ana": ANA, "lea": LEA},
        change_count=2,
    )
    return dataclasses.replace(occasion, **changes)


def make_correction(**changes: Any) -> Job:
    """Return the waiting correction of the second change."""
    identity = correction_identity(practice="p", occasion_id=VISIT, role="contact", change_count=2)
    values = {"id": uuid.UUID(int=200), "origin": Origin.CORRECTION, "identity": identity, "step": "moved"}
    values |= {"template": "moved", "anchor": None, "planned_for": NOW, "created_at": NOW, "pinned": False}
    values |= {"useful_until": dt.datetime(2026, 12, 1, 15, 0, tzinfo=dt.UTC), "stop_wanted": False}
    return make_job(**(values | changes))


def make_told(start: str = TUESDAY, at: dt.datetime = NOW - HOUR, **fields: object) -> ToldRow:
    return ToldRow(Told(start, fields), at)


def corrected(*corrections: Job, **changes: Any) -> CorrectionChanges:
    """Return what is done where Ana was told of Tuesday by a job that was sent."""
    occurrence = Occurrence(changes.pop("now", NOW), changes.pop("cause", Cause.INTAKE))
    values: dict[str, Any] = {"basis": BASIS, "occurrence": occurrence, "occasion": make_occasion()}
    values |= {"told": {ANA: make_told()}, "jobs": [SENT, *corrections], "touched": {SENT.id}}
    return correct(Case(**(values | changes)))


def test_who_was_told_otherwise_gets_one_correction_of_this_change() -> None:
    changes = corrected()

    (new,) = changes.creates
    assert (new.rule, new.step, new.template, new.change_count) == ("r", "moved", "moved", 2)
    assert (new.contact_id, new.role, new.urgency, new.planned_for) == (ANA, "contact", 1, NOW)
    assert changes.going == {"ana": NOW}


def test_who_was_told_nothing_gets_none() -> None:
    assert corrected(told={}) == CorrectionChanges()


def test_a_waiting_one_that_still_tells_what_is_so_is_left_alone() -> None:
    assert corrected(make_correction()) == CorrectionChanges(going={"ana": NOW})


def test_a_waiting_one_takes_up_a_later_change_under_its_own_identity() -> None:
    later = make_occasion(called_off=True, off="the appointment was cancelled", change_count=3)

    changes = corrected(make_correction(), occasion=later)

    (change,) = changes.refreshes
    assert (change.step, change.template, change.identity, change.planned_for) == ("cancelled", "cancelled", None, None)
    assert (changes.creates, changes.cancels) == ([], [])


def test_a_waiting_one_goes_when_it_was_first_wanted_for_the_present_start() -> None:
    night = dt.datetime(2026, 11, 25, 2, 0, tzinfo=dt.UTC)
    moved_again = make_occasion(facts={"dated_at": night})

    changes = corrected(make_correction(), occasion=moved_again, now=night)

    (change,) = changes.moves
    assert change.planned_for == dt.datetime(2026, 11, 25, 14, 0, tzinfo=dt.UTC)


def test_one_that_a_person_moved_stays_where_they_put_it() -> None:
    pinned = make_correction(pinned=True, planned_for=NOW + HOUR)

    assert corrected(pinned).moves == []


@pytest.mark.parametrize("state", [State.SCHEDULED, State.HELD, State.RETRYING, State.QUEUED, State.CLAIMED])
def test_a_waiting_one_ends_where_all_is_so_again(state: State) -> None:
    (pick,) = corrected(make_correction(state=state), occasion=make_occasion(facts={"start": TUESDAY})).cancels

    assert pick.reason == "all that this person was told is so"


def test_one_that_a_person_sends_again_though_it_may_have_arrived_goes() -> None:
    again = make_correction(state=State.RETRYING)

    changes = corrected(again, told={ANA: make_told(WEDNESDAY)}, touched={SENT.id, again.id})

    assert changes.cancels == []


@pytest.mark.parametrize("state", [State.SENDING, State.IN_DOUBT])
def test_one_on_its_way_that_is_overtaken_is_not_tried_again(state: State) -> None:
    going = make_correction(state=state)
    back = make_occasion(facts={"start": TUESDAY}, change_count=3)

    changes = corrected(going, occasion=back, told={ANA: make_told(WEDNESDAY)}, touched={SENT.id, going.id})

    assert [pick.id for pick in changes.cancels] == [going.id]
    assert [new.change_count for new in changes.creates] == [3]


def test_one_on_its_way_that_tells_what_is_so_is_left_alone() -> None:
    going = make_correction(state=State.SENDING)

    changes = corrected(going, told={ANA: make_told(WEDNESDAY)}, touched={SENT.id, going.id})

    assert (changes.cancels, changes.creates) == ([], [])


@pytest.mark.parametrize(
    ("ended", "comes_back"),
    [
        ({"state": State.CANCELLED, "moved_by": PLANNER}, True),
        ({"state": State.CANCELLED, "moved_by": "person:ana"}, False),
        ({"state": State.CANCELLED, "moved_by": "worker"}, False),
        ({"state": State.FAILED, "moved_by": "worker"}, False),
        ({"state": State.EXPIRED, "moved_by": "chore", "useful_until": NOW - HOUR}, True),
        ({"state": State.SENT, "moved_by": "worker"}, False),
    ],
)
def test_the_one_of_this_very_change_is_made_once(ended: dict[str, Any], *, comes_back: bool) -> None:
    changes = corrected(make_correction(**ended))

    assert (len(changes.reopens), changes.creates, changes.cancels) == (int(comes_back), [], [])


def test_a_publish_begins_none() -> None:
    assert corrected(cause=Cause.PUBLISHING) == CorrectionChanges()


def test_of_two_who_share_a_phone_the_one_told_last_counts() -> None:
    people = {"contact": "ana", "payer": "lea"}
    sent = dataclasses.replace(SENT, id=uuid.UUID(int=101), contact_id=LEA, role="payer")
    case = {"jobs": [SENT, sent], "touched": {SENT.id, sent.id}, "occasion": make_occasion(facts={"people": people})}

    one = corrected(**case, told={ANA: make_told(), LEA: make_told(at=NOW)})
    none = corrected(**case, told={ANA: make_told(), LEA: make_told(WEDNESDAY, at=NOW)})

    assert [new.role for new in one.creates] == ["payer"]
    assert none.creates == []


def test_who_has_no_phone_any_more_is_unreached() -> None:
    changes = corrected(occasion=make_occasion(people={"ana": Person("ana")}))

    assert changes.unreached == "its person was told what is no longer so, and has no phone that can be texted"
    assert changes.creates == []


@pytest.mark.parametrize(
    ("changes", "going"),
    [
        ({}, {"ana": NOW}),
        ({"state": State.SENT}, {"ana": NOW}),
        ({"state": State.FAILED}, {}),
        ({"step": "cancelled"}, {}),
        ({"planned_for": NOW - HOUR}, {}),
        ({"contact_id": uuid.UUID(int=77)}, {}),
    ],
)
def test_a_correction_goes_for_the_present_start_as_its_job_says(
    changes: dict[str, Any], going: dict[str, dt.datetime]
) -> None:
    assert going_of(make_occasion(), [make_correction(**changes)]) == going


@pytest.mark.parametrize("whose", ["occasion", "person"])
def test_reminders_that_are_off_are_off_for_corrections_too_and_the_person_is_unreached(whose: str) -> None:
    muted = make_occasion(facts={"reminders_off": True})
    if whose == "person":
        muted = make_occasion(people={"ana": Person("ana", "+15145550001", reminders_off=True)})

    changes = corrected(make_correction(), occasion=muted)

    assert [pick.reason for pick in changes.cancels] == ["reminders are turned off"]
    assert (changes.creates, changes.untold) == ([], {ANA: "reminders are turned off"})
    assert changes.unreached == "its person was told what is no longer so, and reminders are turned off"


def test_a_muted_rule_still_corrects_what_it_told() -> None:
    assert len(corrected(occasion=make_occasion(facts={"muted": frozenset({"r"})})).creates) == 1
