"""Checks that what rules name exists and is named once: ids, kinds, date fields, templates. A desk in, problems out."""

from collections.abc import Iterator

from scheduler.publishing.checks.subject import Subject, error
from scheduler.rulebook.desk import templates_named
from scheduler.rulebook.positions import Position, Problem
from scheduler.rulebook.spelling import suggestion


def check_ids(subject: Subject) -> Iterator[Problem]:
    """Check that rules are unique in the practice, steps in their rule."""
    first: dict[str, str] = {}
    for placed in subject.desk.rules:
        rule, where = placed.rule, placed.at("id")
        if rule.id in first:
            yield error(where, f"a rule `{rule.id}` exists already ({first[rule.id]}). Give one of them another id")
        first.setdefault(rule.id, str(where))
        seen: set[str] = set()
        for index, step in enumerate(rule.steps):
            if step.id in seen:
                text = f"a step `{step.id}` exists already in the rule `{rule.id}`. Give one of them another id"
                yield error(placed.at("steps", index, "id"), text)
            seen.add(step.id)


def check_kind_names(subject: Subject) -> Iterator[Problem]:
    """Check that every rule is for a kind that exists."""
    for placed in subject.desk.rules:
        kind = placed.rule.for_
        if kind not in subject.kinds:
            yield error(placed.at("for"), f"unknown kind `{kind}`. {suggestion(kind, subject.kinds)}")


def check_date_fields(subject: Subject) -> Iterator[Problem]:
    """Check that `from` names a field of the kind that is a date."""
    for place in subject.steps():
        field = place.step.from_
        if field is None:
            continue
        dates = [name for name, type_name in place.kind.fields.items() if type_name in {"day", "moment"}]
        if field not in place.kind.fields:
            yield error(place.at("from"), f"`{place.rule.for_}` has no field `{field}`. {_suggest_date(field, dates)}")
        elif field not in dates:
            text = f"`{field}` is a {place.kind.fields[field]}, not a day or moment"
            yield error(place.at("from"), f"{text}. {_suggest_date(field, dates)}")


def check_template_names(subject: Subject) -> Iterator[Problem]:
    """Check that every template exists, in every language of the practice."""
    told: set[tuple[str, str]] = set()
    if subject.settings.auto_reply is not None:
        yield from _template_problems(subject, subject.settings.auto_reply, subject.desk.at("auto_reply"), told)
    for placed in subject.desk.rules:
        for name, path in templates_named(placed.rule):
            yield from _template_problems(subject, name, placed.at(*path), told)
    known = subject.desk.template_names
    for name in subject.settings.templates:
        if name not in known:
            where = subject.desk.key("templates", name)
            yield error(where, f"unknown template `{name}`. {_suggest_template(name, subject)}")


def _template_problems(subject: Subject, name: str, where: Position, told: set[tuple[str, str]]) -> Iterator[Problem]:
    languages = subject.desk.template_names.get(name)
    if languages is None:
        yield error(where, f"unknown template `{name}`. {_suggest_template(name, subject)}")
        return
    for language in subject.settings.languages:
        if language not in languages and (name, language) not in told:
            told.add((name, language))
            file = f"templates_sms/{name}.{language}.txt.j2"
            yield error(where, f"the template `{name}` is missing in `{language}`. Write {file}")


def _suggest_template(name: str, subject: Subject) -> str:
    near = suggestion(name, subject.desk.template_names)
    file = f"templates_sms/{name}.{subject.settings.languages[0]}.txt.j2"
    return near if near.startswith("Did") else f"Write {file}"


def _suggest_date(field: str, dates: list[str]) -> str:
    return (
        suggestion(field, dates) if dates else "Add a field of type `day` or `moment` to the kind, or leave `from` out"
    )
