"""Builders of rule folders on disk and of desks read from them, with a default for everything."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from scheduler.publishing.checks.listing import Verdict, check_desk
from scheduler.rulebook.desk import Desk
from scheduler.rulebook.reader import read_desk

CHECKOUT = Path(__file__).parents[3]
SETTINGS = """\
practice: acme
name: Acme
timezone: America/Toronto
country: CA
languages: [en]
senders: [{id: main, number: "+15145550100", provider: terminal}]
"""
RULES = """\
rules:
  - id: visit
    for: appointment
    steps:
      - {id: day-before, before: 1 day, at: "10:00", template: visit}
"""
VISIT = "Your visit is {{ occasion.start | date }} at {{ occasion.start | time }}."


@dataclass(frozen=True)
class Folder:
    """A practice's folder to be written: its settings, rule files by name, templates by file name."""

    settings: str | bytes = SETTINGS
    rules: Mapping[str, str | bytes] = field(default_factory=lambda: {"rules.yaml": RULES})
    templates: Mapping[str, str | bytes] = field(default_factory=lambda: {"visit.en.txt.j2": VISIT})


def read_folder(root: Path, folder: Folder) -> Desk:
    """Write a folder under `root` and read it; problems name files as `acme/…` and `templates_sms/…`."""
    rules, templates = root / "rules", root / "templates_sms"
    for name, text in {"practice.yaml": folder.settings, **folder.rules}.items():
        _write(rules / "acme" / name, text)
    for name, text in folder.templates.items():
        _write(templates / name, text)
    return read_desk(rules, templates, "acme")


def told(desk: Desk, root: Path) -> list[str]:
    """Return what the reader and all checks say, one line a problem, paths from the root."""
    return lines(check_desk(desk), root)


def lines(verdict: Verdict, root: Path) -> list[str]:
    """Return a verdict's problems as lines, paths from the root."""
    return [str(problem).replace(f"{root}/", "") for problem in verdict.problems]


def _write(path: Path, text: str | bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode() if isinstance(text, str) else text)
