"""The demo with the carrier: whose rules send through it, and when its ledger, the jobs and the receipts agree."""

from pathlib import Path

import pytest

from jobs.states import State
from scheduler.processes.demo import phones, records
from scheduler.processes.demo.agreement import Agreement, Ledger, Ours, compare, read_ledger_of
from scheduler.processes.demo.carried import LANDLINE, UNKNOWN, UNREACHABLE, sending
from scheduler.rulebook.reader import read_desk

ROOT = Path(__file__).parents[4]


def make_ledger(ends: dict[str, str] | None = None, *written: str) -> Ledger:
    return Ledger({"T-1": "delivered"} if ends is None else ends, frozenset(written))


def make_ours(
    states: dict[str, State] | None = None, receipts: dict[str, frozenset[State]] | None = None, *heard: str
) -> Ours:
    told = {"T-1": frozenset({State.DELIVERED})} if receipts is None else receipts
    return Ours({"T-1": State.DELIVERED} if states is None else states, told, frozenset(heard))


def test_three_records_that_tell_the_same_agree() -> None:
    found = compare(make_ledger(None, "I-1"), make_ours(None, None, "I-1"))
    assert found == Agreement(1, {State.DELIVERED: 1}, 1, ())
    assert "agree" in found.lines()[-1]


@pytest.mark.parametrize(
    ("ledger", "ours", "said"),
    [
        (make_ledger(), make_ours({}, {}), "T-1 was accepted, and no attempt has it"),
        (make_ledger({}), make_ours(), "T-1 is an attempt's, never accepted"),
        (make_ledger(), make_ours({"T-1": State.SENT}), "T-1 is delivered at the carrier, its job is sent"),
        (make_ledger(), make_ours(None, {}), "T-1 is delivered, and no receipt says so"),
        (make_ledger({"T-1": "failed"}), make_ours(), "T-1 is failed at the carrier, its job is delivered"),
        (make_ledger({"T-1": "queued"}), make_ours(), "T-1 is queued at the carrier, its job is delivered"),
        (make_ledger(None, "I-1"), make_ours(), "I-1 was written, and not taken in"),
    ],
)
def test_whatever_differs_is_said(ledger: Ledger, ours: Ours, said: str) -> None:
    found = compare(ledger, ours)
    assert found.differences == (said,)
    assert said in found.lines()


def test_of_many_differences_the_first_are_shown_and_all_are_counted() -> None:
    lines = compare(make_ledger({f"T-{n}": "sent" for n in range(9)}), make_ours({}, {})).lines()
    assert lines[1].endswith("differ in 9:")
    assert (len(lines), lines[-1]) == (8, "…")


def test_a_ledger_comes_to_the_last_status_of_what_was_accepted() -> None:
    rows: list[dict[str, object]] = [
        {"what": "accepted", "text": {"batch": "T-1", "status": "queued"}},
        {"what": "own_reply", "text": {"batch": "R-1", "status": "sent"}},
        {"what": "status", "id": "T-1", "status": "sent"},
        {"what": "status", "id": "T-1", "status": "undelivered"},
        {"what": "status", "id": "R-1", "status": "delivered"},
        {"what": "inbound", "text": {"batch": "I-1"}},
        {"what": "callback", "id": "T-1"},
    ]
    assert read_ledger_of(rows) == Ledger({"T-1": "undelivered"}, frozenset({"I-1"}))


def test_the_first_sender_sends_by_twilio_and_the_others_by_messagebird() -> None:
    practice = "# provider: terminal\nsenders:\n  - {id: a, provider: terminal}\n  - id: b\n    provider:  terminal\n"
    text, count = sending(practice + "  - {id: c, provider: terminal}\n  - {id: d, provider: bird}\n")
    assert count == 3
    assert [line.partition("provider:")[2].strip(" }") for line in text.splitlines() if "provider" in line] == [
        "terminal",
        "twilio",
        "messagebird",
        "messagebird",
        "bird",
    ]


def test_the_shipped_practice_can_send_through_the_carrier_and_takes_the_phones_answers() -> None:
    file = ROOT / "rules" / "northlight" / "practice.yaml"
    assert sending(file.read_text(encoding="utf-8"))[1] == 2
    rulebook = read_desk(ROOT / "rules", ROOT / "templates_sms", "northlight").rulebook()
    assert rulebook is not None
    [rule] = [rule for rule in rulebook.rules if rule.id == phones.RULE]
    assert phones.STEP in {step.id for step in rule.steps}


def test_whoever_answers_or_is_not_reached_is_one_of_the_demos_people() -> None:
    people = records.contacts_csv()
    digits = {line.split(",")[0]: line.split(",")[3].replace(" ", "") for line in people.splitlines()}
    assert phones.ANSWERS.keys() <= digits.keys()
    assert {LANDLINE, UNKNOWN, UNREACHABLE} <= set(digits.values())
