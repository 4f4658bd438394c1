"""From a practice's folder to its desk: every file read, every problem told with file, line and column.

Reads files through `folder`; judges each part by the schema. What needs more than one key is in `publishing/checks`.
"""

from dataclasses import dataclass, field, replace
from pathlib import Path

from scheduler.rulebook.data import read_yaml
from scheduler.rulebook.desk import Desk, PlacedRule, PlacedTemplate, templates_used
from scheduler.rulebook.folder import (
    Sheet,
    TemplateFiles,
    practices_in,
    read_sheets,
    read_template,
    shown_path,
    template_files,
)
from scheduler.rulebook.positions import MappingNode, Node, Position, Problem, ScalarNode, SequenceNode
from scheduler.rulebook.salvaging import rest_of_practice, rest_of_rule
from scheduler.rulebook.schema import Practice, Rule
from scheduler.rulebook.spelling import nearest, suggestion
from scheduler.rulebook.unsupported import refuse_unsupported
from scheduler.rulebook.validation import MOST_PROBLEMS, validate
from scheduler.rulebook.yaml_guard import UnreadableError, read_text

MOST_VALUES = 50_000
"""Values that all rule files of a practice may hold together, aliases written out."""
LARGEST_TEMPLATE = 16_000


def read_desk(rules: Path, templates: Path, practice: str) -> Desk:
    """Read one practice: the folder `rules/<practice>/` and the templates it uses. Problems are values."""
    if practice not in practices_in(rules):
        text = f"there is no practice.yaml in this folder. {suggestion(practice, practices_in(rules))}"
        missing = Problem(Position(shown_path(rules / practice)), text)
        return Desk(practice, None, _nothing("practice.yaml"), rules_complete=False, problems=(missing,))
    found = read_sheets(rules, practice)
    reading = _Reading(problems=list(found.problems))
    for sheet in found.sheets:
        reading.read(sheet)
    desk = Desk(
        name=practice,
        settings=reading.settings,
        settings_node=reading.settings_node or _nothing(shown_path(rules / practice / "practice.yaml")),
        broken=reading.broken,
        rules=tuple(reading.rules),
        rules_complete=reading.complete,
        files=reading.files,
    )
    return _with_templates(desk, reading, templates)


@dataclass
class _Reading:
    """What has been read so far of one folder."""

    problems: list[Problem]
    settings: Practice | None = None
    settings_node: Node | None = None
    broken: frozenset[str] = frozenset()
    rules: list[PlacedRule] = field(default_factory=list)
    complete: bool = True
    values: int = 0
    files: dict[str, str] = field(default_factory=dict)

    def read(self, sheet: Sheet) -> None:
        """Read one file into what it is: the settings or rules."""
        if self.values > MOST_VALUES:
            self._refuse(Position(sheet.shown), f"the rule files hold more than {MOST_VALUES:,} values. Remove some")
            return
        found = read_yaml(sheet.content, sheet.shown)
        self.values += found.size
        self.problems.extend(found.problems)
        if found.node is None:
            if not found.problems:
                self._refuse(Position(sheet.shown), "the file is empty. Write into it, or remove it")
            self.complete = False
            return
        self.files[sheet.path] = sheet.content.decode("utf-8-sig")
        if sheet.path.endswith("/practice.yaml"):
            self._read_settings(found.node)
        else:
            self._read_rules(found.node)

    def _read_settings(self, node: Node) -> None:
        self.settings_node = node
        found = validate(Practice, node, what="the practice file")
        self.problems.extend(found.problems)
        self.settings, self.broken = found.model, found.broken
        if found.model is None and isinstance(node, MappingNode):
            rest = rest_of_practice(node, found.broken, found.places)
            self.settings = validate(Practice, rest, what="").model

    def _read_rules(self, node: Node) -> None:
        listed = node.entries.get("rules") if isinstance(node, MappingNode) else None
        if not isinstance(node, MappingNode) or listed is None:
            keys = tuple(node.entries) if isinstance(node, MappingNode) else ()
            near = nearest("rules", keys)
            advice = f"Write it instead of `{near[:60]}:`" if near else "Add it"
            self._refuse(node.position, f"a rule file starts with `rules:`, then one rule after another. {advice}")
            return
        for key, (where, _) in node.entries.items():
            if key != "rules":
                own = key in {field.alias or name for name, field in Practice.model_fields.items()}
                advice = "It belongs into practice.yaml" if own else "Only `rules` stands at its top"
                self._refuse(where, f"unknown key `{key[:60]}` in a rule file. {advice}")
        if not isinstance(listed[1], SequenceNode):
            is_empty = isinstance(listed[1], ScalarNode) and listed[1].value is None
            what = "there is nothing under `rules`" if is_empty else "`rules` is not a list"
            self._refuse(listed[1].position, f"{what}. Write each rule after a hyphen")
            return
        for item in listed[1].items:
            self._read_rule(item)

    def _read_rule(self, node: Node) -> None:
        if len(self.problems) > MOST_PROBLEMS:
            self.complete = False
            return
        cleaned, refused = refuse_unsupported(node)
        self.problems.extend(refused)
        found = validate(Rule, cleaned, what="a rule")
        self.problems.extend(found.problems)
        if found.model is not None:
            self.rules.append(PlacedRule(found.model, node))
            return
        self.complete = False
        rest = rest_of_rule(cleaned, found.places)
        left = None if rest is None else validate(Rule, rest.node, what="").model
        if rest is not None and left is not None:
            self.rules.append(PlacedRule(left, rest.node, rest.unread))

    def _refuse(self, where: Position, text: str) -> None:
        self.problems.append(Problem(where, text))
        self.complete = False


def _nothing(file: str) -> Node:
    return ScalarNode(Position(file), None, "", plain=True)


def _with_templates(desk: Desk, reading: _Reading, templates: Path) -> Desk:
    """Return the desk with the templates that its rules use; which are missing is for the checks to say."""
    known, problems = template_files(templates, desk.name)
    names: dict[str, set[str]] = {}
    for name, language in known:
        names.setdefault(name, set()).add(language)
    sources, files, unread = _read_templates(desk, known, templates)
    found = sorted({*reading.problems, *problems, *unread}, key=lambda problem: (problem.position, problem.text))
    return replace(
        desk,
        templates=sources,
        template_names={name: frozenset(languages) for name, languages in names.items()},
        files={**desk.files, **files},
        problems=tuple(found),
    )


Sources = dict[tuple[str, str], PlacedTemplate]


def _read_templates(desk: Desk, known: TemplateFiles, templates: Path) -> tuple[Sources, dict[str, str], list[Problem]]:
    sources: Sources = {}
    files: dict[str, str] = {}
    problems: list[Problem] = []
    if desk.settings is None:
        return sources, files, problems
    for name in templates_used(desk.settings, tuple(placed.rule for placed in desk.rules)):
        for language in desk.settings.languages:
            path = known.get((name, language))
            sheet = read_template(path, templates) if path else None
            text = _text_of(sheet) if isinstance(sheet, Sheet) else sheet
            if isinstance(text, Problem):
                problems.append(text)
            elif text is not None and isinstance(sheet, Sheet):
                sources[name, language] = PlacedTemplate(sheet.shown, text)
                files[sheet.path] = text
    return sources, files, problems


def _text_of(sheet: Sheet) -> str | Problem:
    try:
        return read_text(sheet.content, sheet.shown, largest=LARGEST_TEMPLATE)
    except UnreadableError as error:
        return error.problem
