"""The chore `forget` on both databases: what `keep` empties and cuts, what stays, what it never touches, going on."""

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import select, update

from jobs import consent
from jobs.records import (
    attempts,
    consents,
    contacts,
    conversation_notes,
    conversations,
    jobs,
    occasions,
    receipts,
    sweeps,
    texts,
    timeline,
)
from jobs.states import State
from scheduler.chores import forget, prune
from scheduler.chores.context import Context
from scheduler.keeping.lengths import ago
from scheduler.keeping.sweeping import Sweeper
from tests.storage.intake_practice import Desk, opened
from tests.storage.keeping_room import ANA, contact, hold, kept_for, opt_out, release, rows, text_ana


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    with opened(database_url, kept_for(bodies="2 years", numbers="7 years")) as desk:
        text_ana(desk)
        yield desk


def forgotten(desk: Desk) -> dict[str, int]:
    return dict(forget.run(Context(desk.database, lambda _entry: None)))


def test_nothing_goes_before_its_time(desk: Desk) -> None:
    desk.later(days=700)
    assert forgotten(desk) == {}
    assert rows(desk, attempts)[0]["body"] == "…"


def test_words_go_after_their_time_and_numbers_stay(desk: Desk) -> None:
    desk.later(days=750)
    forgotten(desk)
    (attempt,) = rows(desk, attempts)
    assert (attempt["body"], attempt["told_fields"], attempt["to_number"]) == (None, None, ANA)
    assert [(each["body"], each["media"], each["number"]) for each in rows(desk, texts)] == [(None, None, ANA)] * 2
    assert rows(desk, receipts)[0]["raw"] is None
    assert rows(desk, conversation_notes)[0]["note"] == ""


def test_what_counts_and_proves_stays(desk: Desk) -> None:
    (before,) = rows(desk, attempts)
    states = desk.states()
    desk.later(days=3000)
    forgotten(desk)
    (after,) = rows(desk, attempts)
    stays = {"segments", "body_hash", "outcome", "provider_id", "started_at", "id", "job_id", "cost_actual", "consent"}
    assert {name: after[name] for name in stays} == {name: before[name] for name in stays}
    assert desk.states() == states
    assert [each["direction"] for each in rows(desk, texts)] == ["out", "in"]
    assert [each["status"] for each in rows(desk, receipts)] == ["delivered"]


def test_numbers_are_cut_after_theirs(desk: Desk) -> None:
    desk.later(days=3000)
    forgotten(desk)
    found = [rows(desk, attempts)[0]["to_number"], *(each["number"] for each in rows(desk, texts))]
    assert {each[:5] for each in found} == {"gone:"}
    assert {each[-3:] for each in found} == {":01"}
    assert len(set(found)) == 1
    assert rows(desk, timeline, verb="record")[0]["reason"] == "sent to …01"
    assert rows(desk, conversation_notes)[0]["number"].startswith("gone:")
    assert rows(desk, conversations) == []


def test_a_contact_who_is_still_there_keeps_their_number(desk: Desk) -> None:
    desk.later(days=3000)
    forgotten(desk)
    assert contact(desk)["phone"] == ANA


def test_a_contact_who_was_removed_long_ago_keeps_only_the_ref(desk: Desk) -> None:
    desk.database.write(lambda c: c.execute(update(contacts).values(gone_at=desk.clock.now(), name="Ana Roy")))
    desk.later(days=3000)
    forgotten(desk)
    row = contact(desk)
    assert (row["ref"], row["name"], row["first_name"], row["phone"], row["phone_given"]) == ("C-1", "", "", None, "")


def test_an_opt_out_of_a_number_that_nobody_has_holds_without_the_number(desk: Desk) -> None:
    opt_out(desk)
    desk.database.write(lambda c: c.execute(update(contacts).values(gone_at=desk.clock.now())))
    desk.later(days=3000)
    forgotten(desk)
    (word,) = rows(desk, consents)
    assert (word["number"], word["evidence"]) == (consent.hashed("northlight", ANA), None)
    with desk.database.read() as connection:
        standing = consent.standings(connection, [("northlight", ANA)], desk.clock.now())
    assert standing["northlight", ANA].opted_out is not None


def test_what_a_second_run_finds_is_nothing(desk: Desk) -> None:
    desk.later(days=3000)
    assert forgotten(desk)
    desk.later(days=2)
    assert forgotten(desk) == {}


def test_a_job_that_is_open_is_not_touched(desk: Desk) -> None:
    desk.set_job(desk.jobs()[0], state=State.IN_DOUBT.value, text="hello")
    desk.later(days=3000)
    forgotten(desk)
    assert rows(desk, attempts)[0]["body"] == "…"
    assert rows(desk, jobs)[0]["text"] == "hello"
    assert rows(desk, texts, direction="out")[0]["body"] == "Bring your x-rays"


def test_a_text_that_still_asks_staff_is_not_touched(desk: Desk) -> None:
    desk.database.write(lambda c: c.execute(update(texts).where(texts.c.direction == "in").values(flagged=True)))
    desk.later(days=3000)
    forgotten(desk)
    assert rows(desk, texts, direction="in")[0]["body"] == "I have cancer"


def test_what_is_on_legal_hold_is_not_touched_until_it_is_released(desk: Desk) -> None:
    opt_out(desk)
    hold(desk)
    before = everything(desk)
    desk.later(days=3000)
    assert forgotten(desk) == {}
    assert everything(desk) == before
    release(desk)
    desk.later(days=2)
    forgotten(desk)
    assert rows(desk, attempts)[0]["body"] is None
    assert rows(desk, attempts)[0]["to_number"] != ANA


def test_what_is_on_legal_hold_is_not_pruned_either(desk: Desk) -> None:
    hold(desk)
    desk.later(days=3000)
    prune.run(Context(desk.database, lambda _entry: None))
    assert len(rows(desk, jobs)) == len(rows(desk, attempts)) == 1
    release(desk)
    prune.run(Context(desk.database, lambda _entry: None))
    assert rows(desk, jobs) == rows(desk, attempts) == []


def test_a_hold_on_a_case_keeps_whom_its_occasions_name(desk: Desk) -> None:
    desk.database.write(lambda c: c.execute(update(occasions).values(case_ref="K-7")))
    hold(desk, None, "K-7")
    desk.later(days=3000)
    assert forgotten(desk) == {}
    assert {each["number"] for each in rows(desk, texts)} == {ANA}


def test_a_hold_keeps_only_its_own(desk: Desk) -> None:
    desk.contact("C-2", phone="+15145550002")
    hold(desk, "C-2")
    desk.later(days=3000)
    forgotten(desk)
    assert rows(desk, attempts)[0]["body"] is None


@pytest.mark.parametrize(("keep", "body", "number"), [({}, "…", ANA), ({"numbers": "1 year"}, "…", None)])
def test_what_is_kept_for_ever_is_kept(desk: Desk, keep: dict[str, str], body: str, number: str | None) -> None:
    desk.publish(kept_for(**keep))
    desk.later(days=3000)
    forgotten(desk)
    (attempt,) = rows(desk, attempts)
    assert attempt["body"] == body
    assert (attempt["to_number"] == ANA) is (number is not None)


def everything(desk: Desk) -> dict[str, Any]:
    tables = (attempts, texts, receipts, consents, conversation_notes, conversations, timeline, contacts)
    return {table.name: rows(desk, table) for table in tables}


class KilledError(Exception):
    """Stands for a kill before a commit."""


def test_a_run_that_is_killed_in_the_middle_is_gone_on_with(desk: Desk) -> None:
    for number in range(2, 14):
        text_ana(desk, f"A-{number}")
    desk.later(days=750)
    parts: list[int] = []

    def die_at_the_second(rows_done: int) -> None:
        if rows_done:
            parts.append(rows_done)
        if len(parts) == 2:
            raise KilledError

    with pytest.raises(KilledError):
        sweep_in_fives(desk, checkpoint=die_at_the_second)
    assert with_words(desk) == 13 - 5  # the first part is done for good, that which died is undone
    done: list[int] = []
    sweep_in_fives(desk, checkpoint=done.append)
    assert with_words(desk) == 0
    assert done[:4] == [5, 3, 5, 5]  # attempts from the sixth on, then receipts; the sweep over jobs had ended


def sweep_in_fives(desk: Desk, seconds: float = 60.0, **changes: Any) -> None:
    """Sweep five rows at a time."""
    sweeper = Sweeper(desk.database, "northlight", seconds, most=5, **changes)
    sweeper.sweep(bodies=ago("2 years", desk.clock.now()), numbers=None)


def with_words(desk: Desk) -> int:
    """Return how many attempts have their words."""
    return sum(row["body"] is not None for row in rows(desk, attempts))


def test_a_run_whose_time_is_over_leaves_the_rest_to_the_next(desk: Desk) -> None:
    for number in range(2, 14):
        text_ana(desk, f"A-{number}")
    desk.later(days=750)
    runs = 0
    while any(row["body"] is not None for row in [*rows(desk, attempts), *rows(desk, texts)]):
        sweep_in_fives(desk, 0.0)
        runs += 1
        assert runs < 40
    assert runs > 2


def test_a_pass_that_ended_rests_for_a_day(desk: Desk) -> None:
    forgotten(desk)
    with desk.database.read() as connection:
        ended = set(connection.execute(select(sweeps.c.ended_at)).scalars())
    assert ended == {desk.clock.now()}
    desk.later(days=750)
    desk.database.write(lambda c: c.execute(update(sweeps).values(ended_at=desk.clock.now())))
    assert forgotten(desk) == {}
    desk.later(days=1, minutes=1)
    assert forgotten(desk)
