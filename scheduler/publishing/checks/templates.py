"""Checks of the templates' language: what they may hold and name, and what a reminder must show. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from jobs.printing import RELATIVE_WORDS
from jobs.template_language import Variables, check_source, literals, uses
from scheduler.publishing.checks.subject import PlacedStep, Subject, error, warning
from scheduler.rulebook.desk import PlacedTemplate
from scheduler.rulebook.positions import Position, Problem
from scheduler.rulebook.schema import Kind, Practice

_DAY_FILTERS = frozenset({"date", "day"})
_START = frozenset({"start", "date"})


@dataclass(frozen=True, slots=True)
class Text:
    """A template in one language, as rules of one kind use it (None: no rule does)."""

    name: str
    language: str
    kind_name: str | None
    template: PlacedTemplate

    def at(self, line: int) -> Position:
        """Return a line of its file."""
        return Position(self.template.file, line)


def texts_of(subject: Subject) -> Iterator[Text]:
    """Yield every template of the desk, once for each kind that uses it."""
    kinds: dict[str, set[str]] = {}
    for place in subject.steps():
        kinds.setdefault(place.step.template, set()).add(place.rule.for_)
    for (name, language), template in sorted(subject.desk.templates.items()):
        for kind_name in sorted(kinds.get(name, ())):
            yield Text(name, language, kind_name, template)
        if name not in kinds:
            yield Text(name, language, None, template)


def check_template_language(subject: Subject) -> Iterator[Problem]:
    """Check that templates hold only what a text may hold, and name only variables that their kinds have."""
    told: set[Problem] = set()
    for text in texts_of(subject):
        for found in check_source(text.template.source, variables_for(subject, text.kind_name)):
            problem = error(text.at(found.line), found.text)
            if problem not in told:
                told.add(problem)
                yield problem
        yield from _phone_problems(subject.settings, text, told)


def check_literal_days(subject: Subject) -> Iterator[Problem]:
    """Check that no template says today or tomorrow in its own words, since a text may go on another day."""
    for (_, language), template in sorted(subject.desk.templates.items()):
        words = RELATIVE_WORDS.get(language.split("_")[0], ())
        pattern = re.compile(rf"\b({'|'.join(map(re.escape, words))})\b", re.IGNORECASE)
        for literal in literals(template.source) if words else ():
            for match in pattern.finditer(literal.text.replace("’", "'")):
                line = literal.line + literal.text[: match.start()].count("\n")
                text = f"`{match[0]}` stands here as it is, and may be false when the text goes"
                yield warning(Position(template.file, line), f"{text}. Write `{{{{ occasion.start | day }}}}`")


def check_shown_dates(subject: Subject) -> Iterator[Problem]:
    """Check that a reminder shows the day it is about, and the time where there is one; else it would be blocked."""
    told: set[Problem] = set()
    for place in subject.steps():
        kind_name, step = place.rule.for_, place.step
        for language in subject.settings.languages:
            template = subject.desk.templates.get((step.template, language))
            if template is None or check_source(template.source, variables_for(subject, kind_name)):
                continue
            names = _START if step.from_ is None else frozenset({step.from_})
            lacking = _lacking(template.source, names, by_day=place.by_day)
            problem = _shown_problem(Position(template.file), place, lacking)
            if lacking and problem not in told:
                told.add(problem)
                yield problem


def _shown_problem(where: Position, place: PlacedStep, lacking: tuple[str, ...]) -> Problem:
    field = place.step.from_ or ("date" if place.by_day else "start")
    advice = " and ".join(f"`{{{{ occasion.{field} | {word} }}}}`" for word in lacking)
    shown = " and ".join("day" if word == "date" else word for word in lacking)
    whose = "its" if place.step.from_ is None else f"its `{field}`'s"
    what = f"a text about {_an(place.rule.for_)} must show {whose} {shown}, else it is blocked"
    return warning(where, f"{what}. Add {advice}")


def variables_for(subject: Subject, kind_name: str | None) -> Variables:
    """Return what a template may read when it is about an occasion of that kind; of any kind where None."""
    own = subject.kinds.get(kind_name or "")
    kinds = list(subject.kinds.values()) if own is None else [own]
    return {
        "contact": frozenset({"first_name", "name", *subject.settings.contact_fields}),
        "occasion": frozenset().union(*(_names_of(kind) for kind in kinds)),
        "practice": frozenset({"name", "phone"}),
    }


def _names_of(kind: Kind) -> frozenset[str]:
    dates = {"date"} if kind.dated == "day" else {"start", "end", "date"}
    return frozenset({*dates, *kind.fields})


def _phone_problems(settings: Practice, text: Text, told: set[Problem]) -> Iterator[Problem]:
    if settings.phone is not None:
        return
    for use in uses(text.template.source):
        if (use.root, use.name) == ("practice", "phone"):
            problem = error(text.at(use.line), "`practice.phone` is printed, and the practice has none. Add `phone`")
            if problem not in told:
                told.add(problem)
                yield problem


def _lacking(source: str, names: frozenset[str], *, by_day: bool) -> tuple[str, ...]:
    """Return which of date and time a text does not show of the variables that say when its occasion is."""
    own = [use for use in uses(source) if use.root == "occasion" and use.name in names]
    shown = {name for use in own for name in use.filters or ("all",)}
    if "all" in shown:
        return ()
    day = () if shown & _DAY_FILTERS else ("date",)
    return day if by_day or "time" in shown else (*day, "time")


def _an(word: str) -> str:
    return f"{'an' if word[:1] in 'aeiou' else 'a'} {word}"
