"""Checks of the template that answers outside the sending window: it exists, is short, and knows the practice only."""

from pathlib import Path

import pytest

from tests.unit.scheduler.desks import SETTINGS, VISIT, Folder, read_folder, told

AUTO = SETTINGS + "auto_reply: closed\n"


def problems(root: Path, source: str | None = "We are closed.", settings: str = AUTO) -> list[str]:
    templates = {"visit.en.txt.j2": VISIT} | ({} if source is None else {"closed.en.txt.j2": source})
    return told(read_folder(root, Folder(settings=settings, templates=templates)), root)


def test_a_template_that_names_the_practice_has_no_problem(tmp_path: Path) -> None:
    assert problems(tmp_path, "{{ practice.name }} is closed.") == []


def test_a_template_that_does_not_exist_is_named_where_it_stands(tmp_path: Path) -> None:
    [problem] = problems(tmp_path, None)
    assert problem == "rules/acme/practice.yaml:7:13: unknown template `closed`. Write templates_sms/closed.en.txt.j2"


def test_a_language_in_which_it_is_missing_is_named(tmp_path: Path) -> None:
    found = problems(tmp_path, settings=AUTO.replace("[en]", "[en, fr]"))
    missing = "the template `closed` is missing in `fr`. Write templates_sms/closed.fr.txt.j2"
    assert f"rules/acme/practice.yaml:7:13: {missing}" in found


@pytest.mark.parametrize("name", ["occasion.start | date", "contact.first_name", "told.start"])
def test_it_knows_of_no_occasion_and_of_no_contact(tmp_path: Path, name: str) -> None:
    [problem] = problems(tmp_path, f"Closed. {{{{ {name} }}}}")
    assert problem.startswith("templates_sms/closed.en.txt.j2:1")


def test_a_variable_that_it_has_not_is_explained(tmp_path: Path) -> None:
    [problem] = problems(tmp_path, "Closed, {{ contact.first_name }}.")
    assert "`auto_reply` answers whoever writes, so it knows of no occasion and no contact" in problem


def test_a_text_over_its_budget_is_refused(tmp_path: Path) -> None:
    [problem] = problems(tmp_path, "We are closed. " * 30)
    assert "this text takes 3 segments" in problem


def test_a_phone_that_the_practice_has_not_is_missed(tmp_path: Path) -> None:
    [problem] = problems(tmp_path, "Call {{ practice.phone }}.")
    assert "the practice has none" in problem


def test_a_commercial_template_is_refused(tmp_path: Path) -> None:
    said = "templates: {closed: {purpose: commercial}}\nconsent: {commercial: express}\n"
    [problem] = problems(tmp_path, settings=AUTO + said)
    assert problem == (
        "rules/acme/practice.yaml:7:13: the template `closed` is commercial, and an automatic answer is `service`. "
        "Name another template"
    )
