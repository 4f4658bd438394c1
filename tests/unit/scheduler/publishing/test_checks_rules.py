"""Checks of rules and steps: names, conditions, timing, usefulness, overlaps, each with its exact line."""

from pathlib import Path

import pytest

from tests.unit.scheduler.desks import SETTINGS, Folder, read_folder, told

FIELDS = """\
kinds:
  appointment: {fields: {expires: day, urgent: yes_no, tags: words}}
contact_fields: {vip: yes_no, tags: words}
"""
TEXTS = {
    "visit.en.txt.j2": "{{ occasion.start | date }} {{ occasion.start | time }} {{ occasion.expires | date }}",
    "pay.en.txt.j2": "{{ occasion.date | date }}",
}


def told_of(root: Path, *rules: str) -> list[str]:
    """Check rules written one after another, each from its `id:` on, indented by four."""
    text = "rules:\n" + "".join(f"  - {rule.strip()}\n" for rule in rules)
    desk = read_folder(root, Folder(settings=SETTINGS + FIELDS, rules={"r.yaml": text}, templates=TEXTS))
    return [line.removeprefix("rules/acme/r.yaml:") for line in told(desk, root)]


def rule(step: str = "before: 1 day", *, more: str = "", name: str = "a", kind: str = "appointment") -> str:
    template = "pay" if kind == "payment" else "visit"
    return f"{{id: {name}, for: {kind}, {more} steps: [{{id: s, {step}, template: {template}}}]}}"


def step_problems(root: Path, step: str, kind: str = "appointment", more: str = "") -> list[str]:
    return [line.partition(": ")[2] for line in told_of(root, rule(step, kind=kind, more=more))]


@pytest.mark.parametrize(
    ("step", "kind"),
    [
        ("before: 1 day", "appointment"),
        ('before: 1 day, at: "16:00", useful_until: 2 hours before', "appointment"),
        ("before: 2 hours, in_quiet_hours: skip", "appointment"),
        ('before: 0 days, at: "09:30", in_quiet_hours: earlier', "payment"),
        ('after: 2 days, every: 7 days, times: 3, at: "10:00"', "payment"),
        ('before: 1 month, from: expires, at: "10:00"', "appointment"),
        ("before: 1 day, useful_until: 1 day after", "appointment"),
        ('before: 3 days, every: 1 day, times: 4, at: "10:00"', "appointment"),
        ('after: 1 day, at: "10:00", useful_until: 1 day after', "appointment"),
    ],
)
def test_a_step_that_can_fire_has_no_problem(tmp_path: Path, step: str, kind: str) -> None:
    assert step_problems(tmp_path, step, kind) == []


@pytest.mark.parametrize(
    ("step", "kind", "text"),
    [
        ("if_late: skip", "appointment", "the step `a/s` does not say when it goes. Add `before`, `after` or `on`"),
        (
            "before: 1 day, after: 1 day",
            "appointment",
            "the step `a/s` has both `before` and `after`. Leave one of them out",
        ),
        (
            "before: 2 hours",
            "payment",
            "`before: 2 hours` can never fire: `payment` is dated by day. Write days, and the time under `at`",
        ),
        (
            "before: 30 minutes, from: expires",
            "appointment",
            "`before: 30 minutes` can never fire: `expires` is dated by day. Write days, and the time under `at`",
        ),
        (
            'before: 2 hours, at: "10:00"',
            "appointment",
            "`at` does not go with `before: 2 hours`: minutes and hours count from the time itself. Leave `at` out",
        ),
        (
            "before: 3 days",
            "payment",
            'the step `a/s` needs a time: `payment` is dated by day. Add `at`, such as `at: "10:00"`',
        ),
        (
            "before: 0 days",
            "appointment",
            '`before: 0 days` is the day itself and needs a time. Add `at`, such as `at: "09:00"`',
        ),
        (
            'before: 0 business days, at: "10:00"',
            "appointment",
            "`before: 0 business days` is no moment. Write `0 days` for the day itself",
        ),
        (
            'after: 0 weeks, at: "10:00"',
            "payment",
            "`after: 0 weeks` is no moment. Write `0 days` for the day itself",
        ),
        (
            "before: 0 minutes",
            "appointment",
            "`before: 0 minutes` can never fire: at the start the text is no longer useful. Write at least `5 minutes`",
        ),
        (
            "before: 1 day, times: 3",
            "appointment",
            "`times: 3` without `every` repeats nothing. Add `every`, such as `every: 7 days`",
        ),
        (
            "before: 9 days, every: 1 day",
            "appointment",
            "`every` without `times` repeats nothing. Add `times`, such as `times: 3`",
        ),
        (
            "after: 1 day, every: 0 days, times: 2",
            "appointment",
            "`0 days` repeats at the same moment. Write at least `1 day`",
        ),
        (
            'after: 1 day, every: 12 hours, times: 2, at: "10:00"',
            "appointment",
            "`every: 12 hours` goes with neither `at` nor a day. Write it in days",
        ),
        (
            "before: 2 days, every: 7 days, times: 3",
            "appointment",
            (
                "after the first no repeat can ever fire: `every: 7 days` leaves nothing of `before: 2 days`. "
                "Leave `every` and `times` out, or start earlier"
            ),
        ),
        (
            'before: 2 days, every: 1 day, times: 3, at: "10:00"',
            "payment",
            "warning: only 2 of 3 times fit into `before: 2 days`. Write `times: 2`, or start earlier",
        ),
        (
            "before: 2 hours, useful_until: 3 hours before",
            "appointment",
            "the step `a/s` can never fire: at its moment it is no longer useful. Make `useful_until` later",
        ),
        (
            'before: 1 day, at: "16:00", useful_until: "15:00"',
            "appointment",
            "the step `a/s` can never fire: at its moment it is no longer useful. Make `useful_until` later",
        ),
        (
            'after: 3 days, at: "10:00", useful_until: 1 day after',
            "appointment",
            "the step `a/s` can never fire: at its moment it is no longer useful. Make `useful_until` later",
        ),
        (
            "after: 1 day, useful_until: 1 day before",
            "appointment",
            "the step `a/s` can never fire: at its moment it is no longer useful. Make `useful_until` later",
        ),
        (
            'before: 1 day, at: "07:00", in_quiet_hours: skip',
            "appointment",
            (
                "warning: 07:00 lies outside the sending window on every day: `a/s` skips it and never goes. "
                "Change `at` or `in_quiet_hours`"
            ),
        ),
        (
            'before: 0 days, at: "09:30"',
            "payment",
            (
                "warning: on a closed day the step `a/s` never goes: it waits, and is useful on that day only. "
                "Write `in_quiet_hours: earlier`, or go a day ahead"
            ),
        ),
        (
            'before: 1 day, from: expirse, at: "10:00"',
            "appointment",
            "`appointment` has no field `expirse`. Did you mean `expires`?",
        ),
        (
            'before: 1 day, from: place, at: "10:00"',
            "appointment",
            "`place` is a text, not a day or moment. There are `expires`",
        ),
    ],
)
def test_a_step_that_cannot_be_meant_is_told(tmp_path: Path, step: str, kind: str, text: str) -> None:
    assert text in step_problems(tmp_path, step, kind)


@pytest.mark.parametrize(
    ("condition", "line"),
    [
        ("only_if: {tpye: [x]}", "2:34: unknown field `tpye` in a condition. Did you mean `type`?"),
        (
            "only_if: {contact.vpi: true}",
            "2:34: unknown field `contact.vpi` in a condition. Did you mean `contact.vip`?",
        ),
        ("only_if: {status: [bookd]}", "2:43: unknown status `bookd`. Did you mean `booked`?"),
        ("unless: {status: {not: bookd}}", "2:47: unknown status `bookd`. Did you mean `booked`?"),
        (
            "unless: {answer: yes}",
            "2:41: unknown answer `yes`. There are `confirmed`, `declined`, `none`, `wants_move`",
        ),
        (
            "only_if: {type: 5}",
            "2:40: `5` cannot be compared with `type`, a word. Write a text, in quotes if it looks like a number",
        ),
        ("only_if: {urgent: 'yes'}", "2:42: `yes` cannot be compared with `urgent`, a yes_no. Write `true` or `false`"),
        (
            "only_if: {expires: soon}",
            "2:43: `soon` cannot be compared with `expires`, a day. Write a day as YYYY-MM-DD",
        ),
        (
            "only_if: {type: {under: 5}}",
            "2:41: `under` compares numbers, and `type` is a word. Name the values wanted",
        ),
        ("only_if: {type: []}", "2:40: `type` is compared with nothing. Name the values wanted"),
        ("only_if: {}", "2:24: `only_if` is empty. Name a field with the values wanted, or leave it out"),
        ("only_if: [{}]", "2:24: `only_if` is empty. Name a field with the values wanted, or leave it out"),
    ],
)
def test_a_condition_that_compares_wrongly_is_told(tmp_path: Path, condition: str, line: str) -> None:
    text = f"{{id: a, for: appointment, {condition}, steps: [{{id: s, before: 1 day, template: visit}}]}}"
    found = told_of(tmp_path, text)
    assert [other.partition(": ")[2] for other in found][:1] == [line.partition(": ")[2]]


CONTRADICTION = (
    "the step `a/s` can never fire: its conditions and its rule's contradict one another. Change `only_if` or `unless`"
)


@pytest.mark.parametrize(
    ("more", "step"),
    [
        ("only_if: {type: [consultation]},", "only_if: {type: hearing}"),
        ("only_if: {type: [consultation]},", "unless: {type: [consultation, hearing]}"),
        ("only_if: {type: [consultation]},", "only_if: {type: {not: consultation}}"),
        ("", "unless: {status: [booked, confirmed]}"),
        ("", "only_if: {status: {not: [booked, confirmed]}}"),
        ("only_if: {status: booked},", "only_if: {status: confirmed}"),
        ("only_if: [{type: a}, {type: b}],", "only_if: [{type: c}, {type: d}]"),
        ("unless: {urgent: true},", "only_if: {urgent: true}"),
    ],
)
def test_a_condition_that_contradicts_its_rule_s_can_never_fire(tmp_path: Path, more: str, step: str) -> None:
    assert CONTRADICTION in step_problems(tmp_path, f"before: 1 day, {step}", more=more)


@pytest.mark.parametrize(
    ("more", "step"),
    [
        ("only_if: {type: [consultation, hearing]},", "only_if: {type: hearing}"),
        ("only_if: {type: [consultation, hearing]},", "unless: {type: consultation}"),
        ("only_if: {tags: a},", "only_if: {tags: b}"),
        ("only_if: {contact.tags: a},", "only_if: {contact.tags: b}"),
        ("", "only_if: {status: attended}"),
        ("only_if: [{type: a}, {mode: remote}],", "only_if: {type: c}"),
        ("", "unless: {status: confirmed}"),
    ],
)
def test_conditions_that_can_both_hold_are_no_contradiction(tmp_path: Path, more: str, step: str) -> None:
    assert CONTRADICTION not in step_problems(tmp_path, f"before: 1 day, {step}", more=more)


def test_numbers_that_exclude_one_another_can_never_fire(tmp_path: Path) -> None:
    found = told_of(
        tmp_path,
        rule(
            'before: 1 day, at: "10:00", only_if: {balance: {under: 5}}',
            kind="payment",
            more="only_if: {balance: {over: 5}},",
        ),
    )
    assert [line.partition(": ")[2] for line in found] == [CONTRADICTION]


def test_an_unknown_kind_is_told(tmp_path: Path) -> None:
    assert told_of(tmp_path, rule().replace("for: appointment", "for: apointment")) == [
        "2:18: unknown kind `apointment`. Did you mean `appointment`?",
    ]


def test_an_unknown_template_is_told(tmp_path: Path) -> None:
    assert told_of(tmp_path, rule().replace("template: visit", "template: vist")) == [
        "2:73: unknown template `vist`. Did you mean `visit`?",
    ]


def test_a_template_missing_in_a_language_is_told(tmp_path: Path) -> None:
    desk = read_folder(tmp_path, Folder(settings=SETTINGS.replace("[en]", "[en, fr]")))
    assert told(desk, tmp_path) == [
        "rules/acme/rules.yaml:5:64: the template `visit` is missing in `fr`. Write templates_sms/visit.fr.txt.j2",
    ]


def test_two_rules_of_one_id_are_told_across_files(tmp_path: Path) -> None:
    one = "rules:\n  - " + rule() + "\n"
    desk = read_folder(tmp_path, Folder(rules={"a.yaml": one, "b.yaml": one}, templates=TEXTS))
    found = [line for line in told(desk, tmp_path) if "exists already" in line]
    assert found == [
        "rules/acme/b.yaml:2:10: a rule `a` exists already (rules/acme/a.yaml:2:10). Give one of them another id",
    ]


def test_two_steps_of_one_id_are_told(tmp_path: Path) -> None:
    steps = "[{id: s, before: 1 day, template: visit}, {id: s, before: 5 days, template: visit}]"
    assert told_of(tmp_path, f"{{id: a, for: appointment, steps: {steps}}}") == [
        "2:85: a step `s` exists already in the rule `a`. Give one of them another id",
    ]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ('before: 1 day, at: "10:00"', 'before: 1 day, at: "11:00"'),
        ("before: 2 hours", "before: 90 minutes"),
        ("before: 1 week", "before: 7 days"),
        ('after: 1 month, at: "10:00"', 'after: 1 month, at: "10:00"'),
    ],
)
def test_two_rules_within_an_hour_are_a_warning(tmp_path: Path, first: str, second: str) -> None:
    found = [line.partition(": ")[2] for line in told_of(tmp_path, rule(first), rule(second, name="b"))]
    assert found == [
        (
            "warning: `b/s` and `a/s` may text one person within an hour of one another. "
            "Let their conditions exclude each other, or move one of them"
        ),
    ]


@pytest.mark.parametrize(
    ("first", "second", "more"),
    [
        ('before: 1 day, at: "10:00"', 'before: 1 day, at: "11:01"', ("", "")),
        ("before: 1 day", "after: 1 day", ("", "")),
        ("before: 1 day", "before: 1 day", ("only_if: {type: a},", "only_if: {type: b},")),
        ("before: 1 day", "before: 1 day", ("only_if: {type: a},", "unless: {type: [a, b]},")),
        ('before: 1 day, at: "10:00"', 'before: 1 day, from: expires, at: "10:00"', ("", "")),
    ],
)
def test_rules_further_apart_or_for_others_are_none(
    tmp_path: Path, first: str, second: str, more: tuple[str, str]
) -> None:
    assert told_of(tmp_path, rule(first, more=more[0]), rule(second, name="b", more=more[1])) == []


def test_steps_of_one_rule_supersede_one_another_and_are_no_overlap(tmp_path: Path) -> None:
    steps = "[{id: s, before: 2 hours, template: visit}, {id: t, before: 90 minutes, template: visit}]"
    assert told_of(tmp_path, f"{{id: a, for: appointment, steps: {steps}}}") == []


def test_rules_that_text_different_people_are_no_overlap(tmp_path: Path) -> None:
    first, second = rule(more="to: [contact],"), rule(name="b", more="to: [interpreter],")
    assert told_of(tmp_path, first, second) == []


def test_rules_that_share_one_of_their_roles_may_overlap(tmp_path: Path) -> None:
    first, second = rule(more="to: [contact, payer],"), rule(name="b", more="to: [payer],")
    assert len(told_of(tmp_path, first, second)) == 1


def test_an_effective_from_in_the_past_is_no_problem(tmp_path: Path) -> None:
    assert told_of(tmp_path, rule(more="effective_from: 2001-01-01,")) == []


def test_all_checks_are_told_at_once(tmp_path: Path) -> None:
    found = told_of(
        tmp_path, rule("before: 0 days"), rule("before: 1 dayz", name="b"), rule("after: 0 weeks", name="c")
    )
    assert [line.split(":")[0] for line in found] == ["2", "3", "4"]
