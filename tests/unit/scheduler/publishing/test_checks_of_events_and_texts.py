"""Checks of what people would get too much or too little: late texts beside `on: created`, corrections, senders."""

from pathlib import Path

import pytest

from tests.unit.scheduler.desks import RULES, SETTINGS, VISIT, Folder, read_folder, told

CREATED = "{id: booked, on: created, wait: 2 hours, template: visit}"
LATE = '{id: day-before, before: 1 day, at: "16:00", template: visit, if_late: send_now}'


def told_of(root: Path, rules: str = RULES, *, settings: str = SETTINGS, **texts: str) -> list[str]:
    templates = {f"{name}.en.txt.j2": source for name, source in {"visit": VISIT, **texts}.items()}
    folder = Folder(settings=settings, rules={"rules.yaml": rules}, templates=templates)
    return [line.replace("rules/acme/", "") for line in told(read_folder(root, folder), root)]


def rule(*steps: str, more: str = "") -> str:
    return f"rules:\n  - {{id: visit, for: appointment, {more} steps: [{', '.join(steps)}]}}\n"


def test_a_late_reminder_beside_a_created_text_that_waits_is_a_warning(tmp_path: Path) -> None:
    assert told_of(tmp_path, rule(CREATED, LATE)) == [
        (
            "rules.yaml:2:70: warning: who books late gets two texts, `visit/day-before` at once and `visit/booked` "
            "after its `wait`. Let it wait an hour at most, or write `if_late: skip` on `visit/day-before`"
        )
    ]


@pytest.mark.parametrize(
    "steps",
    [
        (CREATED.replace("wait: 2 hours, ", ""), LATE),
        (CREATED.replace("2 hours", "60 minutes"), LATE),
        (CREATED, LATE.replace(", if_late: send_now", "")),
        (CREATED.replace("2 hours", "2 days"), LATE),
        (
            CREATED.replace("template", "only_if: {type: a}, template"),
            LATE.replace("if_late", "only_if: {type: b}, if_late"),
        ),
    ],
)
def test_who_cannot_get_both_causes_no_warning(tmp_path: Path, steps: tuple[str, str]) -> None:
    assert told_of(tmp_path, rule(*steps)) == []


MOVED = VISIT + " It was {{ told.start | date }}."
CHANGED = VISIT + "{% if occasion.place %}{{ occasion.place }}{% endif %}"
STEP = '{id: day-before, before: 1 day, at: "16:00", template: changed}'
BOTH = "moved: moved, changed: {of: [place], template: changed},"


def test_a_moved_text_that_leaves_a_watched_field_out_is_a_warning(tmp_path: Path) -> None:
    assert told_of(tmp_path, rule(STEP, more=BOTH), moved=MOVED, changed=CHANGED) == [
        (
            "rules.yaml:2:42: warning: when the start and `place` change at once, only `moved` goes, which leaves "
            "`place` out. Print `{{ occasion.place }}` in it"
        )
    ]


def test_a_moved_text_that_says_the_watched_fields_is_fine(tmp_path: Path) -> None:
    moved = MOVED + "{% if occasion.place %}{{ occasion.place }}{% endif %}"
    assert told_of(tmp_path, rule(STEP, more=BOTH), moved=moved, changed=CHANGED) == []


def test_a_changed_text_that_prints_a_field_bare_is_a_warning(tmp_path: Path) -> None:
    step = STEP.replace("changed", "visit")
    rules = rule(step, more="changed: {of: [place], template: changed},")
    found = told_of(tmp_path, rules, visit=CHANGED, changed=VISIT + " Now: {{ occasion.place | upper }}")
    assert found == [
        (
            "templates_sms/changed.en.txt.j2:1:83: warning: `occasion.place` may be empty when this text tells a "
            "change, and it could not be written then. "
            "Print it inside `{% if occasion.place %}`, or give it a `default`"
        )
    ]


@pytest.mark.parametrize(
    "printed", ["{{ occasion.place | default('us') }}", "{% if occasion.place %}{{ occasion.place }}{% endif %}"]
)
def test_a_changed_text_that_copes_with_an_empty_field_is_fine(tmp_path: Path, printed: str) -> None:
    rules = rule(STEP.replace("changed", "visit"), more="changed: {of: [place], template: changed},")
    assert told_of(tmp_path, rules, visit=CHANGED, changed=VISIT + printed) == []


@pytest.mark.parametrize("before", ["1 day, from: due_by", "0 business days", "0 weeks"])
def test_what_is_no_moment_is_told_once(tmp_path: Path, before: str) -> None:
    assert len(told_of(tmp_path, RULES.replace("before: 1 day", f"before: {before}"))) == 1


def test_a_contact_s_field_is_to_be_declared(tmp_path: Path) -> None:
    assert told_of(tmp_path, RULES.replace("    steps", "    only_if: {contact.tag: vip}\n    steps")) == [
        (
            "rules.yaml:4:15: unknown field `contact.tag` in a condition. Declare it in practice.yaml, such as "
            "`contact_fields: {tag: word}`, if contacts have it"
        )
    ]


def test_a_contact_s_field_that_is_nearly_declared_is_suggested(tmp_path: Path) -> None:
    rules = RULES.replace("    steps", "    only_if: {contact.tag: vip}\n    steps")
    [line] = told_of(tmp_path, rules, settings=SETTINGS + "contact_fields: {tags: words}\n")
    assert line.endswith("Did you mean `contact.tags`?")


def number(root: Path, written: str, country: str = "CA") -> list[str]:
    settings = SETTINGS.replace("+15145550100", written).replace("country: CA", f"country: {country}")
    return [line.partition(". ")[2] for line in told_of(root, settings=settings)]


@pytest.mark.parametrize(
    ("written", "country"),
    [
        ("+15145550100", "CA"),
        ("12345", "CA"),
        ("123456", "US"),
        ("36179", "FR"),
        ("Clinic Roy", "CA"),
        ("MG0123456789abcdef0123456789abcdef", "CA"),
    ],
)
def test_what_can_send_is_taken(tmp_path: Path, written: str, country: str) -> None:
    assert number(tmp_path, written, country) == []


@pytest.mark.parametrize(
    "written", ["514", "911", "1234", "1234567", "+1514555010", "+15", "Clinique-Roy", "A name too long"]
)
def test_what_cannot_send_is_refused_with_what_can(tmp_path: Path, written: str) -> None:
    assert number(tmp_path, written) == [
        "Write a number with its country (`+15145550100`), a short code (5 or 6 digits) or a name (at most 11 letters)"
    ]


@pytest.mark.parametrize("written", ["514-555-0100", "(514) 555-0100", "5145550100", "1 514 555 0100"])
def test_a_number_written_otherwise_is_suggested_as_senders_need_it(tmp_path: Path, written: str) -> None:
    assert number(tmp_path, written) == ["Did you mean `+15145550100`?"]


def test_a_zone_of_an_abbreviation_is_a_warning(tmp_path: Path) -> None:
    assert told_of(tmp_path, settings=SETTINGS.replace("America/Toronto", "EST")) == [
        (
            "practice.yaml:3:11: warning: `EST` is an abbreviation, and may know no summer time. "
            "Write the zone of a city, such as `America/Toronto`"
        )
    ]
