"""Checks of `was`, and of steps that replace others without it: held against what is published where that is known."""

from pathlib import Path

import pytest

from scheduler.publishing.checks.listing import check_desk
from scheduler.rulebook.schema import Rulebook
from tests.unit.scheduler.desks import VISIT, Folder, lines, read_folder

TEXTS = {"visit.en.txt.j2": VISIT}
FIRST = 'before: 1 day, at: "10:00"'
SECOND = "before: 3 hours"


def rule(*steps: str, name: str = "a", more: str = "") -> str:
    listed = ", ".join(f"{{{step}, template: visit}}" for step in steps)
    return f"  - {{id: {name}, {more} for: appointment, steps: [{listed}]}}\n"


def step(name: str, when: str = FIRST, more: str = "") -> str:
    return f"id: {name}, {more}{when}"


def published(root: Path, *rules: str) -> Rulebook:
    """Return what is published."""
    folder = Folder(rules={"r.yaml": "rules:\n" + "".join(rules)}, templates=TEXTS)
    rulebook = read_folder(root / "published", folder).rulebook()
    assert rulebook is not None
    return rulebook


def told_of(root: Path, *rules: str, current: Rulebook | None = None) -> list[str]:
    folder = Folder(rules={"r.yaml": "rules:\n" + "".join(rules)}, templates=TEXTS)
    found = lines(check_desk(read_folder(root, folder), current), root)
    return [line.removeprefix("rules/acme/r.yaml:").partition(": ")[2] for line in found]


def test_a_rename_has_no_problem(tmp_path: Path) -> None:
    assert told_of(tmp_path, rule(step("t", more="was: s, "), more="was: old,")) == []


def test_a_rename_of_what_is_published_has_no_problem(tmp_path: Path) -> None:
    current = published(tmp_path, rule(step("s"), step("u", SECOND), name="old"))
    renamed = rule(step("t", more="was: s, "), step("u", SECOND), more="was: old,")
    assert told_of(tmp_path, renamed, current=current) == []


def test_a_rename_that_was_published_already_may_stay(tmp_path: Path) -> None:
    current = published(tmp_path, rule(step("t", more="was: s, ")))
    assert told_of(tmp_path, rule(step("t", more="was: s, ")), current=current) == []


@pytest.mark.parametrize(
    ("rules", "text"),
    [
        (
            [rule(step("s", more="was: s, "))],
            "`was: s` is the id that the step still has. Name its old id, or remove `was`",
        ),
        (
            [rule(step("s"), more="was: a,")],
            "`was: a` is the id that the rule still has. Name its old id, or remove `was`",
        ),
        (
            [rule(step("s"), step("t", SECOND, "was: s, "))],
            (
                "a step `s` still exists, so `t` cannot be it under another id. "
                "Remove `was`, or publish one rename after the other"
            ),
        ),
        (
            [rule(step("s"), name="b"), rule(step("s", SECOND), more="was: b,")],
            (
                "a rule `b` still exists, so `a` cannot be it under another id. "
                "Remove `was`, or publish one rename after the other"
            ),
        ),
        (
            [rule(step("t", more="was: s, "), step("u", SECOND, "was: s, "))],
            "`t` was `s` already, and one step cannot become two. Remove `was` from one of them",
        ),
        (
            [rule(step("s"), name="b", more="was: c,"), rule(step("s", SECOND), more="was: c,")],
            "`b` was `c` already, and one rule cannot become two. Remove `was` from one of them",
        ),
    ],
)
def test_a_rename_that_carries_nothing_over_is_refused(tmp_path: Path, rules: list[str], text: str) -> None:
    assert told_of(tmp_path, *rules) == [text]


def test_an_old_id_that_was_never_published_is_a_warning(tmp_path: Path) -> None:
    current = published(tmp_path, rule(step("day-before")))
    found = told_of(tmp_path, rule(step("eve", more="was: day-befor, ")), current=current)
    assert (
        "warning: no step `day-befor` is published, so nothing is carried over to `eve`. Did you mean `day-before`?"
    ) in found


def test_an_old_rule_that_was_never_published_is_a_warning(tmp_path: Path) -> None:
    current = published(tmp_path, rule(step("s"), name="visits"))
    found = told_of(tmp_path, rule(step("t", SECOND), name="visit", more="was: vists,"), current=current)
    assert found == [
        "warning: no rule `vists` is published, so nothing is carried over to `visit`. Did you mean `visits`?",
    ]


TWICE = "warning: `{}` goes when `{}` went, which is gone: people may be told twice. If it is the same, add {}"


def test_a_step_of_equal_timing_in_place_of_a_removed_one_is_a_warning(tmp_path: Path) -> None:
    current = published(tmp_path, rule(step("s")))
    assert told_of(tmp_path, rule(step("t")), current=current) == [TWICE.format("a/t", "a/s", "`was: s` to the step")]


def test_a_rule_of_equal_timing_in_place_of_a_removed_one_is_a_warning(tmp_path: Path) -> None:
    current = published(tmp_path, rule(step("s"), name="b"))
    assert told_of(tmp_path, rule(step("s")), current=current) == [TWICE.format("a/s", "b/s", "`was: b` to the rule")]


def test_a_rule_and_step_of_other_ids_are_told_both(tmp_path: Path) -> None:
    current = published(tmp_path, rule(step("s", "on: created"), name="b"))
    assert told_of(tmp_path, rule(step("t", "on: created")), current=current) == [
        TWICE.format("a/t", "b/s", "`was: b` to the rule and `was: s` to the step"),
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (rule(step("s")), rule(step("t", SECOND))),
        (rule(step("s")), rule(step("s"), step("t", "before: 90 minutes"))),
        (rule(step("s")), rule(step("t", more="was: s, "))),
        (rule(step("s", more="only_if: {type: x}, ")), rule(step("t", more="only_if: {type: y}, "))),
        (rule(step("s"), more="to: [contact],"), rule(step("t"), more="to: [interpreter],")),
        (rule(step("s", "on: {status: booked}")), rule(step("t", "on: created"))),
    ],
)
def test_another_timing_other_people_or_a_rename_is_none(tmp_path: Path, old: str, new: str) -> None:
    assert told_of(tmp_path, new, current=published(tmp_path, old)) == []


def test_nothing_is_said_where_nothing_is_known_to_be_published(tmp_path: Path) -> None:
    assert told_of(tmp_path, rule(step("t"))) == []
