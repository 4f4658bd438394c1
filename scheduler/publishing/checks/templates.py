"""Checks of the templates' language: what they may hold and name, and what a reminder must show. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from jobs.printing import RELATIVE_WORDS
from jobs.template_language import Variables, check_source, uses
from scheduler.publishing.checks.subject import PlacedStep, Subject, TemplateUse, Usage, error, warning
from scheduler.publishing.checks.template_places import place_of, words_matching
from scheduler.publishing.checks.template_reading import in_plain_words
from scheduler.rulebook.desk import PlacedTemplate
from scheduler.rulebook.positions import Position, Problem
from scheduler.rulebook.schema import Kind, Practice

_DAY_FILTERS = frozenset({"date", "day"})
_START = frozenset({"start", "date"})
_ROOTS = r"(?:contact|occasion|practice|told)\.[a-z_]+"
_ODD_BRACES = re.compile(rf"\{{ ?{_ROOTS} ?\}}|\[\[? ?{_ROOTS} ?\]\]?|<{_ROOTS}>|%{_ROOTS}%")
_PRESENT = frozenset({"occasion"})


@dataclass(frozen=True, slots=True)
class Text:
    """A template in one language, as rules of one kind use it (None: no rule does, staff send it, or `auto_reply`)."""

    name: str
    language: str
    kind_name: str | None
    usage: Usage | None
    template: PlacedTemplate

    def place(self, said: str, line: int | None = None) -> Position:
        """Return where what a sentence about it names stands, on that line where one is given."""
        return place_of(self.template, said, line)


def texts_of(subject: Subject) -> Iterator[Text]:
    """Yield every template of the desk, once for each kind that uses it and for each use, and once if staff send it."""
    found: dict[str, dict[tuple[str | None, Usage], None]] = {}
    if subject.settings.auto_reply is not None:
        found[subject.settings.auto_reply] = {(None, Usage.AUTO_REPLY): None}
    for use in subject.template_uses():
        found.setdefault(use.name, {})[use.placed.rule.for_, use.usage] = None
    for (name, language), template in sorted(subject.desk.templates.items()):
        for kind_name, usage in found.get(name, ()):
            yield Text(name, language, kind_name, usage, template)
        said = subject.settings.templates.get(name)
        if not subject.kinds_complete:  # nobody can tell what a text that any kind may have can read
            continue
        if name not in found or (said is not None and said.for_staff):
            yield Text(name, language, None, None, template)


def check_template_language(subject: Subject) -> Iterator[Problem]:
    """Check that templates hold only what a text may hold, and name only variables that their kinds have."""
    told: set[Problem] = set()
    for text in texts_of(subject):
        for found in check_source(text.template.source, variables_for(subject, text.kind_name, text.usage)):
            said = in_plain_words(found.text) + _why_unknown(text, found.text)
            problem = error(text.place(found.text, found.line), said)
            if problem not in told:
                told.add(problem)
                yield problem
        yield from _phone_problems(subject.settings, text, told)


def _why_unknown(text: Text, said: str) -> str:
    """Return why an automatic answer knows less than other texts."""
    if text.usage is not Usage.AUTO_REPLY or not said.startswith("unknown variable"):
        return ""
    return ". `auto_reply` answers whoever writes, so it knows of no occasion and no contact"


def check_literal_days(subject: Subject) -> Iterator[Problem]:
    """Check that no template says today or tomorrow in its own words, since a text may go on another day."""
    for (_, language), template in sorted(subject.desk.templates.items()):
        words = RELATIVE_WORDS.get(language.split("_")[0], ())
        pattern = re.compile(rf"\b({'|'.join(map(re.escape, words))})\b", re.IGNORECASE)
        for word, line, column in words_matching(template.source, pattern) if words else ():
            text = f"`{word}` stands here as it is, and may be false when the text goes"
            yield warning(Position(template.file, line, column), f"{text}. Write `{{{{ occasion.start | day }}}}`")


def check_braces(subject: Subject) -> Iterator[Problem]:
    """Check that no template prints a name that stands in braces of another kind as it is."""
    for _, template in sorted(subject.desk.templates.items()):
        for word, line, column in words_matching(template.source, _ODD_BRACES):
            name = next(iter(re.findall(r"[a-z]+\.[a-z_]+", word)))
            text = f"`{word}` would be printed as it stands. Write `{{{{ {name} }}}}`"
            yield warning(Position(template.file, line, column), text)


def check_shown_dates(subject: Subject) -> Iterator[Problem]:
    """Check that a text shows the day it is about, and the time where there is one; else it would be blocked."""
    told: set[Problem] = set()
    shown = (_Shown.of_step(place) for place in subject.steps())
    for each in (*shown, *(_Shown.of_correction(use, subject) for use in subject.template_uses())):
        if each is None:
            continue
        for language in subject.settings.languages:
            problem = _unshown(subject, each, language)
            if problem is not None and problem not in told:
                told.add(problem)
                yield problem


@dataclass(frozen=True, slots=True)
class _Shown:
    """What one template must show: the day, and the time unless `by_day`, of one of `names` of one of `roots`."""

    template: str
    kind_name: str
    usage: Usage
    roots: frozenset[str]
    names: frozenset[str]
    by_day: bool
    field: str
    what: str

    @classmethod
    def of_step(cls, place: PlacedStep) -> "_Shown | None":
        """Return what a reminder must show: what it counts from. A text at a change may leave it out."""
        step, kind_name = place.step, place.rule.for_
        if step.on is not None or not place.is_dated:
            return None
        field = step.from_ or ("date" if place.by_day else "start")
        whose = "its" if step.from_ is None else f"its `{field}`'s"
        return cls(
            template=step.template,
            kind_name=kind_name,
            usage=Usage.REMINDER,
            roots=_PRESENT,
            names=_START if step.from_ is None else frozenset({step.from_}),
            by_day=place.by_day,
            field=f"occasion.{field}",
            what=f"a text about {_an(kind_name)} must show {whose} {{}}, else it is blocked",
        )

    @classmethod
    def of_correction(cls, use: TemplateUse, subject: Subject) -> "_Shown | None":
        """Return what a correction must show: the new day of a move, the old or present one of anything else."""
        kind_name = use.placed.rule.for_
        if use.usage is not Usage.CORRECTION:
            return None
        by_day, moved = subject.kinds[kind_name].dated == "day", use.path == ("moved",)
        root = "told" if use.path == ("cancelled",) else "occasion"
        must = f"a text that tells of a moved {kind_name} must show its {{}}, else it is blocked"
        should = f"a text that tells of a {use.path[0]} {kind_name} should show its {{}}, else nobody knows which it is"
        return cls(
            template=use.name,
            kind_name=kind_name,
            usage=use.usage,
            roots=_PRESENT if moved else _PRESENT | {"told"},
            names=_START,
            by_day=by_day,
            field=f"{root}.{'date' if by_day else 'start'}",
            what=must if moved else should,
        )


def _unshown(subject: Subject, wanted: _Shown, language: str) -> Problem | None:
    template = subject.desk.templates.get((wanted.template, language))
    if template is None or check_source(
        template.source, variables_for(subject, wanted.kind_name, wanted.usage)
    ):  # told elsewhere
        return None
    lacking = _lacking(template.source, wanted)
    if not lacking:
        return None
    advice = " and ".join(f"`{{{{ {wanted.field} | {word} }}}}`" for word in lacking)
    shown = " and ".join("day" if word == "date" else word for word in lacking)
    return warning(Position(template.file), f"{wanted.what.format(shown)}. Add {advice}")


def variables_for(subject: Subject, kind_name: str | None, usage: Usage | None) -> Variables:
    """Return what a template may read when it is about an occasion of that kind; of any kind where None.

    Corrections may read what was `told` too: the start, and fields of the kind. An automatic answer may go to a number
    of nobody, about nothing.
    """
    practice = frozenset({"name", "phone"})
    if usage is Usage.AUTO_REPLY:
        return {"practice": practice}
    own = subject.kinds.get(kind_name or "")
    kinds = list(subject.kinds.values()) if own is None else [own]
    scope = {
        "contact": frozenset({"first_name", "name", *subject.settings.contact_fields}),
        "occasion": frozenset().union(*(_names_of(kind) for kind in kinds)),
        "practice": practice,
    }
    if usage is Usage.CORRECTION:
        scope["told"] = scope["occasion"] - {"end"}
    return scope


def _names_of(kind: Kind) -> frozenset[str]:
    dates = {"date"} if kind.dated == "day" else {"start", "end", "date"}
    return frozenset({*dates, *kind.fields})


def _phone_problems(settings: Practice, text: Text, told: set[Problem]) -> Iterator[Problem]:
    if settings.phone is not None:
        return
    for use in uses(text.template.source):
        if (use.root, use.name) == ("practice", "phone"):
            said = "`practice.phone` is printed, and the practice has none. Add `phone`"
            problem = error(text.place(said, use.line), said)
            if problem not in told:
                told.add(problem)
                yield problem


def _lacking(source: str, wanted: _Shown) -> tuple[str, ...]:
    """Return which of date and time a text does not show of the variables that say when its occasion is."""
    own = [use for use in uses(source) if use.root in wanted.roots and use.name in wanted.names]
    shown = {name for use in own for name in use.filters or ("all",)}
    if "all" in shown:
        return ()
    day = () if shown & _DAY_FILTERS else ("date",)
    return day if wanted.by_day or "time" in shown else (*day, "time")


def _an(word: str) -> str:
    return f"{'an' if word[:1] in 'aeiou' else 'a'} {word}"
