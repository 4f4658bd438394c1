"""Checks of corrections: their templates, what those may read and must show, the fields whose change is told."""

from pathlib import Path

import pytest

from tests.unit.scheduler.desks import SETTINGS, Folder, read_folder, told

SHOWN = "{{ occasion.start | date }} {{ occasion.start | time }}"
TEXTS = {
    "visit": SHOWN + " {{ occasion.place }} {{ occasion.mode }}",
    "moved": "{{ told.start | date }} "
    + SHOWN
    + " {{ occasion.place | default('') }}{{ occasion.mode | default('') }}",
    "off": "{{ told.start | date }} {{ told.start | time }}",
    "other": SHOWN + "{% if told.place %}{{ told.place }}{% endif %} {{ occasion.place | default('') }}",
}
STEP = "steps: [{id: s, before: 1 day, template: visit}]"
FILE = "templates_sms/{}.en.txt.j2:1:{}: "


def told_of(root: Path, *rules: str, texts: dict[str, str] | None = None, settings: str = SETTINGS) -> list[str]:
    """Check rules written one after another."""
    text = "rules:\n" + "".join(f"  - {rule}\n" for rule in rules)
    templates = {f"{name}.en.txt.j2": source for name, source in {**TEXTS, **(texts or {})}.items()}
    folder = Folder(settings=settings, rules={"r.yaml": text}, templates=templates)
    return [line.removeprefix("rules/acme/") for line in told(read_folder(root, folder), root)]


def rule(more: str, *, name: str = "a", steps: str = STEP) -> str:
    return f"{{id: {name}, for: appointment, {more}, {steps}}}"


WHOLE = "moved: moved, cancelled: off, changed: {of: [place, mode], template: other}"


def test_corrections_have_no_problem(tmp_path: Path) -> None:
    assert told_of(tmp_path, rule(WHOLE)) == []


@pytest.mark.parametrize(
    ("more", "line"),
    [
        ("moved: movd", "r.yaml:2:38: unknown template `movd`. Did you mean `moved`?"),
        ("cancelled: of", "r.yaml:2:42: unknown template `of`. Did you mean `off`?"),
        ("changed: {of: [place], template: othr}", "r.yaml:2:64: unknown template `othr`. Did you mean `other`?"),
        (
            "changed: {of: [plce], template: other}",
            "r.yaml:2:46: `appointment` has no field `plce`. Did you mean `place`?",
        ),
        (
            "changed: {of: [place, place], template: other}",
            "r.yaml:2:53: the field `place` is named twice. Remove one of them",
        ),
        (
            "changed: {of: [start], template: other}",
            "r.yaml:2:46: `start` is no field whose change `changed` tells: `moved` tells a new start. Remove it",
        ),
        (
            "changed: {of: [status], template: other}",
            (
                "r.yaml:2:46: `status` is no field whose change `changed` tells: `cancelled` tells that it is off, "
                "a step with `on: {status: …}` any other status. Remove it"
            ),
        ),
        (
            "changed: {of: [type], template: other}",
            (
                "r.yaml:2:46: warning: no text says `type`, so nobody is ever told that it changed. "
                "Print `{{ occasion.type }}` in a text of this rule, or remove it"
            ),
        ),
    ],
)
def test_a_correction_that_cannot_be_meant_is_told(tmp_path: Path, more: str, line: str) -> None:
    assert told_of(tmp_path, rule(more)) == [line]


def test_a_field_that_only_its_own_correction_says_is_told_to_nobody_before(tmp_path: Path) -> None:
    found = told_of(
        tmp_path, rule("changed: {of: [type], template: other}"), texts={"other": SHOWN + "{{ occasion.type }}"}
    )
    assert [line for line in found if "no text says `type`" in line]


def test_a_correction_must_exist_in_every_language(tmp_path: Path) -> None:
    found = told_of(tmp_path, rule(WHOLE), settings=SETTINGS.replace("[en]", "[en, fr]"))
    assert [line.partition(": ")[2] for line in found] == [
        f"the template `{name}` is missing in `fr`. Write templates_sms/{name}.fr.txt.j2"
        for name in ("moved", "off", "other", "visit")
    ]


ONLY_IN_CORRECTIONS = (
    "`told` exists only in templates that are used for corrections (`moved`, `cancelled`, `changed`) and for nothing "
    "else. Write `occasion`, or give the correction a template of its own"
)


def test_what_was_told_is_not_in_a_reminder(tmp_path: Path) -> None:
    found = told_of(tmp_path, rule("moved: moved"), texts={"visit": SHOWN + "{{ told.start | date }}"})
    assert found == [FILE.format("visit", 59) + ONLY_IN_CORRECTIONS]


def test_what_was_told_is_not_in_a_template_that_a_step_uses_too(tmp_path: Path) -> None:
    steps = "steps: [{id: s, before: 1 day, template: moved}]"
    assert told_of(tmp_path, rule("moved: moved", steps=steps)) == [FILE.format("moved", 4) + ONLY_IN_CORRECTIONS]


def test_what_was_told_is_not_in_an_acknowledgement(tmp_path: Path) -> None:
    replies = "replies: {confirm: {words: [C], say: off}}"
    assert told_of(tmp_path, rule(replies)) == [FILE.format("off", 4) + ONLY_IN_CORRECTIONS]


def test_what_was_told_is_not_in_a_text_that_staff_send(tmp_path: Path) -> None:
    settings = SETTINGS + "templates: {moved: {for_staff: true}}\n"
    found = told_of(tmp_path, rule("moved: moved"), settings=settings)
    assert found == [FILE.format("moved", 4) + ONLY_IN_CORRECTIONS]


def test_what_was_told_is_the_start_and_the_fields(tmp_path: Path) -> None:
    assert told_of(tmp_path, rule("moved: moved"), texts={"moved": SHOWN + "{{ told.end | date }}"}) == [
        (
            f"{FILE.format('moved', 59)}unknown variable `told.end`. "
            "There are `told.date`, `told.mode`, `told.place`, `told.start`, `told.type`"
        ),
    ]


@pytest.mark.parametrize(
    ("more", "name", "source", "line"),
    [
        (
            "moved: moved",
            "moved",
            "It was {{ told.start | date }} {{ told.start | time }}.",
            (
                "warning: a text that tells of a moved appointment must show its day and time, else it is blocked. "
                "Add `{{ occasion.start | date }}` and `{{ occasion.start | time }}`"
            ),
        ),
        (
            "cancelled: off",
            "off",
            "Your appointment is cancelled.",
            (
                "warning: a text that tells of a cancelled appointment should show its day and time, "
                "else nobody knows which it is. Add `{{ told.start | date }}` and `{{ told.start | time }}`"
            ),
        ),
        (
            "changed: {of: [place], template: other}",
            "other",
            "Now at {{ occasion.place | default('us') }}, {{ occasion.start | date }}.",
            (
                "warning: a text that tells of a changed appointment should show its time, "
                "else nobody knows which it is. Add `{{ occasion.start | time }}`"
            ),
        ),
    ],
)
def test_a_correction_says_which_occasion_it_is_about(
    tmp_path: Path, more: str, name: str, source: str, line: str
) -> None:
    assert told_of(tmp_path, rule(more), texts={name: source}) == [FILE.format(name, 1) + line]


def test_an_old_value_that_nobody_may_have_been_told_is_a_warning(tmp_path: Path) -> None:
    found = told_of(tmp_path, rule("moved: moved"), texts={"moved": SHOWN + " not at {{ told.place }}"})
    assert found == [
        (
            f"{FILE.format('moved', 1)}warning: its text cannot be rendered: told.place has no value, "
            "where no text told it before. Print it inside `{% if told.… %}`, or give it a `default`"
        ),
    ]


def test_the_only_field_whose_change_is_told_was_told_for_sure(tmp_path: Path) -> None:
    texts = {"other": SHOWN + " not at {{ told.place }}"}
    assert told_of(tmp_path, rule("changed: {of: [place], template: other}"), texts=texts) == []
    assert len(told_of(tmp_path, rule("changed: {of: [place, mode], template: other}"), texts=texts)) == 1


@pytest.mark.parametrize(
    "condition", ["told.place != occasion.place", "told.start == occasion.start", "not told.place", "told.mode == 'x'"]
)
def test_what_was_told_counts_in_a_correction_s_length(tmp_path: Path, condition: str) -> None:
    texts = {"other": SHOWN + "{% if " + condition + " %}" + "x" * 160 + "{% endif %}"}
    settings = SETTINGS + "templates: {other: {max_segments: 1}}\n"
    found = told_of(tmp_path, rule("changed: {of: [place], template: other}"), texts=texts, settings=settings)
    assert len(found) == 1
    assert "with the longest values this text takes 2 segments" in found[0]


def off_step(more: str, step: str = "") -> str:
    event = f"{{id: gone, on: {{status: cancelled}}, {step} template: visit}}"
    return f"{{id: b, for: appointment, {more}, steps: [{event}]}}"


def test_a_step_at_a_cancellation_beside_a_correction_is_a_warning(tmp_path: Path) -> None:
    found = told_of(tmp_path, rule("cancelled: off"), off_step("to: [contact, payer]"))
    assert [line.partition(": ")[2] for line in found] == [
        "warning: `b/gone` and `cancelled` of `a` both tell one person that it is `cancelled`. Leave one of them out",
    ]


@pytest.mark.parametrize(
    ("more", "step"),
    [("to: [interpreter]", ""), ("only_if: {type: hearing}", ""), ("to: [contact]", "wait: 2 hours,")],
)
def test_a_step_at_a_cancellation_for_others_or_later_is_none(tmp_path: Path, more: str, step: str) -> None:
    first = rule("only_if: {type: consultation}, cancelled: off")
    assert told_of(tmp_path, first, off_step(more, step)) == []
