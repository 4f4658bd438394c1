"""Checks of templates: their language, what they show, how long they get; and hostile ones."""

from pathlib import Path

import pytest

from scheduler.publishing.checks.listing import check_desk
from scheduler.rulebook.folder import practices_in
from scheduler.rulebook.reader import read_desk
from tests.unit.scheduler.desks import CHECKOUT, RULES, SETTINGS, Folder, read_folder, told

EN = "templates_sms/visit.en.txt.j2:"
SHOWN = "{{ occasion.start | date }} {{ occasion.start | time }}"


def told_of(root: Path, source: str, *, settings: str = "", language: str = "en") -> list[str]:
    folder = Folder(
        settings=SETTINGS.replace("[en]", f"[{language}]") + settings,
        templates={f"visit.{language}.txt.j2": source},
    )
    return told(read_folder(root, folder), root)


def test_a_template_that_shows_day_and_time_has_no_problem(tmp_path: Path) -> None:
    assert told_of(tmp_path, SHOWN) == []


@pytest.mark.parametrize(
    "source",
    [
        "{{ ''.__class__ }}",
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{% for i in range(10**9) %}{% endfor %}",
        "{{ 'a' * 10**9 }}",
        "{{ range(10**9) | list }}",
        "{{ contact.__init__.__globals__ }}",
        "{{ " + "[" * 2000 + "]" * 2000 + " }}",
        "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
        "{% include '/etc/passwd' %}",
        "{{ occasion.place | replace('', 'x' * 1000) }}",
    ],
)
def test_a_hostile_template_is_refused_and_nothing_can_be_published(tmp_path: Path, source: str) -> None:
    verdict = check_desk(read_folder(tmp_path, Folder(templates={"visit.en.txt.j2": SHOWN + source})))
    assert not verdict.may_publish
    assert {problem.position.file.rsplit("/", 1)[-1] for problem in verdict.errors} == {"visit.en.txt.j2"}


def test_a_problem_names_the_template_s_file_and_line(tmp_path: Path) -> None:
    assert told_of(tmp_path, f"{SHOWN}\n{{{{ contact.frist_name }}}}") == [
        f"{EN}2:4: unknown variable `contact.frist_name`. Did you mean `contact.first_name`?",
    ]


def test_variables_are_those_of_the_kind_that_the_rule_is_for(tmp_path: Path) -> None:
    assert told_of(tmp_path, SHOWN + "{{ occasion.balance | money }}") == [
        f"{EN}1:59: unknown variable `occasion.balance`. Did you mean `occasion.place`?",
    ]


def test_a_kind_dated_by_day_has_no_start(tmp_path: Path) -> None:
    rules = RULES.replace("for: appointment", "for: payment")
    desk = read_folder(tmp_path, Folder(rules={"r.yaml": rules}, templates={"visit.en.txt.j2": SHOWN}))
    assert told(desk, tmp_path) == [
        f"{EN}1:4: unknown variable `occasion.start`. There are `occasion.amount`, `occasion.balance`, `occasion.date`",
    ]


def test_own_fields_of_contacts_can_be_printed(tmp_path: Path) -> None:
    settings = "contact_fields: {court: text}\n"
    assert told_of(tmp_path, SHOWN + "{{ contact.court }}", settings=settings) == []


def test_the_practice_s_phone_is_printed_only_if_it_has_one(tmp_path: Path) -> None:
    assert told_of(tmp_path, SHOWN + " {{ practice.phone }}") == [
        f"{EN}1:60: `practice.phone` is printed, and the practice has none. Add `phone`",
    ]
    assert told_of(tmp_path, SHOWN + " {{ practice.phone }}", settings='phone: "555"\n') == []


@pytest.mark.parametrize(
    ("language", "word", "found", "column"),
    [
        ("en", "See you tomorrow. ", "tomorrow", 9),
        ("en", "Today! ", "Today", 1),
        ("en", "{{ 'tomorrow' }} ", "tomorrow", 5),
        ("fr", "A demain. ", "demain", 3),
        ("fr", "Aujourd’hui. ", "Aujourd'hui", 1),
    ],
)
def test_a_literal_today_or_tomorrow_is_a_warning(
    tmp_path: Path, language: str, word: str, found: str, column: int
) -> None:
    assert told_of(tmp_path, word + SHOWN, language=language) == [
        (
            f"templates_sms/visit.{language}.txt.j2:1:{column}: warning: `{found}` stands here as it is, "
            "and may be false when the text goes. Write `{{ occasion.start | day }}`"
        ),
    ]


def test_a_literal_day_is_told_in_its_line(tmp_path: Path) -> None:
    assert told_of(tmp_path, f"{SHOWN}\n\nUntil tomorrow.")[0].startswith(f"{EN}3:7: warning: `tomorrow`")


def test_a_word_that_only_holds_today_is_none(tmp_path: Path) -> None:
    assert told_of(tmp_path, SHOWN + " todays") == []


@pytest.mark.parametrize(
    ("source", "lacking"),
    [
        (
            "Your visit.",
            "day and time, else it is blocked. Add `{{ occasion.start | date }}` and `{{ occasion.start | time }}`",
        ),
        ("{{ occasion.start | date }}", "time, else it is blocked. Add `{{ occasion.start | time }}`"),
        (
            "{{ occasion.start | weekday }} {{ occasion.start | time }}",
            "day, else it is blocked. Add `{{ occasion.start | date }}`",
        ),
        (
            "{{ occasion.end | date }} {{ occasion.end | time }}",
            "day and time, else it is blocked. Add `{{ occasion.start | date }}` and `{{ occasion.start | time }}`",
        ),
    ],
)
def test_a_reminder_that_shows_no_day_or_time_is_a_warning(tmp_path: Path, source: str, lacking: str) -> None:
    assert told_of(tmp_path, source) == [f"{EN}1:1: warning: a text about an appointment must show its {lacking}"]


def test_a_text_counted_from_another_date_must_show_that_one(tmp_path: Path) -> None:
    settings = SETTINGS + "kinds: {appointment: {fields: {expires: day}}}\n"
    rules = RULES.replace("before: 1 day", "before: 1 month, from: expires")
    desk = read_folder(tmp_path, Folder(settings=settings, rules={"r.yaml": rules}))
    assert told(desk, tmp_path) == [
        (
            f"{EN}1:1: warning: a text about an appointment must show its `expires`'s day, else it is blocked. "
            "Add `{{ occasion.expires | date }}`"
        ),
    ]


@pytest.mark.parametrize(
    "source",
    [
        "{{ occasion.start | day }} {{ occasion.start | time }}",
        "{{ occasion.start }}",
        "{{ occasion.date | date }} {{ occasion.date | time }}",
    ],
)
def test_every_way_to_show_day_and_time_counts(tmp_path: Path, source: str) -> None:
    assert told_of(tmp_path, source) == []


def test_a_text_over_its_budget_with_the_longest_values_is_refused(tmp_path: Path) -> None:
    assert told_of(tmp_path, SHOWN + "x" * 160, settings="templates: {visit: {max_segments: 1}}\n") == [
        (
            f"{EN}1:1: with the longest values this text takes 2 segments (GSM-7), its budget is 1. "
            "Shorten it, or raise `max_segments` of `visit`"
        ),
    ]


def test_what_the_practice_starts_its_texts_with_counts(tmp_path: Path) -> None:
    settings = "templates: {visit: {max_segments: 1}}\n"
    source = SHOWN + "x" * 100
    assert told_of(tmp_path, source, settings=settings) == []
    assert len(told_of(tmp_path, source, settings=settings + f"starts_with: '{'y' * 40}'\n")) == 1


def test_a_character_outside_gsm_counts_as_carriers_bill_it(tmp_path: Path) -> None:
    found = told_of(tmp_path, SHOWN + "ŵ" + "x" * 60, settings="templates: {visit: {max_segments: 1}}\n")
    assert "2 segments (UCS-2)" in found[0]


def test_a_branch_that_few_occasions_take_counts(tmp_path: Path) -> None:
    source = SHOWN + "{% if occasion.mode == 'remote' %}" + "x" * 160 + "{% endif %}"
    assert len(told_of(tmp_path, source, settings="templates: {visit: {max_segments: 1}}\n")) == 1


def test_a_branch_for_a_missing_field_counts(tmp_path: Path) -> None:
    source = SHOWN + "{% if not occasion.place %}" + "x" * 160 + "{% endif %}"
    assert len(told_of(tmp_path, source, settings="templates: {visit: {max_segments: 1}}\n")) == 1


def test_a_filter_that_its_value_cannot_take_is_refused(tmp_path: Path) -> None:
    found = told_of(tmp_path, SHOWN + "{{ occasion.place | date }}")
    assert len(found) == 1
    assert found[0].startswith(f"{EN}1:59: its text cannot be rendered: date needs a day or a moment")


PRACTICES = practices_in(CHECKOUT / "rules")


def test_practices_to_start_from_are_shipped() -> None:
    assert set(PRACTICES) >= {"northlight", "harbourdental", "riverside", "pacificgate"}


@pytest.mark.parametrize("practice", PRACTICES)
def test_a_shipped_practice_passes_without_a_warning(practice: str) -> None:
    desk = read_desk(CHECKOUT / "rules", CHECKOUT / "templates_sms", practice)
    assert [str(problem) for problem in check_desk(desk).problems] == []
    assert desk.rulebook() is not None


@pytest.mark.parametrize("practice", PRACTICES)
def test_a_shipped_practice_names_no_old_text_that_no_rule_uses(practice: str) -> None:
    desk = read_desk(CHECKOUT / "rules", CHECKOUT / "templates_sms", practice)
    own = {path.name.split(".")[0] for path in (CHECKOUT / "templates_sms" / practice).glob("*.j2")}
    assert own <= {name for name, _ in desk.templates}
