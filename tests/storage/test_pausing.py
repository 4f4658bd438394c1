"""`quietbell pause` and `resume` over a real database: what is paused stays while others go, and goes on afterwards."""

import datetime as dt
import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import Connection, select

from jobs import senders
from jobs.database import Database, practice_lock
from jobs.records import pauses
from scheduler.chores.take_due import take_due
from scheduler.processes.cli import main
from tests.storage.builders import HOUR, NOW, make_job, plan
from tests.storage.delivering import open_practice

pytestmark = pytest.mark.usefixtures("logs_kept")

Run = Callable[..., int]


@pytest.fixture
def run(database: Database, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Open a practice with two rules and give the command line over its database."""
    rules = {"plan_hashes": {"consultation/day-before": "h1", "payment/due": "h2"}}
    open_practice(database, **rules)
    monkeypatch.setenv("QUIETBELL_DATABASE_URL", database_url)
    return lambda *words: main(list(words))


def due(database: Database, rule: str) -> object:
    [job_id] = plan(database, make_job(rule=rule, step="day-before"))
    return job_id


def take(database: Database, now: dt.datetime = NOW) -> set[object]:
    return {job for entry in database.write(lambda c: take_due(c, now=now)) for job in entry.ids}


def test_a_paused_rules_jobs_stay_while_others_go(database: Database, run: Run) -> None:
    held, other = due(database, "consultation"), due(database, "payment")
    assert run("pause", "rule", "consultation", "--because", "the office moves") == 0
    assert take(database) == {other}
    assert run("resume", "rule", "consultation") == 0
    assert take(database) == {held}


@pytest.mark.parametrize("what", [("all",), ("practice",), ("sender", "main"), ("provider", "terminal")])
def test_each_scope_stops_and_goes_on(database: Database, run: Run, what: tuple[str, ...]) -> None:
    job = due(database, "consultation")
    assert run("pause", *what, "--because", "a fire drill") == 0
    assert take(database) == set()
    assert run("resume", *what) == 0
    assert take(database) == {job}


def test_a_pause_keeps_who_why_and_until_when_and_who_lifted_it(database: Database, run: Run) -> None:
    assert run("pause", "practice", "--because", "moving", "--until", "in 2 hours", "--author", "ana") == 0
    assert run("resume", "practice", "--author", "bo") == 0
    with database.read() as connection:
        [row] = connection.execute(select(pauses)).all()
    assert (row.reason, row.by, row.lifted_by) == ("moving", "person:ana", "person:bo")
    assert dt.timedelta(minutes=119) < row.until - row.since <= dt.timedelta(minutes=121)


def test_a_pause_ends_by_itself(database: Database, run: Run) -> None:
    job = due(database, "consultation")
    wanted = senders.Pause(senders.RULE, "northlight", "consultation", "lunch", NOW + HOUR)
    database.write(lambda c: senders.pause(c, [wanted], by="person:ana", now=NOW))
    assert take(database) == set()
    assert take(database, NOW + HOUR) == {job}
    assert run("resume", "rule", "consultation") == 0


def test_pausing_what_is_paused_says_so(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("pause", "sender", "main", "--because", "first", "--author", "ana") == 0
    capsys.readouterr()
    assert run("pause", "sender", "main", "--because", "second") == 0
    said = capsys.readouterr().out
    assert "sender main of northlight is paused already, since" in said
    assert "by ana: first. Nothing changed." in said


def test_resuming_what_is_not_paused_or_no_longer_says_so(
    database: Database, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    over = senders.Pause(senders.PRACTICE, "northlight", None, "lunch", NOW + HOUR)
    database.write(lambda c: senders.pause(c, [over], by="person:ana", now=NOW))
    assert run("resume", "practice") == 0
    assert capsys.readouterr().out == "practice northlight is not paused: nothing changed.\n"


def test_resuming_says_what_else_keeps_the_texts_back(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    run("pause", "all", "--because", "a restore")
    run("pause", "provider", "terminal", "--because", "a bill")
    capsys.readouterr()
    assert run("resume", "provider", "terminal") == 0
    said = capsys.readouterr()
    assert said.out == "provider terminal of northlight sends again.\n"
    assert "Still paused: everything is paused: a restore" in said.err


def test_a_pause_that_a_worker_set_is_lifted_by_a_person(database: Database, run: Run) -> None:
    job = due(database, "consultation")
    closed = senders.Pause(senders.PROVIDER, "northlight", "terminal", "the account is closed: no balance")
    database.write(lambda c: senders.pause(c, [closed], by="worker", now=NOW))
    assert run("resume", "provider", "terminal") == 0
    assert take(database) == {job}


def test_the_list_and_every_answer_come_as_json(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("pause", "rule", "payment", "--because", "prices change", "--author", "ana", "--json") == 0
    made = json.loads(capsys.readouterr().out)
    assert (made["changed"], made["scope"], made["target"], made["by"]) == (True, "rule", "payment", "person:ana")
    assert run("pause", "--list", "--json") == 0
    [listed] = json.loads(capsys.readouterr().out)["pauses"]
    assert listed["reason"] == "prices change"
    assert run("resume", "rule", "payment", "--json") == 0
    assert json.loads(capsys.readouterr().out)["changed"] is True


def test_the_list_names_what_is_paused(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    run("pause", "--list")
    assert capsys.readouterr().out == "Nothing is paused.\n"
    run("pause", "rule", "payment", "--because", "prices change")
    capsys.readouterr()
    run("pause", "--list")
    said = capsys.readouterr().out
    assert "rule payment of northlight" in said
    assert "prices change" in said


@pytest.mark.parametrize(
    ("words", "refused"),
    [
        (("rule", "nobody", "--because", "x"), (1, "northlight has no rule 'nobody'; it has: consultation, payment")),
        (("sender", "nobody", "--because", "x"), (1, "northlight has no sender 'nobody'; it has: main")),
        (("practice", "--because", " "), (1, "--because needs words")),
        (("practice", "--because", "x", "--until", "2026-01-01 10:00"), (1, "has passed")),
        (("rule", "--because", "x"), (2, "say which rule: rule ID")),
        (("planet", "--because", "x"), (2, "'planet' cannot be paused")),
        (("all", "--practice", "northlight", "--because", "x"), (2, "all is of every practice")),
        ((), (2, "say what: all, practice")),
    ],
)
def test_what_cannot_be_paused_is_refused_and_pauses_nothing(
    database: Database, run: Run, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], refused: tuple[int, str]
) -> None:
    code, says = refused
    assert run("pause", *words) == code
    assert says in " ".join(capsys.readouterr().err.replace("│", " ").split())
    with database.read() as connection:
        assert connection.execute(select(pauses)).all() == []


def test_a_pause_waits_for_intents_being_committed(postgres: Database) -> None:
    open_practice(postgres)
    began, order, end = threading.Event(), [], threading.Event()

    def commit_intents(connection: Connection) -> None:
        practice_lock(connection, "northlight", exclusive=False)
        began.set()
        end.wait(5)
        order.append("intents")

    def hold(connection: Connection) -> None:
        senders.hold_practice(connection, None)
        order.append("pause")

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(postgres.write, commit_intents)
        assert began.wait(5)
        second = pool.submit(postgres.write, hold)
        end.set()
        first.result(5)
        second.result(5)
    assert order == ["intents", "pause"]


def test_the_list_of_jobs_says_which_are_paused(
    database: Database, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    due(database, "consultation")
    due(database, "payment")
    run("pause", "rule", "consultation", "--because", "the office moves")
    capsys.readouterr()
    assert run("jobs", "--json") == 0
    paused = {row["rule"]: row["paused"] for row in json.loads(capsys.readouterr().out)["jobs"]}
    assert paused == {"consultation": "the office moves", "payment": None}
    assert run("jobs") == 0
    assert "paused: the office moves" in capsys.readouterr().out
