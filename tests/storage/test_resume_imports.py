"""An import whose process died or stood still, on both databases: taken over once, by one, and nothing is doubled."""

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from jobs.errors import RefusedError
from jobs.records import import_rows, imports
from scheduler.chores import resume_imports
from scheduler.chores.context import Context
from scheduler.intake.applying import TakenOverError
from scheduler.intake.applying import resume_imports as resume
from scheduler.intake.entry import Intake
from scheduler.intake.reading import Progress
from scheduler.intake.turns import Turns
from scheduler.publishing.revisions import load_current
from tests.storage.intake_practice import Desk, imported, make_request, opened

MANY = 1_100
"""More than two chunks on either database."""


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    with opened(database_url) as desk:
        yield desk


class CrashError(Exception):
    """The machine is gone."""


def make_lines(count: int = MANY) -> str:
    """Return a file of that many appointments."""
    lines = (f"A-{number},C-1,2026-12-{1 + number % 28:02} 10:00,booked\n" for number in range(count))
    return "ref,contact,start,status\n" + "".join(lines)


def half_way(act: Callable[[], object]) -> Callable[[Progress], None]:
    """Return a listener that acts once, when the first chunk is taken in."""
    waiting = [act]

    def tell(progress: Progress) -> None:
        if not progress.is_reading and progress.done and waiting:
            waiting.pop()()

    return tell


def crash() -> None:
    raise CrashError


def crash_half_way(desk: Desk, folder: Path) -> None:
    with pytest.raises(CrashError):
        desk.intake.import_file(make_request(folder, make_lines()), half_way(crash))


def run(desk: Desk) -> Counter[str]:
    return resume_imports.run(Context(desk.database, lambda _entry: None))


def stages(desk: Desk) -> list[tuple[str, bool]]:
    """Return where every import stands, and whether somebody holds a claim on it."""
    with desk.database.read() as connection:
        found = connection.execute(select(imports.c.state, imports.c.claim).order_by(imports.c.id))
        return [(state, claim is not None) for state, claim in found]


def test_a_killed_import_is_finished_by_the_chore_once_its_claim_ran_out(desk: Desk, tmp_path: Path) -> None:
    crash_half_way(desk, tmp_path)
    assert (run(desk), stages(desk)) == ({"finished": 0}, [("applying", True)])
    desk.later(seconds=61)

    assert run(desk) == {"finished": 1}

    assert (stages(desk), len(desk.jobs())) == ([("done", False)], 2 * MANY)
    assert run(desk) == {"finished": 0}


def test_an_import_that_is_being_taken_in_is_left_alone(desk: Desk, tmp_path: Path) -> None:
    seen: list[Counter[str]] = []

    def look() -> None:
        desk.later(seconds=59)
        seen.append(run(desk))

    result = imported(desk.intake.import_file(make_request(tmp_path, make_lines()), half_way(look)))

    assert seen == [{"finished": 0}]
    assert result.tally.outcomes == {"added": MANY}
    assert len(desk.jobs()) == 2 * MANY


def test_one_that_stood_still_and_was_taken_over_takes_nothing_in_any_more(desk: Desk, tmp_path: Path) -> None:
    turns = Turns(desk.database, load_current)

    def stand_still() -> None:
        desk.later(seconds=61)
        assert resume(turns, seconds=0) == []  # one chunk, then it is let go

    with pytest.raises(TakenOverError, match="need not be imported again"):
        desk.intake.import_file(make_request(tmp_path, make_lines()), half_way(stand_still))

    (result,) = resume(turns)
    assert result.tally.outcomes == {"added": MANY}
    assert (stages(desk), len(desk.jobs())) == ([("done", False)], 2 * MANY)


def test_one_that_stood_still_until_another_had_finished_it_says_what_came_of_it(desk: Desk, tmp_path: Path) -> None:
    def stand_still() -> None:
        desk.later(seconds=61)
        run(desk)

    result = imported(desk.intake.import_file(make_request(tmp_path, make_lines()), half_way(stand_still)))

    assert result.tally.outcomes == {"added": MANY}
    assert len(desk.jobs()) == 2 * MANY


def test_a_run_that_has_no_more_time_lets_go_and_the_next_one_goes_on_at_once(desk: Desk, tmp_path: Path) -> None:
    crash_half_way(desk, tmp_path)
    desk.later(seconds=61)
    turns = Turns(desk.database, load_current)

    assert resume(turns, seconds=0) == []
    between = len(desk.jobs())

    assert stages(desk) == [("applying", False)]
    (result,) = resume(turns)
    assert between < len(desk.jobs()) == 2 * MANY
    assert result.tally.outcomes == {"added": MANY}


def test_one_taken_over_by_a_process_that_dies_too_is_taken_over_again(desk: Desk, tmp_path: Path) -> None:
    crash_half_way(desk, tmp_path)
    desk.later(seconds=61)
    with pytest.raises(CrashError):
        Intake(desk.database).resume_imports(half_way(crash))
    assert run(desk) == {"finished": 0}
    desk.later(seconds=61)

    assert run(desk) == {"finished": 1}
    assert len(desk.jobs()) == 2 * MANY


def while_reading(act: Callable[[], object]) -> Callable[[Progress], None]:
    """Return a listener that acts at each part that was read."""
    return lambda progress: act() if progress.is_reading else None  # type: ignore[return-value]  # nobody looks at it


def test_a_file_that_is_read_for_hours_is_not_dropped_while_it_goes_on(desk: Desk, tmp_path: Path) -> None:
    def go_slowly() -> None:
        desk.later(minutes=50)
        run(desk)

    result = imported(desk.intake.import_file(make_request(tmp_path, make_lines()), while_reading(go_slowly)))

    assert result.tally.outcomes == {"added": MANY}


def test_one_that_was_dropped_while_its_reader_stood_still_takes_nothing_in(desk: Desk, tmp_path: Path) -> None:
    def stand_still() -> None:
        desk.later(hours=2)
        run(desk)

    with pytest.raises(RefusedError, match="it was dropped: import it again"):
        desk.intake.import_file(make_request(tmp_path, make_lines()), while_reading(stand_still))

    assert (stages(desk), desk.jobs()) == ([("refused", False)], [])
    with desk.database.read() as connection:
        assert connection.execute(select(import_rows.c.line)).first() is None
