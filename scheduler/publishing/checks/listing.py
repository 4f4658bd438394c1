"""All checks before a rulebook is published, in order. A desk in, every problem out, at once and sorted by place."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import TypeAlias

from scheduler.publishing.checks.calendars import check_calendars
from scheduler.publishing.checks.conditions import check_conditions
from scheduler.publishing.checks.corrections import (
    check_changed_fields,
    check_events_beside_corrections,
    check_moves_that_swallow,
)
from scheduler.publishing.checks.emptied import check_emptied
from scheduler.publishing.checks.events import check_events, check_late_beside_created
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
from scheduler.publishing.checks.templates import (
    check_braces,
    check_literal_days,
    check_shown_dates,
    check_template_language,
)
from scheduler.publishing.checks.timing import check_offsets, check_repeats
from scheduler.publishing.checks.untold import check_untold
from scheduler.publishing.checks.usefulness import check_quiet_hours, check_useful_until
from scheduler.rulebook.desk import Desk
from scheduler.rulebook.positions import MappingNode, Problem, child
from scheduler.rulebook.schema import Kind, Practice, Rulebook, kinds_of

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
    check_late_beside_created,
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
    check_moves_that_swallow,
    check_replies,
    check_template_language,
    check_literal_days,
    check_braces,
    check_shown_dates,
)
LAST_CHECKS: tuple[Check, ...] = (check_segments, check_untold, check_emptied)
"""Checks that render: they need the settings to be right, and pass over texts of which an error is told already."""

MOST_OF_ONE_KIND = 100
"""Problems told by one check: of more, the first ones say what is wrong."""

_BLIND_WITHOUT: Mapping[Check, frozenset[str]] = {
    check_name: frozenset({"practice"}),
    check_timezone: frozenset({"timezone"}),
    check_countries: frozenset({"country", "countries"}),
    check_languages: frozenset({"languages"}),
    check_senders: frozenset({"senders", "country", "countries"}),
    check_rule_senders: frozenset({"senders"}),
    check_prices: frozenset({"senders", "country", "countries", "spending"}),
    check_kind_names: frozenset({"kinds"}),
    check_calendars: frozenset({"kinds"}),
    check_template_names: frozenset({"languages"}),
    check_purposes: frozenset({"consent", "templates"}),
    check_conditions: frozenset({"contact_fields"}),
    check_quiet_hours: frozenset({"sending_window"}),
    check_changed_fields: frozenset({"languages", "templates"}),
    check_template_language: frozenset({"languages", "contact_fields"}),
    check_shown_dates: frozenset({"languages", "contact_fields"}),
    check_braces: frozenset({"languages"}),
    check_literal_days: frozenset({"languages"}),
}
"""Keys of the practice that cannot be read and without which a check would tell of problems that are none."""
_BLIND_IN_PART: frozenset[Check] = frozenset({check_renames, check_replacements})
"""Checks that would take what cannot be read for what is gone."""


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
    if desk.settings is not None:
        subject = Subject(desk, desk.settings, _kinds_read(desk, desk.settings), current)
        for check in CHECKS:
            if _can_judge(check, desk):
                found.extend(islice(check(subject), MOST_OF_ONE_KIND))
        wrong = {problem.position.file for problem in found if problem.severity == "error"}
        if desk.settings_node.position.file not in wrong:
            for check in LAST_CHECKS:
                told = islice(check(subject), MOST_OF_ONE_KIND)
                found.extend(problem for problem in told if problem.position.file not in wrong)
    unique = dict.fromkeys(found)
    return Verdict(tuple(sorted(unique, key=lambda problem: (problem.position, problem.text))))


def _can_judge(check: Check, desk: Desk) -> bool:
    blind = _BLIND_WITHOUT.get(check, frozenset()) & desk.broken
    return not blind and (desk.rules_complete or check not in _BLIND_IN_PART)


def _kinds_read(desk: Desk, settings: Practice) -> Mapping[str, Kind]:
    """Return the practice's kinds but for those that cannot be read; rules for these are left out of most checks."""
    kinds = kinds_of(settings)
    written = child(desk.settings_node, "kinds")
    if "kinds" not in desk.broken or not isinstance(written, MappingNode):
        return kinds
    return {name: kind for name, kind in kinds.items() if name in settings.kinds or name not in written.entries}
