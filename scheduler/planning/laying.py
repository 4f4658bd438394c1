"""Lays one person's texts of one rule in time: where each goes, until when it is useful, which repeats fall away. Pure.

Steps still ahead are laid from the last to the first, since a text is useful until the next one that has a job; late
ones after them. Texts that are superseded are laid too, but end nothing.
"""

import datetime as dt
from collections.abc import Collection, Iterable

from scheduler.planning.candidates import Candidate
from scheduler.planning.compiled import Side
from scheduler.planning.decisions import Reason, Shift
from scheduler.planning.shifting import Bounds, shift
from scheduler.planning.timing import Place
from scheduler.planning.usefulness import Limit, limit_of, settle


def lay(candidates: Iterable[Candidate], superseded: Collection[Candidate], place: Place) -> None:
    """Set planned, until and outcome of one rule's candidates for one person, where no reason of their own stands."""
    ahead: list[Candidate] = []
    late: list[Candidate] = []
    for candidate in candidates:
        if candidate.fixed is not None:
            continue
        if candidate.step.side is Side.ON:
            _lay_ahead(candidate, None, place)
        else:
            (late if candidate.late else ahead).append(candidate)
    if not ahead and not late:
        return
    ahead.sort(key=_own_moment, reverse=True)
    row = _Row(ahead, superseded, place)
    for candidate in ahead:
        row.lay(candidate)
    for candidate in late:
        row.lay_late(candidate)


def _own_moment(candidate: Candidate) -> dt.datetime:
    return candidate.own_moment


class _Row:
    """The texts still ahead that have a job, as far as they are laid: the latest own moment first."""

    def __init__(self, ahead: list[Candidate], superseded: Collection[Candidate], place: Place) -> None:
        self._superseded = superseded
        self._place = place
        self._laid: list[Candidate] = []
        self._days = {
            (candidate.step.order, place.local_day(candidate.own_moment)): candidate
            for candidate in ahead
            if candidate.step.times > 1
            and candidate not in superseded
            and candidate.hours.is_open(candidate.own_moment)
        }

    def lay(self, candidate: Candidate) -> None:
        """Lay a candidate that is not late."""
        _lay_ahead(candidate, self._following(candidate, candidate.own_moment), self._place)
        if candidate.step.times > 1 and candidate.shift is not Shift.NONE and candidate.planned is not None:
            self._keep_one_a_day(candidate, candidate.planned)
        if candidate.outcome is None and candidate not in self._superseded:
            self._laid.append(candidate)

    def lay_late(self, candidate: Candidate) -> None:
        """Lay a late candidate: it goes at once or at the next opening, and a default is reckoned from there."""
        candidate.shift = Shift.SEND_NOW
        candidate.planned = candidate.hours.next_opening(candidate.ready)
        following = None if candidate.planned is None else self._following(candidate, candidate.planned)
        _settle(candidate, limit_of(candidate, following, self._place), self._place)

    def _following(self, candidate: Candidate, after: dt.datetime) -> Candidate | None:
        """Return what ends a candidate by default: the next step, or for `after` its next repeat, that has a job."""
        for other in reversed(self._laid):
            if other.own_moment > after and (candidate.step.side is Side.BEFORE or other.step is candidate.step):
                return other
        return None

    def _keep_one_a_day(self, candidate: Candidate, planned: dt.datetime) -> None:
        """Drop a shifted repeat on the day of another of its step; of several shifted ones keep the last."""
        key = (candidate.step.order, self._place.local_day(planned))
        other = self._days.get(key)
        if other is not None:
            candidate.outcome, candidate.cause = Reason.SAME_DAY, other
        elif candidate.outcome is None and candidate not in self._superseded:
            self._days[key] = candidate


def _lay_ahead(candidate: Candidate, following: Candidate | None, place: Place) -> None:
    limit = limit_of(candidate, following, place)
    bounds = Bounds(candidate.ready, None if limit is None else limit[0])
    candidate.planned, candidate.shift = shift(
        candidate.own_moment, candidate.step.in_quiet_hours, candidate.hours, bounds
    )
    _settle(candidate, limit, place)


def _settle(candidate: Candidate, limit: Limit | None, place: Place) -> None:
    candidate.cause = None
    if candidate.planned is None:
        candidate.outcome, candidate.until, candidate.useful_by = Reason.NO_OPEN_HOUR, None, None
        return
    candidate.goes = max(candidate.planned, candidate.ready)
    candidate.until, candidate.useful_by = settle(candidate, limit, candidate.planned, place)
    candidate.outcome = None if candidate.goes < candidate.until else Reason.NO_OPEN_HOUR
