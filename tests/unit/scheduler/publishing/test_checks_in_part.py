"""What cannot be read hides nothing else: the rest of a rulebook is checked all the same, without follow-ups."""

from pathlib import Path

import pytest

from scheduler.publishing.checks.listing import check_desk
from tests.unit.scheduler.desks import RULES, SETTINGS, VISIT, Folder, read_folder, told

OTHER = """\
  - id: other
    for: appointment
    steps:
      - {id: one, before: 2 hours, template: othr}
"""


def told_of(root: Path, rules: str = RULES, *, settings: str = SETTINGS, template: str = VISIT) -> list[str]:
    folder = Folder(settings=settings, rules={"rules.yaml": rules}, templates={"visit.en.txt.j2": template})
    lines = told(read_folder(root, folder), root)
    return [line.replace("rules/acme/", "").replace("templates_sms/visit.en.txt.j2", "text") for line in lines]


def places(lines: list[str]) -> list[str]:
    return [line.partition(": ")[0] for line in lines]


def test_the_other_rules_and_texts_are_checked_beside_a_value_that_cannot_be_read(tmp_path: Path) -> None:
    found = told_of(tmp_path, RULES.replace("1 day", "1 dya") + OTHER, template=VISIT + "{{ contact.nme }}")
    assert places(found) == ["rules.yaml:5:34", "rules.yaml:9:46", "text:1:77"]


def test_the_rest_of_the_very_step_is_checked_too(tmp_path: Path) -> None:
    rules = RULES.replace("1 day", "1 dya").replace("template: visit", "template: vsit, only_if: {mod: x}")
    assert [line.partition(": ")[2].partition(". ")[0] for line in told_of(tmp_path, rules)] == [
        "`1 dya` is not a duration (`before`)",
        "unknown template `vsit`",
        "unknown field `mod` in a condition",
    ]


@pytest.mark.parametrize(
    "change",
    [
        ("before: 1 day", "befor: 1 day"),
        ('at: "10:00"', "at: 10h00"),
        ("id: day-before", "id: Day Before"),
        ("template: visit", "template: Visit"),
        ("before: 1 day", "on: {status: [booked]}"),
        ("    steps:", "    only_iff: {type: x}\n    steps:"),
        ("    steps:", "    to: contact\n    steps:"),
        ("    for: appointment\n", ""),
        ("  - id: visit", "  - id: Visit"),
        ("      - {id", "      -\n      - {id"),
        ("    for:", "    changed: {of: place, template: visit}\n    for:"),
    ],
)
def test_one_mistake_of_a_rule_is_one_problem(tmp_path: Path, change: tuple[str, str]) -> None:
    assert change[0] in RULES
    assert len(told_of(tmp_path, RULES.replace(*change))) == 1


@pytest.mark.parametrize(
    "change",
    [
        ("country: CA", "country: Canada"),
        ("timezone: America/Toronto\n", ""),
        ("languages: [en]", "languages: en"),
        ("practice: acme", "practice: Acme Law"),
        ("name: Acme\n", "name: [Acme]\n"),
        ("id: main", "id: Main"),
        ("name: Acme\n", "name: Acme\nphone: []\n"),
        ("name: Acme\n", "name: Acme\nkinds: {appointment: {fields: {room: strng}}}\n"),
        ("name: Acme\n", "name: Acme\nkinds: {deadline: {dated: dya}}\n"),
        ("name: Acme\n", "name: Acme\ncontact_fields: {tag: wrd}\n"),
        ("name: Acme\n", "name: Acme\nconsent: {commercial: maybe}\n"),
        ("name: Acme\n", "name: Acme\nsending_window: 9-5\n"),
    ],
)
def test_one_mistake_of_the_practice_is_one_problem(tmp_path: Path, change: tuple[str, str]) -> None:
    assert change[0] in SETTINGS
    rules = RULES.replace("    steps", "    sender: main\n    steps")
    assert len(told_of(tmp_path, rules, settings=SETTINGS.replace(*change))) == 1


@pytest.mark.parametrize("change", [("country: CA", "country: Canada"), ("timezone: America/Toronto\n", "")])
def test_rules_are_checked_beside_settings_that_cannot_be_read(tmp_path: Path, change: tuple[str, str]) -> None:
    assert len(told_of(tmp_path, RULES + OTHER, settings=SETTINGS.replace(*change))) == 2


def test_rules_for_a_kind_that_cannot_be_read_have_no_follow_ups(tmp_path: Path) -> None:
    settings = SETTINGS + "kinds: {deadline: {fields: {x: strng}}, visit: {fields: {y: word}}}\n"
    rules = RULES.replace("appointment", "deadline") + OTHER.replace("appointment", "visit").replace(
        "template: othr", "template: visit, only_if: {z: k}"
    )
    assert places(told_of(tmp_path, rules, settings=settings)) == ["practice.yaml:7:32", "rules.yaml:9:63"]


def test_what_cannot_be_read_in_part_is_never_published(tmp_path: Path) -> None:
    folder = Folder(rules={"rules.yaml": RULES.replace('at: "10:00"', "at: 10h00")})
    desk = read_folder(tmp_path, folder)
    assert len(desk.rules) == 1
    assert desk.rulebook() is None
    assert not check_desk(desk).may_publish


def test_a_long_text_is_told_beside_a_mistake_in_a_rule(tmp_path: Path) -> None:
    found = told_of(tmp_path, RULES + OTHER, template=VISIT + "x" * 400)
    assert places(found) == ["rules.yaml:9:46", "text:1:1"]


def test_all_keys_that_a_step_lacks_are_told(tmp_path: Path) -> None:
    rules = RULES.replace("id: day-before, ", "").replace(", template: visit", "")
    assert [line.partition(": ")[2] for line in told_of(tmp_path, rules)] == [
        "`id` is missing in a step. Add it",
        "`template` is missing in a step. Add it",
    ]
