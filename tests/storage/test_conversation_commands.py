"""`quietbell conversations` and `quietbell consent` by their words, for people and for programs."""

import csv
import datetime as dt
import io
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jobs.clock import SystemClock
from jobs.states import State
from scheduler.processes.cli import main
from tests.storage.conversing import ANA, Talk, make_answered_rulebook, opened_talk

pytestmark = pytest.mark.usefixtures("logs_kept")


@pytest.fixture
def talk(sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Talk]:
    """Give a practice whose visit is on a Wednesday a week or two ahead of the machine's clock, as commands ask it."""
    url = f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'q.db')}"
    monkeypatch.setenv("QUIETBELL_DATABASE_URL", url)
    monkeypatch.delenv("QUIETBELL_PRACTICE", raising=False)
    now = SystemClock().now()
    with opened_talk(url, make_answered_rulebook()) as talk:
        talk.desk.clock.jump_to(now)
        wednesday = now + dt.timedelta(days=7 + (2 - now.weekday()) % 7)
        talk.desk.visit(contact="C-1", start=f"{wednesday:%Y-%m-%d} 10:00")
        yield talk


def said(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> str:
    assert main(words) == code
    shown = capsys.readouterr()
    return shown.err if code else shown.out


def facts(capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    return json.loads(said(capsys, *words, "--json"))


def test_conversations_are_listed_with_what_waits_for_staff(talk: Talk, capsys: pytest.CaptureFixture[str]) -> None:
    talk.write("Is there parking?")
    talk.write("Hi, Zoe here", number="+15145550077")
    shown = said(capsys, "conversations")
    assert "Is there parking?" in shown
    assert ANA not in shown
    assert "+15145550077" in shown
    (zoe,) = facts(capsys, "conversations", "unclaimed")["conversations"]
    assert (zoe["number"], zoe["contact"], zoe["open"]) == ("+15145550077", None, 1)


def test_what_is_sensitive_is_not_shown(talk: Talk, capsys: pytest.CaptureFixture[str]) -> None:
    talk.write("my card is 4242 4242 4242 4242")
    for words in (("conversations",), ("conversations", "show", "C-1"), ("conversations", "show", ANA, "--json")):
        shown = said(capsys, *words)
        assert "4242 4242" not in shown
        assert "not shown" in shown


def test_a_reply_goes_out_and_settles_what_was_asked(talk: Talk, capsys: pytest.CaptureFixture[str]) -> None:
    talk.write("Is there parking?")
    assert "planned" in said(capsys, "conversations", "reply", "C-1", "--text", "Yes, behind the house.")
    assert facts(capsys, "conversations", "--open")["conversations"] == []
    (line,) = facts(capsys, "conversations", "show", "C-1")["texts"]
    assert line["settled_by"].startswith("person:")
    assert [job.text for job in talk.desk.jobs() if job.origin.value == "one_off"] == ["Yes, behind the house."]


def test_what_waits_is_shown_though_more_was_said_since(talk: Talk, capsys: pytest.CaptureFixture[str]) -> None:
    talk.write("Is there parking?")
    talk.desk.later(minutes=1)
    talk.write("START")
    talk.write("And a lift?", number="+15145550077")
    talk.desk.later(minutes=1)
    talk.write("HELP", number="+15145550077")
    assert [each["words"] for each in facts(capsys, "conversations", "--open")["conversations"]] == ["And a lift?"]


@pytest.mark.usefixtures("talk")
def test_who_never_wrote_cannot_be_answered(capsys: pytest.CaptureFixture[str]) -> None:
    assert "never wrote" in said(capsys, "conversations", "reply", "C-1", "--text", "Hello", code=1)


@pytest.mark.usefixtures("talk")
def test_that_nobody_waits_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert "Nobody wrote yet." in said(capsys, "conversations")
    assert "Nobody waits for an answer." in said(capsys, "conversations", "--open")


def test_settling_says_how_many(talk: Talk, capsys: pytest.CaptureFixture[str]) -> None:
    talk.write("no more")
    assert "1 text settled" in said(capsys, "conversations", "settle", ANA)
    assert "Nothing was open" in said(capsys, "conversations", "settle", ANA)


def test_an_unknown_number_is_claimed_for_a_contact_without_a_phone(
    talk: Talk, capsys: pytest.CaptureFixture[str]
) -> None:
    talk.desk.contact("C-7", first_name="Zoe")
    talk.write("Hi, Zoe here", number="+15145550077")
    assert "Claimed for C-7" in said(capsys, "conversations", "claim", "+15145550077", "--contact", "C-7")
    assert "unclaimed" in said(capsys, "conversations", "claim", "+15145550077", "--contact", "C-7", code=1)
    assert facts(capsys, "conversations", "show", "+15145550077")["texts"][0]["contact"] == "C-7"


def test_an_opt_out_by_phone_blocks_what_waits_and_keeps_its_evidence(
    talk: Talk, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("consent", "opt-out", "C-1", "--source", "phone", "--evidence", "she phoned Maya", "--author", "maya")
    assert "2 waiting texts blocked" in said(capsys, *words)
    (recorded,) = facts(capsys, "consent", "show", "C-1")["history"]
    assert (recorded["what"], recorded["source"], recorded["by"]) == ("opt_out", "phone", "person:maya")
    assert talk.desk.job("day-before").state is State.BLOCKED


def test_an_opt_in_by_mail_brings_texts_back(talk: Talk, capsys: pytest.CaptureFixture[str]) -> None:
    talk.write("STOP")
    words = ("consent", "opt-in", ANA, "--source", "mail", "--evidence", "letter in file 7")
    assert "2 waiting texts reopened" in said(capsys, *words)
    assert "was not opted out" in said(capsys, *words)


def test_a_word_without_evidence_is_refused(talk: Talk, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("consent", "opt-out", "C-1", "--source", "phone", "--evidence", " ")
    assert "say what proves it" in said(capsys, *words, code=1)
    assert talk.words() == []


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        (("--purpose", "commercial"), "needs wording, given"),
        (("--basis", "implied"), "lapses"),
        (("--expires", "2020-01-01 10:00"), "lapsed"),
        (("--given", "2999-01-01 10:00"), "still ahead"),
    ],
)
def test_a_consent_that_would_prove_nothing_is_refused(
    talk: Talk, capsys: pytest.CaptureFixture[str], given: tuple[str, ...], refusal: str
) -> None:
    words = ("consent", "record", "C-1", "--source", "form", "--evidence", "form 7", *given)
    assert refusal in said(capsys, *words, code=1)
    assert talk.words() == []


@pytest.mark.usefixtures("talk")
def test_a_commercial_consent_is_exported_with_basis_source_wording_and_time(
    capsys: pytest.CaptureFixture[str],
) -> None:
    words = (
        "--purpose",
        "commercial",
        "--wording",
        "Yes to news",
        "--given",
        "2020-01-05 10:00",
        "--evidence",
        "=form",
    )
    said(capsys, "consent", "record", "C-1", "--source", "form", *words)
    rows = list(csv.DictReader(io.StringIO(said(capsys, "consent", "show", "C-1", "--csv", "-"))))
    assert [(row["what"], row["purpose"], row["basis"]) for row in rows] == [("consent", "commercial", "express")]
    assert (rows[0]["wording"], rows[0]["given_at"][:10], rows[0]["evidence"]) == (
        "Yes to news",
        "2020-01-05",
        "'=form",
    )


def test_an_implied_consent_lapses(talk: Talk, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("--basis", "implied", "--purpose", "commercial", "--wording", "a client", "--given", "2020-01-05 10:00")
    said(capsys, "consent", "record", "C-1", "--source", "form", *words, "--evidence", "7", "--expires", "in 2 hours")
    assert talk.standing("commercial") == "implied"
    talk.desk.later(hours=3)
    assert talk.standing("commercial") is None


def test_an_unknown_source_is_a_slip_of_usage(talk: Talk, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("consent", "opt-out", "C-1", "--source", "gossip", "--evidence", "x")
    assert "phone" in said(capsys, *words, code=2)
    assert not talk.is_opted_out()


def test_an_acknowledgement_is_explained_like_any_job(talk: Talk, capsys: pytest.CaptureFixture[str]) -> None:
    job = talk.desk.job("day-before")
    talk.desk.send(job)
    talk.write("C")
    talk.write("HELP")
    about_the_visit, about_help = talk.acknowledgements()
    assert "acknowledgement" in said(capsys, "why", str(about_the_visit.id))
    assert "it answers the text" in said(capsys, "why", str(about_help.id))
    assert "acknowledgement" in said(capsys, "jobs")
    said(capsys, "why", "--occasion", "A-1")


def test_who_opted_out_is_not_answered_by_text(talk: Talk, capsys: pytest.CaptureFixture[str]) -> None:
    talk.write("STOP")
    assert "opted out by text" in said(capsys, "conversations", "reply", "C-1", "--text", "Sorry to hear it", code=1)
    assert {job.origin.value for job in talk.desk.jobs()} == {"reminder", "acknowledgement"}
