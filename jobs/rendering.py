"""Facts of one job in, the draft of its text out: the template in the recipient's language, in a strict sandbox.

Compiled once a revision, printed by `printing`, bounded in size; what cannot be rendered is a value that says why.
It reads no file, asks no clock and sends nothing.
"""

import datetime as dt
import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Final

from jinja2 import Template, TemplateError, Undefined, pass_context
from jinja2.runtime import Context
from jinja2.sandbox import SandboxedEnvironment

from jobs import printing
from jobs.drafts import Draft, Facts
from jobs.prices import price_of
from jobs.printing import Moment, Printing
from jobs.segments import measure, normalise_spaces
from jobs.template_language import make_environment

LONGEST_TEXT: Final = 1_600
"""Characters; what Twilio accepts at most (error 21617)."""
REVISIONS_KEPT: Final = 64

_HOW: Final = "how to print"  # no name that a template can spell
# "at 2:30 p.m.." where a time ends a sentence: one stop is enough.
_TWO_STOPS: Final = re.compile(r"(?<=[ap]\.m\.)\.(?!\.)")
_LEFTOVERS: Final = ("{{", "{%", "}}", "%}", "{#")
_PROBLEMS: Final = (TemplateError, TypeError, ValueError, InvalidOperation, ArithmeticError, RecursionError)


@dataclass(frozen=True, slots=True)
class Unrenderable:
    """Why there is no text, for people."""

    reason: str


class Missing(Undefined):
    """A field that is declared but has no value: false in a condition, equal to nothing, an error when printed."""

    __slots__ = ()

    def __str__(self) -> str:  # noqa: PLE0307 - it never returns
        """Refuse to be printed, with the field's name."""
        self._fail_with_undefined_error()

    def __iter__(self) -> Iterator[object]:
        """Refuse to be gone through, with the field's name."""
        self._fail_with_undefined_error()


class Scope:
    """One root of a template (`occasion`): its names, and which of them the text has read."""

    __slots__ = ("_read", "_values")

    def __init__(self, values: Mapping[str, object]) -> None:
        """Hold the values; nothing was read yet."""
        self._values = values
        self._read: set[str] = set()

    def __getitem__(self, name: str) -> object:
        """Return a value and remember that it was read."""
        value = self._values[name]
        self._read.add(name)
        return value


def names_read(scope: Scope) -> frozenset[str]:
    """Return the names that the text has read of a scope."""
    return frozenset(scope._read)  # noqa: SLF001 - kept from templates by its underscore, not from its own module


class Renderer:
    """Renders drafts; keeps the compiled templates of the newest revisions it met. Safe for several threads."""

    def __init__(self) -> None:
        """Start with nothing compiled."""
        self._environment = rendering_environment()
        self._compiled: OrderedDict[tuple[str, str], dict[tuple[str, str], Template]] = OrderedDict()
        self._lock = threading.Lock()

    def compose(self, facts: Facts, now: dt.datetime) -> Draft | Unrenderable:
        """Return the draft of a job's text at `now`, or why there is none."""
        language, body_of = self._source(facts)
        if body_of is None:
            return Unrenderable(_no_source(facts))
        scopes, how = _scopes(facts, language, now)
        try:
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
        return language, lambda scopes, how: "".join(compiled.generate({**loose, **scopes, _HOW: how}))

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


def rendering_environment() -> SandboxedEnvironment:
    """Return the sandbox of `template_language` with the filters that print."""
    environment = make_environment()
    environment.filters.update(
        date=_date_filter, time=_time_filter, weekday=_weekday_filter, day=_day_filter, money=_money_filter
    )
    environment.finalize = _finalize
    return environment


@pass_context
def _date_filter(context: Context, value: object, style: str = "long") -> str:
    if style not in {"long", "short"}:
        message = f"date takes 'long' or 'short', not {style!r}"
        raise ValueError(message)
    return printing.print_date(_moment(value, "date"), context[_HOW], style)


@pass_context
def _time_filter(context: Context, value: object) -> str:
    return printing.print_time(_moment(value, "time"), context[_HOW])


@pass_context
def _weekday_filter(context: Context, value: object) -> str:
    return printing.print_weekday(_moment(value, "weekday"), context[_HOW])


@pass_context
def _day_filter(context: Context, value: object) -> str:
    return printing.print_day(_moment(value, "day"), context[_HOW])


@pass_context
def _money_filter(context: Context, value: object, currency: str | None = None) -> str:
    if isinstance(value, Undefined):
        str(value)  # raises with the name of what is missing
    amount = value if isinstance(value, Decimal) else Decimal(str(value))
    return printing.print_money(amount, context[_HOW], currency)


@pass_context
def _finalize(context: Context, value: object) -> object:
    """Print what no filter printed: moments as date and time, lists with commas; anything else as it is."""
    how: Printing = context[_HOW]
    if isinstance(value, dt.datetime):
        return f"{printing.print_date(value, how)} {printing.print_time(value, how)}"
    if isinstance(value, dt.date):
        return printing.print_date(value, how)
    if isinstance(value, (list, tuple)):
        return ", ".join(map(str, value))
    return value


def _moment(value: object, filter_name: str) -> Moment:
    if isinstance(value, Undefined):
        str(value)  # raises with the name of what is missing
    if isinstance(value, dt.date):
        return value
    message = f"{filter_name} needs a day or a moment, not {value!r}"
    raise ValueError(message)


def _scopes(facts: Facts, language: str, now: dt.datetime) -> tuple[dict[str, Scope], Printing]:
    """Return what a template may read, and how to print it."""
    zone, named = printing.zone_printed(facts.occasion, facts.contact, facts.terms.timezone)
    how = printing.printing_for(language, facts.terms.country, now.astimezone(zone), names_zone=named)
    values: dict[str, dict[str, object]] = {
        "contact": _contact_values(facts, zone),
        "occasion": _occasion_values(facts, zone),
        "practice": {"name": facts.terms.name, "phone": facts.terms.phone or _missing("practice.phone")},
    }
    for name, value in facts.job.variables.items():
        root, dot, rest = name.partition(".")
        if dot and root in values:
            values[root][rest] = _given(value, zone)
    return {root: Scope(named) for root, named in values.items()}, how


def _given(value: object, zone: dt.tzinfo) -> object:
    """Return a value that a one-off brings: a day or a moment where it is written as one, else as it is."""
    return printing.read_moment(value, zone) if isinstance(value, str) and printing.wall_text(value, zone) else value


def _contact_values(facts: Facts, zone: dt.tzinfo) -> dict[str, object]:
    person = facts.contact
    if person is None:
        return {}
    values = _typed(person.fields, facts.terms.contact_fields, zone, "contact")
    name = person.name or person.first_name
    values["name"] = name or _missing("contact.name")
    values["first_name"] = person.first_name or name or _missing("contact.first_name")
    return values


def _occasion_values(facts: Facts, zone: dt.tzinfo) -> dict[str, object]:
    occasion = facts.occasion
    if occasion is None:
        return {}
    kind = facts.terms.kinds.get(occasion.kind)
    values = _typed(occasion.fields, kind.fields if kind else {}, zone, "occasion")
    own = printing.zone_printed(None, None, occasion.timezone or facts.terms.timezone)[0]
    values["kind"] = occasion.kind
    for name, given in (("start", occasion.start), ("end", occasion.end)):
        moment = _read(given, own, zone)
        values[name] = _missing(f"occasion.{name}") if moment is None else moment
    values["date"] = values["start"]
    return values


def _read(given: str | None, own: dt.tzinfo, zone: dt.tzinfo) -> Moment | None:
    """Return an occasion's wall time, given in its own zone, in the zone printed."""
    if given is None:
        return None
    moment = printing.read_moment(given, own)
    return moment.astimezone(zone) if isinstance(moment, dt.datetime) else moment


def _typed(given: Mapping[str, object], types: Mapping[str, str], zone: dt.tzinfo, root: str) -> dict[str, object]:
    """Return declared fields as values of their types, those without a value as missing."""
    values: dict[str, object] = dict(given)
    for name, type_name in types.items():
        value = given.get(name)
        values[name] = _missing(f"{root}.{name}") if value is None or value == "" else _value(value, type_name, zone)
    return values


def _value(value: object, type_name: str, zone: dt.tzinfo) -> object:
    if type_name in {"money", "number"} and not isinstance(value, bool):
        return Decimal(str(value))
    if type_name in {"day", "moment"} and isinstance(value, str):
        return printing.read_moment(value, zone)
    return tuple(value) if isinstance(value, list) else value


def _missing(name: str) -> Missing:
    return Missing(hint=f"{name} has no value")


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
    read = names_read(occasion)
    about = facts.occasion
    return Draft(
        text=text,
        segments=measured.segments,
        encoding=measured.encoding,
        language=language,
        revision=facts.revision,
        template=facts.job.template,
        told_start=about.start if about and read & {"start", "date"} else None,
        told_fields={name: about.fields[name] for name in sorted(read) if about and name in about.fields},
        cost=price_of(measured.segments, sender, facts.number),
        currency=sender.currency if sender else None,
    )
