"""Warns of a `changed` text that prints a field which the change may have emptied: it could not be written then.

Renders with the very renderer that sends, as an occasion is that lacks the field.
"""

from collections.abc import Iterator
from dataclasses import replace

from jobs.errors import InputError
from jobs.rendering import Renderer, Unrenderable
from jobs.template_language import check_source, uses
from scheduler.publishing.checks.lengthiest import NOW, facts_of
from scheduler.publishing.checks.subject import Subject, Usage, warning
from scheduler.publishing.checks.templates import Text, texts_of, variables_for
from scheduler.rulebook.positions import Problem
from scheduler.rulebook.schema import Kind


def check_emptied(subject: Subject) -> Iterator[Problem]:
    """Check that every text that tells a change can be rendered for an occasion without the fields that it prints."""
    renderer = Renderer()
    telling = {(use.name, use.placed.rule.for_) for use in subject.template_uses() if use.path[0] == "changed"}
    for text in texts_of(subject):
        kind = subject.kinds.get(text.kind_name or "")
        if kind is None or text.usage is not Usage.CORRECTION or (text.name, text.kind_name) not in telling:
            continue
        if check_source(text.template.source, variables_for(subject, text.kind_name, text.usage)):  # told elsewhere
            continue
        for field in _bare(renderer, subject, text, kind):
            named = f"`occasion.{field}`"
            said = f"{named} may be empty when this text tells a change, and it could not be written then"
            advice = f"Print it inside `{{% if occasion.{field} %}}`, or give it a `default`"
            yield warning(text.place(named), f"{said}. {advice}")


def _bare(renderer: Renderer, subject: Subject, text: Text, kind: Kind) -> Iterator[str]:
    """Yield the fields without which the text cannot be rendered."""
    try:
        facts = facts_of(subject, text, kind)
    except InputError:
        return  # a window that cannot be read is told elsewhere
    about = facts.occasion
    if about is None or isinstance(renderer.compose(facts, NOW), Unrenderable):
        return
    for field in dict.fromkeys(use.name for use in uses(text.template.source) if use.root == "occasion"):
        if field in about.fields:
            left = {name: value for name, value in about.fields.items() if name != field}
            draft = renderer.compose(replace(facts, occasion=replace(about, fields=left)), NOW)
            if isinstance(draft, Unrenderable):
                yield field
