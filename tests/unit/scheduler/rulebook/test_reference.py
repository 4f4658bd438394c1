"""The rule reference: every example in it is read and checked with the shipped texts; it names every key there is."""

import re
from pathlib import Path

import pytest

from scheduler.publishing.checks.listing import check_desk
from scheduler.rulebook.reader import read_desk
from scheduler.rulebook.schema import Part, Practice, Reply, Rule, Sender, Spending, Step, TemplateSettings
from tests.unit.scheduler.desks import CHECKOUT

REFERENCE = (CHECKOUT / "docs" / "rules.md").read_text(encoding="utf-8")
BLOCKS = tuple(match[1] for match in re.finditer(r"```yaml\n(.*?)```", REFERENCE, re.DOTALL))
SETTINGS = next(block for block in BLOCKS if block.startswith("practice: "))
RULES = tuple(block for block in BLOCKS if block.startswith("rules:"))


def problems(root: Path, files: dict[str, str]) -> list[str]:
    """Check files of the practice `sample` beside the shipped templates."""
    folder = root / "rules" / "sample"
    folder.mkdir(parents=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    desk = read_desk(root / "rules", CHECKOUT / "templates_sms", "sample")
    return [str(problem) for problem in check_desk(desk).problems]


def test_every_example_is_settings_or_rules() -> None:
    assert set(BLOCKS) == {SETTINGS, *RULES}
    assert len(RULES) >= 7


@pytest.mark.parametrize("block", RULES, ids=lambda block: block.partition("- id: ")[2].partition("\n")[0])
def test_an_example_has_no_problem(tmp_path: Path, block: str) -> None:
    assert problems(tmp_path, {"practice.yaml": SETTINGS, "rules.yaml": block}) == []


@pytest.mark.parametrize("model", [Practice, Rule, Step, Reply, Sender, Spending, TemplateSettings])
def test_every_key_is_in_the_reference(model: type[Part]) -> None:
    keys = {field.alias or name for name, field in model.model_fields.items()}
    assert {key for key in keys if not re.search(rf"`{key}[`:]|\b{key}: ", REFERENCE)} == set()
