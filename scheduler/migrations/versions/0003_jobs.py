"""Jobs, their timelines, attempts and receipts, and the keys of one-offs."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ID = sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite")
MOMENT = sa.DateTime(timezone=True).with_variant(sa.BigInteger(), "sqlite")
JSON = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
WAITING = "(state = 'scheduled' OR state = 'held' OR state = 'retrying')"
UNSAID = "(state = 'blocked' OR state = 'failed' OR state = 'undelivered' OR state = 'expired' OR state = 'in_doubt')"
IN_FLIGHT = "(state = 'queued' OR state = 'claimed' OR state = 'sending')"
STANDING = (
    "(state = 'held' OR state = 'retrying' OR state = 'sent' OR state = 'delivered' OR state = 'undelivered' "
    "OR state = 'in_doubt' OR state = 'blocked' OR state = 'failed' OR state = 'cancelled' OR state = 'expired')"
)
OTHERS = "(origin <> 'reminder' OR again_count > 0)"
BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables."""
    _make_jobs()
    _make_timeline()
    _make_fallen()
    _make_attempts()
    _make_receipts()
    _make_one_off_keys()


def downgrade() -> None:
    """Drop them, last first."""
    for table in reversed(["jobs", "timeline", "fallen", "attempts", "receipts", "one_off_keys"]):
        op.drop_table(table)


def _make_jobs() -> None:
    op.create_table(
        "jobs",
        sa.Column("id", ID, nullable=False),
        sa.Column("practice", sa.Text(), nullable=False),
        sa.Column("identity", ID, nullable=False, comment="hash of what makes the job unique for ever"),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=True),
        sa.Column("step", sa.Text(), nullable=True),
        sa.Column("occasion_id", ID, nullable=True),
        sa.Column("role", sa.Text(), nullable=True),
        sa.Column("anchor", sa.Text(), nullable=True, comment="the occasion's local wall time as it was given"),
        sa.Column("repeat", sa.SmallInteger(), server_default="1", nullable=False),
        sa.Column("change_count", sa.Integer(), nullable=True),
        sa.Column("again_of", ID, nullable=True),
        sa.Column("again_count", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("idempotency_key", sa.Text(), nullable=True),
        sa.Column("contact_id", ID, nullable=True),
        sa.Column("to_number", sa.Text(), nullable=True, comment="a one-off's number where there is no contact, E.164"),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("template", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True, comment="a one-off's literal text"),
        sa.Column("variables", JSON, nullable=True),
        sa.Column("purpose", sa.Text(), server_default="service", nullable=False),
        sa.Column("urgency", sa.SmallInteger(), server_default="3", nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("fence", sa.Integer(), server_default="0", nullable=False),
        sa.Column("planned_for", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("useful_until", MOMENT, nullable=False),
        sa.Column("pinned", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("ignore_quiet_hours", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("plan_hash", sa.Text(), server_default="", nullable=False),
        sa.Column("revision", sa.Text(), nullable=True),
        sa.Column("segments", sa.SmallInteger(), server_default="1", nullable=False, comment="estimated, for pacing"),
        sa.Column("attempts", sa.SmallInteger(), server_default="0", nullable=False, comment="burnt attempts"),
        sa.Column("deaths", sa.SmallInteger(), server_default="0", nullable=False, comment="leases that ran out"),
        sa.Column("doubled", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("queued_at", MOMENT, nullable=True),
        sa.Column("lease_until", MOMENT, nullable=True),
        sa.Column("worker", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True, comment="why it stands where it stands, for people"),
        sa.Column(
            "moved_by",
            sa.Text(),
            nullable=True,
            comment="who caused the present state: planner, worker, person:<name>, chore, provider",
        ),
        sa.Column("stop_wanted", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("stop_reason", sa.Text(), nullable=True),
        sa.Column("stop_by", sa.Text(), nullable=True, comment="who wanted the stop"),
        sa.Column("sent_by", JSON, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "(state = 'scheduled' OR state = 'queued' OR state = 'claimed' OR state = 'sending' OR "
            "state = 'held' OR state = 'retrying' OR state = 'sent' OR state = 'delivered' OR "
            "state = 'undelivered' OR state = 'in_doubt' OR state = 'blocked' OR state = 'failed' OR "
            "state = 'cancelled' OR state = 'expired')",
            name="state_is_known",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
    )
    op.create_index("ix_jobs_contact_id", "jobs", ["contact_id"], unique=False)
    op.create_index(
        "ix_jobs_in_doubt",
        "jobs",
        ["practice"],
        unique=False,
        postgresql_where=sa.text("state = 'in_doubt'"),
        sqlite_where=sa.text("state = 'in_doubt'"),
    )
    op.create_index(
        "ix_jobs_in_flight",
        "jobs",
        ["provider", "state"],
        unique=False,
        postgresql_where=sa.text(IN_FLIGHT),
        sqlite_where=sa.text(IN_FLIGHT),
    )
    op.create_index(
        "ix_jobs_standing",
        "jobs",
        ["practice", "state", "due_at"],
        unique=False,
        postgresql_where=sa.text(STANDING),
        sqlite_where=sa.text(STANDING),
    )
    op.create_index(
        "ix_jobs_to_number",
        "jobs",
        ["to_number"],
        unique=False,
        postgresql_where=sa.text("to_number IS NOT NULL"),
        sqlite_where=sa.text("to_number IS NOT NULL"),
    )
    op.create_index("uq_jobs_occasion_id_identity", "jobs", ["occasion_id", "identity"], unique=True)
    op.create_index(
        "uq_jobs_identity",
        "jobs",
        ["identity"],
        unique=True,
        postgresql_where=sa.text(OTHERS),
        sqlite_where=sa.text(OTHERS),
    )
    op.create_index(
        "ix_jobs_unsaid",
        "jobs",
        ["practice", "occasion_id"],
        unique=False,
        postgresql_where=sa.text(UNSAID),
        sqlite_where=sa.text(UNSAID),
    )
    op.create_index(
        "ix_jobs_waiting",
        "jobs",
        ["practice", "sender", "due_at", "useful_until"],
        unique=False,
        postgresql_where=sa.text(WAITING),
        sqlite_where=sa.text(WAITING),
    )


def _make_timeline() -> None:
    op.create_table(
        "timeline",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column(
            "job_id",
            ID,
            nullable=False,
            comment="no foreign key: prune removes both, and bulk planning writes 500,000",
        ),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("verb", sa.Text(), nullable=False),
        sa.Column("from_state", sa.Text(), nullable=True),
        sa.Column("to_state", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("data", JSON, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timeline")),
    )
    op.create_index("ix_timeline_job_id", "timeline", ["job_id", "id"], unique=False)


def _make_fallen() -> None:
    op.create_table(
        "fallen",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("practice", sa.Text(), nullable=False),
        sa.Column(
            "occasion_id",
            ID,
            nullable=False,
            comment="a text about it ended unsent, not by planning: plan it again",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fallen")),
    )


def _make_attempts() -> None:
    op.create_table(
        "attempts",
        sa.Column("id", ID, nullable=False),
        sa.Column("job_id", ID, nullable=False),
        sa.Column("practice", sa.Text(), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("account", sa.Text(), server_default="", nullable=False),
        sa.Column("sender", sa.Text(), nullable=False),
        sa.Column("from_number", sa.Text(), nullable=False),
        sa.Column("to_number", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=True, comment="null after redaction"),
        sa.Column("body_hash", sa.Text(), nullable=False),
        sa.Column("segments", sa.SmallInteger(), nullable=False),
        sa.Column("encoding", sa.Text(), nullable=False),
        sa.Column("template", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("revision", sa.Text(), nullable=True),
        sa.Column("told_start", sa.Text(), nullable=True, comment="the start that the text told, local wall time"),
        sa.Column("told_fields", JSON, nullable=True),
        sa.Column(
            "template_hash", sa.Text(), nullable=True, comment="SHA-256 of the template's source; null: it had none"
        ),
        sa.Column("window", JSON, nullable=True, comment="the sending window that the gates relied on, and the zones"),
        sa.Column(
            "consent",
            JSON,
            nullable=True,
            comment="the consent that was relied on: what was asked for, and the newest word",
        ),
        sa.Column(
            "caused_by", JSON, nullable=True, comment="the rule and step as they were called then, or who asked for it"
        ),
        sa.Column("started_at", MOMENT, nullable=False),
        sa.Column("deadline", MOMENT, nullable=False),
        sa.Column("outcome", sa.Text(), nullable=True, comment="null while sending, then one of jobs.store.Ending"),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("error_code", sa.Text(), nullable=True),
        sa.Column("provider_id", sa.Text(), nullable=True),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.Column(
            "ask_at", MOMENT, nullable=True, comment="in doubt: when its provider may be asked about it; null: at once"
        ),
        sa.Column("cost_estimated", sa.Text(), nullable=True, comment="decimal"),
        sa.Column(
            "cost_actual",
            sa.Text(),
            nullable=True,
            comment="decimal: the price in `currency`; null: not known, or no rate for it",
        ),
        sa.Column(
            "currency",
            sa.Text(),
            nullable=True,
            comment="of both costs: the cap's where they can be reckoned in it",
        ),
        sa.Column("price", sa.Text(), nullable=True, comment="decimal, as the provider told it"),
        sa.Column("price_currency", sa.Text(), nullable=True),
        sa.Column("price_asked_at", MOMENT, nullable=True, comment="when its provider was last asked what it cost"),
        sa.Column("spending_month", sa.Text(), nullable=True, comment="YYYY-MM whose cap holds the reserve"),
        sa.Column(
            "redact_at",
            MOMENT,
            nullable=True,
            comment="when its provider is to be asked to delete the words; null: not, or done",
        ),
        sa.Column("redacted_at", MOMENT, nullable=True, comment="when the provider had deleted the words"),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_attempts_job_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attempts")),
    )
    op.create_index(op.f("ix_attempts_job_id"), "attempts", ["job_id"], unique=False)
    op.create_index("ix_attempts_provider_id", "attempts", ["provider_id", "provider"], unique=True)
    op.create_index("ix_attempts_to_number", "attempts", ["to_number", "started_at"], unique=False)
    op.create_index(
        "ix_attempts_error_code",
        "attempts",
        ["practice", "error_code"],
        unique=False,
        postgresql_where=sa.text("error_code IS NOT NULL"),
        sqlite_where=sa.text("error_code IS NOT NULL"),
    )
    op.create_index(
        "ix_attempts_unpriced",
        "attempts",
        ["provider", "started_at"],
        unique=False,
        postgresql_where=sa.text("outcome = 'accepted' AND price IS NULL"),
        sqlite_where=sa.text("outcome = 'accepted' AND price IS NULL"),
    )
    op.create_index(
        "ix_attempts_unredacted",
        "attempts",
        ["redact_at"],
        unique=False,
        postgresql_where=sa.text("redact_at IS NOT NULL"),
        sqlite_where=sa.text("redact_at IS NOT NULL"),
    )


def _make_receipts() -> None:
    op.create_table(
        "receipts",
        sa.Column("id", ID, nullable=False),
        sa.Column("practice", sa.Text(), nullable=True),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("provider_id", sa.Text(), nullable=False),
        sa.Column("attempt_id", ID, nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("error_code", sa.Text(), nullable=True),
        sa.Column("raw", JSON, nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipts")),
    )
    op.create_index("ix_receipts_attempt_id", "receipts", ["attempt_id"], unique=False)
    op.create_index(
        "ix_receipts_error_code",
        "receipts",
        ["practice", "error_code"],
        unique=False,
        postgresql_where=sa.text("error_code IS NOT NULL"),
        sqlite_where=sa.text("error_code IS NOT NULL"),
    )
    op.create_index("ix_receipts_provider_id", "receipts", ["provider", "provider_id", "status"], unique=True)


def _make_one_off_keys() -> None:
    op.create_table(
        "one_off_keys",
        sa.Column("practice", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False, comment="the asker's Idempotency-Key"),
        sa.Column("body_hash", sa.Text(), nullable=False, comment="SHA-256 of what was asked with it"),
        sa.Column("job_id", ID, nullable=True),
        sa.Column(
            "answer", JSON, nullable=True, comment="what was answered: ids, moments and sums, no words and no number"
        ),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("practice", "key", name=op.f("pk_one_off_keys")),
    )
    op.create_index("ix_one_off_keys_job_id", "one_off_keys", ["job_id"], unique=False)
