"""The demo as a newcomer runs it: the installed command, no server, no key, no network."""

import json
import signal
import subprocess
import sys
from pathlib import Path

QUIETBELL = str(Path(sys.executable).with_name("quietbell"))
LONGEST_SECONDS = 120
BEGINS = "2026-11-24T15:59:40"
"""A day on which all the demo's people have something to be reminded of."""


def test_demo_once_sends_what_is_due_and_ends_well() -> None:
    done = subprocess.run(
        [QUIETBELL, "demo", "--once", "--json", "--at", BEGINS],
        capture_output=True,
        text=True,
        timeout=LONGEST_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    summary = json.loads(done.stdout)
    assert summary["well"] is True
    assert summary["counts"]["sent"] == summary["ledger"] > 100
    assert set(summary["counts"]) == {"sent", "blocked", "cancelled"}
    assert {(each["state"], each["reason"].partition(" (")[0]) for each in summary["reasons"]} == {
        ("blocked", "the person opted out"),
        ("cancelled", "the appointment was cancelled"),
    }


def test_demo_once_tells_what_was_planned_held_moved_and_sent() -> None:
    done = subprocess.run(
        [QUIETBELL, "demo", "--once", "--at", BEGINS],
        capture_output=True,
        text=True,
        timeout=LONGEST_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    for words in (
        "40 contacts imported",
        "has too few digits for CA",
        "texts planned",
        "held       Claire Dubois",
        "quiet hours: the sending window opens",
        "moved      Rami Khoury",
        "blocked    Luc Gagnon",
        "votre rendez-vous est le",
        "your appointment is",
    ):
        assert words in " ".join(done.stdout.split()) or words in done.stdout


def test_the_live_demo_shows_texts_going_out_until_it_is_stopped() -> None:
    with subprocess.Popen(
        [QUIETBELL, "demo", "--at", BEGINS], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as demo:
        assert demo.stdout is not None
        seen = ""
        for line in demo.stdout:
            seen += line
            if "  sent  " in line:
                break
        demo.send_signal(signal.SIGINT)
        rest, errors = demo.communicate(timeout=LONGEST_SECONDS)
    assert demo.returncode == 0, errors
    assert "  sent  " in seen
    assert "The provider's ledger holds" in rest
    assert "Traceback" not in errors


def test_without_a_moment_it_begins_on_the_next_working_afternoon() -> None:
    done = subprocess.run(
        [QUIETBELL, "demo", "--once", "--json"], capture_output=True, text=True, timeout=LONGEST_SECONDS, check=False
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["counts"]["sent"] > 0


def test_a_database_that_is_there_already_is_not_touched(tmp_path: Path) -> None:
    file = tmp_path / "kept.db"
    file.write_bytes(b"something of somebody's")
    done = subprocess.run(
        [QUIETBELL, "demo", "--database", str(file)], capture_output=True, text=True, timeout=30, check=False
    )
    assert done.returncode == 1
    assert done.stderr.startswith("quietbell: ")
    assert "is there already" in done.stderr
    assert file.read_bytes() == b"something of somebody's"


def test_the_demo_with_the_carrier_ends_well_only_if_ledger_jobs_and_receipts_agree() -> None:
    done = subprocess.run(
        [QUIETBELL, "demo", "--carrier", "--once", "--json", "--at", BEGINS],
        capture_output=True,
        text=True,
        timeout=LONGEST_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    summary = json.loads(done.stdout)
    assert (summary["well"], summary["differences"], summary["answers"]) == (True, [], 5)
    counts = summary["counts"]
    assert counts["delivered"] + counts["undelivered"] == summary["ledger"] > 100
    assert counts["undelivered"] > 2
    assert set(counts) == {"delivered", "undelivered", "blocked", "cancelled"}
    reasons = {each["reason"] for each in summary["reasons"]}
    assert {"the phone cannot be reached", "unknown subscriber"} <= reasons


def test_the_live_demo_with_the_carrier_shows_deliveries_and_answers() -> None:
    with subprocess.Popen(
        [QUIETBELL, "demo", "--carrier", "--at", BEGINS], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as demo:
        assert demo.stdout is not None
        seen, wanted = "", {"  delivered ", " answers “"}
        for line in demo.stdout:
            seen += line
            if all(words in seen for words in wanted):
                break
        demo.send_signal(signal.SIGINT)
        rest, errors = demo.communicate(timeout=LONGEST_SECONDS)
    assert demo.returncode == 0, errors + rest
    assert "A stand-in carrier at http://127.0.0.1:" in seen
    assert "Its ledger, the jobs and the receipts agree." in rest
    assert "Traceback" not in errors
