"""Checks of who is texted and with which consent: roles, purposes. A subject in, problems out."""

import difflib
from collections import Counter
from collections.abc import Iterator, Mapping

from scheduler.publishing.checks.settings import OCCASION_WORDS
from scheduler.publishing.checks.subject import Subject, Usage, error, warning
from scheduler.rulebook.positions import Problem

USUAL_ROLES = frozenset(
    {
        "contact",
        "guardian",
        "interpreter",
        "lawyer",
        "parent",
        "payer",
        "representative",
        "spouse",
        "sponsor",
        "witness",
    },
)
"""Roles that offices have. Others are as good: an occasion names its people by whatever role its case system knows."""
_ALIKE = 0.85
"""From which likeness on a role is taken for a slip: `interpeter`, but not `payee` beside `payer`."""


def check_people(subject: Subject) -> Iterator[Problem]:
    """Check that a rule names each role once, none that is a field, and warn of one that looks like a slip."""
    counts = Counter(role for placed in subject.desk.rules for role in set(placed.rule.to))
    for placed in subject.desk.rules:
        for index, role in enumerate(placed.rule.to):
            where = placed.at("to", index)
            if role in placed.rule.to[:index]:
                yield error(where, f"the role `{role}` is named twice. Remove one of them")
            elif _is_no_role(subject, placed.rule.for_, role):
                text = f"`{role}` cannot be a role: it is something else that every {placed.rule.for_} has"
                yield error(where, f"{text}. Name the role otherwise")
            elif (near := _meant(role, counts)) is not None:
                text = f"the role `{role}` looks like `{near}`, and a role that no occasion fills texts nobody"
                yield warning(where, f"{text}. Write `{near}` if that is meant")


def _meant(role: str, counts: Mapping[str, int]) -> str | None:
    """Return the usual role, or the one that more rules name, that a role looks like."""
    if role in USUAL_ROLES:
        return None
    known = USUAL_ROLES | {other for other, count in counts.items() if count > counts[role]}
    return next(iter(difflib.get_close_matches(role, sorted(known - {role}), n=1, cutoff=_ALIKE)), None)


def _is_no_role(subject: Subject, kind_name: str, role: str) -> bool:
    """Tell whether a row could not say whether it means a person in that role or a field, a status, a date."""
    kind = subject.kinds.get(kind_name)
    return role != "contact" and (role in OCCASION_WORDS or (kind is not None and role in kind.fields))


def check_purposes(subject: Subject) -> Iterator[Problem]:
    """Check that commercial texts have their consent said, and that no commercial template goes as service."""
    if "commercial" not in subject.settings.consent.model_fields_set:
        yield from _unsaid_consent(subject)
    commercial = {name for name, said in subject.settings.templates.items() if said.purpose == "commercial"}
    if subject.settings.auto_reply in commercial:
        text = f"the template `{subject.settings.auto_reply}` is commercial, and {Usage.AUTO_REPLY.value} is `service`"
        yield error(subject.desk.at("auto_reply"), f"{text}. Name another template")
    for use in subject.template_uses():
        if use.name not in commercial:
            continue
        if use.usage is not Usage.REMINDER:
            text = f"the template `{use.name}` is commercial, and {use.usage.value} is `service`"
            yield error(use.where, f"{text}. Name another template")
        elif use.placed.rule.purpose != "commercial":
            text = f"the template `{use.name}` is commercial, and its rule is `service`"
            yield error(use.where, f"{text}. Add `purpose: commercial` to the rule, or name another template")


def _unsaid_consent(subject: Subject) -> Iterator[Problem]:
    advice = "Add `consent: {commercial: express}` to practice.yaml"
    text = f"`purpose: commercial` needs the consent that the practice says, and it says none. {advice}"
    for placed in subject.desk.rules:
        if placed.rule.purpose == "commercial":
            yield error(placed.at("purpose"), text)
    for name, said in subject.settings.templates.items():
        if said.purpose == "commercial":
            yield error(subject.desk.at("templates", name, "purpose"), text)
