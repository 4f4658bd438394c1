"""The rule files' JSON Schema: valid, and of one mind with the reader about the shipped files."""

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from scheduler.rulebook.data import read_yaml
from scheduler.rulebook.json_schema import rule_files_schema
from scheduler.rulebook.positions import plain_data
from scheduler.rulebook.schema import Practice
from tests.unit.scheduler.desks import CHECKOUT

SHIPPED = sorted((CHECKOUT / "rules").glob("*/*.yaml"))


def is_valid(data: object) -> bool:
    return Draft202012Validator(rule_files_schema()).is_valid(json.loads(json.dumps(data, default=float)))


def test_it_is_a_valid_schema_of_draft_2020_12() -> None:
    schema = rule_files_schema()
    Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_there_are_shipped_files_to_hold_against_it() -> None:
    assert len(SHIPPED) >= 3


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_a_shipped_file_fits(path: Path) -> None:
    node = read_yaml(path.read_bytes(), path.name).node
    assert node is not None
    assert is_valid(plain_data(node))


STEP = {"id": "s", "before": "1 day", "template": "t"}
RULE = {"id": "a", "for": "appointment", "steps": [STEP]}


@pytest.mark.parametrize(
    "step",
    [
        {**STEP, "befor": "1 day"},
        {**STEP, "before": "1 dayz"},
        {**STEP, "at": "25:00"},
        {**STEP, "on": "craeted"},
        {**STEP, "on": {"statuz": "paid"}},
        {**STEP, "was": "T t"},
        {**STEP, "if_undelivered": "twice"},
        {**STEP, "via": "parent"},
        {"before": "1 day"},
    ],
)
def test_a_step_that_the_reader_refuses_does_not_fit(step: dict[str, object]) -> None:
    assert is_valid({"rules": [RULE]})
    assert not is_valid({"rules": [{**RULE, "steps": [step]}]})


@pytest.mark.parametrize(
    "step",
    [
        {"id": "s", "on": "created", "wait": "10 minutes", "template": "t"},
        {"id": "s", "on": {"status": "paid"}, "template": "t"},
        {**STEP, "was": "t", "if_undelivered": "again"},
    ],
)
def test_a_step_of_the_whole_language_fits(step: dict[str, object]) -> None:
    assert is_valid({"rules": [{**RULE, "steps": [step]}]})


@pytest.mark.parametrize(
    "given",
    [
        {"to": ["contact", "interpreter"], "purpose": "commercial", "was": "b"},
        {"moved": "t", "cancelled": "t", "changed": {"of": ["place"], "template": "t"}},
        {"replies": {"confirm": {"words": ["C", 1, True], "say": "t"}}},
    ],
)
def test_a_rule_of_the_whole_language_fits(given: dict[str, object]) -> None:
    assert is_valid({"rules": [{**RULE, **given}]})


@pytest.mark.parametrize(
    "given",
    [
        {"to": []},
        {"purpose": "comercial"},
        {"changed": {"of": ["place"]}},
        {"replies": {"confirm": {"words": []}}},
        {"replies": {"confirmed": {"words": ["C"]}}},
    ],
)
def test_a_rule_that_the_reader_refuses_does_not_fit(given: dict[str, object]) -> None:
    assert not is_valid({"rules": [{**RULE, **given}]})


def test_every_setting_of_a_practice_is_in_it_and_explained() -> None:
    settings = rule_files_schema()["$defs"]["Practice"]["properties"]
    assert set(settings) == set(Practice.model_fields)
    assert [key for key, said in settings.items() if not said.get("description")] == []


def test_every_key_of_a_rule_and_a_step_is_explained() -> None:
    definitions = rule_files_schema()["$defs"]
    for name in ("Rule", "Step", "Reply", "Replies", "Changed", "Calendar"):
        for key, said in definitions[name]["properties"].items():
            assert said.get("description"), f"{name}.{key}"
