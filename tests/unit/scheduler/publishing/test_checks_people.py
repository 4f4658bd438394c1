"""Checks of roles and purposes: who is texted, and with which consent."""

from pathlib import Path

import pytest

from tests.unit.scheduler.desks import SETTINGS, VISIT, Folder, read_folder, told

CONSENT = SETTINGS + "consent: {commercial: express}\n"
OFFER = "templates: {visit: {purpose: commercial}}\n"
UNSAID = (
    "`purpose: commercial` needs the consent that the practice says, and it says none. "
    "Add `consent: {commercial: express}` to practice.yaml"
)


def told_of(root: Path, *more: str, settings: str = SETTINGS) -> list[str]:
    """Check rules that differ in what is given; each is for its own type of appointment."""
    rules = [
        f"  - {{id: r{index}, for: appointment, only_if: {{type: t{index}}}, {given}, "
        "steps: [{id: s, before: 1 day, template: visit}]}\n"
        for index, given in enumerate(more)
    ]
    templates = {"visit.en.txt.j2": VISIT, "other.en.txt.j2": VISIT}
    folder = Folder(settings=settings, rules={"r.yaml": "rules:\n" + "".join(rules)}, templates=templates)
    return [line.removeprefix("rules/acme/") for line in told(read_folder(root, folder), root)]


@pytest.mark.parametrize("roles", ["contact", "contact, interpreter", "payer", "juror, clerk", "payee"])
def test_roles_are_the_case_system_s_own_words(tmp_path: Path, roles: str) -> None:
    assert told_of(tmp_path, f"to: [{roles}]") == []


def test_a_role_is_named_once(tmp_path: Path) -> None:
    assert told_of(tmp_path, "to: [contact, contact]") == [
        "r.yaml:2:67: the role `contact` is named twice. Remove one of them",
    ]


@pytest.mark.parametrize("role", ["status", "start", "place"])
def test_a_role_is_not_what_an_occasion_has_besides(tmp_path: Path, role: str) -> None:
    assert told_of(tmp_path, f"to: [{role}]") == [
        (
            f"r.yaml:2:58: `{role}` cannot be a role: it is something else that every appointment has. "
            "Name the role otherwise"
        ),
    ]


def test_a_role_that_looks_like_a_slip_is_a_warning(tmp_path: Path) -> None:
    assert told_of(tmp_path, "to: [interpeter]") == [
        (
            "r.yaml:2:58: warning: the role `interpeter` looks like `interpreter`, "
            "and a role that no occasion fills texts nobody. Write `interpreter` if that is meant"
        ),
    ]


def test_a_role_is_held_against_those_that_more_rules_name(tmp_path: Path) -> None:
    found = told_of(tmp_path, "to: [landlord]", "to: [landlord]", "to: [landlrd]")
    assert [line.partition(": ")[2] for line in found] == [
        (
            "warning: the role `landlrd` looks like `landlord`, and a role that no occasion fills texts nobody. "
            "Write `landlord` if that is meant"
        ),
    ]


def test_a_commercial_rule_needs_the_consent_that_the_practice_says(tmp_path: Path) -> None:
    assert told_of(tmp_path, "purpose: commercial") == [
        "r.yaml:2:62: " + UNSAID,
    ]
    assert told_of(tmp_path, "purpose: commercial", settings=SETTINGS + "consent: {service: assumed}\n") != []
    assert told_of(tmp_path, "purpose: commercial", settings=CONSENT) == []


def test_a_commercial_template_needs_it_too(tmp_path: Path) -> None:
    settings = SETTINGS + "templates: {other: {purpose: commercial}}\n"
    assert told_of(tmp_path, "to: [contact]", settings=settings) == [
        "practice.yaml:7:30: " + UNSAID,
    ]


def test_a_commercial_template_does_not_go_as_service(tmp_path: Path) -> None:
    assert told_of(tmp_path, "purpose: service", settings=CONSENT + OFFER) == [
        (
            "r.yaml:2:112: the template `visit` is commercial, and its rule is `service`. "
            "Add `purpose: commercial` to the rule, or name another template"
        ),
    ]
    assert told_of(tmp_path, "purpose: commercial", settings=CONSENT + OFFER) == []


@pytest.mark.parametrize(
    ("given", "what"),
    [("cancelled: visit", "a correction"), ("replies: {confirm: {words: [C], say: visit}}", "an acknowledgement")],
)
def test_a_correction_or_an_acknowledgement_is_never_commercial(tmp_path: Path, given: str, what: str) -> None:
    found = told_of(tmp_path, f"purpose: commercial, {given}", settings=CONSENT + OFFER)
    assert [line.partition(": ")[2] for line in found] == [
        f"the template `visit` is commercial, and {what} is `service`. Name another template",
    ]
