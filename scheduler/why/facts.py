"""A story as plain JSON values, for programs. Pure."""

import datetime as dt

from jobs.states import WAITING
from jobs.store.values import Job
from scheduler.planning.decisions import Decision
from scheduler.why.reading import JobStory, OccasionStory, Waits


def job_of(story: OccasionStory, decision: Decision) -> Job | None:
    """Return the job of a decision, the one sent again last; None where there is none."""
    wanted = slot_of(decision)
    found = [job for job in story.jobs if (job.rule, job.step, job.role, job.repeat, job.anchor) == wanted]
    return max(found, key=lambda job: job.again_count, default=None)


def slot_of(decision: Decision) -> tuple[str, str, str, int, str]:
    """Return what makes a decision and a job one: rule, step, role, repeat and anchor."""
    return (decision.rule, decision.step, decision.role, decision.repeat, decision.anchor)


def job_facts(story: JobStory) -> dict[str, object]:
    """Return a job with its timeline and attempts."""
    job = story.job
    return {
        "job": str(job.id),
        "state": job.state,
        "reason": job.reason,
        "origin": job.origin,
        "rule": job.rule,
        "step": job.step,
        "planned_for": job.planned_for.isoformat(),
        "due_at": job.due_at.isoformat(),
        "useful_until": job.useful_until.isoformat(),
        "pinned": job.pinned,
        "stop_wanted": job.stop_wanted,
        "paused": paused_by(story.waits, job),
        "timeline": [
            {
                "at": row["at"].isoformat(),
                **{key: row[key] for key in ("verb", "from_state", "to_state", "by", "reason")},
            }
            for row in story.events
        ],
        "attempts": [
            {
                "id": str(row["id"]),
                "started_at": row["started_at"].isoformat(),
                **{
                    key: row[key]
                    for key in ("provider", "outcome", "error_code", "reason", "provider_id", "revision", "body")
                },
            }
            for row in story.attempts
        ],
    }


def occasion_facts(story: OccasionStory) -> dict[str, object]:
    """Return an occasion with its decisions and jobs."""
    return {
        "kind": story.row["kind"],
        "ref": story.row["ref"],
        "status": story.row["status"],
        "start": story.row["start"],
        "timezone": story.zone,
        "off": story.stored.off,
        "problem": story.problem,
        "reminders_off": bool(story.row["reminders_off"] or story.muted),
        "muted": list(story.row["skip"] or ()),
        "unreached": None if story.planned.unreached is None else str(story.planned.unreached),
        "unreached_people": [
            {"contact": each.contact, "role": each.role, "why": each.why, "since": each.since.isoformat()}
            for each in story.unreached
        ],
        "notes": [
            {
                "did": row["did"],
                "contact": row["ref"],
                "start": row["start"],
                "rules": row["rules"],
                "note": row["note"],
                "by": row["by"],
                "at": row["at"].isoformat(),
            }
            for row in story.notes
        ],
        "decisions": [_decision_facts(story, decision) for decision in story.planned.decisions],
        "jobs": [
            {
                "job": str(job.id),
                "state": job.state,
                "reason": job.reason,
                "due_at": job.due_at.isoformat(),
                "paused": paused_by(story.waits, job),
            }
            for job in story.jobs
        ],
    }


def paused_by(waits: Waits, job: Job) -> str | None:
    """Return why a waiting job is paused, or None."""
    pause = waits.stopping(job) if job.state in WAITING else None
    return None if pause is None else pause["reason"]


def _decision_facts(story: OccasionStory, decision: Decision) -> dict[str, object]:
    job = job_of(story, decision)
    return {
        "rule": decision.rule,
        "step": decision.step,
        "role": decision.role,
        "repeat": decision.repeat,
        "reason": decision.reason,
        "detail": decision.detail or None,
        "superseded_by": None if decision.cause is None else f"{decision.cause.rule}/{decision.cause.step}",
        "late": decision.late,
        "shift": decision.shift,
        "own_moment": _iso(decision.own_moment),
        "planned_for": _iso(decision.planned_for),
        "useful_until": _iso(decision.useful_until),
        "useful_by": decision.useful_by,
        "job": None if job is None else str(job.id),
    }


def _iso(moment: dt.datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
