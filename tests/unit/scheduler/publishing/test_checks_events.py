"""Checks of steps at a recorded change: what goes with `on`, who can be texted, what overlaps."""

from pathlib import Path

import pytest

from tests.unit.scheduler.desks import Folder, read_folder, told

TEXTS = {"visit.en.txt.j2": "{{ occasion.date | date }} {{ occasion.place }}"}


def told_of(root: Path, *rules: str) -> list[str]:
    """Check rules written one after another; what is told of the rule file."""
    text = "rules:\n" + "".join(f"  - {rule}\n" for rule in rules)
    found = told(read_folder(root, Folder(rules={"r.yaml": text}, templates=TEXTS)), root)
    return [line.removeprefix("rules/acme/r.yaml:") for line in found if not line.startswith("templates_sms")]


def rule(step: str = "on: created", *, more: str = "", name: str = "a") -> str:
    return f"{{id: {name}, for: appointment, {more} steps: [{{id: s, {step}, template: visit}}]}}"


def problems(root: Path, *rules: str) -> list[str]:
    return [line.partition(": ")[2] for line in told_of(root, *rules)]


@pytest.mark.parametrize(
    "step",
    [
        "on: created",
        "on: created, wait: 10 minutes",
        "on: {status: no_show}, wait: 1 business day",
        "on: {status: confirmed}, useful_until: 2 hours before",
        "on: created, wait: 1 hour, useful_until: 2 hours after",
        "on: created, in_quiet_hours: skip, if_undelivered: again",
        "on: {status: attended}, only_if: {type: hearing}",
    ],
)
def test_a_step_at_a_change_has_no_problem(tmp_path: Path, step: str) -> None:
    assert told_of(tmp_path, rule(step)) == []


@pytest.mark.parametrize(
    ("step", "line"),
    [
        (
            "on: created, before: 1 day",
            "2:61: `before` does not go with `on`: a change has no date to count back from. Leave one of them out",
        ),
        (
            "on: created, after: 1 day",
            "2:61: `after` does not go with `on`: `wait` says how long after the change. Write `wait` instead",
        ),
        (
            "on: created, from: expires",
            (
                "2:61: `from` does not go with `on`: the moment of the change is what it counts from. "
                "Leave one of them out"
            ),
        ),
        (
            'on: created, at: "10:00"',
            "2:61: `at` does not go with `on`: the text goes at the change itself, or `wait` after it. Leave `at` out",
        ),
        (
            "on: created, every: 1 day",
            "2:61: `every` does not go with `on`: a change is told once. Leave `every` and `times` out",
        ),
        (
            "on: created, times: 2",
            "2:61: `times` does not go with `on`: a change is told once. Leave `every` and `times` out",
        ),
        (
            "on: created, if_late: skip",
            (
                "2:61: `if_late` does not go with `on`: a change is told from the moment it is recorded, "
                "so it is never late. Leave `if_late` out"
            ),
        ),
        (
            "before: 1 day, wait: 1 hour",
            "2:63: `wait` without `on` waits for nothing. Add `on: created` or `on: {status: …}`, or write `after`",
        ),
        ("on: created, wait: 0 minutes", "2:67: `wait: 0 minutes` waits for nothing. Leave it out"),
        (
            "on: {status: paid}",
            "2:61: unknown status `paid`. There are `attended`, `booked`, `cancelled`, `confirmed`, `no_show`",
        ),
        ("on: {status: conformed}", "2:61: unknown status `conformed`. Did you mean `confirmed`?"),
    ],
)
def test_a_change_that_cannot_be_meant_is_told(tmp_path: Path, step: str, line: str) -> None:
    assert line in told_of(tmp_path, rule(step))


NEVER = (
    "the step `a/s` can never fire: its conditions and its rule's contradict one another, or the change it goes at. "
    "Change `only_if` or `unless`"
)


@pytest.mark.parametrize(
    ("step", "more"),
    [
        ("on: {status: attended}, only_if: {status: booked}", ""),
        ("on: {status: attended}, unless: {status: [attended, no_show]}", ""),
        ("on: created, only_if: {status: attended}", ""),
        ("on: created", "only_if: {status: [cancelled]},"),
    ],
)
def test_a_change_that_a_condition_rules_out_can_never_fire(tmp_path: Path, step: str, more: str) -> None:
    assert problems(tmp_path, rule(step, more=more)) == [NEVER]


def test_a_text_that_is_of_no_use_after_its_wait_can_never_fire(tmp_path: Path) -> None:
    assert problems(tmp_path, rule("on: created, wait: 3 hours, useful_until: 2 hours after")) == [
        "the step `a/s` can never fire: at its moment it is no longer useful. Make `useful_until` later",
    ]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("on: created", "on: created"),
        ("on: created, wait: 30 minutes", "on: created, wait: 1 hour"),
        ("on: {status: attended}", "on: {status: attended}, wait: 1 hour"),
        ("on: created, wait: 2 days", "on: created, wait: 2 days"),
    ],
)
def test_two_rules_at_one_change_within_an_hour_are_a_warning(tmp_path: Path, first: str, second: str) -> None:
    assert problems(tmp_path, rule(first), rule(second, name="b")) == [
        (
            "warning: `b/s` and `a/s` may text one person within an hour of one another. "
            "Let their conditions exclude each other, or move one of them"
        ),
    ]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("on: created", "on: {status: attended}"),
        ("on: {status: confirmed}", "on: {status: attended}"),
        ("on: created", "on: created, wait: 61 minutes"),
        ("on: created, only_if: {type: a}", "on: created, only_if: {type: b}"),
        ("on: created", "after: 0 minutes"),
    ],
)
def test_other_changes_or_other_occasions_are_none(tmp_path: Path, first: str, second: str) -> None:
    assert problems(tmp_path, rule(first), rule(second, name="b")) == []


def test_a_text_at_a_change_need_not_say_when_the_occasion_is(tmp_path: Path) -> None:
    texts = {"visit.en.txt.j2": "We have your papers, {{ contact.first_name }}."}
    rules = f"rules:\n  - {rule('on: {status: attended}')}\n"
    assert told(read_folder(tmp_path, Folder(rules={"r.yaml": rules}, templates=texts)), tmp_path) == []
