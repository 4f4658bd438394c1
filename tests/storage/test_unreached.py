"""Who is unreached, and who leaves the list, on both databases."""

import datetime as dt
import itertools
from collections.abc import Iterator

import pytest
from sqlalchemy import event, insert, select, text, update

from jobs.errors import InputError, NotFoundError
from jobs.records import attempts, notes, occasions, told
from jobs.states import State
from scheduler.intake.turns import Turns
from scheduler.planning.basis import basis_of
from scheduler.publishing.revisions import load_current
from scheduler.rulebook.schema import Rulebook
from scheduler.unreached import Asked, Call, Noted, UnreachedPerson, list_unreached, note_call
from scheduler.unreached.listing import unreached_of
from tests.storage.asking_why import of_occasion
from tests.storage.asking_why import told as said
from tests.storage.intake_practice import DAY_BEFORE, WEEK_BEFORE, Desk, make_rulebook, opened

START = "2026-12-01T10:00"
TOO_EARLY = {"id": "dawn", "before": "1 hour", "template": "reminder"}
"""At 6 in the morning of an appointment at 7, and the window opens at 9."""


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    with opened(database_url) as desk:
        desk.contact(phone="+15145550001", name="Ana Diaz", language="fr", owner="kim")
        desk.visit(contact="C-1", start="2026-12-01 10:00", status="booked", case_ref="M-7")
        desk.later(days=5)
        yield desk


def listed(desk: Desk, **asked: object) -> list[UnreachedPerson]:
    with desk.database.read() as connection:
        current = load_current(connection, "northlight")
        basis = basis_of(current.revision, current.rulebook, current.plan)
        question = Asked(**asked)  # type: ignore[arg-type]  # values by name
        return list_unreached(connection, basis, current.rulebook.practice.languages, question, desk.clock.now())


def refs(desk: Desk, **asked: object) -> list[tuple[str, str | None]]:
    return [(row.ref, row.contact) for row in listed(desk, **asked)]


def end(desk: Desk, step: str = "week-before", state: State = State.FAILED, reason: str = "the number is dead") -> None:
    """Let a text have ended so, just now."""
    desk.set_job(desk.job(step), state=state.value, reason=reason, updated_at=desk.clock.now())


def tell(desk: Desk, step: str, start: str | None = START, state: State = State.SENT, **fields: str) -> None:
    """Let a text that tells a start have gone out."""
    job = desk.job(step)
    desk.send(job, state=state)
    said_of = {"told_start": start, "told_fields": fields}
    row = {"occasion_id": job.occasion_id, "contact_id": job.contact_id, "start": start or START, "fields": fields}

    def work(connection: object) -> None:
        connection.execute(update(attempts).where(attempts.c.job_id == job.id).values(said_of))  # type: ignore[attr-defined]  # a connection
        attempt = connection.execute(select(attempts.c.id).where(attempts.c.job_id == job.id)).scalar_one()  # type: ignore[attr-defined]  # a connection
        connection.execute(insert(told).values(row | {"attempt_id": attempt, "at": desk.clock.now()}))  # type: ignore[attr-defined]  # a connection

    desk.database.write(work)


def phone(desk: Desk, **call: str) -> Noted:
    values = {"practice": "northlight", "ref": "A-1", "note": "she comes", "by": "person:ana", **call}
    turns = Turns(desk.database, load_current)
    return turns.take("northlight", lambda turn: note_call(turn, Call(**values)))


def test_nobody_is_unreached_while_their_texts_wait(desk: Desk) -> None:
    assert listed(desk) == []


def test_one_whose_text_failed_is_listed_with_all_that_one_needs_to_phone_them(desk: Desk) -> None:
    end(desk)

    (row,) = listed(desk)

    assert (row.name, row.phone, row.language, row.owner) == ("Ana Diaz", "+15145550001", "fr", "kim")
    assert (row.kind, row.ref, row.case_ref, row.contact, row.role) == ("appointment", "A-1", "M-7", "C-1", "contact")
    assert (row.start, row.timezone) == (START, "America/Toronto")
    assert row.why == "visit/week-before failed: the number is dead"
    assert (row.since, row.job) == (desk.clock.now(), desk.job("week-before").id)


@pytest.mark.parametrize("state", [State.BLOCKED, State.FAILED, State.UNDELIVERED, State.EXPIRED, State.IN_DOUBT])
def test_every_end_that_tells_nobody_counts(desk: Desk, state: State) -> None:
    end(desk, state=state)

    assert refs(desk) == [("A-1", "C-1")]


@pytest.mark.parametrize("state", [State.CANCELLED, State.SENT, State.HELD, State.RETRYING])
def test_what_was_not_wanted_or_may_still_go_does_not_count(desk: Desk, state: State) -> None:
    end(desk, state=state)

    assert listed(desk) == []


def test_a_block_of_a_text_that_has_not_come_due_does_not_count_yet(desk: Desk) -> None:
    end(desk, "day-before", State.BLOCKED, "opted out")

    before = listed(desk)
    desk.later(days=5, hours=5)

    assert before == []
    assert [row.why for row in listed(desk)] == ["visit/day-before was blocked: opted out"]
    assert [row.since for row in listed(desk)] == [desk.job("day-before").due_at]


def test_a_later_text_that_tells_the_start_ends_it(desk: Desk) -> None:
    end(desk)
    tell(desk, "day-before")

    assert listed(desk) == []


@pytest.mark.parametrize(
    ("start", "state"), [(START, State.UNDELIVERED), ("2026-12-02T10:00", State.SENT), (None, State.DELIVERED)]
)
def test_a_text_that_did_not_arrive_or_told_something_else_does_not_end_it(
    desk: Desk, start: str | None, state: State
) -> None:
    end(desk)
    tell(desk, "day-before", start, state)

    assert refs(desk) == [("A-1", "C-1")]


def test_who_cannot_be_told_what_else_changed_is_listed_though_they_know_the_start(desk: Desk) -> None:
    tell(desk, "week-before")
    desk.later(hours=1)
    now, reason = desk.clock.now(), "occasion.place has no value"
    desk.set_job(desk.job("day-before"), origin="correction", step="changed", due_at=now)
    desk.set_job(desk.job("changed"), state="blocked", reason=reason, updated_at=now)
    [person] = listed(desk)
    assert person.why == "the correction (changed) was blocked: occasion.place has no value"


def test_who_was_told_that_it_is_off_does_not_know_that_it_is_on_again(desk: Desk) -> None:
    end(desk)
    tell(desk, "day-before", status="cancelled")

    assert refs(desk) == [("A-1", "C-1")]


@pytest.mark.parametrize("status", ["cancelled", "attended"])
def test_what_is_off_or_done_leaves_the_list(desk: Desk, status: str) -> None:
    end(desk)
    desk.visit(status=status)

    assert listed(desk) == []


def test_what_has_begun_leaves_the_list(desk: Desk) -> None:
    end(desk)
    desk.later(days=6)

    assert listed(desk) == []


def test_a_payment_stays_until_its_day_ends(desk: Desk) -> None:
    taken = desk.intake.upsert("northlight", "payment", [{"ref": "P-1", "contact": "C-1", "date": "2026-11-28"}])
    desk.set_job(desk.job("upcoming"), state="failed", updated_at=desk.clock.now())
    desk.later(days=3, hours=10)
    on_the_day = refs(desk)
    desk.later(hours=3)

    assert not getattr(taken, "problems", ())
    assert on_the_day == [("P-1", "C-1")]
    assert refs(desk) == []


def test_one_without_a_phone_is_listed_once_a_text_came_due(desk: Desk) -> None:
    desk.contact("C-2", phone="12", name="Bo")
    desk.visit("A-2", contact="C-2", start="2026-12-04 10:00")
    before = refs(desk)
    desk.later(days=3)

    assert before == []
    (row,) = listed(desk)
    assert (row.ref, row.phone) == ("A-2", "12")
    assert row.why == "visit/week-before had no phone: the number given has too few digits for CA"
    assert row.since.isoformat() == "2026-11-27T15:00:00+00:00"


def test_one_whose_text_found_no_open_hour_is_listed_once_it_came_due(desk: Desk) -> None:
    desk.publish(make_rulebook(steps=(TOO_EARLY,)))
    desk.visit("A-2", contact="C-1", start="2026-11-27 07:00")
    before = refs(desk)
    desk.later(days=1, hours=18, minutes=30)

    assert before == []
    assert [(row.ref, row.why) for row in listed(desk)] == [
        ("A-2", "visit/dawn found no open hour while it was of use")
    ]


def test_an_occasion_that_names_nobody_is_listed_at_once(desk: Desk) -> None:
    desk.visit("A-2", start="2027-06-01 10:00")

    (row,) = listed(desk)

    assert (row.ref, row.contact, row.name, row.why) == ("A-2", None, "", "it names nobody")


def test_who_was_told_what_is_no_longer_so_and_has_no_phone_is_listed_at_once(desk: Desk) -> None:
    desk.publish(make_rulebook(rule={"moved": "reminder"}))
    tell(desk, "week-before")
    desk.contact(phone="")
    desk.visit(start="2027-01-12 10:00")

    (row,) = listed(desk)

    assert row.why == "was told what is no longer so, and has no phone that can be texted"
    assert row.since == desk.clock.now()


def test_who_was_told_what_is_no_longer_so_while_reminders_are_off_is_listed(desk: Desk) -> None:
    desk.publish(make_rulebook(rule={"moved": "reminder"}))
    tell(desk, "week-before")

    warned = desk.visit(start="2027-01-12 10:00", reminders="off")

    sentence = "its person was told what is no longer so, and reminders are turned off"
    assert [each.sentence for each in warned.warnings] == [f"nobody can be reached about A-1: {sentence}"]
    assert [row.why for row in listed(desk)] == ["was told what is no longer so, and reminders are turned off"]
    assert [job.state for job in desk.jobs() if job.origin == "correction"] == []


def two_people() -> Rulebook:
    return make_rulebook(rule={"to": ["contact", "interpreter"]})


def test_each_person_whom_a_rule_addresses_is_judged_by_their_own_texts(desk: Desk) -> None:
    desk.publish(two_people())
    desk.contact("C-2", phone="+15145550002", name="Bo")
    desk.contact("C-3", phone="", name="Cy")
    people = {"contact": "C-1", "interpreter": "C-2", "payer": "C-3"}
    desk.visit("A-2", people=people, start="2026-12-04 10:00")
    (theirs,) = (job for job in desk.jobs() if job.role == "interpreter" and job.step == "week-before")
    desk.later(days=3)
    desk.set_job(theirs, state="failed", updated_at=desk.clock.now())

    assert [(row.contact, row.role) for row in listed(desk)] == [("C-2", "interpreter")]


def test_the_soonest_start_comes_first_and_the_list_is_narrowed_by_owner_and_days(desk: Desk) -> None:
    end(desk)
    desk.contact("C-2", phone="+15145550002", owner="lou")
    desk.visit("A-2", contact="C-2", start="2026-11-27 10:00")
    (job,) = (job for job in desk.jobs() if job.anchor == "2026-11-27T10:00")
    desk.set_job(job, state="failed", due_at=desk.clock.now())

    assert [ref for ref, _ in refs(desk)] == ["A-2", "A-1"]
    assert [ref for ref, _ in refs(desk, owner="Kim")] == ["A-1"]
    assert [ref for ref, _ in refs(desk, until=desk.clock.now() + dt.timedelta(days=3))] == ["A-2"]


def test_who_was_phoned_leaves_the_list_until_the_start_moves_again(desk: Desk) -> None:
    end(desk)
    noted = phone(desk)
    after = refs(desk)
    (shown,) = listed(desk, phoned_too=True)
    desk.later(hours=1)
    desk.visit(start="2026-12-02 10:00")

    assert (noted.contacts, noted.start) == (("C-1",), START)
    assert after == []
    assert shown.called is not None
    assert (shown.called.by, shown.called.note) == ("person:ana", "she comes")
    assert refs(desk) == [("A-1", "C-1")]


def test_a_change_that_moves_no_start_leaves_who_was_phoned_off_the_list(desk: Desk) -> None:
    end(desk)
    phone(desk)
    desk.later(hours=1)
    desk.visit(place="12 Main St")

    assert listed(desk) == []


def test_an_occasion_that_names_nobody_can_be_phoned_about(desk: Desk) -> None:
    desk.visit("A-2", start="2027-06-01 10:00")
    phone(desk, ref="A-2")

    assert listed(desk) == []


def test_of_several_people_those_who_are_unreached_were_phoned_unless_one_is_named(desk: Desk) -> None:
    desk.publish(two_people())
    desk.contact("C-2", phone="+15145550002")
    desk.visit(people={"interpreter": "C-2"})
    with pytest.raises(InputError) as refusal:
        phone(desk)
    named = phone(desk, contact="C-2")
    desk.set_job(next(job for job in desk.jobs() if job.role == "contact"), state="failed")

    assert str(refusal.value) == "appointment A-1 names C-1, C-2: say who was phoned with --contact"
    assert named.contacts == ("C-2",)
    assert phone(desk).contacts == ("C-1",)


@pytest.mark.parametrize(
    ("call", "error", "sentence"),
    [
        ({"ref": "A-9"}, NotFoundError, "there is no occasion 'A-9' in practice northlight"),
        ({"note": " "}, InputError, "a reason is needed: it is kept"),
        ({"contact": "C-9"}, NotFoundError, "appointment A-1 does not name 'C-9'; it names C-1"),
    ],
)
def test_a_call_that_cannot_be_kept_keeps_nothing(
    desk: Desk, call: dict[str, str], error: type[Exception], sentence: str
) -> None:
    with pytest.raises(error) as refusal:
        phone(desk, **call)

    assert str(refusal.value) == sentence
    with desk.database.read() as connection:
        assert connection.execute(select(notes)).all() == []


def test_the_list_is_what_judging_each_occasion_by_itself_comes_to(desk: Desk) -> None:
    steps = (WEEK_BEFORE, DAY_BEFORE, TOO_EARLY, {"id": "booked", "on": "created", "template": "reminder"})
    desk.publish(make_rulebook(steps=steps, rule={"to": ["contact", "interpreter"], "moved": "reminder"}))
    desk.contact("C-2", phone="")
    desk.contact("C-3", phone="+15145550003", reminders="off")
    people: tuple[dict[str, str], ...] = (
        {"contact": "C-1"},
        {"contact": "C-2"},
        {"contact": "C-3"},
        {"contact": "C-1", "interpreter": "C-2"},
        {},
    )
    starts = ("2026-11-25 13:00", "2026-11-26 07:00", "2026-11-29 09:30", "2026-12-02 10:00", "2027-03-01 10:00")
    for number, (whom, start) in enumerate(itertools.product(people, starts)):
        desk.visit(f"B-{number}", people=whom, start=start)
    states = itertools.cycle(
        [State.SENT, State.FAILED, State.SCHEDULED, State.BLOCKED, State.DELIVERED, State.IN_DOUBT]
    )
    for job, state in zip(desk.jobs(), states, strict=False):
        if job.due_at < desk.clock.now() + dt.timedelta(days=3):
            desk.set_job(job, state=state.value)
    desk.later(days=2, hours=20)

    with desk.database.read() as connection:
        current = load_current(connection, "northlight")
        basis = basis_of(current.revision, current.rulebook, current.plan)
        every = connection.execute(select(occasions.c.id)).scalars().all()
        given = (connection, basis, current.rulebook.practice.languages)
        one_by_one = [row for each in every for row in unreached_of(*given, each, desk.clock.now())]
        together = list_unreached(*given, Asked(), desk.clock.now())

    assert {(row.ref, row.contact, row.why) for row in together} == {
        (row.ref, row.contact, row.why) for row in one_by_one
    }
    assert len({row.why.split()[-1] for row in together}) > 3


def test_why_tells_who_is_unreached_and_who_was_phoned(desk: Desk) -> None:
    end(desk)
    phone(desk)

    life = said(of_occasion(desk))

    assert "Ana Diaz (C-1) is unreached: visit/week-before failed: the number is dead." in life
    assert "Ana Diaz (C-1) was phoned about Tue 1 Dec 10:00 by ana on Wed 25 Nov 2026 12:01: she comes." in life


def test_the_list_reads_no_table_of_jobs_from_end_to_end(desk: Desk) -> None:
    end(desk)
    queries: list[tuple[str, object]] = []
    event.listen(
        desk.database.engine,
        "before_cursor_execute",
        lambda _c, _cursor, statement, parameters, _context, _many: queries.append((statement, parameters)),
    )
    listed(desk)
    explain = "EXPLAIN QUERY PLAN " if desk.database.is_sqlite else "EXPLAIN "
    about_jobs = [each for each in queries if "jobs" in each[0] and each[0].lstrip().startswith("SELECT")]

    with desk.database.read() as connection:
        if not desk.database.is_sqlite:  # so few rows are read whole, if one may
            connection.execute(text("SET LOCAL enable_seqscan = off"))
        plans = [
            "\n".join(str(row) for row in connection.exec_driver_sql(explain + statement, parameters))  # type: ignore[arg-type]  # as it was executed
            for statement, parameters in about_jobs
        ]

    assert len(plans) > 3
    whole = "SCAN jobs" if desk.database.is_sqlite else "Seq Scan on jobs"
    assert [plan for plan in plans if whole in plan.replace("SCAN jobs USING", "")] == []
