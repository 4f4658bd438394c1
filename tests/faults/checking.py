"""What is true of an installation however it was killed: no job lost, none sent twice, each state told by its timeline.

Rows and the provider's ledger come in, what is wrong with them goes out in sentences.
"""

import datetime as dt
import json
import uuid
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import select

from jobs.database import Database
from jobs.records import attempts, jobs, texts, timeline
from jobs.states import ACCEPTED, ENDED, PLANNED, WAITING, State, Verb, sources_of

UNDER_WAY = frozenset({State.QUEUED, State.CLAIMED, State.SENDING})


@dataclass(frozen=True, slots=True)
class Seen:
    """An installation at one moment; `ledger` counts the lines of each job."""

    jobs: dict[uuid.UUID, Any]
    timelines: dict[uuid.UUID, list[Any]]
    attempts: dict[uuid.UUID, list[Any]]
    texts: Counter[uuid.UUID]
    ledger: Counter[uuid.UUID]
    ledger_attempts: Counter[uuid.UUID]

    def of(self, *states: State) -> set[uuid.UUID]:
        """Return the jobs that stand so."""
        return {job_id for job_id, job in self.jobs.items() if job.state in states}

    def due(self, now: dt.datetime) -> set[uuid.UUID]:
        """Return the waiting jobs that are due."""
        return {job_id for job_id in self.of(*WAITING) if self.jobs[job_id].due_at <= now}

    def standings(self) -> Counter[tuple[str, str | None]]:
        """Return how many jobs stand how, with the reason."""
        return Counter((job.state, job.reason) for job in self.jobs.values())


def look(database: Database, ledger: Path) -> Seen:
    """Read all that tells what became of the jobs; the ledger first, so that no line of it lacks its row."""
    lines = [json.loads(line) for line in ledger.read_text(encoding="utf-8").splitlines()] if ledger.exists() else []
    with database.read() as connection:
        tables = {table.name: connection.execute(select(table)).all() for table in (jobs, attempts, texts)}
        rows = connection.execute(select(timeline).order_by(timeline.c.id)).all()
    job_of_attempt = {row.id: row.job_id for row in tables["attempts"]}
    return Seen(
        {row.id: row for row in tables["jobs"]},
        _by_job(rows),
        _by_job(tables["attempts"]),
        Counter(job_of_attempt[row.attempt_id] for row in tables["texts"] if row.attempt_id in job_of_attempt),
        Counter(uuid.UUID(line["job_id"]) for line in lines),
        Counter(uuid.UUID(line["attempt_id"]) for line in lines),
    )


def what_is_wrong(seen: Seen, now: dt.datetime) -> list[str]:
    """Return everything that an installation may not show once it has settled."""
    wrong = [f"{job_id}: in the ledger, but no job" for job_id in seen.ledger if job_id not in seen.jobs]
    known = {each.id for rows in seen.attempts.values() for each in rows}
    wrong += [
        f"attempt {each}: in the ledger, but never intended" for each in seen.ledger_attempts if each not in known
    ]
    for job_id, job in seen.jobs.items():
        problems = [*_lost(job, now), *_doubled(seen, job), *_untold(seen, job)]
        wrong += [f"{job_id} ({job.state}: {job.reason}): {problem}" for problem in problems]
    return wrong


def _lost(job: Any, now: dt.datetime) -> list[str]:
    state = State(job.state)
    if state in UNDER_WAY:
        return ["nobody works on it any more"]
    if state in WAITING and job.due_at <= now:
        return ["it is due and nobody took it"]
    if state in (ENDED - ACCEPTED) | {State.IN_DOUBT, State.HELD, State.RETRYING} and not job.reason:
        return ["no reason is shown"]
    return []


def _doubled(seen: Seen, job: Any) -> list[str]:
    lines = seen.ledger[job.id]
    accepted = job.state in ACCEPTED
    told = {
        f"it went out {lines} times": lines > 1,
        "it is said to be sent, but did not go out": accepted and not lines,
        "it went out, but is not said to": bool(lines) and not accepted and job.state != State.IN_DOUBT,
        "it is counted as doubled": bool(job.doubled),
        f"the conversation holds it {seen.texts[job.id]} times": seen.texts[job.id] != int(accepted),
    }
    return [sentence for sentence, is_so in told.items() if is_so]


def _untold(seen: Seen, job: Any) -> list[str]:
    """Replay the timeline: each row goes on from the one before by an arrow of the table, to where the job stands."""
    rows = seen.timelines.get(job.id, [])
    wrong = []
    stands: str | None = None
    for row in rows:
        if row.from_state != stands:
            wrong.append(f"its timeline jumps from {stands} to {row.from_state} before {row.verb}")
        if not _is_arrow(row):
            wrong.append(f"its timeline has no arrow {row.from_state} --{row.verb}--> {row.to_state}")
        stands = row.to_state
    if stands != job.state:
        wrong.append(f"its timeline ends at {stands}")
    wrong += _told_otherwise(rows, job)
    sent = sum(row.verb == Verb.SEND for row in rows)
    if sent != len(seen.attempts.get(job.id, [])):
        wrong.append(f"{sent} intents on its timeline, {len(seen.attempts.get(job.id, []))} attempts")
    return wrong


def _told_otherwise(rows: Sequence[Any], job: Any) -> list[str]:
    """Compare the reason and the mover of the last row with the job's, where that row moved it."""
    if not rows or rows[-1].from_state == rows[-1].to_state:
        return []
    told, shown = (rows[-1].reason, rows[-1].by), (job.reason, job.moved_by)
    return [] if told == shown else [f"its timeline says {told}, the job {shown}"]


def _is_arrow(row: Any) -> bool:
    verb, target = Verb(row.verb), State(row.to_state)
    if verb is Verb.PLAN:
        return row.from_state is None and target in PLANNED
    return row.from_state in sources_of(verb, target) or (
        row.from_state == row.to_state and row.from_state in sources_of(verb, None)
    )


def _by_job(rows: Sequence[Any]) -> dict[uuid.UUID, list[Any]]:
    found: dict[uuid.UUID, list[Any]] = {}
    for row in rows:
        found.setdefault(row.job_id, []).append(row)
    return found
