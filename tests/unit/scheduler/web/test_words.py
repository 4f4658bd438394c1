"""Every sentence of the pages is said in French too, and no translation is left over."""

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import nodes

from jobs.states import State
from scheduler.web.french import FRENCH, FRENCH_MANY
from scheduler.web.showing import PAGES, environment
from scheduler.web.words import Words, _wanted

WEB = PAGES.parent
Said = tuple[str, ...]


def in_templates() -> Iterator[Said]:
    """Yield what each `t(…)` and `many(…)` of a template says."""
    for file in sorted(PAGES.rglob("*.j2")):
        for call in environment.parse(file.read_text(encoding="utf-8")).find_all(nodes.Call):
            name = call.node.name if isinstance(call.node, nodes.Name) else ""
            if name in {"t", "many"}:
                constants = [each.value for each in call.args if isinstance(each, nodes.Const)]
                yield tuple(each for each in constants if isinstance(each, str))


def in_python() -> Iterator[Said]:
    """Yield what each `t(…)`, `many(…)` and `sentence(…)` of a module says."""
    for file in sorted(WEB.rglob("*.py")):
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and _name(call.func) in {"t", "many", "sentence"}:
                yield tuple(
                    each.value for each in call.args if isinstance(each, ast.Constant) and isinstance(each.value, str)
                )


def _name(function: ast.expr) -> str:
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


SAID = [said for said in (*in_templates(), *in_python()) if said]
SINGLE = {said[0] for said in SAID if len(said) == 1}
BY_VALUE = {state.value.replace("_", " ") for state in State}
"""What pages say by its value: `t(job.state)`."""
COUNTED = {said[1] for said in SAID if len(said) == 2}


def test_there_are_sentences_to_look_at() -> None:
    assert {"Sign in", "Your role does not allow this."} <= SINGLE


def test_every_sentence_has_its_french() -> None:
    assert sorted(SINGLE - FRENCH.keys()) == []
    assert sorted(COUNTED - FRENCH_MANY.keys()) == []


def test_no_french_is_left_over() -> None:
    assert sorted(FRENCH.keys() - SINGLE - BY_VALUE) == []
    assert sorted(FRENCH_MANY.keys() - COUNTED) == []


@pytest.mark.parametrize("english", sorted(FRENCH))
def test_a_translation_names_the_same_values(english: str) -> None:
    assert _values(FRENCH[english]) == _values(english)


def test_templates_say_every_word_through_the_catalogue() -> None:
    for file in sorted(PAGES.rglob("*.j2")):
        plain = re.sub(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}|<[^>]*>", " ", _without_tags(file), flags=re.DOTALL)
        assert re.findall(r"[A-Za-zÀ-ÿ]{2,}", plain.replace("Quietbell", "")) == [], file.name


def test_counts_are_said_as_each_language_counts() -> None:
    said = [Words("en").many(count, "{count} job", "{count} jobs") for count in (0, 1, 2)]
    assert said == ["0 jobs", "1 job", "2 jobs"]


def test_values_come_into_a_sentence_and_braces_of_theirs_stay() -> None:
    assert Words("fr").t("{name}, {practice}", name="{maya}", practice="p") == "{maya}, p"


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "en"),
        ("fr", "fr"),
        ("fr-CA,en;q=0.5", "fr"),
        ("de,en;q=0.5,fr;q=0.7", "fr"),
        ("fr;q=0.1,en;q=0.2", "en"),
        ("fr;q=x,en", "en"),
        (",;q=,", "en"),
    ],
)
def test_the_first_language_wanted_that_we_speak_is_spoken(header: str, language: str) -> None:
    assert _wanted(header) == language


def _values(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def _without_tags(file: Path) -> str:
    """Return a template without what stands in its tags: attributes are read by programs."""
    return re.sub(r"<!?[a-z/](?:\{\{.*?\}\}|\{%.*?%\}|[^>{])*>", " ", file.read_text(encoding="utf-8"), flags=re.DOTALL)
