"""Events that leave for a practice's own systems, the endpoints they go to, and the delivery of each to each."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

ID = sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite")
BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True).with_variant(sa.BigInteger(), "sqlite")
JSON = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
OPEN = "done_at IS NULL AND dead_at IS NULL"


def upgrade() -> None:
    """Make the tables."""
    _make_endpoints()
    _make_events()
    _make_deliveries()


def downgrade() -> None:
    """Drop them, last first."""
    for table in reversed(["endpoints", "events", "deliveries"]):
        op.drop_table(table)


def _make_endpoints() -> None:
    op.create_table(
        "endpoints",
        sa.Column("id", ID, nullable=False),
        sa.Column("practice", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False, comment="post or mail"),
        sa.Column("url", sa.Text(), nullable=False, comment="https://… or mailto:…"),
        sa.Column(
            "secret",
            sa.Text(),
            nullable=False,
            comment="sealed: whsec_ and base64, what its posts are signed with; empty for mail",
        ),
        sa.Column("kinds", JSON, nullable=False, comment="kinds of events that go there"),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("disabled_at", MOMENT, nullable=True, comment="null: events go there"),
        sa.Column("disabled_by", sa.Text(), nullable=True),
        sa.Column("disabled_because", sa.Text(), nullable=True),
        sa.Column("paused_at", MOMENT, nullable=True, comment="null: not paused; while it is, what is told waits"),
        sa.Column("paused_by", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["practice"], ["practices.id"], name=op.f("fk_endpoints_practice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_endpoints")),
    )
    op.create_index("ix_endpoints_practice", "endpoints", ["practice"], unique=False)


def _make_events() -> None:
    op.create_table(
        "events",
        sa.Column("id", ID, nullable=False, comment="the webhook-id: receivers drop doubles by it"),
        sa.Column("practice", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("contact_id", ID, nullable=True, comment="whose events are told in their order; null: nobody's"),
        sa.Column("key", sa.Text(), nullable=True, comment="what may be told only once; null: it happens only once"),
        sa.Column("payload", JSON, nullable=False, comment="no words of texts, no whole numbers"),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
        sa.UniqueConstraint("practice", "kind", "key", name=op.f("uq_events_practice_kind_key")),
    )
    op.create_index("ix_events_at", "events", ["at"], unique=False)
    op.create_index("ix_events_contact_id", "events", ["contact_id"], unique=False)


def _make_deliveries() -> None:
    op.create_table(
        "deliveries",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("event_id", ID, nullable=False),
        sa.Column("endpoint_id", ID, nullable=False),
        sa.Column("contact_id", ID, nullable=True),
        sa.Column("at", MOMENT, nullable=False, comment="of the event"),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("since", MOMENT, nullable=True, comment="of the first attempt: the later ones count from it"),
        sa.Column(
            "next_at",
            MOMENT,
            nullable=False,
            comment="the next attempt; while one is under way, the end of its claim",
        ),
        sa.Column("done_at", MOMENT, nullable=True),
        sa.Column("dead_at", MOMENT, nullable=True, comment="given up; a person may send it again"),
        sa.Column("answer", sa.Text(), nullable=True, comment="what came of the last attempt, for people"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
    )
    op.create_index(op.f("ix_deliveries_event_id"), "deliveries", ["event_id"], unique=False)
    for name, columns in (
        ("ix_deliveries_due", ["endpoint_id", "next_at"]),
        ("ix_deliveries_of_contact", ["endpoint_id", "contact_id", "id"]),
    ):
        op.create_index(
            name,
            "deliveries",
            columns,
            unique=False,
            postgresql_where=sa.text(OPEN),
            sqlite_where=sa.text(OPEN),
        )
