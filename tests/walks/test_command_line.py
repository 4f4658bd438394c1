"""The installed command `quietbell` on a SQLite file: one practice's way from rules to a text, by its words alone."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.walks.installation import COMMAND, Installation, free_port, later, soon, wait_until


@pytest.fixture
def here(tmp_path: Path) -> Installation:
    """Give a folder with rules and nothing published yet."""
    installation = Installation(tmp_path)
    installation.write_practice()
    return installation


@pytest.fixture(scope="module")
def published_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with rules published and two contacts and visits taken in, to be copied."""
    installation = Installation(tmp_path_factory.mktemp("published"))
    installation.write_practice()
    installation.write_contacts()
    installation.write_visits([later(3), later(4)])
    for words in (["apply", "--yes"], ["import", "contacts", "contacts.csv"], ["import", "appointments", "visits.csv"]):
        done = installation.run(*words)
        assert done.code == 0, done.err
    return installation.folder


@pytest.fixture
def published(published_once: Path, tmp_path: Path) -> Installation:
    """Give a copy of it, this test's own."""
    folder = tmp_path / "here"
    shutil.copytree(published_once, folder)
    return Installation(folder)


@pytest.fixture
def served(published: Installation) -> Iterator[Installation]:
    """Give the same while `quietbell serve` runs it."""
    running = published.start("serve", QUIETBELL_PORT=str(free_port()))
    try:
        wait_until(lambda: "serving" in running.said(), what="serve")
        yield published
    finally:
        assert running.stop() == 0, running.said()


def test_a_rule_becomes_a_text_on_one_machine(served: Installation) -> None:
    served.write_visits([soon(), later(4)])
    done = served.run("import", "appointments", "visits.csv")
    assert done.code == 0, done.err
    assert "moved" in done.out
    ledger = served.folder / "quietbell.db.ledger.jsonl"
    wait_until(lambda: ledger.exists() and bool(ledger.read_text(encoding="utf-8")), what="a text in the ledger")
    assert "Pat, your visit is on" in ledger.read_text(encoding="utf-8")
    wait_until(lambda: bool(served.run("jobs", "--state", "sent", "--json").json()["total"]), what="a sent job")
    life = served.run("why", "--occasion", "A-1").out
    assert "visit" in life
    assert "sent" in life


def test_a_second_process_on_the_same_file_is_refused_in_one_line(served: Installation) -> None:
    done = served.run("serve")
    assert done.code == 1
    assert "is already run by process" in done.err.splitlines()[-1]
    assert "Traceback" not in done.err


def test_the_plan_is_shown_and_nothing_published_where_nobody_can_agree(here: Installation) -> None:
    done = here.run("apply")
    assert done.code == 1
    assert "visit" in done.out
    assert "--yes" in done.err
    assert here.run("jobs").code == 1  # nothing was published


def test_the_same_rules_are_published_once(published: Installation) -> None:
    again = published.run("apply", "--yes", "--json").json()
    assert [each["changed"] for each in again["applied"]] == [False]


def test_rules_with_a_problem_are_refused_with_their_place(published: Installation) -> None:
    path = published.folder / "rules/harbour/visits.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("template: visit", "template: vist"), encoding="utf-8")
    checked = published.run("check")
    assert checked.code == 1
    assert "rules/harbour/visits.yaml:5:" in checked.out
    assert "visit" in checked.out
    assert published.run("apply", "--yes").code == 1
    assert published.run("jobs", "--json").json()["total"] == 2  # what was published stays in force


def test_a_bad_line_leaves_nothing_half_done(published: Installation) -> None:
    published.write("visits.csv", "ref,contact,start,status\nA-3,C-1,2031-01-05T10:00,booked\nA-4,C-9,tomorow,bokked\n")
    done = published.run("import", "appointments", "visits.csv")
    assert done.code == 1
    assert done.err.count("visits.csv:3:") == 2
    assert published.run("jobs", "--occasion", "A-3", "--json").json()["total"] == 0


def test_a_dry_run_keeps_nothing(published: Installation) -> None:
    published.write_visits([later(6), later(7)])
    done = published.run("import", "appointments", "visits.csv", "--dry-run", "--json").json()
    assert done["imported"] is False
    assert done["jobs"]["moved"] == 2
    assert published.run("import", "appointments", "visits.csv", "--json").json()["jobs"]["moved"] == 2


def test_more_than_a_fifth_missing_asks_first(published: Installation) -> None:
    published.write_visits([later(3)])
    days = ["--complete-from", f"{later(1):%Y-%m-%d}", "--complete-to", f"{later(9):%Y-%m-%d}"]
    refused = published.run("import", "appointments", "visits.csv", *days)
    assert refused.code == 1
    assert "A-2" in refused.err
    agreed = published.run("import", "appointments", "visits.csv", *days, "--yes", "--json").json()
    assert agreed["jobs"]["cancelled"] == 1


def test_a_person_orders_what_becomes_of_a_job(published: Installation) -> None:
    job = published.run("jobs", "--occasion", "A-1", "--json").json()["jobs"][0]["id"]
    moved = published.run("jobs", "reschedule", job[-6:], "--at", "in 2 hours", "--because", "asked to")
    assert moved.code == 0, moved.err
    assert published.run("jobs", "cancel", job, "--because", "she called").code == 0
    again = published.run("jobs", "cancel", job, "--because", "she called")
    assert again.code == 1
    assert "is cancelled (she called)" in again.err
    assert "she called" in published.run("why", job).out
    assert published.run("jobs", "reopen", job, "--because", "she called again").code == 0
    assert published.run("jobs", "settle", job, "--sent", "--because", "no").code == 1


def test_the_same_key_sends_once(published: Installation) -> None:
    words = ["send", "--to", "C-1", "--text", "Please call us.", "--key", "k-1", "--json"]
    assert published.run(*words).json()["planned"] is True
    assert published.run(*words).json()["planned"] is False


def test_a_reader_that_goes_away_hears_no_complaint(published: Installation) -> None:
    published.write_contacts(400)
    published.run("import", "contacts", "contacts.csv")
    published.write_visits([later(3)] * 400)
    published.run("import", "appointments", "visits.csv")
    with subprocess.Popen(
        [COMMAND, "jobs", "--json", "--limit", "400"],
        cwd=published.folder,
        env=published.environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.read(10)
        running.stdout.close()
        assert running.stderr.read() == b""


def test_the_doctor_finds_all_well(published: Installation) -> None:
    done = published.run("doctor", "--json")
    assert done.code == 0, done.out
    assert {each["level"] for each in done.json()["findings"]} == {"ok"}


def test_the_doctor_names_what_is_wrong(published: Installation) -> None:
    broken = Installation(published.folder, {"QUIETBELL_REDIS_URL": "redis://127.0.0.1:1/0"})
    done = broken.run("doctor")
    assert done.code == 1
    assert "fail" in done.out
    assert "QUIETBELL_REDIS_URL" in done.out


def test_a_text_is_measured_as_carriers_bill_it(here: Installation) -> None:
    measured = here.run("segments", "Rendez-vous à 9 h — à bientôt", "--json").json()
    assert measured["encoding"] == "UCS-2"
    assert measured["folded"]["segments"] == 1


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["nosuch"], 2, "No such command"),
        (["jobs", "--nosuch"], 2, "No such option"),
        (["why"], 2, "name a JOB"),
        (["import", "contacts"], 2, "Missing argument"),
        (["jobs"], 1, "there is no database"),
        (["check", "nowhere"], 1, "nowhere: no practice"),
        (["worker"], 1, "SQLite"),
    ],
)
def test_what_was_asked_wrongly_is_one_line(here: Installation, words: list[str], code: int, said: str) -> None:
    done = here.run(*words)
    assert done.code == code
    assert said in done.err.splitlines()[-1]
    assert done.out == ""
    assert "Traceback" not in done.err
    assert not (here.folder / "quietbell.db").exists()


def test_a_bad_setting_is_named(here: Installation) -> None:
    broken = Installation(here.folder, {"QUIETBELL_PORT": "many"})
    done = broken.run("jobs")
    assert (done.code, done.err.count("\n")) == (1, 1)
    assert "QUIETBELL_PORT" in done.err
