"""Tells a job's or an occasion's story: what `reading` found in, a Life out."""

import datetime as dt
import uuid
from collections.abc import Iterable

from sqlalchemy import Connection

from jobs.phone import mask
from jobs.states import ACCEPTED, WAITING, Origin, State
from jobs.store.values import Job
from scheduler.planning.changes import for_people
from scheduler.planning.decisions import Decision
from scheduler.why.facts import job_facts, job_of, occasion_facts, slot_of
from scheduler.why.life import Life
from scheduler.why.reading import JobStory, OccasionStory, Row, Waits, read_job, read_occasion
from scheduler.why.words import how_computed, in_zone, note_in_words, verb_in_words, what_next, why_none

QUIET_VERBS = frozenset({"enqueue", "claim", "send", "release"})
"""Steps that a calm reader does not need when all went well; told where the job is not sent."""
SHORT_ID = 8


def why_job(connection: Connection, practice: str, job_id: uuid.UUID, now: dt.datetime) -> Life:
    """Tell the life of a job at `now`: what it is, how its moment was computed, what happened, what happens next.

    Raises:
        NotFoundError: the practice has no such job.

    """
    story = read_job(connection, practice, job_id, now)
    comes = [] if (again := _said_again(story)) else [_what_comes(story.job, story.zone, story.waits)]
    moment = _origin_of_moment(story)
    sentences = [_what_it_is(story), *moment, *_what_happened(story), *again, *comes]
    return Life(tuple(sentences), {**job_facts(story), "moment": moment, "next": sentences[-1]})


def why_occasion(connection: Connection, practice: str, kind: str | None, ref: str, now: dt.datetime) -> Life:
    """Tell of each step whether an occasion has a text for it at `now`, and why or why not.

    Raises:
        NotFoundError: no such occasion, or the ref is one of several kinds.

    """
    story = read_occasion(connection, practice, kind, ref, now)
    sentences = [_what_occasion_it_is(story), *_what_keeps_it_back(story), *_what_people_did(story)]
    told: set[uuid.UUID] = set()
    for decision in story.planned.decisions:
        job = job_of(story, decision)
        told.update(() if job is None else (job.id,))
        sentences.extend(_of_decision(story, decision, job))
    sentences.extend(_left_over([job for job in story.jobs if job.id not in told]))
    return Life(tuple(sentences), occasion_facts(story))


def _what_keeps_it_back(story: OccasionStory) -> list[str]:
    """Say what of the occasion as a whole leaves it without reminders."""
    row, lines = story.row, []
    if story.stored.off is not None:
        lines.append(f"It is reminded of no more: {story.stored.off}.")
    if story.problem is not None:
        lines.append(f"It cannot be planned: {story.problem}.")
    if story.planned.unreached is not None:
        lines.append(f"Nobody can be reached for it: {story.planned.unreached}.")
    lines += [
        f"Reminders are turned off for {whom}." for whom in (*(["it"] if row["reminders_off"] else []), *story.muted)
    ]
    if row["skip"]:
        lines.append(f"Muted for it: {', '.join(row['skip'])}.")
    if not story.planned.decisions and not lines:
        lines.append("No rule is for it.")
    return lines


def _what_people_did(story: OccasionStory) -> list[str]:
    """Say who is unreached, and what people noted: calls, and mutes with their reasons."""
    lines = [
        f"{each.name or each.contact} ({each.contact}) is unreached: {each.why}."
        for each in story.unreached
        if each.contact is not None
    ]
    return lines + [note_in_words(dict(row), in_zone(row["at"], story.zone)) for row in story.notes]


def _what_it_is(story: JobStory) -> str:
    job = story.job
    whom = _person(story)
    name = _short(job)
    if story.occasion is None:
        by = (job.sent_by or {}).get("name") or (job.sent_by or {}).get("ref")
        asked = f", asked for by {by}" if by else ""
        return f"Job {name} is a {job.origin.replace('_', '-')} text to {whom}{asked}."
    row = story.occasion.row
    when = "with no date" if not job.anchor else f"of {for_people(job.anchor)}"
    return f"Job {name} is a {job.origin} to {whom} about {row['kind']} {row['ref']} {when} ({story.zone})."


def _person(story: JobStory) -> str:
    if story.contact is None:
        return mask(story.job.to_number or "")
    number = story.contact["phone"]
    reached = mask(number) if number else f"no phone: {story.contact['phone_problem'] or 'none was given'}"
    return f"{story.contact['name'] or story.contact['ref']} ({story.contact['ref']}, {reached})"


def _said_again(story: JobStory) -> list[str]:
    """Say which job says once more what did not arrive."""
    jobs = () if story.occasion is None else story.occasion.jobs
    found = [each for each in jobs if each.again_of == story.job.id]
    if story.job.state is not State.UNDELIVERED or not found:
        return []
    last = max(found, key=lambda job: job.again_count)
    why = f": {story.job.reason}" if story.job.reason else ""
    return [f"It did not arrive{why}. Job {_short(last)} says it once more and is {last.state.replace('_', ' ')}."]


def _origin_of_moment(story: JobStory) -> list[str]:
    """Say how the moment came about: by the rule as it is now, else as the row has it."""
    job = story.job
    if job.again_of is not None:
        first, planned = job.again_of.hex[-SHORT_ID:], in_zone(job.planned_for, story.zone)
        return [f"It says once more what job {first} said, which did not arrive; planned for {planned}."]
    decision = None if story.occasion is None else _decision_of(story.occasion, job)
    if story.occasion is None or decision is None:
        gone = "" if job.origin is not Origin.REMINDER else f"Rule {job.rule}, step {job.step}, no longer asks for it. "
        return [f"{gone}It was planned for {in_zone(job.planned_for, story.zone)} ({story.zone})."]
    lines = how_computed(decision, story.occasion.row["dated_at"], story.zone)
    if job.pinned:
        lines.append(f"A person moved it; it stays at {in_zone(job.planned_for, story.zone)} until the date moves.")
    elif decision.is_job and decision.planned_for != job.planned_for:
        lines.append(f"It keeps the moment it was planned for before: {in_zone(job.planned_for, story.zone)}.")
    elif not decision.is_job:
        lines.append(why_none(decision))
    return lines


def _what_happened(story: JobStory) -> list[str]:
    went_well = story.job.state in {State.SENT, State.DELIVERED}
    events = [each for each in story.events if not (went_well and each["verb"] in QUIET_VERBS)]
    by_id = {str(attempt["id"]): attempt for attempt in story.attempts}
    lines = [_event(story, each) for each in events]
    for number, attempt in enumerate(by_id.values(), start=1):
        outcome = (attempt["outcome"] or "no answer yet").replace("_", " ")
        detail = "".join(f", {part}" for part in (attempt["error_code"], attempt["reason"]) if part)
        lines.append(
            f"Attempt {number} at {in_zone(attempt['started_at'], story.zone)} through {attempt['provider']} from "
            f"{attempt['from_number']} in {attempt['language'] or 'no language'}, {attempt['segments']} segments, "
            f"under revision {attempt['revision'] or 'unknown'}: {outcome}{detail}.",
        )
        if attempt["body"]:
            lines.append(f"It said: {attempt['body']}")
    return lines


def _event(story: JobStory, event: Row) -> str:
    reason = f": {event['reason']}" if event["reason"] else ""
    who = event["by"].removeprefix("person:")
    return f"{in_zone(event['at'], story.zone)}  {verb_in_words(event['verb'], event['to_state'])} by {who}{reason}."


def _what_comes(job: Job, zone: str, waits: Waits) -> str:
    """Say what happens next to a job, and why it stands where it stands."""
    stop = f" A stop was asked for: {job.stop_reason}." if job.stop_wanted else ""
    pause = waits.stopping(job) if job.state in WAITING else None
    if pause is not None:
        until = f" until {in_zone(pause['until'], zone)}" if pause["until"] else ""
        target = f" {pause['target']}" if pause["target"] else ""
        return f"It waits while {pause['scope']}{target} is paused{until}: {pause['reason']}.{stop}"
    due = in_zone(job.due_at, zone)
    if job.state in WAITING and job.due_at <= waits.now:
        return f"It was due at {due} and goes as soon as it is its turn.{stop}"
    is_well = job.state in {State.SENT, State.DELIVERED}
    why = f"{job.reason[0].upper()}{job.reason[1:]}. " if job.reason and not is_well else ""
    return why + what_next(job.state, due, _short(job)) + stop


def _what_occasion_it_is(story: OccasionStory) -> str:
    row = story.row
    when = "with no date" if not row["start"] else f"on {for_people(row['start'])}"
    answer = "" if row["answer"] == "none" else f", answered {row['answer'].replace('_', ' ')}"
    recorded = in_zone(row["dated_at"], story.zone)
    return (
        f"{row['kind'].capitalize()} {row['ref']} is {when} ({story.zone}), {row['status']}{answer}; dated {recorded}."
    )


def _of_decision(story: OccasionStory, decision: Decision, job: Job | None) -> list[str]:
    lines = how_computed(decision, story.row["dated_at"], story.zone)
    if len(story.stored.facts.people) > 1:
        lines[0] = f"{lines[0].removesuffix('.')}, for the {decision.role}."
    if not decision.is_job and (job is None or job.state not in ACCEPTED):
        lines.append(why_none(decision))
    if job is not None:
        comes = _what_comes(job, story.zone, story.waits)
        lines.append(f"Job {_short(job)} is {job.state.replace('_', ' ')}. {comes}")
    elif decision.is_job:
        lines.append(why_no_job(story, decision))
    return [lines[0], *(f"    {line}" for line in lines[1:])]


def why_no_job(story: OccasionStory, decision: Decision) -> str:
    """Say why a text that is wanted has no job."""
    if decision.sender not in story.basis.providers:
        return "No text: the practice has no sender for it."
    if decision.planned_for is not None and decision.planned_for > story.waits.now:
        return "Its job is not there yet: planning under the rules in force is still under way."
    return "No text: its moment had passed when its job would have begun."


def _left_over(left: Iterable[Job]) -> list[str]:
    lines = []
    for job in left:
        why = f": {job.reason}" if job.reason else ""
        label = f"{job.rule}/{job.step}" if job.rule else str(job.origin)
        of = f" for {for_people(job.anchor)}" if job.anchor else ""
        lines.append(f"Job {_short(job)} ({label}{of}) is {job.state.replace('_', ' ')}{why}.")
    return ["Earlier or other texts about it:", *(f"    {line}" for line in lines)] if lines else []


def _decision_of(story: OccasionStory, job: Job) -> Decision | None:
    wanted = (job.rule, job.step, job.role, job.repeat, job.anchor)
    return next((each for each in story.planned.decisions if slot_of(each) == wanted), None)


def _short(job: Job) -> str:
    return job.id.hex[-SHORT_ID:]
