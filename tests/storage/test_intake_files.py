"""Importing CSV files, on both databases: whole or not at all, dry, complete, and resumed after a crash."""

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, select

from jobs.errors import InputError, NotFoundError
from jobs.records import import_rows, imports
from jobs.states import State
from scheduler.intake.entry import Intake
from scheduler.intake.outcomes import Imported, NeedsConfirmation, Refused, Tally
from scheduler.intake.reading import Progress
from scheduler.publishing.revisions import Current, load_current
from tests.storage.intake_practice import Desk, imported, make_request, make_rulebook, opened

HEADER = "ref,contact,start,status,place\n"
DAYS = ("2026-12-01", "2026-12-31")


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    with opened(database_url) as desk:
        yield desk


class CrashError(Exception):
    """The machine is gone."""


def make_lines(count: int, *, first: int = 0) -> str:
    """Return a file of that many appointments, one every day from 1 December on."""
    lines = (f"A-{number},C-1,2026-12-{1 + number % 28:02} 10:00,booked,\n" for number in range(first, first + count))
    return HEADER + "".join(lines)


def left_rows(desk: Desk) -> int:
    """Return how many staged rows are left."""
    with desk.database.read() as connection:
        return connection.execute(select(func.count()).select_from(import_rows)).scalar_one()


def stages(desk: Desk) -> list[str]:
    """Return where every import stands."""
    with desk.database.read() as connection:
        return list(connection.execute(select(imports.c.state).order_by(imports.c.id)).scalars())


class DyingLoad:
    """Loads revisions for a number of turns; then the machine is gone, for good."""

    def __init__(self, turns: int) -> None:
        """Live for that many turns."""
        self.left = turns

    def __call__(self, connection: Connection, practice: str) -> Current:
        """Load, or die."""
        self.left -= 1
        if self.left < 0:
            raise CrashError
        return load_current(connection, practice)


def test_a_file_of_appointments_is_taken_in_and_planned(desk: Desk, tmp_path: Path) -> None:
    result = imported(desk.import_text(tmp_path, make_lines(3)))

    assert result.tally.outcomes == {"added": 3}
    assert result.tally.jobs.planned == 6
    assert (stages(desk), left_rows(desk)) == (["done"], 0)


def test_a_file_of_contacts_is_taken_in(desk: Desk, tmp_path: Path) -> None:
    text = "ref;first name;phone;language\nC-1;Ana;514 555-0001;fr\nC-2;Lea;+33 6 00 00 00 02;\n"

    result = imported(desk.import_text(tmp_path, text, "contacts"))

    assert result.tally.outcomes == {"changed": 1, "added": 1}


def test_the_same_file_again_changes_nothing_at_all(desk: Desk, tmp_path: Path) -> None:
    desk.import_text(tmp_path, make_lines(3))
    before = desk.rows()
    desk.later(hours=1)

    result = imported(desk.import_text(tmp_path, make_lines(3)))

    assert result.tally == Tally({"unchanged": 3})
    assert desk.rows() == before


def test_the_same_file_again_leaves_held_and_retrying_jobs_alone(desk: Desk, tmp_path: Path) -> None:
    desk.import_text(tmp_path, make_lines(1))
    desk.set_job(desk.job("week-before"), state="held", due_at=desk.clock.now(), reason="quiet hours")
    desk.set_job(desk.job("day-before"), state="retrying", attempts=2)
    before = desk.rows()

    desk.import_text(tmp_path, make_lines(1))

    assert desk.rows() == before


def test_every_bad_line_is_named_and_nothing_is_written(desk: Desk, tmp_path: Path) -> None:
    desk.visit("A-9")
    before = desk.rows()
    text = HEADER + (
        "A-1,C-1,2026-12-01 10:00,booked,\n"
        "A-2,C-2,2026-12-01 10:00,booked,\n"
        "A-3,C-1,2026-02-30 10:00,boked,\n"
        "A-1,C-1,2026-12-02 10:00,booked,\n"
        ",C-1,2026-12-02 10:00,booked,\n"
    )

    result = desk.import_text(tmp_path, text)

    assert isinstance(result, Refused)
    assert [problem.at("visits.csv") for problem in result.problems] == [
        "visits.csv:3: contact: 'C-2' is no known contact: import the contacts first",
        "visits.csv:4: start: '2026-02-30 10:00' does not exist: day is out of range for month",
        (
            "visits.csv:4: status: 'boked' is no status of appointment (did you mean 'booked'?): "
            "it is one of booked, confirmed, attended, cancelled, no_show"
        ),
        "visits.csv:5: ref: 'A-1' is given on line 2 already: give it once",
        "visits.csv:6: ref: is missing: give the case system's own reference",
    ]
    assert desk.rows() == before
    assert (stages(desk), left_rows(desk)) == (["refused"], 0)


def test_a_bad_line_in_a_late_chunk_keeps_the_first_chunks_out(desk: Desk, tmp_path: Path) -> None:
    result = desk.import_text(tmp_path, make_lines(700) + "A-x,C-1,soon,booked,\n")

    assert isinstance(result, Refused)
    assert desk.jobs() == []


def test_a_dry_run_says_what_would_happen_and_writes_nothing(desk: Desk, tmp_path: Path) -> None:
    desk.import_text(tmp_path, make_lines(4))
    desk.visit("A-3", version=7)
    before = desk.rows()
    text = (
        "ref,contact,start,status,version\n"
        "A-0,C-1,2026-12-01 10:00,booked,\n"
        "A-1,C-1,2026-12-22 10:00,booked,\n"
        "A-2,C-1,2026-12-03 10:00,cancelled,\n"
        "A-3,C-1,2026-12-24 10:00,booked,6\n"
        "A-4,C-1,2026-12-05 10:00,booked,\n"
    )

    result = desk.intake.dry_run(make_request(tmp_path, text))

    tally = imported(result).tally
    assert tally.outcomes == {"unchanged": 1, "moved": 1, "cancelled": 1, "older version": 1, "added": 1}
    assert (tally.jobs.planned, tally.jobs.moved, tally.jobs.cancelled) == (2, 2, 2)
    assert desk.rows() == before
    assert stages(desk) == ["done"]


def test_a_dry_run_names_bad_lines_too(desk: Desk, tmp_path: Path) -> None:
    result = desk.intake.dry_run(make_request(tmp_path, HEADER + "A-1,C-7,2026-12-01 10:00,booked,\n"))

    assert isinstance(result, Refused)


def test_an_absent_column_keeps_and_an_empty_cell_clears(desk: Desk, tmp_path: Path) -> None:
    desk.visit(contact="C-1", start="2026-12-01 10:00", case_ref="M-77", place="12 Main St", type="hearing")

    desk.import_text(tmp_path, "ref,case_ref,place\nA-1,,7 Elm St\n")

    row = desk.occasion()
    assert (row["case_ref"], row["fields"]) == (None, {"place": "7 Elm St", "type": "hearing"})


def test_what_a_complete_file_lacks_is_removed_in_its_days_only(desk: Desk, tmp_path: Path) -> None:
    desk.import_text(tmp_path, make_lines(10))
    desk.visit("B-1", contact="C-1", start="2027-01-01 09:00")
    desk.visit("B-2", contact="C-1", start="2026-12-31 23:30")
    desk.visit("B-3", contact="C-1", start="2026-12-05 09:00", status="attended")

    result = imported(desk.import_text(tmp_path, make_lines(10), days=DAYS))

    assert result.tally.outcomes == {"unchanged": 10, "gone": 1}
    assert result.tally.jobs.cancelled == 2
    assert desk.occasion("B-2")["gone_at"] == desk.clock.now()
    assert (desk.occasion("B-1")["gone_at"], desk.occasion("B-3")["gone_at"]) == (None, None)


def test_more_than_a_fifth_gone_is_asked_first_and_writes_nothing(desk: Desk, tmp_path: Path) -> None:
    desk.import_text(tmp_path, make_lines(10))
    before = desk.rows()

    result = desk.import_text(tmp_path, make_lines(8, first=3), days=DAYS)

    assert isinstance(result, NeedsConfirmation)
    assert (result.gone, result.of, result.refs) == (3, 10, ("A-0", "A-1", "A-2"))
    assert str(result) == "3 of 10 stored for these days (30 %) are missing from the file. Cancel them?"
    assert desk.rows() == before
    assert left_rows(desk) == 0


def test_a_fifth_gone_is_not_asked(desk: Desk, tmp_path: Path) -> None:
    desk.import_text(tmp_path, make_lines(10))

    result = imported(desk.import_text(tmp_path, make_lines(8, first=2), days=DAYS))

    assert result.tally.outcomes == {"gone": 2, "unchanged": 8}


def test_a_confirmed_file_removes_more_than_a_fifth(desk: Desk, tmp_path: Path) -> None:
    desk.import_text(tmp_path, make_lines(10))

    result = imported(desk.import_text(tmp_path, make_lines(5), days=DAYS, confirmed=True))

    assert result.tally.outcomes == {"gone": 5, "unchanged": 5}
    assert {job.state for job in desk.jobs()} == {State.SCHEDULED, State.CANCELLED}


def test_a_dry_run_of_a_complete_file_counts_what_would_be_gone(desk: Desk, tmp_path: Path) -> None:
    desk.import_text(tmp_path, make_lines(10))
    before = desk.rows()

    result = imported(desk.intake.dry_run(make_request(tmp_path, make_lines(9), days=DAYS)))

    assert (result.tally.outcomes, result.tally.jobs.cancelled) == ({"unchanged": 9, "gone": 1}, 2)
    assert desk.rows() == before


def test_what_was_gone_comes_back_with_the_next_file(desk: Desk, tmp_path: Path) -> None:
    desk.import_text(tmp_path, make_lines(10))
    desk.import_text(tmp_path, make_lines(9), days=DAYS)

    result = imported(desk.import_text(tmp_path, make_lines(10), days=DAYS))

    assert (result.tally.outcomes, result.tally.jobs.reopened) == ({"unchanged": 9, "restored": 1}, 2)


def test_a_crash_between_chunks_is_resumed_and_nothing_is_done_twice(desk: Desk, tmp_path: Path) -> None:
    def die(progress: Progress) -> None:
        if not progress.is_reading and progress.done:
            raise CrashError

    with pytest.raises(CrashError):
        desk.intake.import_file(make_request(tmp_path, make_lines(1_100)), die)
    half = len(desk.jobs())
    desk.later(minutes=2)

    (result,) = desk.intake.resume_imports()

    assert 0 < half < 2_200
    assert result.tally.outcomes == {"added": 1_100}
    assert result.tally.jobs.planned == len(desk.jobs()) == 2_200
    assert (stages(desk), left_rows(desk)) == (["done"], 0)
    assert desk.intake.resume_imports() == []


@pytest.mark.parametrize("turns", range(11))
def test_a_crash_at_any_turn_takes_the_whole_file_or_nothing(desk: Desk, tmp_path: Path, turns: int) -> None:
    desk.visit("B-1", contact="C-1", start="2026-12-05 09:00")
    before = desk.rows()
    request = make_request(tmp_path, make_lines(450), days=DAYS, confirmed=True)

    with contextlib.suppress(CrashError):
        Intake(desk.database, DyingLoad(turns)).import_file(request)
    desk.later(minutes=2)
    desk.intake.resume_imports()

    if stages(desk) == ["done"]:
        assert len(desk.jobs()) == 902
        assert desk.occasion("B-1")["gone_at"] is not None
    else:
        assert desk.rows() == before


def test_what_nobody_reads_any_more_is_dropped(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(CrashError):
        Intake(desk.database, DyingLoad(3)).import_file(make_request(tmp_path, make_lines(10)))
    abandoned = (stages(desk), left_rows(desk))
    desk.later(hours=2)

    desk.intake.resume_imports()

    assert (abandoned, stages(desk), left_rows(desk)) == ((["staged"], 10), ["refused"], 0)


def test_a_crash_while_reading_leaves_nothing_to_resume(desk: Desk, tmp_path: Path) -> None:
    def die(_progress: Progress) -> None:
        raise CrashError

    with pytest.raises(CrashError):
        desk.intake.import_file(make_request(tmp_path, make_lines(10)), die)

    assert desk.intake.resume_imports() == []
    assert (stages(desk), left_rows(desk), desk.jobs()) == (["refused"], 0, [])


def test_an_import_that_cannot_go_on_is_given_up_and_says_why(desk: Desk, tmp_path: Path) -> None:
    desk.publish(make_rulebook(practice={"kinds": {"deadline": {"dated": "day"}}}))
    request = make_request(tmp_path, "ref,contact,date\nD-1,C-1,2026-12-01\n", "deadlines")
    with pytest.raises(CrashError):
        Intake(desk.database, DyingLoad(4)).import_file(request)
    desk.publish(make_rulebook())
    desk.later(minutes=2)

    (result,) = desk.intake.resume_imports()

    assert result.tally.warnings[0].startswith("was given up: there is no kind 'deadline'")
    assert stages(desk) == ["refused"]


def test_a_complete_file_is_of_days_in_order_and_of_occasions(desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="contacts have no date"):
        desk.import_text(tmp_path, "ref\nC-1\n", "contacts", days=DAYS)
    with pytest.raises(InputError, match="2026-12-01 is before 2026-12-31"):
        desk.import_text(tmp_path, make_lines(1), days=DAYS[::-1])


def test_progress_is_told_while_reading_and_while_taking_in(desk: Desk, tmp_path: Path) -> None:
    told: list[Progress] = []

    desk.intake.import_file(make_request(tmp_path, make_lines(600)), told.append)

    assert told[-1] == Progress(is_reading=False, done=600, total=600)
    assert any(progress.is_reading and progress.done >= 200 for progress in told)


def test_warnings_name_the_file_and_the_line(desk: Desk, tmp_path: Path) -> None:
    result = imported(desk.import_text(tmp_path, "ref,phone\nC-5,12\n", "contacts"))

    assert result.tally.warnings == (
        "contacts.csv:2: phone: '12' has too few digits for CA: C-5 is kept and cannot be texted",
    )
    assert result.tally.warning_count == 1


def test_a_file_without_rows_is_refused(desk: Desk, tmp_path: Path) -> None:
    result = desk.import_text(tmp_path, HEADER)

    assert isinstance(result, Refused)
    assert result.problems[0].at("visits.csv") == "visits.csv: holds no rows"


def test_a_file_that_is_not_there_is_one_clear_error(desk: Desk, tmp_path: Path) -> None:
    request = replace(make_request(tmp_path, HEADER), path=tmp_path / "no.csv")

    with pytest.raises(InputError, match=r"no\.csv: cannot be read: no such file or directory"):
        desk.intake.import_file(request)
    assert stages(desk) in ([], ["refused"])


def test_a_practice_without_a_rulebook_is_one_clear_error(desk: Desk, tmp_path: Path) -> None:
    request = replace(make_request(tmp_path, HEADER), practice="nobody")

    with pytest.raises(NotFoundError, match="no published rulebook"):
        desk.intake.import_file(request)


def test_a_result_says_whether_anything_was_written(desk: Desk, tmp_path: Path) -> None:
    dry = desk.intake.dry_run(make_request(tmp_path, make_lines(1)))
    wet = desk.import_text(tmp_path, make_lines(1))

    assert isinstance(dry, Imported)
    assert dry.import_id is None
    assert imported(wet).import_id is not None
