"""Checks a template's length: rendered with the longest values there may be, it must keep to its budget of segments.

Renders with the very renderer that sends; counts the identification in front, not the sentence of a first text.
"""

import datetime as dt
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import replace

from jobs.drafts import About, ClaimedJob, Draft, Facts, Person, Told
from jobs.errors import InputError
from jobs.rendering import Renderer, Unrenderable
from jobs.states import Origin
from jobs.template_language import check_source, compared, uses
from jobs.terms import KindTerms, TemplateTerms, Terms
from jobs.windows import SendingWindow
from scheduler.publishing.checks.subject import Subject, Usage, error
from scheduler.publishing.checks.templates import Text, texts_of, variables_for
from scheduler.rulebook.positions import Position, Problem
from scheduler.rulebook.schema import Kind, TemplateSettings

LONGEST: dict[str, object] = {
    "word": "W" * 15,
    "words": ("W" * 15, "W" * 15),
    "text": "W" * 40,
    "number": "99999",
    "money": "99999.95",
    "day": "2028-09-27",
    "moment": "2028-09-27T22:30",
    "yes_no": True,
}
"""The longest value of each type of field that a text is tried with."""
OLD: dict[str, object] = {
    "word": "M" * 15,
    "words": ("M" * 15, "M" * 15),
    "text": "M" * 40,
    "number": "88888",
    "money": "88888.85",
    "day": "2029-09-26",
    "moment": "2029-09-26T22:30",
    "yes_no": False,
}
"""The longest value that a correction says was told before: another one than now."""
FIRST_NAME, NAME = "W" * 15, "W" * 30
NOW = dt.datetime(2027, 1, 4, 12, tzinfo=dt.UTC)
_WEDNESDAYS = tuple(
    f"2028-{month:02}-{day:02}" for month, day in enumerate((26, 23, 29, 26, 24, 28, 26, 23, 27, 25, 29, 27), 1)
)
"""A Wednesday late in each month, far enough away to be printed with its year."""
_SEPTEMBER = _WEDNESDAYS[8]
_ORIGINS = {
    None: Origin.ONE_OFF,
    Usage.REMINDER: Origin.REMINDER,
    Usage.CORRECTION: Origin.CORRECTION,
    Usage.ACKNOWLEDGEMENT: Origin.ACKNOWLEDGEMENT,
    Usage.AUTO_REPLY: Origin.ACKNOWLEDGEMENT,
}


def check_segments(subject: Subject) -> Iterator[Problem]:
    """Check that no template takes more segments than its budget with the longest values."""
    renderer = Renderer()
    found: set[Problem] = set()
    for text in texts_of(subject):
        source = text.template.source
        kind = Kind() if text.usage is Usage.AUTO_REPLY else subject.kinds.get(text.kind_name or "")
        if kind is None or check_source(source, variables_for(subject, text.kind_name, text.usage)):
            continue
        problem = _problem_of(renderer, subject, text, kind)
        if problem is not None and problem not in found:
            found.add(problem)
            yield problem


def _problem_of(renderer: Renderer, subject: Subject, text: Text, kind: Kind) -> Problem | None:
    try:
        base = facts_of(subject, text, kind)
    except InputError:
        return None  # a window that cannot be read is told elsewhere
    drafts = [renderer.compose(facts, NOW) for facts in _variants(base, text.template.source)]
    rendered = [draft for draft in drafts if isinstance(draft, Draft)]
    if not rendered:
        reason = next((draft.reason for draft in drafts if isinstance(draft, Unrenderable)), "it is empty")
        return _unrenderable(text, reason, subject)
    longest = max(rendered, key=lambda draft: draft.segments)
    budget = subject.settings.templates.get(text.name, TemplateSettings.model_validate({})).max_segments
    if longest.segments <= budget:
        return None
    taken = f"{longest.segments} segments ({longest.encoding})"
    what = f"with the longest values this text takes {taken}, its budget is {budget}"
    return error(Position(text.template.file), f"{what}. Shorten it, or raise `max_segments` of `{text.name}`")


def _unrenderable(text: Text, reason: str, subject: Subject) -> Problem:
    """Return what cannot be rendered; a filter on a field of another type is named with the field."""
    for use in uses(text.template.source):
        fields = subject.settings.contact_fields if use.root == "contact" else _fields_of(subject, text)
        if use.name in fields and any(f"rendered: {word} needs" in reason for word in use.filters):
            what, named = reason.partition(", not ")[0], f"`{use.root}.{use.name}`"
            said = f"{what}, and {named} is a {fields[use.name].replace('_', ' or ')}. Mend the template"
            if not _fits(fields[use.name], what):
                return error(text.place(named, use.line), said)
    return error(text.place(reason), f"{reason}. Mend the template")


def _fields_of(subject: Subject, text: Text) -> Mapping[str, str]:
    kind = subject.kinds.get(text.kind_name or "")
    return {} if kind is None else dict(kind.fields)


def _fits(type_name: str, needs: str) -> bool:
    """Tell whether a filter takes a field of that type, by what it says that it needs."""
    return type_name in (("day", "moment") if " a day" in needs else ("number", "money"))


def _variants(base: Facts, source: str) -> Iterator[Facts]:
    """Yield the facts with each month's date, with each word compared with, and with each field missing.

    Of a correction also with each word and each missing field of what was told, and with the start that was told.
    """
    about, told = base.occasion, base.told
    if about is None:
        return
    if told is not None:
        yield from (replace(base, told=other) for other in _other_told(told, source))
        yield replace(base, occasion=replace(about, start=told.start))
    for day in _WEDNESDAYS:
        yield replace(base, occasion=_dated(about, day))
    for root, name, word in compared(source):
        if root == "occasion" and name in about.fields:
            yield replace(base, occasion=replace(about, fields={**about.fields, name: word}))
    for name in sorted({use.name for use in uses(source) if use.root == "occasion"} & set(about.fields)):
        rest = {other: value for other, value in about.fields.items() if other != name}
        yield replace(base, occasion=replace(about, fields=rest))


def _other_told(told: Told, source: str) -> Iterator[Told]:
    for root, name, word in compared(source):
        if root == "told" and name in told.fields:
            yield replace(told, fields={**told.fields, name: word})
    for name in sorted({use.name for use in uses(source) if use.root == "told"} & set(told.fields)):
        yield replace(told, fields={other: value for other, value in told.fields.items() if other != name})
    yield replace(told, fields={})


def _dated(about: About, day: str) -> About:
    if about.end is None:
        return replace(about, start=day)
    return replace(about, start=f"{day}T22:30", end=f"{day}T23:30")


def facts_of(subject: Subject, text: Text, kind: Kind) -> Facts:
    """Return the facts of a job with the longest values."""
    by_day = kind.dated == "day"
    about = About(
        kind=text.kind_name or "",
        start=_SEPTEMBER if by_day else f"{_SEPTEMBER}T22:30",
        end=None if by_day else f"{_SEPTEMBER}T23:30",
        fields={name: LONGEST[type_name] for name, type_name in kind.fields.items()},
    )
    own = {name: LONGEST[type_name] for name, type_name in subject.settings.contact_fields.items()}
    person = Person(name=NAME, first_name=FIRST_NAME, language=text.language, fields=own)
    settings = subject.settings
    terms = Terms(
        practice=settings.practice,
        name=settings.name,
        phone=settings.phone,
        timezone=settings.timezone,
        country=settings.country,
        languages=settings.languages,
        sending_window={},
        countries=settings.allowed_countries,
        starts_with=settings.starts_with,
        kinds={text.kind_name or "": KindTerms(dated=kind.dated, fields=dict(kind.fields))},
        contact_fields=dict(settings.contact_fields),
        templates={text.name: TemplateTerms(sources={text.language: text.template.source})},
    )
    job = ClaimedJob(
        id=uuid.UUID(int=0),
        practice=settings.practice,
        origin=_ORIGINS[text.usage],
        fence=0,
        due_at=NOW,
        useful_until=NOW + dt.timedelta(days=1),
        template=text.name,
    )
    window = SendingWindow.every_day("00:00-24:00")
    zones = (settings.timezone,)
    told = _told_before(kind) if text.usage is Usage.CORRECTION else None
    return Facts(job, terms, _revision_of(text), window, zones, contact=person, occasion=about, told=told)


def _told_before(kind: Kind) -> Told:
    start = OLD["day"] if kind.dated == "day" else OLD["moment"]
    return Told(str(start), {name: OLD[type_name] for name, type_name in kind.fields.items()})


def _revision_of(text: Text) -> str:
    """Return a name under which the renderer keeps this text alone: two kinds may use a template of one name."""
    return f"check of {text.name}.{text.language} for {text.kind_name} as {text.usage}"
