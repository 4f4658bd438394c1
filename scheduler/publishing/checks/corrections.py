"""Checks of corrections: the fields under `changed`, whether anybody is ever told them, events that tell the same.

A subject comes in, problems go out.
"""

import functools
from collections.abc import Iterator
from dataclasses import replace

from jobs.template_language import uses
from scheduler.publishing.checks.lengths import minutes_of
from scheduler.publishing.checks.reach import Reaching, meet, reaches
from scheduler.publishing.checks.subject import PlacedStep, Subject, error, steps_of, warning
from scheduler.rulebook.desk import PlacedRule
from scheduler.rulebook.positions import Problem
from scheduler.rulebook.schema import Kind
from scheduler.rulebook.spelling import suggestion

AN_HOUR = 60
SOURCES_KEPT = 512
_TOLD_BY = {
    "start": "`moved` tells a new start",
    "date": "`moved` tells a new date",
    "end": "an end is not remembered as told",
    "status": "`cancelled` tells that it is off, a step with `on: {status: …}` any other status",
}


def check_changed_fields(subject: Subject) -> Iterator[Problem]:
    """Check that `changed` names fields of the kind, each once, and fields that some text tells at all."""
    for placed, kind in subject.rules():
        changed = placed.rule.changed
        for index, field in enumerate(changed.of if changed else ()):
            where = placed.at("changed", "of", index)
            if changed is not None and field in changed.of[:index]:
                yield error(where, f"the field `{field}` is named twice. Remove one of them")
            elif field in _TOLD_BY and field not in kind.fields:
                yield error(where, f"`{field}` is no field whose change `changed` tells: {_TOLD_BY[field]}. Remove it")
            elif field not in kind.fields:
                yield error(where, f"`{placed.rule.for_}` has no field `{field}`. {suggestion(field, kind.fields)}")
            elif subject.desk.rules_complete and not _is_told(subject, placed, field):
                text = f"no text says `{field}`, so nobody is ever told that it changed"
                yield warning(where, f"{text}. Print `{{{{ occasion.{field} }}}}` in a text of this rule, or remove it")


def check_moves_that_swallow(subject: Subject) -> Iterator[Problem]:
    """Warn of a `moved` text that leaves out a field under `changed`: when both change at once only it goes."""
    for placed, kind in subject.rules():
        rule = placed.rule
        if rule.moved is None or rule.changed is None or rule.moved == rule.changed.template:
            continue
        known = [field for field in dict.fromkeys(rule.changed.of) if field in kind.fields]
        for field in (each for each in known if not _is_said(subject, rule.moved, each)):
            text = f"when the start and `{field}` change at once, only `{rule.moved}` goes, which leaves `{field}` out"
            yield warning(placed.at("moved"), f"{text}. Print `{{{{ occasion.{field} }}}}` in it")


def _is_said(subject: Subject, name: str, field: str) -> bool:
    """Tell whether a template reads the field in each language that it has; of one that is missing nothing is said."""
    sources = [template.source for (other, _), template in subject.desk.templates.items() if other == name]
    return all(field in _read_by(source) for source in sources)


@functools.lru_cache(SOURCES_KEPT)
def _read_by(source: str) -> frozenset[str]:
    return frozenset(use.name for use in uses(source) if use.root == "occasion")


def _is_told(subject: Subject, placed: PlacedRule, field: str) -> bool:
    """Tell whether some text about the rule's kind, of a rule or of staff, reads the field before it changes."""
    telling = (use for use in subject.template_uses() if use.path[0] != "changed")
    names = {use.name for use in telling if use.placed.rule.for_ == placed.rule.for_}
    names |= {name for name, said in subject.settings.templates.items() if said.for_staff}
    sources = [template.source for (name, _), template in subject.desk.templates.items() if name in names]
    # Where templates are missing, which is told elsewhere, nothing can be said of them.
    missing = any(name not in subject.desk.template_names for name in names)
    return missing or any((use.root, use.name) == ("occasion", field) for source in sources for use in uses(source))


def check_events_beside_corrections(subject: Subject) -> Iterator[Problem]:
    """Warn of a step that goes at a status that is off, where a correction tells the same at the same moment."""
    telling = [(placed, kind) for placed, kind in subject.rules() if placed.rule.cancelled is not None]
    for place in subject.steps():
        word = place.on_status
        if word is None or word not in place.kind.status.off or _waits_long(place):
            continue
        event = _whatever_status(place)
        for placed, kind in telling:
            if placed.rule.for_ == place.rule.for_ and any(meet(event, each) for each in _steps_of(placed, kind)):
                text = f"`{place.name}` and `cancelled` of `{placed.rule.id}` both tell one person that it is `{word}`"
                yield warning(place.at("on"), f"{text}. Leave one of them out")
                break


def _waits_long(place: PlacedStep) -> bool:
    wait = place.step.wait
    minutes = minutes_of(wait) if wait is not None else 0
    return minutes is None or minutes > AN_HOUR


def _steps_of(placed: PlacedRule, kind: Kind) -> Iterator[Reaching]:
    return (_whatever_status(place) for place in steps_of(placed, kind))


def _whatever_status(place: PlacedStep) -> Reaching:
    """Return whom a step reaches, leaving its status out: a correction goes to who was told before it changed."""
    found = Reaching(place, tuple(reaches(place)))
    ways = ({name: span for name, span in way.items() if name not in {"status", "answer"}} for way in found.ways)
    return replace(found, ways=tuple(ways))
