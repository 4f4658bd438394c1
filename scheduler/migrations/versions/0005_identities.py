"""Users, sessions, sign-ins and those under way, API keys, and the audit log with the triggers that keep it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ID = sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite")
MOMENT = sa.DateTime(timezone=True).with_variant(sa.BigInteger(), "sqlite")
JSON = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
DESK = ("job_views", "bulk_orders", "bulk_jobs")
CURRENT_KEY = sa.text("revoked_at IS NULL AND replaced_at IS NULL")

SQLITE_GUARDS = tuple(
    f"CREATE TRIGGER audit_{name} BEFORE {verb} ON audit {when}BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END"
    for name, verb, when in (
        ("unchanged", "UPDATE", ""),
        ("unremoved", "DELETE", ""),
        # INSERT OR REPLACE removes a row without its DELETE trigger (https://sqlite.org/lang_conflict.html).
        ("unreplaced", "INSERT", "WHEN EXISTS (SELECT 1 FROM audit WHERE id = NEW.id) "),
    )
)
POSTGRESQL_GUARDS = (
    (
        "CREATE OR REPLACE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'audit is append-only'; END $$"
    ),
    (
        "CREATE TRIGGER audit_unchanged BEFORE UPDATE OR DELETE ON audit "
        "FOR EACH ROW EXECUTE FUNCTION audit_is_append_only()"
    ),
    (
        "CREATE TRIGGER audit_unemptied BEFORE TRUNCATE ON audit "
        "FOR EACH STATEMENT EXECUTE FUNCTION audit_is_append_only()"
    ),
)


def upgrade() -> None:
    """Make the tables, and let nobody change or remove what the audit log holds."""
    _make_users()
    _make_sessions()
    _make_sign_ins()
    _make_sign_in_steps()
    _make_api_keys()
    _make_audit()
    _make_job_views()
    _make_bulk_orders()
    _make_bulk_jobs()
    for guard in SQLITE_GUARDS if _is_sqlite() else POSTGRESQL_GUARDS:
        op.execute(guard)


def downgrade() -> None:
    """Drop them, last first."""
    for table in reversed(["users", "sessions", "sign_ins", "sign_in_steps", "api_keys", "audit", *DESK]):
        op.drop_table(table)
    if not _is_sqlite():
        op.execute("DROP FUNCTION audit_is_append_only()")


def _is_sqlite() -> bool:
    return op.get_bind().dialect.name == "sqlite"


def _make_users() -> None:
    op.create_table(
        "users",
        sa.Column("id", ID, nullable=False),
        sa.Column("practice", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False, comment="what they sign in with, in small letters"),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column(
            "password_hash", sa.Text(), nullable=True, comment="argon2id with its parameters; null: no password opens"
        ),
        sa.Column(
            "must_change",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="the password was made by somebody else",
        ),
        sa.Column(
            "totp_secret",
            sa.Text(),
            nullable=True,
            comment="sealed: base32 (RFC 6238); null: no code is asked for",
        ),
        sa.Column(
            "totp_step",
            sa.BigInteger(),
            nullable=True,
            comment="the last time step whose code was taken; none up to it is taken again",
        ),
        sa.Column(
            "oidc_subject",
            sa.Text(),
            nullable=True,
            comment="whom the practice's own identity provider says this is",
        ),
        sa.Column("disabled_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["practice"], ["practices.id"], name=op.f("fk_users_practice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_users")),
        sa.UniqueConstraint("practice", "name", name=op.f("uq_users_practice_name")),
        sa.UniqueConstraint("practice", "oidc_subject", name=op.f("uq_users_practice_oidc_subject")),
    )


def _make_sessions() -> None:
    op.create_table(
        "sessions",
        sa.Column(
            "token_hash",
            sa.LargeBinary(),
            nullable=False,
            comment="SHA-256 of the token; the token is kept nowhere",
        ),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("address", sa.Text(), nullable=True, comment="where it was begun from"),
        sa.Column("agent", sa.Text(), nullable=True, comment="the browser, as it called itself"),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("seen_at", MOMENT, nullable=False, comment="the last use, to the minute"),
        sa.Column("expires_at", MOMENT, nullable=False, comment="it ends then, used or not"),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_sessions_user_id")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_sessions")),
    )
    op.create_index(op.f("ix_sessions_user_id"), "sessions", ["user_id"], unique=False)


def _make_sign_ins() -> None:
    op.create_table(
        "sign_ins",
        sa.Column(
            "key",
            sa.LargeBinary(),
            nullable=False,
            comment="SHA-256 of a practice's user name, or of an address",
        ),
        sa.Column("failures", sa.Integer(), nullable=False, comment="in a row; attempts under way count"),
        sa.Column("last_at", MOMENT, nullable=False),
        sa.Column("not_before", MOMENT, nullable=False, comment="no attempt is looked at before"),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_sign_ins")),
    )
    op.create_index("ix_sign_ins_last_at", "sign_ins", ["last_at"], unique=False)


def _make_sign_in_steps() -> None:
    op.create_table(
        "sign_in_steps",
        sa.Column(
            "key", sa.LargeBinary(), nullable=False, comment="SHA-256 of what only the browser holds that began it"
        ),
        sa.Column(
            "kind", sa.Text(), nullable=False, comment="code: the password was right; oidc: at the identity provider"
        ),
        sa.Column("user_id", ID, nullable=True, comment="whose password was right"),
        sa.Column(
            "practice",
            sa.Text(),
            nullable=True,
            comment="which practice they want to come in to; null: it was not asked",
        ),
        sa.Column("next", sa.Text(), nullable=False, comment="the page they wanted"),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_sign_in_steps_user_id")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_sign_in_steps")),
    )
    op.create_index("ix_sign_in_steps_expires_at", "sign_in_steps", ["expires_at"], unique=False)
    op.create_index(op.f("ix_sign_in_steps_user_id"), "sign_in_steps", ["user_id"], unique=False)


def _make_api_keys() -> None:
    op.create_table(
        "api_keys",
        sa.Column("id", ID, nullable=False),
        sa.Column("practice", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False, comment="the case system's; what replaces a key bears its name"),
        sa.Column(
            "secret_hash",
            sa.LargeBinary(),
            nullable=False,
            comment="SHA-256 of the secret, which is kept nowhere",
        ),
        sa.Column("scopes", JSON, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("expires_at", MOMENT, nullable=True, comment="null: it does not"),
        sa.Column("replaces", ID, nullable=True, comment="the key that this one was made to take the place of"),
        sa.Column(
            "replaced_at",
            MOMENT,
            nullable=True,
            comment="when another was made in its place; both open until expires_at",
        ),
        sa.Column("revoked_at", MOMENT, nullable=True),
        sa.Column("revoked_by", sa.Text(), nullable=True),
        sa.Column("last_used_at", MOMENT, nullable=True, comment="to the hour"),
        sa.ForeignKeyConstraint(["practice"], ["practices.id"], name=op.f("fk_api_keys_practice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_keys")),
    )
    op.create_index(
        "uq_api_keys_current",
        "api_keys",
        ["practice", "name"],
        unique=True,
        postgresql_where=CURRENT_KEY,
        sqlite_where=CURRENT_KEY,
    )


def _make_audit() -> None:
    op.create_table(
        "audit",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("practice", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by", sa.Text(), nullable=False, comment="person:…, key:… or a part of Quietbell"),
        sa.Column(
            "address", sa.Text(), nullable=True, comment="where from; null: the command line, or Quietbell itself"
        ),
        sa.Column("action", sa.Text(), nullable=False, comment="user.added, key.revoked, number.revealed, …"),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Text(), nullable=False),
        sa.Column(
            "before",
            JSON,
            nullable=True,
            comment="what of it was, as far as it changed; never a secret, a number or words",
        ),
        sa.Column("after", JSON, nullable=True, comment="what of it is"),
        sa.ForeignKeyConstraint(["practice"], ["practices.id"], name=op.f("fk_audit_practice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_index("ix_audit_practice_id", "audit", ["practice", "id"], unique=False)
    op.create_index("ix_audit_subject", "audit", ["practice", "subject_kind", "subject_id", "id"], unique=False)


def _make_job_views() -> None:
    op.create_table(
        "job_views",
        sa.Column("id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False, comment="the filters, as they stand in the address; no number"),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_job_views_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_views")),
        sa.UniqueConstraint("user_id", "name", name=op.f("uq_job_views_user_id_name")),
    )


def _make_bulk_orders() -> None:
    op.create_table(
        "bulk_orders",
        sa.Column("id", ID, nullable=False),
        sa.Column("practice", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("did", sa.Text(), nullable=False, comment="cancel, reschedule, retry or reopen"),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("due_at", MOMENT, nullable=True, comment="the new moment; null: now, or none"),
        sa.Column("matched", sa.Integer(), nullable=False, comment="how many were asked for"),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("confirmed_at", MOMENT, nullable=True),
        sa.Column("undone_at", MOMENT, nullable=True, comment="when somebody wanted it undone"),
        sa.Column("undone_by", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["practice"], ["practices.id"], name=op.f("fk_bulk_orders_practice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_orders")),
    )
    op.create_index("ix_bulk_orders_practice", "bulk_orders", ["practice", "created_at"], unique=False)


def _make_bulk_jobs() -> None:
    op.create_table(
        "bulk_jobs",
        sa.Column("order_id", ID, nullable=False),
        sa.Column("job_id", ID, nullable=False),
        sa.Column("stage", sa.Text(), nullable=False, comment="ahead, done, refused, undone, or kept when undoing"),
        sa.Column("was_due", MOMENT, nullable=True, comment="when it was due before"),
        sa.Column("fence", sa.Integer(), nullable=True, comment="the job's after it was done: another one has gone on"),
        sa.ForeignKeyConstraint(["order_id"], ["bulk_orders.id"], name=op.f("fk_bulk_jobs_order_id")),
        sa.PrimaryKeyConstraint("order_id", "job_id", name=op.f("pk_bulk_jobs")),
    )
    op.create_index("ix_bulk_jobs_stage", "bulk_jobs", ["order_id", "stage", "job_id"], unique=False)
