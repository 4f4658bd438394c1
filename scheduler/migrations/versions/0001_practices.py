"""Practices, their revisions, plans and replans, senders, providers, pauses, money and staged imports."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ID = sa.Uuid().with_variant(sa.LargeBinary(16), "sqlite")
MOMENT = sa.DateTime(timezone=True).with_variant(sa.BigInteger(), "sqlite")
BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    """Make the tables."""
    _make_practices()
    _make_revisions()
    _make_step_publishings()
    _make_publishings()
    _make_replans()
    _make_plans()
    _make_drafts()
    _make_senders()
    _make_providers()
    _make_pauses()
    _make_spending()
    _make_number_days()
    _make_imports()
    _make_import_rows()
    _make_sweeps()


def downgrade() -> None:
    """Drop them, last first."""
    for table in reversed(
        [
            "practices",
            "revisions",
            "step_publishings",
            "publishings",
            "replans",
            "plans",
            "drafts",
            "senders",
            "providers",
            "pauses",
            "spending",
            "number_days",
            "imports",
            "import_rows",
            "sweeps",
        ]
    ):
        op.drop_table(table)


def _make_practices() -> None:
    op.create_table(
        "practices",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False, comment="for advisory locks"),
        sa.Column("current_revision", sa.Text(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_practices")),
        sa.UniqueConstraint("number", name=op.f("uq_practices_number")),
    )


def _make_revisions() -> None:
    op.create_table(
        "revisions",
        sa.Column("practice", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False, comment="r- and twelve hex digits of the content's SHA-256"),
        sa.Column("content", JSON, nullable=False, comment="the rulebook: settings, rules, every template it uses"),
        sa.Column("files", JSON, nullable=False, comment="the files as they were written, by path"),
        sa.Column("terms", JSON, nullable=False),
        sa.Column("base", sa.Text(), nullable=True),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("published_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["practice"], ["practices.id"], name=op.f("fk_revisions_practice")),
        sa.PrimaryKeyConstraint("practice", "id", name=op.f("pk_revisions")),
    )


def _make_step_publishings() -> None:
    op.create_table(
        "step_publishings",
        sa.Column("practice", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("first_published_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["practice"], ["practices.id"], name=op.f("fk_step_publishings_practice")),
        sa.PrimaryKeyConstraint("practice", "rule", "step", name=op.f("pk_step_publishings")),
    )


def _make_publishings() -> None:
    op.create_table(
        "publishings",
        sa.Column("id", BIG_ID, autoincrement=True, nullable=False),
        sa.Column("practice", sa.Text(), nullable=False),
        sa.Column(
            "revision", sa.Text(), nullable=False, comment="what became current; one that came back is here twice"
        ),
        sa.Column("base", sa.Text(), nullable=True, comment="what was current before"),
        sa.Column("plan", sa.Text(), nullable=True, comment="the plan that was looked at"),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["practice"], ["practices.id"], name=op.f("fk_publishings_practice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publishings")),
    )
    op.create_index("ix_publishings_practice", "publishings", ["practice", "id"], unique=False)


def _make_replans() -> None:
    op.create_table(
        "replans",
        sa.Column("practice", sa.Text(), nullable=False),
        sa.Column(
            "number", sa.Integer(), nullable=False, comment="counts the wishes: a later one begins from the front"
        ),
        sa.Column("wanted_at", MOMENT, nullable=False),
        sa.Column(
            "position",
            JSON,
            nullable=True,
            comment="up to where occasions are planned again, in their order; null: nowhere yet",
        ),
        sa.Column("done", sa.Integer(), server_default="0", nullable=False),
        sa.Column("total", sa.Integer(), server_default="0", nullable=False),
        sa.Column("counts", JSON, nullable=False, comment="what happened to jobs so far"),
        sa.Column(
            "ended_at",
            MOMENT,
            nullable=True,
            comment="null: the jobs are not in line with the current revision yet",
        ),
        sa.ForeignKeyConstraint(["practice"], ["practices.id"], name=op.f("fk_replans_practice")),
        sa.PrimaryKeyConstraint("practice", name=op.f("pk_replans")),
    )


def _make_plans() -> None:
    op.create_table(
        "plans",
        sa.Column("id", sa.Text(), nullable=False, comment="p- and eight hex digits"),
        sa.Column("practice", sa.Text(), nullable=False),
        sa.Column(
            "base", sa.Text(), nullable=True, comment="the revision that was current when it was made; null: none"
        ),
        sa.Column(
            "started_from",
            sa.Text(),
            nullable=True,
            comment="the revision that the edit began with; null: unknown, or none",
        ),
        sa.Column("revision", sa.Text(), nullable=False, comment="what it would make current"),
        sa.Column("content", JSON, nullable=False),
        sa.Column("files", JSON, nullable=False),
        sa.Column("summary", JSON, nullable=False, comment="counts by rule, samples, segments, money"),
        sa.Column(
            "effects",
            sa.LargeBinary(),
            nullable=False,
            comment="12 bytes each: hash of the identity, and of what happens",
        ),
        sa.Column(
            "soon",
            sa.LargeBinary(),
            nullable=False,
            comment="occasions that time alone may change within a day, 20 bytes each",
        ),
        sa.Column("listed", sa.LargeBinary(), nullable=False, comment="the nearest effects word by word, compressed"),
        sa.Column("planned_at", MOMENT, nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("published_at", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plans")),
    )
    op.create_index("ix_plans_practice", "plans", ["practice", "planned_at"], unique=False)


def _make_drafts() -> None:
    op.create_table(
        "drafts",
        sa.Column("practice", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False, comment="whose it is: person:maya"),
        sa.Column(
            "base", sa.Text(), nullable=True, comment="the revision that it began with; null: nothing was published"
        ),
        sa.Column("files", JSON, nullable=False, comment="every file as it stands now, by path"),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["practice"], ["practices.id"], name=op.f("fk_drafts_practice")),
        sa.PrimaryKeyConstraint("practice", "by", name=op.f("pk_drafts")),
    )


def _make_senders() -> None:
    op.create_table(
        "senders",
        sa.Column("practice", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("provider", sa.Text(), nullable=False),
        sa.Column("segments_per_second", sa.Float(), nullable=False),
        sa.Column("next_free", MOMENT, nullable=True, comment="no request before this moment (pace, 429)"),
        sa.Column("gone", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.ForeignKeyConstraint(["practice"], ["practices.id"], name=op.f("fk_senders_practice")),
        sa.PrimaryKeyConstraint("practice", "id", name=op.f("pk_senders")),
    )


def _make_providers() -> None:
    op.create_table(
        "providers",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("slots", sa.Integer(), server_default="200", nullable=False),
        sa.Column(
            "in_flight",
            sa.Integer(),
            server_default="100",
            nullable=False,
            comment="allowed now, at most half the slots",
        ),
        sa.Column("breaker", sa.Text(), server_default="closed", nullable=False),
        sa.Column("unknowns", sa.Integer(), server_default="0", nullable=False),
        sa.Column("since", MOMENT, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_providers")),
    )


def _make_pauses() -> None:
    op.create_table(
        "pauses",
        sa.Column("id", ID, nullable=False),
        sa.Column("scope", sa.Text(), nullable=False, comment="all, practice, rule, sender, provider"),
        sa.Column("practice", sa.Text(), nullable=True),
        sa.Column("target", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("until", MOMENT, nullable=True),
        sa.Column("lifted_at", MOMENT, nullable=True),
        sa.Column("lifted_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pauses")),
    )
    op.create_index("ix_pauses_scope", "pauses", ["scope", "practice"], unique=False)


def _make_spending() -> None:
    op.create_table(
        "spending",
        sa.Column("practice", sa.Text(), nullable=False),
        sa.Column("month", sa.Text(), nullable=False, comment="YYYY-MM in the practice's zone"),
        sa.Column("what", sa.Text(), nullable=False, comment="all or one_offs"),
        sa.Column(
            "spent", sa.BigInteger(), server_default="0", nullable=False, comment="millionths of the cap's currency"
        ),
        sa.Column("reserved", sa.BigInteger(), server_default="0", nullable=False, comment="millionths, too"),
        sa.ForeignKeyConstraint(["practice"], ["practices.id"], name=op.f("fk_spending_practice")),
        sa.PrimaryKeyConstraint("practice", "month", "what", name=op.f("pk_spending")),
    )


def _make_number_days() -> None:
    op.create_table(
        "number_days",
        sa.Column("practice", sa.Text(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("day", sa.Text(), nullable=False, comment="local date"),
        sa.Column("count", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["practice"], ["practices.id"], name=op.f("fk_number_days_practice")),
        sa.PrimaryKeyConstraint("practice", "number", "day", name=op.f("pk_number_days")),
    )


def _make_imports() -> None:
    op.create_table(
        "imports",
        sa.Column("id", ID, nullable=False),
        sa.Column("practice", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False, comment="contacts or a kind of occasion"),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("options", JSON, nullable=False),
        sa.Column("state", sa.Text(), nullable=False, comment="staged, applying, done, refused"),
        sa.Column("applied", sa.Integer(), server_default="0", nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("claim", ID, nullable=True, comment="who takes it in now; null: nobody"),
        sa.Column(
            "claimed_until", MOMENT, nullable=True, comment="moved on with each chunk; past: who took it in is dead"
        ),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(["practice"], ["practices.id"], name=op.f("fk_imports_practice")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imports")),
    )


def _make_import_rows() -> None:
    op.create_table(
        "import_rows",
        sa.Column("import_id", ID, nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("data", JSON, nullable=False),
        sa.ForeignKeyConstraint(["import_id"], ["imports.id"], name=op.f("fk_import_rows_import_id")),
        sa.PrimaryKeyConstraint("import_id", "line", name=op.f("pk_import_rows")),
    )


def _make_sweeps() -> None:
    op.create_table(
        "sweeps",
        sa.Column("practice", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False, comment="what it empties: a table, and words or numbers"),
        sa.Column(
            "position", sa.Text(), nullable=True, comment="the last row it has seen; null: it begins from the front"
        ),
        sa.Column("ended_at", MOMENT, nullable=True, comment="when it last came to the end; null: it never did"),
        sa.ForeignKeyConstraint(["practice"], ["practices.id"], name=op.f("fk_sweeps_practice")),
        sa.PrimaryKeyConstraint("practice", "name", name=op.f("pk_sweeps")),
    )
