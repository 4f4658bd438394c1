"""Warns of a correction that prints an old value which its reader may never have been told: it could not be sent.

Renders with the very renderer that sends, as a person knows the occasion who was told its start and no more.
"""

from collections.abc import Iterator
from dataclasses import replace

from jobs.drafts import Told
from jobs.errors import InputError
from jobs.rendering import Renderer, Unrenderable
from jobs.template_language import check_source
from scheduler.publishing.checks.lengthiest import facts_of
from scheduler.publishing.checks.subject import Subject, Usage, warning
from scheduler.publishing.checks.templates import Text, texts_of, variables_for
from scheduler.rulebook.positions import Problem
from scheduler.rulebook.schema import Kind


def check_untold(subject: Subject) -> Iterator[Problem]:
    """Check that every correction can be rendered for who was told the start, and the field that surely was."""
    renderer = Renderer()
    for text in texts_of(subject):
        kind = subject.kinds.get(text.kind_name or "")
        if kind is None or text.usage is not Usage.CORRECTION:
            continue
        if check_source(text.template.source, variables_for(subject, text.kind_name, text.usage)):
            continue
        reason = _why_not(renderer, subject, text, kind)
        if reason is not None and "told." in reason:
            advice = "Print it inside `{% if told.… %}`, or give it a `default`"
            yield warning(text.place(reason), f"{reason}, where no text told it before. {advice}")


def _why_not(renderer: Renderer, subject: Subject, text: Text, kind: Kind) -> str | None:
    try:
        facts = facts_of(subject, text, kind)
    except InputError:
        return None  # a window that cannot be read is told elsewhere
    if facts.told is None:
        return None
    sure = _surely_told(subject, text)
    told = Told(facts.told.start, {name: value for name, value in facts.told.fields.items() if name in sure})
    draft = renderer.compose(replace(facts, told=told), facts.job.due_at)
    return draft.reason if isinstance(draft, Unrenderable) else None


def _surely_told(subject: Subject, text: Text) -> frozenset[str]:
    """Return the one field without whose telling the template is not used, where it is used for that field alone."""
    uses = [use for use in subject.template_uses() if (use.name, use.placed.rule.for_) == (text.name, text.kind_name)]
    fields = {
        use.placed.rule.changed.of if use.placed.rule.changed and use.path[0] == "changed" else ()
        for use in uses
        if use.usage is Usage.CORRECTION
    }
    only = next(iter(fields)) if len(fields) == 1 else ()
    return frozenset(only) if len(only) == 1 else frozenset()
