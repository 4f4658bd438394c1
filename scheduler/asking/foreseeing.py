"""What would become of a one-off at its moment: its draft and what the gates say. Nothing is written or sent.

The same rendering and gates as at sending; what changes until then (an opt-out, a cap) is judged again there.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from jobs.drafts import Draft, Facts
from jobs.errors import InputError, NotFoundError
from jobs.facts import FactsReader
from jobs.gates import caps, judge, sensitive
from jobs.gates.contract import Block, End, Hold, Pass, Verdict
from jobs.phone import country_of
from jobs.rendering import Renderer, Unrenderable
from jobs.sensitive_content import find_sensitive
from jobs.states import State
from jobs.store.values import Job, NewJob
from jobs.terms import Terms
from scheduler.rulebook.schema import Right

_REACHED: Final = "is reached"
"""How the gate `caps` ends its warning of a cap that a text goes past."""
FACTS: Final = FactsReader()
RENDERER: Final = Renderer()
"""Both keep what they compiled of the newest revisions, by practice and revision; safe for several threads."""


@dataclass(frozen=True, slots=True)
class Foreseen:
    """A one-off's draft, the verdict on it, warnings, and which rights of `who_may_send` it takes to send it.

    `content` is the verdict on its words alone: one that waits for the morning is not refused only then.
    """

    draft: Draft
    verdict: Verdict
    takes: frozenset[Right]
    content: Verdict

    @property
    def forbidden(self) -> str | None:
        """Why it would not go at all, or None."""
        verdicts = (self.verdict, self.content)
        return next((each.reason for each in verdicts if isinstance(each, Block | End)), None)

    @property
    def held(self) -> Hold | None:
        """Until when it would wait, and why; None where it would go at its moment."""
        return self.verdict if isinstance(self.verdict, Hold) else None

    @property
    def warnings(self) -> tuple[str, ...]:
        """What would be shown with it and stops nothing."""
        told = self.verdict if isinstance(self.verdict, Pass) else self.content
        return told.warnings if isinstance(told, Pass) else ()


def terms_in_force(connection: Connection, practice: str) -> Terms:
    """Return the practice's terms.

    Raises:
        NotFoundError: nothing was published for it.

    """
    found = FACTS.in_force(connection, [practice]).get(practice)
    if found is None:
        raise NotFoundError(_nothing_published(practice))
    return found.terms


def foresee(connection: Connection, new: NewJob, now: dt.datetime) -> Foreseen:
    """Return what would become of a one-off at its moment, as things stand.

    Raises:
        InputError: its text cannot be made.
        NotFoundError: nothing was published for its practice.

    """
    at = max(now, new.planned_for)
    facts = FACTS.read(connection, [as_stored(new, now)], at).get(new.id)
    if facts is None:
        raise NotFoundError(_nothing_published(new.practice))
    draft = RENDERER.compose(facts, at)
    if isinstance(draft, Unrenderable):
        raise InputError(draft.reason)
    content = sensitive.gate(draft, facts, at)
    return Foreseen(draft, judge(draft, facts, at), _takes(new, draft, facts, at), content)


def _takes(new: NewJob, draft: Draft, facts: Facts, at: dt.datetime) -> frozenset[Right]:
    """Return the rights it takes, by what it is and what it would do."""
    found: dict[Right, bool] = {
        "texts": True,
        "any_number": new.contact_id is None,
        "abroad": bool(facts.number) and country_of(facts.number or "") not in {"", facts.terms.country},
        "past_cap": _is_past_a_cap(draft, facts, at),
        "sensitive": _is_sensitive(draft, facts, at),
        "in_quiet_hours": new.ignore_quiet_hours,
    }
    return frozenset(right for right, takes in found.items() if takes)


def _is_past_a_cap(draft: Draft, facts: Facts, at: dt.datetime) -> bool:
    verdict = caps.gate(draft, facts, at)
    if isinstance(verdict, Block):
        return True
    return isinstance(verdict, Pass) and any(warning.endswith(_REACHED) for warning in verdict.warnings)


def _is_sensitive(draft: Draft, facts: Facts, at: dt.datetime) -> bool:
    verdict = sensitive.gate(draft, facts, at)
    return isinstance(verdict, Block) or (isinstance(verdict, Pass) and bool(verdict.warnings))


def shown_words(body: str | None, terms: Terms) -> str:
    """Return a text's words, or why they are not shown: redacted, or they give something sensitive away."""
    if body is None:
        return "(redacted)"
    known = [terms.phone, *(sender.number for sender in terms.senders)]
    findings = find_sensitive(body, frozenset(each for each in known if each))
    return f"(not shown: it {' and '.join(finding.sentence for finding in findings)})" if findings else body


def as_stored(new: NewJob, now: dt.datetime) -> Job:
    """Return the row that planning a job would store."""
    fields = Job.__dataclass_fields__
    given = {name: getattr(new, name) for name in NewJob.__dataclass_fields__ if name in fields}
    blank: dict[str, object] = dict.fromkeys(fields.keys() - given.keys())
    counts = dict.fromkeys(("fence", "attempts", "deaths", "doubled"), 0)
    standing = {"state": State.SCHEDULED, "stop_wanted": False, "created_at": now, "updated_at": now}
    return Job(**blank | given | counts | standing | {"due_at": new.due_at or new.planned_for})  # type: ignore[arg-type] # every column by its name


def _nothing_published(practice: str) -> str:
    return f"no rules were published for {practice} yet"
