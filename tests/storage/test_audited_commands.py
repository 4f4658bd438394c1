"""Commands that change something leave a row in the audit log, by whom and to what; without words or numbers."""

import datetime as dt
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import insert, select

from jobs.clock import SystemClock
from jobs.records import audit, new_id, texts
from scheduler.processes.cli import main
from tests.storage.intake_practice import Desk, opened

pytestmark = pytest.mark.usefixtures("logs_kept")

ANA, NOBODYS = "+15145550101", "+15145550155"


@pytest.fixture
def desk(sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """Give a practice with a visit in ten days, whose person wrote, and somebody unknown."""
    url = f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'q.db')}"
    monkeypatch.setenv("QUIETBELL_DATABASE_URL", url)
    monkeypatch.delenv("QUIETBELL_PRACTICE", raising=False)
    monkeypatch.chdir(tmp_path)
    now = SystemClock().now()
    with opened(url) as desk:
        desk.clock.jump_to(now)
        desk.contact(phone=ANA, name="Ana", owner="kim")
        desk.visit(contact="C-1", start=f"{now + dt.timedelta(days=10):%Y-%m-%d} 10:00")
        for number in (ANA, NOBODYS):
            row = {"id": new_id(), "practice": "northlight", "number": number, "direction": "in", "body": "Late?"}
            row |= {"at": now, "meaning": "unclear", "flagged": True}
            desk.database.write(lambda connection, row=row: connection.execute(insert(texts).values(row)))  # type: ignore[misc]  # bound now
        yield desk


def run(desk: Desk, *words: str) -> list[str]:
    """Run a command that succeeds; return the actions that it left."""
    with desk.database.read() as connection:
        before = len(connection.execute(select(audit.c.id)).all())
    assert main(words) == 0
    with desk.database.read() as connection:
        rows = connection.execute(select(audit).order_by(audit.c.id).offset(before)).all()
    assert not any(ANA in str(row) or "5550107" in str(row) or "said so" in str(row) for row in rows)
    return [row.action for row in rows]


def test_each_order_leaves_its_row(desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    job = desk.job("day-before").id.hex
    because = ("--because", "she said so")
    file = tmp_path / "c.csv"
    file.write_text("ref,phone\nC-7,514 555 0107\n")
    orders: tuple[tuple[tuple[str, ...], list[str]], ...] = (
        (("jobs", "reschedule", job, "--at", "in 2 hours", *because), ["job.rescheduled"]),
        (("jobs", "cancel", job, *because), ["job.cancelled"]),
        (("jobs", "reopen", job, *because), ["job.reopened"]),
        (("jobs", "phoned", "A-1", "--note", "she said so"), ["occasion.phoned"]),
        (("send", "--to", "+15145550107", "--text", "she said so"), ["text.planned"]),
        (("mute", "--occasion", "A-1", *because), ["occasion.muted"]),
        (("mute", "--occasion", "A-1", *because), []),
        (("unmute", "--occasion", "A-1", *because), ["occasion.unmuted"]),
        (("mute", "--contact", "C-1", *because), ["contact.muted"]),
        (("pause", "rule", "visit", *because), ["pause.set"]),
        (("pause", "rule", "visit", *because), []),
        (("resume", "rule", "visit"), ["pause.lifted"]),
        (("pause", "all", *because), ["pause.set"]),
        (("import", "contacts", str(file)), ["records.taken_in"]),
        (("import", "contacts", str(file), "--dry-run"), []),
        (("conversations", "settle", ANA), ["conversation.settled"]),
        (("conversations", "settle", ANA), []),
        (("conversations", "claim", NOBODYS, "--contact", "C-1"), ["conversation.linked"]),
        (("consent", "opt-out", "C-1", "--source", "phone", "--evidence", "she said so"), ["consent.recorded"]),
        (("proof", "--contact", "C-1"), ["contact.proof_written"]),
        (("why", job), []),
        (("why", job, "--reveal"), ["job.revealed"]),
    )
    for words, left in orders:
        assert run(desk, *words) == left, words
    capsys.readouterr()


def test_the_log_is_asked_for_a_contact_by_ref(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    run(desk, "mute", "--contact", "C-1", "--because", "she said so")
    capsys.readouterr()
    assert main(("audit", "--subject", "contact/C-1")) == 0
    assert "contact/C-1" in capsys.readouterr().out
