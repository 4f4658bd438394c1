"""Jobs, their timelines, attempts and receipts, and the keys of one-offs.

Writer of `jobs`, `timeline`, `attempts` and `fallen`: `jobs/store`, only; of `one_off_keys`: `scheduler/asking/once`.
"""

from collections.abc import Iterable

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    text,
)

from jobs.records.columns import BigId, Id, Json, Moment, metadata
from jobs.states import State


def _state_is(states: Iterable[State]) -> str:
    """Return a condition spelt with OR: for a list with IN, SQLite makes a table in memory at every row it stores.

    Storing a job took a third less time so. A query must repeat it word for word, or SQLite does not use the index.
    """
    return "(" + " OR ".join(f"state = '{state}'" for state in states) + ")"


WAITING_SQL = _state_is((State.SCHEDULED, State.HELD, State.RETRYING))
UNSAID_SQL = _state_is((State.BLOCKED, State.FAILED, State.UNDELIVERED, State.EXPIRED, State.IN_DOUBT))
UNPRICED_SQL = "outcome = 'accepted' AND price IS NULL"
UNREDACTED_SQL = "redact_at IS NOT NULL"
STANDING_SQL = _state_is(
    state for state in State if state not in {State.SCHEDULED, State.QUEUED, State.CLAIMED, State.SENDING}
)
"""Jobs that stand in their state for a while: bulk planning and a job's way out touch no index of these."""
IN_FLIGHT_SQL = _state_is((State.QUEUED, State.CLAIMED, State.SENDING))
OTHERS_SQL = "(origin <> 'reminder' OR again_count > 0)"
"""Jobs found by their identity alone; a planned reminder is found by its occasion and its identity."""

# No foreign keys on jobs: practices, occasions and contacts are never deleted, and the keys cost bulk planning a third.
jobs = Table(
    "jobs",
    metadata,
    Column("id", Id, primary_key=True),
    Column("practice", Text, nullable=False),
    Column("identity", Id, nullable=False, comment="hash of what makes the job unique for ever"),
    Column("origin", Text, nullable=False),
    Column("rule", Text),
    Column("step", Text),
    Column("occasion_id", Id),
    Column("role", Text),
    Column("anchor", Text, comment="the occasion's local wall time as it was given"),
    Column("repeat", SmallInteger, nullable=False, default=1, server_default="1"),
    Column("change_count", Integer),
    Column("again_of", Id),
    Column("again_count", SmallInteger, nullable=False, default=0, server_default="0"),
    Column("idempotency_key", Text),
    Column("contact_id", Id),
    Column("to_number", Text, comment="a one-off's number where there is no contact, E.164"),
    Column("sender", Text, nullable=False),
    Column("provider", Text, nullable=False),
    Column("template", Text),
    Column("text", Text, comment="a one-off's literal text"),
    Column("variables", Json),
    Column("purpose", Text, nullable=False, default="service", server_default="service"),
    Column("urgency", SmallInteger, nullable=False, default=3, server_default="3"),
    Column("state", Text, nullable=False),
    Column("fence", Integer, nullable=False, default=0, server_default="0"),
    Column("planned_for", Moment, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("useful_until", Moment, nullable=False),
    Column("pinned", Boolean, nullable=False, default=False, server_default=text("false")),
    Column("ignore_quiet_hours", Boolean, nullable=False, default=False, server_default=text("false")),
    Column("plan_hash", Text, nullable=False, default="", server_default=""),
    Column("revision", Text),
    Column("segments", SmallInteger, nullable=False, default=1, server_default="1", comment="estimated, for pacing"),
    Column("attempts", SmallInteger, nullable=False, default=0, server_default="0", comment="burnt attempts"),
    Column("deaths", SmallInteger, nullable=False, default=0, server_default="0", comment="leases that ran out"),
    Column("doubled", SmallInteger, nullable=False, default=0, server_default="0"),
    Column("queued_at", Moment),
    Column("lease_until", Moment),
    Column("worker", Text),
    Column("reason", Text, comment="why it stands where it stands, for people"),
    Column("moved_by", Text, comment="who caused the present state: planner, worker, person:<name>, chore, provider"),
    Column("stop_wanted", Boolean, nullable=False, default=False, server_default=text("false")),
    Column("stop_reason", Text),
    Column("stop_by", Text, comment="who wanted the stop"),
    Column("sent_by", Json),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    CheckConstraint(_state_is(State), name="state_is_known"),
)
# Its last column tells of a due job whether it is still useful: an index of that alone cost a fifth of bulk planning.
Index(
    "ix_jobs_waiting",
    jobs.c.practice,
    jobs.c.sender,
    jobs.c.due_at,
    jobs.c.useful_until,
    postgresql_where=text(WAITING_SQL),
    sqlite_where=text(WAITING_SQL),
)
Index(
    "ix_jobs_in_flight",
    jobs.c.provider,
    jobs.c.state,
    postgresql_where=text(IN_FLIGHT_SQL),
    sqlite_where=text(IN_FLIGHT_SQL),
)
Index(
    "ix_jobs_in_doubt",
    jobs.c.practice,
    postgresql_where=text("state = 'in_doubt'"),
    sqlite_where=text("state = 'in_doubt'"),
)
Index(
    "ix_jobs_unsaid",
    jobs.c.practice,
    jobs.c.occasion_id,
    postgresql_where=text(UNSAID_SQL),
    sqlite_where=text(UNSAID_SQL),
)
# People look through jobs by state and date; those that wait by sender and date (`scheduler/asking/listing`).
Index(
    "ix_jobs_standing",
    jobs.c.practice,
    jobs.c.state,
    jobs.c.due_at,
    postgresql_where=text(STANDING_SQL),
    sqlite_where=text(STANDING_SQL),
)
Index(
    "ix_jobs_to_number",
    jobs.c.to_number,
    postgresql_where=text("to_number IS NOT NULL"),
    sqlite_where=text("to_number IS NOT NULL"),
)
# A reminder's identity is a hash over its occasion too, so both together are as unique: one index instead of two.
Index("uq_jobs_occasion_id_identity", jobs.c.occasion_id, jobs.c.identity, unique=True)
Index(
    "uq_jobs_identity",
    jobs.c.identity,
    unique=True,
    postgresql_where=text(OTHERS_SQL),
    sqlite_where=text(OTHERS_SQL),
)
Index("ix_jobs_contact_id", jobs.c.contact_id)

timeline = Table(
    "timeline",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column(
        "job_id", Id, nullable=False, comment="no foreign key: prune removes both, and bulk planning writes 500,000"
    ),
    Column("at", Moment, nullable=False),
    Column("verb", Text, nullable=False),
    Column("from_state", Text),
    Column("to_state", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("reason", Text),
    Column("data", Json),
    Index("ix_timeline_job_id", "job_id", "id"),
)

fallen = Table(
    "fallen",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("practice", Text, nullable=False),
    Column("occasion_id", Id, nullable=False, comment="a text about it ended unsent, not by planning: plan it again"),
)

attempts = Table(
    "attempts",
    metadata,
    Column("id", Id, primary_key=True),
    Column("job_id", Id, ForeignKey("jobs.id"), nullable=False, index=True),
    Column("practice", Text, nullable=False),
    Column("fence", Integer, nullable=False),
    Column("provider", Text, nullable=False),
    Column("account", Text, nullable=False, default="", server_default=""),
    Column("sender", Text, nullable=False),
    Column("from_number", Text, nullable=False),
    Column("to_number", Text, nullable=False),
    Column("body", Text, comment="null after redaction"),
    Column("body_hash", Text, nullable=False),
    Column("segments", SmallInteger, nullable=False),
    Column("encoding", Text, nullable=False),
    Column("template", Text),
    Column("language", Text),
    Column("revision", Text),
    Column("told_start", Text, comment="the start that the text told, local wall time"),
    Column("told_fields", Json),
    Column("template_hash", Text, comment="SHA-256 of the template's source; null: it had none"),
    Column("window", Json, comment="the sending window that the gates relied on, and the zones"),
    Column("consent", Json, comment="the consent that was relied on: what was asked for, and the newest word"),
    Column("caused_by", Json, comment="the rule and step as they were called then, or who asked for it"),
    Column("started_at", Moment, nullable=False),
    Column("deadline", Moment, nullable=False),
    Column(
        "outcome",
        Text,
        comment="null while sending, then one of jobs.store.Ending",
    ),
    Column("reason", Text),
    Column("error_code", Text),
    Column("provider_id", Text),
    Column("finished_at", Moment),
    Column("ask_at", Moment, comment="in doubt: when its provider may be asked about it; null: at once"),
    Column("cost_estimated", Text, comment="decimal"),
    Column("cost_actual", Text, comment="decimal: the price in `currency`; null: not known, or no rate for it"),
    Column("currency", Text, comment="of both costs: the cap's where they can be reckoned in it"),
    Column("price", Text, comment="decimal, as the provider told it"),
    Column("price_currency", Text),
    Column("price_asked_at", Moment, comment="when its provider was last asked what it cost"),
    Column("spending_month", Text, comment="YYYY-MM whose cap holds the reserve"),
    Column("redact_at", Moment, comment="when its provider is to be asked to delete the words; null: not, or done"),
    Column("redacted_at", Moment, comment="when the provider had deleted the words"),
    Index("ix_attempts_provider_id", "provider_id", "provider", unique=True),
    Index("ix_attempts_to_number", "to_number", "started_at"),
    Index(
        "ix_attempts_error_code",
        "practice",
        "error_code",
        postgresql_where=text("error_code IS NOT NULL"),
        sqlite_where=text("error_code IS NOT NULL"),
    ),
    Index(
        "ix_attempts_unpriced",
        "provider",
        "started_at",
        postgresql_where=text(UNPRICED_SQL),
        sqlite_where=text(UNPRICED_SQL),
    ),
    Index(
        "ix_attempts_unredacted",
        "redact_at",
        postgresql_where=text(UNREDACTED_SQL),
        sqlite_where=text(UNREDACTED_SQL),
    ),
)

receipts = Table(
    "receipts",
    metadata,
    Column("id", Id, primary_key=True),
    Column("practice", Text),
    Column("provider", Text, nullable=False),
    Column("provider_id", Text, nullable=False),
    Column("attempt_id", Id),
    Column("status", Text, nullable=False),
    Column("error_code", Text),
    Column("raw", Json),
    Column("at", Moment, nullable=False),
    Index("ix_receipts_provider_id", "provider", "provider_id", "status", unique=True),
    Index("ix_receipts_attempt_id", "attempt_id"),
    Index(
        "ix_receipts_error_code",
        "practice",
        "error_code",
        postgresql_where=text("error_code IS NOT NULL"),
        sqlite_where=text("error_code IS NOT NULL"),
    ),
)

one_off_keys = Table(
    "one_off_keys",
    metadata,
    Column("practice", Text, primary_key=True),
    Column("key", Text, primary_key=True, comment="the asker's Idempotency-Key"),
    Column("body_hash", Text, nullable=False, comment="SHA-256 of what was asked with it"),
    Column("job_id", Id),
    Column("answer", Json, comment="what was answered: ids, moments and sums, no words and no number"),
    Column("at", Moment, nullable=False),
    Index("ix_one_off_keys_job_id", "job_id"),
)
