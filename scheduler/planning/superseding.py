"""Which of one person's texts about one occasion give way to another, over all rules, by RULES "Superseded". Pure."""

import datetime as dt
from collections.abc import Iterable
from itertools import pairwise
from typing import NamedTuple

from scheduler.planning.candidates import Candidate
from scheduler.planning.compiled import Side
from scheduler.planning.decisions import Identity, OccasionFacts

WITHIN = dt.timedelta(hours=1)

Superseded = dict[Candidate, Candidate | None]
"""What gives way, and to what; None for a correction, which no rule's step is."""


class _Announcement(NamedTuple):
    """An `on: created` text (or a correction, then without a text) and the moment it goes."""

    goes: dt.datetime
    text: Candidate | None


def identity_of(candidate: Candidate) -> Identity:
    """Return the identity of a candidate's job."""
    step = candidate.step
    return Identity(step.rule, step.step, candidate.role, candidate.anchor_text, candidate.repeat)


def supersede(candidates: Iterable[Candidate], facts: OccasionFacts) -> Superseded:
    """Return which of one person's laid texts give way; jobs that ended without telling anybody supersede nothing."""
    jobs = [candidate for candidate in candidates if candidate.fixed is None and candidate.outcome is None]
    if not jobs or (len(jobs) == 1 and not facts.corrections):
        return {}
    fallen = {job for job in jobs if identity_of(job) in facts.fallen} if facts.fallen else set()
    standing = [job for job in jobs if job not in fallen]
    dated = [job for job in standing if job.step.side is not Side.ON]
    announcements = _announcements(standing, facts)
    given_way = _late_ones(dated, announcements)
    rest = sorted((job for job in dated if job not in given_way), key=_order, reverse=True)
    if announcements or any(after.goes - before.goes <= WITHIN for after, before in pairwise(rest)):
        _within_the_hour(rest, announcements, given_way)
    return given_way


def _order(job: Candidate) -> tuple[dt.datetime, dt.datetime, int, int, int]:
    """Order by when a text goes, of two at one moment by the later own moment, then the first in the revision last."""
    rule, step = job.step.order
    return (job.goes, job.own_moment, -rule, -step, -job.repeat)


def _announcements(standing: list[Candidate], facts: OccasionFacts) -> list[_Announcement]:
    """Return created texts that go once the present start is known (earlier ones told the old), and a correction."""
    found = [_Announcement(job.goes, job) for job in standing if job.step.is_on_created and job.goes >= facts.dated_at]
    if facts.corrections and standing:
        correction = facts.corrections.get(standing[0].person.key)
        if correction is not None:
            found.append(_Announcement(correction, None))
    return found


def _late_ones(dated: list[Candidate], announcements: list[_Announcement]) -> Superseded:
    """Let the latest late text go; none if a created text (without a wait, or soon after) or a correction goes."""
    late = [job for job in dated if job.late]
    if not late:
        return {}
    soon = min(job.goes for job in late) + WITHIN
    for goes, text in announcements:
        if text is None or (text.ready >= text.dated_at and (not text.step.offset.count or goes <= soon)):
            return dict.fromkeys(late, text)
    winner = max(late, key=lambda job: _order(job)[1:])
    return {job: winner for job in late if job is not winner}


def _within_the_hour(latest_first: list[Candidate], announcements: list[_Announcement], given_way: Superseded) -> None:
    """Let texts give way to what goes within the hour after them, or to an announcement within the hour before them."""
    going: list[Candidate] = []
    for job in latest_first:
        before = job.step.side is Side.BEFORE
        announced = [one for one in announcements if before and one.goes <= job.goes <= one.goes + WITHIN]
        if announced:
            given_way[job] = announced[0].text
            continue
        stronger = [
            other
            for other in going
            if other.goes - job.goes <= WITHIN and (job.late or (before and other.step.rule == job.step.rule))
        ]
        if stronger:
            given_way[job] = stronger[-1]
        elif not job.late:
            going.append(job)
