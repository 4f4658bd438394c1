"""A story as plain JSON values, for programs. Pure."""

from jobs.store.values import Job
from scheduler.planning.decisions import Decision
from scheduler.why.reading import JobStory, OccasionStory


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
        "unreached": None if story.planned.unreached is None else str(story.planned.unreached),
        "decisions": [_decision_facts(story, decision) for decision in story.planned.decisions],
        "jobs": [{"job": str(job.id), "state": job.state, "reason": job.reason} for job in story.jobs],
    }


def _decision_facts(story: OccasionStory, decision: Decision) -> dict[str, object]:
    job = job_of(story, decision)
    return {
        "rule": decision.rule,
        "step": decision.step,
        "role": decision.role,
        "repeat": decision.repeat,
        "reason": decision.reason,
        "planned_for": None if decision.planned_for is None else decision.planned_for.isoformat(),
        "useful_until": None if decision.useful_until is None else decision.useful_until.isoformat(),
        "job": None if job is None else str(job.id),
    }
