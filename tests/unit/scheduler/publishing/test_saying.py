"""Conditions said back in words."""

from pathlib import Path

from scheduler.publishing.saying import conditions_in_words
from tests.unit.scheduler.desks import RULES, Folder, read_folder


def test_conditions_are_said_back_in_the_order_of_the_rules(tmp_path: Path) -> None:
    more = RULES.replace("rules:\n", "").replace("id: visit", "id: second\n    only_if: {type: [hearing, call]}")
    rulebook = read_folder(tmp_path, Folder(rules={"rules.yaml": RULES + more})).rulebook()
    assert rulebook is not None
    assert conditions_in_words(rulebook) == {
        "visit/day-before": "for live ones (booked or confirmed)",
        "second/day-before": "only if type is hearing or call, for live ones (booked or confirmed)",
    }
