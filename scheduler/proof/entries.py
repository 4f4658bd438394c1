"""What one job or text proves, as plain JSON values: rows in, a mapping out. Pure; it looks nothing up.

The page shows these values, and the data at its end are these values: they cannot differ.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Final, TypeAlias
from uuid import UUID

from jobs.store.values import Job
from scheduler.proof.reading import Row, Told
from scheduler.proof.sources import Sources
from scheduler.why.words import in_zone, verb_in_words

Plain: TypeAlias = Mapping[str, Any]
"""JSON values by name; its values are of as many types as JSON has."""

OUTCOMES: Final[Mapping[str | None, str]] = {
    None: "no answer yet",
    "accepted": "accepted by the provider",
    "refused": "refused by the provider, not sent",
    "later": "not taken by the provider now, not sent",
    "throttled": "too fast for the provider, not sent",
    "closed": "the sender or account was closed, not sent",
    "unknown": "unknown: it may have been sent or not",
    "not_written": "the request was never written, not sent",
    "settled_absent": "found not to have been sent",
}
_ATTEMPT_AS_IT_IS: Final = [
    "provider",
    "account",
    "sender",
    "from_number",
    "to_number",
    "body",
    "body_hash",
    "segments",
    "encoding",
    "language",
    "template",
    "template_hash",
    "revision",
    "told_start",
    "told_fields",
    "window",
    "consent",
    "caused_by",
    "outcome",
    "error_code",
    "reason",
    "provider_id",
    "cost_estimated",
    "cost_actual",
    "currency",
    "price",
    "price_currency",
]
_TEXT_AS_IT_IS: Final = (
    "number",
    "own_number",
    "body",
    "provider",
    "provider_id",
    "case_ref",
    "owner",
    "media",
    "meaning",
    "flagged",
    "settled_by",
)


def entry_of(told: Told, zone: str, sources: Sources) -> Plain:
    """Return what a job or a text proves; `zone` is the practice's."""
    if told.job is not None:
        return _job_entry(told, told.job, zone, sources)
    row: Row = told.text or {}
    kind = "in" if row["direction"] == "in" else "out_alone"
    return {
        "kind": kind,
        "id": str(row["id"]),
        "at": _utc(row["at"]),
        "local": _local(row["at"], [zone]),
        "read_at": _utc(row["read_at"]),
        "settled_at": _utc(row["settled_at"]),
        **{name: row[name] for name in _TEXT_AS_IT_IS},
    }


def plain(value: object) -> object:
    """Return a value of a row as JSON has it: moments in UTC, ids and decimals as text."""
    if isinstance(value, dt.datetime):
        return _utc(value)
    if isinstance(value, UUID | Decimal):
        return str(value)
    return value


def _job_entry(told: Told, job: Job, zone: str, sources: Sources) -> Plain:
    receipts: dict[str, list[Row]] = {}
    for row in told.receipts:
        receipts.setdefault(str(row["attempt_id"]), []).append(row)
    return {
        "kind": "out" if told.attempts else "unsent",
        "job": str(job.id),
        "origin": job.origin.value,
        "state": job.state.value,
        "reason": job.reason,
        "about": _about(told.occasion, job),
        "planned_for": _utc(job.planned_for),
        "planned_for_local": _local(job.planned_for, [zone]),
        "planned_under": job.revision,
        "rule": _named(job.rule, job.step, sources, job.revision),
        "asked_for_by": None if job.sent_by is None else dict(job.sent_by),
        "purpose": job.purpose,
        "again_of": None if job.again_of is None else str(job.again_of),
        "accepted_again": job.doubled,
        "attempts": [_attempt(row, receipts.get(str(row["id"]), ()), zone, sources) for row in told.attempts],
        "life": [_event(row) for row in told.timeline],
        "life_in_words": [_event_in_words(row, zone) for row in told.timeline],
    }


def _attempt(row: Row, receipts: Sequence[Row], zone: str, sources: Sources) -> Plain:
    caused = row["caused_by"] or {}
    return {
        "id": str(row["id"]),
        "at": _utc(row["started_at"]),
        "local": _local(row["started_at"], (row["window"] or {}).get("zones") or [zone]),
        "deadline": _utc(row["deadline"]),
        "ended_at": _utc(row["finished_at"]),
        **{name: row[name] for name in _ATTEMPT_AS_IT_IS},
        "outcome_in_words": OUTCOMES.get(row["outcome"], str(row["outcome"])),
        "rule": _named(caused.get("rule"), caused.get("step"), sources, row["revision"]),
        "template_source": sources.template(row["revision"], row["template"], row["language"], row["template_hash"]),
        "receipts": [{"at": _utc(each["at"]), **{n: each[n] for n in ("status", "error_code")}} for each in receipts],
    }


def _named(rule: str | None, step: str | None, sources: Sources, revision: str | None) -> Plain | None:
    """Return a rule and its step, with the key under which the rule's own words stand among the sources."""
    if rule is None:
        return None
    return {"rule": rule, "step": step, "revision": revision, "words": sources.rule(revision, rule)}


def _about(row: Row | None, job: Job) -> Plain | None:
    if row is None:
        return None
    named = {name: row[name] for name in ("kind", "ref", "case_ref", "status", "timezone")}
    return {**named, "start_then": job.anchor, "start_now": row["start"], "role": job.role}


def _event(row: Row) -> Plain:
    return {"at": _utc(row["at"]), **{name: row[name] for name in ("verb", "from_state", "to_state", "by", "reason")}}


def _event_in_words(row: Row, zone: str) -> str:
    who = row["by"].removeprefix("person:")
    reason = f": {row['reason']}" if row["reason"] else ""
    return f"{in_zone(row['at'], zone)}  {verb_in_words(row['verb'], row['to_state'])} by {who}{reason}."


def _local(moment: dt.datetime, zones: Sequence[str]) -> list[Plain]:
    return [{"zone": zone, "moment": in_zone(moment, zone)} for zone in zones]


def _utc(moment: dt.datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(dt.UTC).isoformat()
