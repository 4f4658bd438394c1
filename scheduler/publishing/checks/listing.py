"""All checks before a rulebook is published, in order. A desk in, every problem out, at once and sorted by place."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TypeAlias

from scheduler.publishing.checks.calendars import check_calendars
from scheduler.publishing.checks.conditions import check_conditions
from scheduler.publishing.checks.corrections import check_changed_fields, check_events_beside_corrections
from scheduler.publishing.checks.events import check_events
from scheduler.publishing.checks.lengthiest import check_segments
from scheduler.publishing.checks.overlaps import check_overlaps
from scheduler.publishing.checks.people import check_people, check_purposes
from scheduler.publishing.checks.reach import check_reach
from scheduler.publishing.checks.references import (
    check_date_fields,
    check_ids,
    check_kind_names,
    check_template_names,
)
from scheduler.publishing.checks.renames import check_renames
from scheduler.publishing.checks.replacements import check_replacements
from scheduler.publishing.checks.replies import check_replies
from scheduler.publishing.checks.senders import check_prices, check_rule_senders, check_senders, check_spending
from scheduler.publishing.checks.settings import (
    check_countries,
    check_holidays,
    check_keeping,
    check_kinds,
    check_languages,
    check_name,
    check_roles,
    check_timezone,
    check_windows,
)
from scheduler.publishing.checks.subject import Subject
from scheduler.publishing.checks.templates import check_literal_days, check_shown_dates, check_template_language
from scheduler.publishing.checks.timing import check_offsets, check_repeats
from scheduler.publishing.checks.untold import check_untold
from scheduler.publishing.checks.usefulness import check_quiet_hours, check_useful_until
from scheduler.rulebook.desk import Desk
from scheduler.rulebook.positions import Problem
from scheduler.rulebook.schema import Rulebook, kinds_of

Check: TypeAlias = Callable[[Subject], Iterator[Problem]]

CHECKS: tuple[Check, ...] = (
    check_name,
    check_timezone,
    check_holidays,
    check_windows,
    check_countries,
    check_languages,
    check_kinds,
    check_keeping,
    check_roles,
    check_senders,
    check_rule_senders,
    check_prices,
    check_spending,
    check_ids,
    check_kind_names,
    check_date_fields,
    check_template_names,
    check_calendars,
    check_people,
    check_purposes,
    check_conditions,
    check_events,
    check_reach,
    check_offsets,
    check_repeats,
    check_useful_until,
    check_quiet_hours,
    check_overlaps,
    check_renames,
    check_replacements,
    check_changed_fields,
    check_events_beside_corrections,
    check_replies,
    check_template_language,
    check_literal_days,
    check_shown_dates,
)
LAST_CHECKS: tuple[Check, ...] = (check_segments, check_untold)
"""Checks that need everything else to be right."""

MOST_OF_ONE_KIND = 100
"""Problems told by one check: of more, the first ones say what is wrong."""

_NEEDED = frozenset({"languages", "kinds", "contact_fields", "senders", "templates"})
"""Keys of the practice without which other checks would tell of problems that are none."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Every problem found; `may_publish` when none is an error."""

    problems: tuple[Problem, ...]

    @property
    def errors(self) -> tuple[Problem, ...]:
        """Return what forbids publishing."""
        return tuple(problem for problem in self.problems if problem.severity == "error")

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """Return what people should see before they publish."""
        return tuple(problem for problem in self.problems if problem.severity == "warning")

    @property
    def may_publish(self) -> bool:
        """Tell whether nothing forbids publishing."""
        return not self.errors


def check_desk(desk: Desk, current: Rulebook | None = None) -> Verdict:
    """Run every check that the desk can be given, beside what the reader found already.

    With the rulebook that is published now, renames and replacements are held against it too.
    """
    found = list(desk.problems)
    if desk.settings is not None and not desk.broken & _NEEDED:
        subject = Subject(desk, desk.settings, kinds_of(desk.settings), current)
        for check in CHECKS:
            found.extend(islice(check(subject), MOST_OF_ONE_KIND))
        if not any(problem.severity == "error" for problem in found):
            for check in LAST_CHECKS:
                found.extend(islice(check(subject), MOST_OF_ONE_KIND))
    unique = dict.fromkeys(found)
    return Verdict(tuple(sorted(unique, key=lambda problem: (problem.position, problem.text))))
