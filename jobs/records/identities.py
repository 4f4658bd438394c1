"""Users, their sessions, how signing in went and stands, API keys, and the audit log.

Writers: users, sessions, sign_ins, sign_in_steps, api_keys: `scheduler/identities`; audit: its `audit`, which only
adds: triggers refuse every change and removal of its rows, on both databases.
"""

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    event,
    text,
)

from jobs.records.columns import BigId, Id, Json, Moment, metadata

CURRENT_KEY_SQL = "revoked_at IS NULL AND replaced_at IS NULL"

users = Table(
    "users",
    metadata,
    Column("id", Id, primary_key=True),
    Column("practice", Text, ForeignKey("practices.id"), nullable=False),
    Column("name", Text, nullable=False, comment="what they sign in with, in small letters"),
    Column("role", Text, nullable=False),
    Column("email", Text),
    Column("password_hash", Text, comment="argon2id with its parameters; null: no password opens"),
    Column(
        "must_change",
        Boolean,
        nullable=False,
        default=False,
        server_default=text("false"),
        comment="the password was made by somebody else",
    ),
    Column("totp_secret", Text, comment="sealed: base32 (RFC 6238); null: no code is asked for"),
    Column("totp_step", BigInteger, comment="the last time step whose code was taken; none up to it is taken again"),
    Column("oidc_subject", Text, comment="whom the practice's own identity provider says this is"),
    Column("disabled_at", Moment),
    Column("created_at", Moment, nullable=False),
    Column("created_by", Text, nullable=False),
    UniqueConstraint("practice", "name"),
    UniqueConstraint("practice", "oidc_subject"),
)

sessions = Table(
    "sessions",
    metadata,
    Column("token_hash", LargeBinary, primary_key=True, comment="SHA-256 of the token; the token is kept nowhere"),
    Column("user_id", Id, ForeignKey("users.id"), nullable=False, index=True),
    Column("address", Text, comment="where it was begun from"),
    Column("agent", Text, comment="the browser, as it called itself"),
    Column("created_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False, comment="the last use, to the minute"),
    Column("expires_at", Moment, nullable=False, comment="it ends then, used or not"),
)

sign_ins = Table(
    "sign_ins",
    metadata,
    Column("key", LargeBinary, primary_key=True, comment="SHA-256 of a practice's user name, or of an address"),
    Column("failures", Integer, nullable=False, comment="in a row; attempts under way count"),
    Column("last_at", Moment, nullable=False),
    Column("not_before", Moment, nullable=False, comment="no attempt is looked at before"),
    Index("ix_sign_ins_last_at", "last_at"),
)

sign_in_steps = Table(
    "sign_in_steps",
    metadata,
    Column("key", LargeBinary, primary_key=True, comment="SHA-256 of what only the browser holds that began it"),
    Column("kind", Text, nullable=False, comment="code: the password was right; oidc: at the identity provider"),
    Column("user_id", Id, ForeignKey("users.id"), index=True, comment="whose password was right"),
    Column("practice", Text, comment="which practice they want to come in to; null: it was not asked"),
    Column("next", Text, nullable=False, comment="the page they wanted"),
    Column("expires_at", Moment, nullable=False),
    Index("ix_sign_in_steps_expires_at", "expires_at"),
)

api_keys = Table(
    "api_keys",
    metadata,
    Column("id", Id, primary_key=True),
    Column("practice", Text, ForeignKey("practices.id"), nullable=False),
    Column("name", Text, nullable=False, comment="the case system's; what replaces a key bears its name"),
    Column("secret_hash", LargeBinary, nullable=False, comment="SHA-256 of the secret, which is kept nowhere"),
    Column("scopes", Json, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("created_by", Text, nullable=False),
    Column("expires_at", Moment, comment="null: it does not"),
    Column("replaces", Id, comment="the key that this one was made to take the place of"),
    Column("replaced_at", Moment, comment="when another was made in its place; both open until expires_at"),
    Column("revoked_at", Moment),
    Column("revoked_by", Text),
    Column("last_used_at", Moment, comment="to the hour"),
)
Index(
    "uq_api_keys_current",
    api_keys.c.practice,
    api_keys.c.name,
    unique=True,
    postgresql_where=text(CURRENT_KEY_SQL),
    sqlite_where=text(CURRENT_KEY_SQL),
)

audit = Table(
    "audit",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("practice", Text, ForeignKey("practices.id"), nullable=False),
    Column("at", Moment, nullable=False),
    Column("by", Text, nullable=False, comment="person:…, key:… or a part of Quietbell"),
    Column("address", Text, comment="where from; null: the command line, or Quietbell itself"),
    Column("action", Text, nullable=False, comment="user.added, key.revoked, number.revealed, …"),
    Column("subject_kind", Text, nullable=False),
    Column("subject_id", Text, nullable=False),
    Column("before", Json, comment="what of it was, as far as it changed; never a secret, a number or words"),
    Column("after", Json, comment="what of it is"),
    Index("ix_audit_practice_id", "practice", "id"),
    Index("ix_audit_subject", "practice", "subject_kind", "subject_id", "id"),
)

SQLITE_GUARDS: Final = tuple(
    f"CREATE TRIGGER audit_{name} BEFORE {verb} ON audit {when}BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END"
    for name, verb, when in (
        ("unchanged", "UPDATE", ""),
        ("unremoved", "DELETE", ""),
        # INSERT OR REPLACE removes a row without its DELETE trigger (https://sqlite.org/lang_conflict.html).
        ("unreplaced", "INSERT", "WHEN EXISTS (SELECT 1 FROM audit WHERE id = NEW.id) "),
    )
)
POSTGRESQL_GUARDS: Final = (
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


def _guard(_table: Table, connection: Connection, **_rest: object) -> None:
    for guard in SQLITE_GUARDS if connection.dialect.name == "sqlite" else POSTGRESQL_GUARDS:
        connection.exec_driver_sql(guard)


event.listen(audit, "after_create", _guard)
