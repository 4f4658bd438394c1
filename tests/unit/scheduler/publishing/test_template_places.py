"""Where in a template a problem stands: the column of the word that is wrong, and sentences without Jinja's words."""

from pathlib import Path

import pytest

from tests.unit.scheduler.desks import VISIT, Folder, read_folder, told

FILE = "templates_sms/visit.en.txt.j2:"
QUOTE = chr(0x201C)


def told_of(root: Path, source: str) -> list[str]:
    """Check the template of the one rule; return its problems from the line number on."""
    folder = Folder(templates={"visit.en.txt.j2": source})
    return [line.removeprefix(FILE) for line in told(read_folder(root, folder), root)]


@pytest.mark.parametrize(
    ("source", "begins"),
    [
        (VISIT + "{{ contact.name }} {{ contact.nme }}", "1:96: unknown variable `contact.nme`."),
        (VISIT + "\n  Hi {{contact.nme}}", "2:8: unknown variable `contact.nme`."),
        (VISIT + "\r\n\r\n{{- contact.nme }}", "3:5: unknown variable `contact.nme`."),
        (VISIT + "\n{{ occasion.start | date }} {{ occasion }}", "2:32: `occasion` alone prints nothing useful."),
        (VISIT + "\nuper {{ contact.name | uper }}", "2:24: unknown filter `uper`."),
        (VISIT + "\n{{ contact.name }}{{ place }}", "2:22: unknown variable `place`."),
        (VISIT + "\n{% for x in y %}{% endfor %}", "2:4: a loop is not allowed"),
        (VISIT + "\n{{ contact.name() }}", "2:16: a call is not allowed"),
        (VISIT + "\n{{ contact['name'] }}", "2:11: square brackets are not allowed"),
        (VISIT + "\n{{ 3 * 4 }}", "2:6: arithmetic is not allowed"),
        (VISIT + "\n{{ 1 }}{{ 99999999999 }}", "2:11: the number is larger"),
        (VISIT + "\n{{ contact.name | default(occasion.foo) }}", "2:27: unknown variable `occasion.foo`."),
        (VISIT + "\n{{ practice.name }} {{ practice.phone }}", "2:24: `practice.phone` is printed"),
        (
            VISIT + "\n{{ occasion.place | date }}",
            "2:4: its text cannot be rendered: date needs a day or a moment, and",
        ),
        (VISIT + "\nbye {contact.name}", "2:5: warning: `{contact.name}` would be printed as it stands."),
    ],
)
def test_a_problem_stands_at_the_word_that_is_wrong(tmp_path: Path, source: str, begins: str) -> None:
    assert [line[: len(begins)] for line in told_of(tmp_path, source)] == [begins]


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("\n{{ " + QUOTE + "x }}", f"2:4: the template cannot be read: `{QUOTE}` is a typographic quote. "),
        ("\n{{ contact.name }", "2:17: the template cannot be read: a brace stands here alone. "),
        ("\nHi {{ contact.name ", "2:4: the template cannot be read: these braces are not closed. "),
        (
            "\nHi {% if occasion.place %}x\ny",
            "2:4: the template cannot be read: this `{% if … %}` has no `{% endif %}`. ",
        ),
        (
            "{% if occasion.mode %}{% if occasion.place %}x{% endif %}",
            "1:74: the template cannot be read: this `{% if … %}` has no `{% endif %}`. ",
        ),
        ("\nHi {# a", "2:4: the template cannot be read: this comment is not closed. "),
        ("\n{{ contact name }}", "2:12: the template cannot be read: `name` does not belong here. "),
        ("\n {% elseif %}", "2:5: the template cannot be read: encountered unknown tag 'elseif'. "),
        ("\nx {% endif %}", "2:6: the template cannot be read: this `{% endif %}` has no `{% if … %}` before it. "),
        ("\nHi {{ }}", "2:4: the template cannot be read: these braces are empty. "),
    ],
)
def test_a_template_that_cannot_be_read_says_where_and_why(tmp_path: Path, source: str, line: str) -> None:
    assert [found[: len(line)] for found in told_of(tmp_path, VISIT + source)] == [line]


def test_every_literal_day_is_told_in_its_own_column(tmp_path: Path) -> None:
    found = told_of(tmp_path, VISIT + "\nToday or\n  today {{ 'tomorrow' }}")
    assert [line.partition(": ")[0] for line in found] == ["2:1", "3:3", "3:13"]
