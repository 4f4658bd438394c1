"""How the texts of a desk would read: templates, published or not, for a person and an occasion. Pure.

Renders with the very renderer that sends. What cannot be rendered says why.
"""

import datetime as dt
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Final

from jobs.drafts import About, Draft, Facts, Person, Told
from jobs.errors import InputError
from jobs.rendering import Renderer, Unrenderable
from jobs.segments import Segments, measure, saving
from jobs.template_language import compared
from jobs.terms import SenderTerms
from scheduler.publishing.checks.lengthiest import NOW, facts_of
from scheduler.publishing.checks.subject import Subject, Usage
from scheduler.publishing.checks.templates import Text, texts_of, variables_for
from scheduler.rulebook.desk import Desk
from scheduler.rulebook.schema import Kind, TemplateSettings, kinds_of

TYPICAL: Final[Mapping[str, object]] = {
    "word": "consultation",
    "words": ("new",),
    "text": "1200 Main Street",
    "number": "2",
    "money": "350.00",
    "day": "2027-03-10",
    "moment": "2027-03-10T14:30",
    "yes_no": True,
}
"""A usual value of each type of field."""
TYPICAL_PERSON: Final = Person(name="Ana Silva", first_name="Ana", phone="+15145550123")
_AHEAD: Final = dt.timedelta(days=7)
_NO_KIND: Final = Kind()


@dataclass(frozen=True, slots=True)
class Whom:
    """For whom a preview is: a person, and the occasion of each kind that it is about; typical ones where left out."""

    person: Person = TYPICAL_PERSON
    occasions: Mapping[str, About] = field(default_factory=dict)
    name: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """One template in one language as one kind uses it: its words or why there are none, its bill, and its longest."""

    template: str
    language: str
    kind: str | None
    usage: Usage | None
    budget: int
    text: str = ""
    problem: str | None = None
    measured: Segments | None = None
    saves: int = 0
    cost: Decimal | None = None
    currency: str | None = None
    longest: Segments | None = None


def previews(desk: Desk, names: Collection[str], whom: Whom, now: dt.datetime) -> list[Preview]:
    """Return how these templates would read, in every language and for every kind that uses them."""
    if desk.settings is None:
        return []
    subject = Subject(desk, desk.settings, kinds_of(desk.settings))
    renderer = Renderer()
    return [_preview(renderer, subject, text, whom, now) for text in texts_of(subject) if text.name in names]


def variables_of(desk: Desk, name: str) -> dict[str, list[str]]:
    """Return what a template may read, by root (`contact`, `occasion`, …), over all of its uses."""
    if desk.settings is None:
        return {}
    subject = Subject(desk, desk.settings, kinds_of(desk.settings))
    uses = [(text.kind_name, text.usage) for text in texts_of(subject) if text.name == name] or [(None, None)]
    found: dict[str, frozenset[str]] = {}
    for kind_name, usage in uses:
        for root, names in variables_for(subject, kind_name, usage).items():
            found[root] = found.get(root, names) & names
    return {root: sorted(names) for root, names in found.items()}


def _preview(renderer: Renderer, subject: Subject, text: Text, whom: Whom, now: dt.datetime) -> Preview:
    said = subject.settings.templates.get(text.name, TemplateSettings())
    shown = Preview(text.name, text.language, text.kind_name, text.usage, said.max_segments)
    kind = _NO_KIND if text.usage is Usage.AUTO_REPLY else _kind_of(subject, text)
    try:
        base = facts_of(subject, text, kind)
    except InputError as problem:
        return replace(shown, problem=str(problem))
    draft = renderer.compose(_for(base, subject, text, kind, whom, now), now)
    longest = _longest(renderer, base, text)
    if isinstance(draft, Unrenderable):
        return replace(shown, problem=draft.reason, longest=longest)
    return replace(
        shown,
        text=draft.text,
        measured=measure(draft.text),
        saves=saving(draft.text).saves,
        cost=draft.cost,
        currency=draft.currency,
        longest=longest,
    )


def _kind_of(subject: Subject, text: Text) -> Kind:
    """Return the kind that a text is about; where staff send it, one with the fields of all."""
    if text.kind_name is not None:
        return subject.kinds.get(text.kind_name, _NO_KIND)
    return Kind(fields={name: typed for kind in subject.kinds.values() for name, typed in kind.fields.items()})


def _for(base: Facts, subject: Subject, text: Text, kind: Kind, whom: Whom, now: dt.datetime) -> Facts:  # noqa: PLR0913, PLR0917 - all that one text depends on
    """Return the facts of a text for a person, instead of those with the longest values."""
    settings = subject.settings
    terms = base.terms.model_copy(
        update={"senders": tuple(SenderTerms.model_validate(each.model_dump()) for each in settings.senders)}
    )
    own = {name: TYPICAL[type_name] for name, type_name in settings.contact_fields.items()}
    person = replace(whom.person, language=text.language, fields={**own, **whom.person.fields})
    about = whom.occasions.get(text.kind_name or "") or _typical(text.kind_name or "", kind, now)
    rules = [placed.rule for placed in subject.desk.rules if text.name in {step.template for step in placed.rule.steps}]
    sender = next((rule.sender for rule in rules if rule.sender), None) or next((s.id for s in settings.senders), "")
    told = Told(about.start or "", dict(about.fields)) if text.usage is Usage.CORRECTION else None
    job = replace(base.job, sender=sender, due_at=now, useful_until=now + dt.timedelta(days=1))
    return replace(base, job=job, terms=terms, number=person.phone, contact=person, occasion=about, told=told)


def _typical(kind_name: str, kind: Kind, now: dt.datetime) -> About:
    day = (now + _AHEAD).date()
    by_day = kind.dated == "day"
    return About(
        kind=kind_name,
        start=f"{day}" if by_day else f"{day}T14:30",
        end=None if by_day else f"{day}T15:30",
        fields={name: TYPICAL[type_name] for name, type_name in kind.fields.items()},
    )


def _longest(renderer: Renderer, base: Facts, text: Text) -> Segments | None:
    """Return the bill of the longest that the text may become: each month, each word that it compares with."""
    drafts = (renderer.compose(facts, NOW) for facts in _variants(base, text.template.source))
    rendered = [measure(draft.text) for draft in drafts if isinstance(draft, Draft)]
    return max(rendered, key=lambda each: (each.segments, each.units), default=None)


def _variants(base: Facts, source: str) -> Iterator[Facts]:
    about = base.occasion
    yield base
    if about is None or about.start is None:
        return
    for month in range(1, 13):
        day = f"2028-{month:02}-28"
        start = day if about.end is None else f"{day}T22:30"
        yield replace(base, occasion=replace(about, start=start, end=about.end and f"{day}T23:30"))
    for root, name, word in compared(source):
        if root == "occasion" and name in about.fields:
            yield replace(base, occasion=replace(about, fields={**about.fields, name: word}))
