"""Calendars that are read, the events found in them, and the contacts that people linked events to."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ID = sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite")
MOMENT = sa.DateTime(timezone=True).with_variant(sa.BigInteger(), "sqlite")
JSON = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    """Make the tables."""
    _make_calendars()
    _make_calendar_events()
    _make_calendar_links()


def downgrade() -> None:
    """Drop them, last first."""
    for table in reversed(["calendars", "calendar_events", "calendar_links"]):
        op.drop_table(table)


def _make_calendars() -> None:
    op.create_table(
        "calendars",
        sa.Column("practice", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("claim", ID, nullable=True, comment="who reads it now; null: nobody"),
        sa.Column("claimed_until", MOMENT, nullable=True),
        sa.Column("read_at", MOMENT, nullable=True, comment="when it was last tried"),
        sa.Column(
            "problem", sa.Text(), nullable=True, comment="why the last read failed, for people; null: it did not"
        ),
        sa.Column("failing_since", MOMENT, nullable=True),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False, comment="in a row"),
        sa.Column("not_before", MOMENT, nullable=True, comment="its server asked to be left alone until then"),
        sa.Column("full_read_at", MOMENT, nullable=True, comment="the last complete, parsed read of the feed"),
        sa.Column(
            "first_read_at",
            MOMENT,
            nullable=True,
            comment="the first one from this address; later events may be new",
        ),
        sa.Column("address", sa.Text(), nullable=True, comment="hash of the feed's address, which is a secret"),
        sa.Column(
            "read_under",
            sa.Text(),
            nullable=True,
            comment="hash of what an unchanged feed is read anew for: revision, day, address",
        ),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("last_modified", sa.Text(), nullable=True),
        sa.Column("reaches_to", MOMENT, nullable=True, comment="how far ahead the last complete read looked"),
        sa.Column("counts", JSON, nullable=True, comment="what the last complete read found and did"),
        sa.Column(
            "question",
            JSON,
            nullable=True,
            comment="{gone, of, refs, asked_at}: too many events vanished, a person is asked",
        ),
        sa.ForeignKeyConstraint(["practice"], ["practices.id"], name=op.f("fk_calendars_practice")),
        sa.PrimaryKeyConstraint("practice", "id", name=op.f("pk_calendars")),
    )


def _make_calendar_events() -> None:
    op.create_table(
        "calendar_events",
        sa.Column("practice", sa.Text(), nullable=False),
        sa.Column("calendar", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False, comment="of the occasion: UID, and the recurrence's day"),
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("recurrence", sa.Text(), server_default="", nullable=False),
        sa.Column("occasion_id", ID, nullable=True, comment="null: not taken in"),
        sa.Column("state", sa.Text(), nullable=False, comment="taken, cancelled, without_person, refused"),
        sa.Column("reason", sa.Text(), nullable=True, comment="why nobody was found or it was refused, for people"),
        sa.Column("title", sa.Text(), server_default="", nullable=False, comment="for who links it to a contact"),
        sa.Column("start", sa.Text(), nullable=False),
        sa.Column("starts_at", MOMENT, nullable=False),
        sa.Column(
            "is_new",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="it came after the first complete read: `on: created` may fire",
        ),
        sa.Column("first_seen_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["practice"], ["practices.id"], name=op.f("fk_calendar_events_practice")),
        sa.PrimaryKeyConstraint("practice", "calendar", "kind", "ref", name=op.f("pk_calendar_events")),
    )
    op.create_index("ix_calendar_events_occasion_id", "calendar_events", ["occasion_id"], unique=False)


def _make_calendar_links() -> None:
    op.create_table(
        "calendar_links",
        sa.Column("practice", sa.Text(), nullable=False),
        sa.Column("calendar", sa.Text(), nullable=False),
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("recurrence", sa.Text(), nullable=False, comment="empty: the whole series, or the only event"),
        sa.Column("contact_id", ID, nullable=True, comment="null: it is about nobody, pass over it"),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_calendar_links_contact_id")),
        sa.ForeignKeyConstraint(["practice"], ["practices.id"], name=op.f("fk_calendar_links_practice")),
        sa.PrimaryKeyConstraint("practice", "calendar", "uid", "recurrence", name=op.f("pk_calendar_links")),
    )
