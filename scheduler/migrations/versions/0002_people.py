"""Contacts, occasions, what was told, texts, consents and the notes of people."""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ID = sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite")
MOMENT = sa.DateTime(timezone=True).with_variant(sa.BigInteger(), "sqlite")
JSON = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")

OPEN_TEXT_SQL = "flagged AND settled_at IS NULL"
UNREAD_TEXT_SQL = "direction = 'in' AND read_at IS NULL"


def upgrade() -> None:
    """Make the tables."""
    _make_contacts()
    _make_contact_aliases()
    _make_occasions()
    _make_occasion_aliases()
    _make_occasion_people()
    _make_told()
    _make_texts()
    _make_conversations()
    _make_conversation_notes()
    _make_consents()
    _make_number_faults()
    _make_notes()
    _make_holds()


def downgrade() -> None:
    """Drop them, last first."""
    people = ["contacts", "contact_aliases", "occasions", "occasion_aliases", "occasion_people"]
    talk = ["texts", "conversations", "conversation_notes"]
    for table in reversed([*people, "told", *talk, "consents", "number_faults", "notes", "holds"]):
        op.drop_table(table)


def _make_contacts() -> None:
    op.create_table(
        "contacts",
        sa.Column("id", ID, nullable=False),
        sa.Column("practice", sa.Text(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("first_name", sa.Text(), server_default="", nullable=False),
        sa.Column("phone_given", sa.Text(), server_default="", nullable=False, comment="as it was given"),
        sa.Column("phone", sa.Text(), nullable=True, comment="E.164; null where there is none or it cannot be read"),
        sa.Column("phone_problem", sa.Text(), nullable=True, comment="why phone_given cannot be texted, for people"),
        sa.Column("phone_zones", JSON, nullable=True, comment="possible zones of the number; empty: the practice's"),
        sa.Column("timezone", sa.Text(), nullable=True, comment="stated, never guessed"),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("via_id", ID, nullable=True),
        sa.Column("fields", JSON, nullable=False),
        sa.Column("reminders_off", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("gone_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["practice"], ["practices.id"], name=op.f("fk_contacts_practice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contacts")),
        sa.UniqueConstraint("practice", "ref", name=op.f("uq_contacts_practice_ref")),
    )
    op.create_index("ix_contacts_phone", "contacts", ["practice", "phone"], unique=False)
    op.create_index("ix_contacts_via_id", "contacts", ["via_id"], unique=False)


def _make_contact_aliases() -> None:
    op.create_table(
        "contact_aliases",
        sa.Column("practice", sa.Text(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("contact_id", ID, nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_contact_aliases_contact_id")),
        sa.PrimaryKeyConstraint("practice", "ref", name=op.f("pk_contact_aliases")),
    )


def _make_occasions() -> None:
    op.create_table(
        "occasions",
        sa.Column("id", ID, nullable=False),
        sa.Column("practice", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("case_ref", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), server_default="none", nullable=False),
        sa.Column(
            "start",
            sa.Text(),
            nullable=True,
            comment="local wall time as given (2026-12-01T10:00, with an offset if it had one) or the day",
        ),
        sa.Column("end", sa.Text(), nullable=True),
        sa.Column(
            "starts_at",
            MOMENT,
            nullable=True,
            comment="the start's instant; by day its local midnight; for finding and sorting",
        ),
        sa.Column("timezone", sa.Text(), nullable=True, comment="where it takes place; null: the practice's"),
        sa.Column("remote", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("fields", JSON, nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("dated_at", MOMENT, nullable=False, comment="when the present start was recorded"),
        sa.Column("change_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column(
            "changes",
            JSON,
            nullable=True,
            comment="recorded changes that `on:` steps fire for: [{count, created | status, at}]",
        ),
        sa.Column("reminders_off", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("skip", JSON, nullable=True, comment="rule ids muted for this occasion"),
        sa.Column("gone_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["practice"], ["practices.id"], name=op.f("fk_occasions_practice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_occasions")),
        sa.UniqueConstraint("practice", "kind", "ref", name=op.f("uq_occasions_practice_kind_ref")),
    )
    op.create_index("ix_occasions_starts_at", "occasions", ["practice", "kind", "starts_at"], unique=False)


def _make_occasion_aliases() -> None:
    op.create_table(
        "occasion_aliases",
        sa.Column("practice", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("ref", sa.Text(), nullable=False),
        sa.Column("occasion_id", ID, nullable=False),
        sa.ForeignKeyConstraint(["occasion_id"], ["occasions.id"], name=op.f("fk_occasion_aliases_occasion_id")),
        sa.PrimaryKeyConstraint("practice", "kind", "ref", name=op.f("pk_occasion_aliases")),
    )


def _make_occasion_people() -> None:
    op.create_table(
        "occasion_people",
        sa.Column("occasion_id", ID, nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("contact_id", ID, nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_occasion_people_contact_id")),
        sa.ForeignKeyConstraint(["occasion_id"], ["occasions.id"], name=op.f("fk_occasion_people_occasion_id")),
        sa.PrimaryKeyConstraint("occasion_id", "role", name=op.f("pk_occasion_people")),
    )
    op.create_index(op.f("ix_occasion_people_contact_id"), "occasion_people", ["contact_id"], unique=False)


def _make_told() -> None:
    op.create_table(
        "told",
        sa.Column("occasion_id", ID, nullable=False),
        sa.Column("contact_id", ID, nullable=False),
        sa.Column("start", sa.Text(), nullable=False),
        sa.Column("fields", JSON, nullable=False),
        sa.Column("attempt_id", ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_told_contact_id")),
        sa.ForeignKeyConstraint(["occasion_id"], ["occasions.id"], name=op.f("fk_told_occasion_id")),
        sa.PrimaryKeyConstraint("occasion_id", "contact_id", name=op.f("pk_told")),
    )


def _make_texts() -> None:
    op.create_table(
        "texts",
        sa.Column("id", ID, nullable=False),
        sa.Column("practice", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False, comment="the person's, E.164"),
        sa.Column("contact_id", ID, nullable=True),
        sa.Column("direction", sa.Text(), nullable=False, comment="in or out"),
        sa.Column("body", sa.Text(), nullable=True, comment="null after redaction"),
        sa.Column("job_id", ID, nullable=True),
        sa.Column("attempt_id", ID, nullable=True),
        sa.Column("provider_id", sa.Text(), nullable=True),
        sa.Column("case_ref", sa.Text(), nullable=True),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("read_at", MOMENT, nullable=True),
        *_of_inbound_texts(),
        sa.ForeignKeyConstraint(["practice"], ["practices.id"], name=op.f("fk_texts_practice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_texts")),
        sa.UniqueConstraint("attempt_id", name=op.f("uq_texts_attempt_id")),
        sa.UniqueConstraint("provider", "provider_id", name=op.f("uq_texts_provider_provider_id")),
    )
    op.create_index("ix_texts_number", "texts", ["practice", "number", "at"], unique=False)
    op.create_index(
        "ix_texts_unclaimed",
        "texts",
        ["practice", "number"],
        unique=False,
        postgresql_where=sa.text("contact_id IS NULL"),
        sqlite_where=sa.text("contact_id IS NULL"),
    )
    op.create_index(
        "ix_texts_open",
        "texts",
        ["practice", "number"],
        unique=False,
        postgresql_where=sa.text(OPEN_TEXT_SQL),
        sqlite_where=sa.text(OPEN_TEXT_SQL),
    )
    op.create_index(
        "ix_texts_unread",
        "texts",
        ["practice", "number"],
        unique=False,
        postgresql_where=sa.text(UNREAD_TEXT_SQL),
        sqlite_where=sa.text(UNREAD_TEXT_SQL),
    )


def _of_inbound_texts() -> list[sa.Column[Any]]:
    return [
        sa.Column("provider", sa.Text(), nullable=True, comment="who brought an inbound text; null: an outgoing one"),
        sa.Column("own_number", sa.Text(), nullable=True, comment="the practice's number that an inbound text came to"),
        sa.Column("media", JSON, nullable=True, comment="what came with it: [[address, type]]; not kept"),
        sa.Column(
            "meaning", sa.Text(), nullable=True, comment="what an inbound text means: one of jobs.replies.Meaning"
        ),
        sa.Column("answers_text_id", ID, nullable=True, comment="the outgoing text that an inbound one answers"),
        sa.Column("occasion_id", ID, nullable=True, comment="the occasion that an inbound text answered about"),
        sa.Column("acknowledged_by", ID, nullable=True, comment="the job that answers it by itself"),
        sa.Column("flagged", sa.Boolean(), server_default=sa.text("false"), nullable=False, comment="staff are asked"),
        sa.Column(
            "settled_at",
            MOMENT,
            nullable=True,
            comment="when a person had answered it, or said that nothing is to be done",
        ),
        sa.Column("settled_by", sa.Text(), nullable=True),
    ]


def _make_consents() -> None:
    op.create_table(
        "consents",
        sa.Column("id", ID, nullable=False),
        sa.Column("practice", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False, comment="the person's, E.164"),
        sa.Column("what", sa.Text(), nullable=False, comment="opt_out, opt_in, consent, withdrawn"),
        sa.Column("purpose", sa.Text(), server_default="service", nullable=False),
        sa.Column("source", sa.Text(), nullable=False, comment="text, carrier, phone, mail, import"),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False, comment="when it was recorded"),
        sa.Column("expires_at", MOMENT, nullable=True),
        sa.Column("basis", sa.Text(), nullable=True, comment="of a consent: express or implied; null: express"),
        sa.Column("wording", sa.Text(), nullable=True, comment="the words that the person agreed to"),
        sa.Column(
            "given_at",
            MOMENT,
            nullable=True,
            comment="when the person said so, where that was not when it was recorded",
        ),
        sa.ForeignKeyConstraint(["practice"], ["practices.id"], name=op.f("fk_consents_practice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
    )
    op.create_index("ix_consents_number", "consents", ["practice", "number", "at"], unique=False)


def _make_number_faults() -> None:
    op.create_table(
        "number_faults",
        sa.Column("practice", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False, comment="E.164; its provider says that it can never be texted"),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("error_code", sa.Text(), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["practice"], ["practices.id"], name=op.f("fk_number_faults_practice")),
        sa.PrimaryKeyConstraint("practice", "number", name=op.f("pk_number_faults")),
    )


def _make_notes() -> None:
    op.create_table(
        "notes",
        sa.Column("id", ID, nullable=False),
        sa.Column("practice", sa.Text(), nullable=False),
        sa.Column("occasion_id", ID, nullable=True),
        sa.Column("contact_id", ID, nullable=True),
        sa.Column("did", sa.Text(), nullable=False, comment="phoned, muted, unmuted"),
        sa.Column(
            "start", sa.Text(), nullable=True, comment="the start that was told on the phone, as the occasion had it"
        ),
        sa.Column("rules", JSON, nullable=True, comment="rule ids that were muted or unmuted; null: all reminders"),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_notes_contact_id")),
        sa.ForeignKeyConstraint(["occasion_id"], ["occasions.id"], name=op.f("fk_notes_occasion_id")),
        sa.ForeignKeyConstraint(["practice"], ["practices.id"], name=op.f("fk_notes_practice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notes")),
    )
    op.create_index(op.f("ix_notes_contact_id"), "notes", ["contact_id"], unique=False)
    op.create_index(op.f("ix_notes_occasion_id"), "notes", ["occasion_id"], unique=False)


def _make_conversations() -> None:
    op.create_table(
        "conversations",
        sa.Column("practice", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False, comment="the person's, E.164"),
        sa.Column(
            "assigned_to", sa.Text(), nullable=True, comment="who of the staff sees to it; null: the contact's owner"
        ),
        sa.Column("case_ref", sa.Text(), nullable=True, comment="the case that a person linked it to"),
        sa.Column(
            "snoozed_until", MOMENT, nullable=True, comment="out of the inbox until then, or until they write again"
        ),
        sa.Column("snoozed_at", MOMENT, nullable=True, comment="when somebody put it out of the inbox"),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.Column("updated_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["practice"], ["practices.id"], name=op.f("fk_conversations_practice")),
        sa.PrimaryKeyConstraint("practice", "number", name=op.f("pk_conversations")),
    )


def _make_conversation_notes() -> None:
    op.create_table(
        "conversation_notes",
        sa.Column("id", ID, nullable=False),
        sa.Column("practice", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["practice"], ["practices.id"], name=op.f("fk_conversation_notes_practice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversation_notes")),
    )
    op.create_index("ix_conversation_notes_number", "conversation_notes", ["practice", "number", "at"], unique=False)


def _make_holds() -> None:
    op.create_table(
        "holds",
        sa.Column("id", ID, nullable=False),
        sa.Column("practice", sa.Text(), nullable=False),
        sa.Column("contact_id", ID, nullable=True, comment="whose data nothing empties or erases; null: a case's"),
        sa.Column("case_ref", sa.Text(), nullable=True, comment="the case whose people are held; null: one contact"),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("released_at", MOMENT, nullable=True, comment="null: it holds"),
        sa.Column("released_by", sa.Text(), nullable=True),
        sa.Column("released_because", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name=op.f("fk_holds_contact_id")),
        sa.ForeignKeyConstraint(["practice"], ["practices.id"], name=op.f("fk_holds_practice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_holds")),
    )
    op.create_index("ix_holds_practice", "holds", ["practice"], unique=False)
