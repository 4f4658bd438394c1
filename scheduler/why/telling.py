"""Tells a job's or an occasion's story: what `reading` found in, a Life out."""

import uuid
from collections.abc import Iterable

from sqlalchemy import Connection

from jobs.phone import mask
from jobs.states import WAITING, Origin, State
from jobs.store.values import Job
from scheduler.planning.changes import for_people
from scheduler.planning.decisions import Decision
from scheduler.why.facts import job_facts, job_of, occasion_facts, slot_of
from scheduler.why.life import Life
from scheduler.why.reading import JobStory, OccasionStory, Row, read_job, read_occasion
from scheduler.why.words import how_computed, in_zone, verb_in_words, what_next, why_none

QUIET_VERBS = frozenset({"enqueue", "claim", "send", "release"})
"""Steps that a calm reader does not need when all went well; told where the job is not sent."""
SHORT_ID = 8


def why_job(connection: Connection, practice: str, job_id: uuid.UUID) -> Life:
    """Tell the life of a job: what it is, how its moment was computed, what happened, what happens next.

    Raises:
        NotFoundError: the practice has no such job.

    """
    story = read_job(connection, practice, job_id)
    sentences = [_what_it_is(story), *_origin_of_moment(story), *_what_happened(story), _what_comes(story)]
    return Life(tuple(sentences), job_facts(story))


def why_occasion(connection: Connection, practice: str, kind: str | None, ref: str) -> Life:
    """Tell of each step whether an occasion has a text for it, and why or why not.

    Raises:
        NotFoundError: no such occasion, or the ref is one of several kinds.

    """
    story = read_occasion(connection, practice, kind, ref)
    sentences = [_what_occasion_it_is(story)]
    if story.stored.off is not None:
        sentences.append(f"It is reminded of no more: {story.stored.off}.")
    if story.planned.unreached is not None:
        sentences.append(f"Nobody can be reached for it: {story.planned.unreached}.")
    if not story.planned.decisions and story.stored.off is None and story.planned.unreached is None:
        sentences.append("No rule is for it.")
    told: set[uuid.UUID] = set()
    for decision in story.planned.decisions:
        job = job_of(story, decision)
        told.update(() if job is None else (job.id,))
        sentences.extend(_of_decision(story, decision, job))
    sentences.extend(_left_over([job for job in story.jobs if job.id not in told]))
    return Life(tuple(sentences), occasion_facts(story))


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


def _origin_of_moment(story: JobStory) -> list[str]:
    """Say how the moment came about: by the rule as it is now, else as the row has it."""
    job = story.job
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


def _what_comes(story: JobStory) -> str:
    job = story.job
    if story.paused and job.state in WAITING:
        pause = story.paused[0]
        until = f" until {in_zone(pause['until'], story.zone)}" if pause["until"] else ""
        return f"It waits while {pause['scope']} {pause['target'] or ''} is paused{until}: {pause['reason']}."
    why = f" {job.reason[0].upper()}{job.reason[1:]}." if job.reason and job.state is not State.SENT else ""
    stop = f" A stop was asked for: {job.stop_reason}." if job.stop_wanted else ""
    return what_next(job.state, in_zone(job.due_at, story.zone), _short(job)) + why + stop


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
    if job is not None:
        state = job.state.replace("_", " ")
        why = f": {job.reason}" if job.reason else ""
        next_ = what_next(job.state, in_zone(job.due_at, story.zone), _short(job))
        lines.append(f"Job {_short(job)} is {state}{why}. {next_}")
    elif not decision.is_job:
        lines.append(why_none(decision))
    else:
        lines.append("No text: its moment had passed when the job would have begun, or there is no sender.")
    return [lines[0], *(f"    {line}" for line in lines[1:])]


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
