"""Composes drafts: picks the language, renders the compiled template, finishes the text, says what it tells and costs.

Compiled once a revision, bounded in size; what cannot be rendered is a value that says why. It asks no clock.
"""

import datetime as dt
import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from decimal import InvalidOperation
from typing import Final

from jinja2 import Template, TemplateError

from jobs.corrections import STATUS, present_of
from jobs.drafts import Draft, Facts
from jobs.errors import InputError
from jobs.prices import price_of
from jobs.printing import Printing
from jobs.rendering.filters import HOW, rendering_environment
from jobs.rendering.scopes import Scope, make_scopes, names_read
from jobs.segments import measure, normalise_spaces

LONGEST_TEXT: Final = 1_600
"""Characters; what Twilio accepts at most (error 21617)."""
REVISIONS_KEPT: Final = 64

# "at 2:30 p.m.." where a time ends a sentence: one stop is enough.
_TWO_STOPS: Final = re.compile(r"(?<=[ap]\.m\.)\.(?!\.)")
_LEFTOVERS: Final = ("{{", "{%", "}}", "%}", "{#")
_PROBLEMS: Final = (TemplateError, TypeError, ValueError, InvalidOperation, ArithmeticError, RecursionError, InputError)


@dataclass(frozen=True, slots=True)
class Unrenderable:
    """Why there is no text, for people."""

    reason: str


class Renderer:
    """Renders drafts; keeps the compiled templates of the newest revisions it met. Safe for several threads."""

    def __init__(self) -> None:
        """Start with nothing compiled."""
        self._environment = rendering_environment()
        self._compiled: OrderedDict[tuple[str, str], dict[tuple[str, str], Template]] = OrderedDict()
        self._lock = threading.Lock()

    def compose(self, facts: Facts, now: dt.datetime) -> Draft | Unrenderable:
        """Return the draft of a job's text at `now`, or why there is none."""
        try:
            language, body_of = self._source(facts)
            if body_of is None:
                return Unrenderable(_no_source(facts))
            scopes, how = make_scopes(facts, language, now)
            body = body_of(scopes, how)
        except _PROBLEMS as problem:
            return Unrenderable(f"its text cannot be rendered: {problem}")
        text = _finished(body, facts, language)
        problem_found = _problem_of(body, text)
        return Unrenderable(problem_found) if problem_found else _draft(facts, text, language, scopes["occasion"])

    def _source(self, facts: Facts) -> tuple[str, Callable[[dict[str, Scope], Printing], str] | None]:
        """Return the language and what makes the body: the one-off's own words as they stand, else the template."""
        wanted = facts.contact.language if facts.contact else None
        job, terms = facts.job, facts.terms
        if job.text is not None:
            literal = job.text
            return choose_language(wanted, terms.languages, terms.languages) or terms.languages[
                0
            ], lambda _s, _h: literal
        template = terms.templates.get(job.template or "")
        language = choose_language(wanted, terms.languages, template.sources) if template else None
        if template is None or language is None:
            return terms.languages[0], None
        compiled = self._template(facts, job.template or "", language, template.sources[language])
        loose = {name: value for name, value in job.variables.items() if "." not in name}
        return language, lambda scopes, how: "".join(compiled.generate({**loose, **scopes, HOW: how}))

    def _template(self, facts: Facts, name: str, language: str, source: str) -> Template:
        key = (facts.job.practice, facts.revision)
        with self._lock:
            templates = self._compiled.setdefault(key, {})
            self._compiled.move_to_end(key)
            while len(self._compiled) > REVISIONS_KEPT:
                self._compiled.popitem(last=False)
            found = templates.get((name, language))
            if found is None:
                found = templates[name, language] = self._environment.from_string(source)
            return found


def choose_language(wanted: str | None, practice: Iterable[str], offered: Iterable[str]) -> str | None:
    """Return the language to write in: the person's or one of its base, else the practice's first that is offered."""
    there = tuple(offered)
    if wanted:
        base = wanted.split("_")[0]
        near = [language for language in there if language.split("_")[0] == base]
        for candidate in (wanted, base, *near):
            if candidate in there:
                return candidate
    return next((language for language in practice if language in there), there[0] if there else None)


def _finished(body: str, facts: Facts, language: str) -> str:
    """Return the text as it goes out: identification in front, the first text's sentence behind, plain spaces."""
    text = _TWO_STOPS.sub("", normalise_spaces(body).strip())
    prefix = facts.terms.starts_with
    if prefix and not text.startswith(prefix.strip()):
        text = f"{prefix}{text}"
    adds = facts.terms.first_text_adds
    said = choose_language(language, facts.terms.languages, adds) if facts.first_text else None
    return f"{text} {adds[said]}" if said else text


def _problem_of(body: str, text: str) -> str | None:
    if not body.strip():
        return "its text is empty"
    if any(leftover in text for leftover in _LEFTOVERS):
        return "its text has braces left over: a variable was not filled in"
    if len(text) > LONGEST_TEXT:
        return f"its text is {len(text)} characters long, more than {LONGEST_TEXT}"
    return None


def _no_source(facts: Facts) -> str:
    name = facts.job.template
    return f"the template {name} is not in the revision in force" if name else "it has neither a template nor words"


def _draft(facts: Facts, text: str, language: str, occasion: Scope) -> Draft:
    measured = measure(text)
    sender = facts.terms.sender(facts.job.sender)
    start, fields = _told(facts, names_read(occasion))
    return Draft(
        text=text,
        segments=measured.segments,
        encoding=measured.encoding,
        language=language,
        revision=facts.revision,
        template=facts.job.template,
        told_start=start,
        told_fields=fields,
        cost=price_of(measured.segments, sender, facts.number),
        currency=sender.currency if sender else None,
    )


def _told(facts: Facts, read: Collection[str]) -> tuple[str | None, dict[str, object]]:
    """Return what the text tells of its occasion: the start if it reads it, the fields that it reads, that it is off.

    A correction that does not name the start leaves the one that was told; one that calls the occasion off, too: the
    person never hears of the start that it had by then.
    """
    about = facts.occasion
    if about is None:
        return None, {}
    fields: dict[str, object] = {name: about.fields[name] for name in sorted(read) if name in about.fields}
    kind = facts.terms.kinds.get(about.kind)
    is_off = present_of(about, kind, facts.terms.timezone).is_off
    if is_off:
        fields[STATUS] = about.status or "removed"
    start = about.start if not {"start", "date"}.isdisjoint(read) else None
    if facts.told is not None and (is_off or start is None):
        start = facts.told.start
    return start, fields
