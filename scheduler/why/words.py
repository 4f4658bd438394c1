"""Decisions, states and verbs in sentences that staff understand. Pure: values in, text out; it looks nothing up."""

import datetime as dt
import zoneinfo
from collections.abc import Mapping
from typing import Any

from jobs.states import State, Verb
from scheduler.planning.changes import for_people
from scheduler.planning.compiled import Side, StepTerms
from scheduler.planning.decisions import Decision, Reason, Shift, UsefulBy

_SHIFTS: dict[Shift, str] = {
    Shift.LATER: "That lies in quiet hours there, so it goes at the next opening",
    Shift.EARLIER: "That lies in quiet hours there, so it goes before the last window ended",
    Shift.FURTHER_BACK: "That lies in quiet hours and the next opening would be useless, so it goes earlier still",
    Shift.AFTER_DATED: "The last open hour before it had passed, so it goes at the first after the date was recorded",
    Shift.SEND_NOW: "The step says send_now, so it goes as soon as it may",
}
_LIMITS: dict[UsefulBy, str] = {
    UsefulBy.OWN: "the step's own useful_until",
    UsefulBy.START: "the start",
    UsefulBy.DAY_END: "the end of that day",
    UsefulBy.NEXT_STEP: "the next reminder takes over",
    UsefulBy.NEXT_REPEAT: "the next repeat takes over",
    UsefulBy.THREE_DAYS: "three days later",
    UsefulBy.ONE_DAY: "one day later",
}
_REASONS: dict[Reason, str] = {
    Reason.BEFORE_EFFECTIVE_FROM: "the date lies before the rule's effective_from",
    Reason.NO_SUCH_CHANGE: "no change was recorded that this step is for",
    Reason.CONDITION_FALSE: "its condition does not hold",
    Reason.NO_DATE: "there is no date to count from",
    Reason.NOT_BEFORE_START: "this repeat would not come before the start",
    Reason.SAME_DAY: "another repeat of the step goes on the same day",
    Reason.QUIET_HOURS: "its moment lies in quiet hours and the step says skip",
    Reason.TOO_LATE: "its moment had passed when the date was recorded (or before the step was first published)",
    Reason.NO_PHONE: "the person has no phone that can be texted",
    Reason.NO_OPEN_HOUR: "there is no open hour while it would be useful",
    Reason.SUPERSEDED: "another text takes its place",
    Reason.SAME_PHONE: "another person of this occasion has the same phone, which gets one text",
    Reason.OCCASION_OFF: "reminders are turned off for this occasion",
    Reason.PERSON_OFF: "reminders are turned off for this person",
    Reason.RULE_MUTED: "this rule is muted for this occasion",
}
_STATES: dict[State, str] = {
    State.SCHEDULED: "It waits, and goes at {due}.",
    State.HELD: "It is held, and is tried again at {due}.",
    State.RETRYING: "It is tried again at {due}.",
    State.QUEUED: "It is about to go: a worker takes it within seconds.",
    State.CLAIMED: "A worker holds it right now.",
    State.SENDING: "A request for it is under way.",
    State.SENT: "The provider accepted it; nothing more happens unless a receipt comes.",
    State.DELIVERED: "It arrived; nothing more happens.",
    State.UNDELIVERED: "It did not arrive; it is not sent again by itself.",
    State.IN_DOUBT: "Nobody can say whether it went. A person settles it: quietbell jobs settle {job}.",
    State.BLOCKED: "It does not go unless the cause goes away and it is reopened: quietbell jobs reopen {job}.",
    State.FAILED: "It does not go unless a person reopens it: quietbell jobs reopen {job}.",
    State.CANCELLED: "It does not go.",
    State.EXPIRED: "It does not go: it would be of no use any more.",
}
_VERBS: dict[Verb, str] = {
    Verb.PLAN: "planned",
    Verb.REFRESH: "its rule's details were refreshed",
    Verb.DOUBT: "whether it went became unknown",
    Verb.MOVE: "moved",
    Verb.CANCEL: "cancelled",
    Verb.BLOCK: "blocked",
    Verb.EXPIRE: "expired",
    Verb.ENQUEUE: "handed to the workers",
    Verb.RELEASE: "put back",
    Verb.CLAIM: "taken by a worker",
    Verb.HOLD: "held",
    Verb.FAIL: "failed",
    Verb.SEND: "asked of the provider",
    Verb.RECORD: "recorded",
    Verb.RETRY: "to be tried again",
    Verb.SETTLE: "settled",
    Verb.REOPEN: "reopened",
}


def in_zone(moment: dt.datetime, zone: str) -> str:
    """Return a moment as people read it: `Wed 25 Nov 2026 16:00`, in `zone` (not named)."""
    return f"{moment.astimezone(zoneinfo.ZoneInfo(zone)):%a %-d %b %Y %H:%M}"


def step_in_words(step: StepTerms) -> str:
    """Return when a step goes, as the rule says it: `1 day before the start, at 16:00`."""
    counted = f"the day in {step.from_field}" if step.from_field else None
    if step.side is Side.ON:
        moment = "when it is recorded" if step.on_status is None else f"when its status becomes {step.on_status}"
        return moment if not step.offset.count else f"{step.offset} after the moment {moment}"
    edge = counted or ("the date" if step.by_day else "the start" if step.side is Side.BEFORE else "the end")
    moment = f"on {edge}" if not step.offset.count else f"{step.offset} {step.side.value} {edge}"
    at = "" if step.at is None else f", at {step.at:%H:%M}"
    every = "" if step.every is None else f", every {step.every} ({step.times} times)"
    return f"{moment}{at}{every}"


def how_computed(decision: Decision, dated_at: dt.datetime, zone: str) -> list[str]:
    """Return sentences that follow the arithmetic from the rule to the planned moment."""
    repeat = f" (repeat {decision.repeat})" if decision.of.times > 1 else ""
    said = f"Rule {decision.rule}, step {decision.step}{repeat}: {step_in_words(decision.of)}"
    if decision.own_moment is None:
        return [f"{said}."]
    lines = [f"{said}, which is {in_zone(decision.own_moment, zone)} ({zone})."]
    if decision.late:
        lines.append(f"That had passed on {in_zone(dated_at, zone)}, when this date was recorded.")
    if decision.is_job and decision.planned_for is not None and decision.shift is not Shift.NONE:
        lines.append(f"{_SHIFTS[decision.shift]}: {in_zone(decision.planned_for, zone)}.")
    if decision.is_job and decision.useful_until is not None and decision.useful_by is not None:
        lines.append(f"It is of use until {in_zone(decision.useful_until, zone)}: {_LIMITS[decision.useful_by]}.")
    return lines


def why_none(decision: Decision) -> str:
    """Return why a decision gives no job."""
    if decision.reason is None:
        message = "this decision is a job"
        raise ValueError(message)
    detail = f" ({decision.detail})" if decision.detail else ""
    cause = ""
    if decision.cause is not None:
        cause = f": {decision.cause.rule}/{decision.cause.step}"
        cause += f" repeat {decision.cause.repeat}" if decision.cause.repeat > 1 else ""
    return f"No text, since {_REASONS[decision.reason]}{cause}{detail}."


def note_in_words(row: Mapping[str, Any], at: str) -> str:
    """Return what a person did besides texts, of a row of notes with the contact's ref and name, at the words `at`."""
    whom = "" if row["ref"] is None else f"{row['name'] or row['ref']} ({row['ref']})"
    who = row["by"].removeprefix("person:")
    if row["did"] == "phoned":
        told = f" about {for_people(row['start'])}" if row["start"] else ""
        return f"{whom or 'Somebody'} was phoned{told} by {who} on {at}: {row['note'].rstrip('.')}."
    if row["rules"]:
        what = (
            f"The rule {row['rules'][0]} was" if len(row["rules"]) == 1 else f"The rules {', '.join(row['rules'])} were"
        )
    else:
        what = f"Reminders to {whom} were" if whom else "Its reminders were"
    return f"{what} {row['did']} by {who} on {at}: {row['note'].rstrip('.')}."


def what_next(state: State, due: str, job: str) -> str:
    """Return what happens next to a job in `state`, due at the words `due`, called `job`."""
    return _STATES[state].format(due=due, job=job)


def verb_in_words(verb: str, to_state: str) -> str:
    """Return what a timeline row says happened."""
    word = _VERBS[Verb(verb)]
    return f"{word}: {to_state.replace('_', ' ')}" if verb in {Verb.RECORD, Verb.SETTLE} else word
