"""Practices, revisions, senders, pauses, money and staged imports.

Writers: practices, revisions, step_publishings, publishings: `scheduler/publishing/revisions`; replans, plans, drafts:
`replans`, `keeping` and `drafts` beside it; senders, pauses: `jobs/senders` (publishing lays the rows); providers,
and senders' next_free as they are taken: `jobs/taking/rooms`; spending, number_days: `jobs/spending`; imports:
`scheduler/intake`; sweeps: `scheduler/keeping`.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    text,
)

from jobs.records.columns import BigId, Id, Json, Moment, metadata

practices = Table(
    "practices",
    metadata,
    Column("id", Text, primary_key=True),
    Column("number", Integer, nullable=False, unique=True, comment="for advisory locks"),
    Column("current_revision", Text),
    Column("created_at", Moment, nullable=False),
)

revisions = Table(
    "revisions",
    metadata,
    Column("practice", Text, ForeignKey("practices.id"), primary_key=True),
    Column("id", Text, primary_key=True, comment="r- and twelve hex digits of the content's SHA-256"),
    Column("content", Json, nullable=False, comment="the rulebook: settings, rules, every template it uses"),
    Column("files", Json, nullable=False, comment="the files as they were written, by path"),
    Column("terms", Json, nullable=False),
    Column("base", Text),
    Column("author", Text, nullable=False),
    Column("note", Text, nullable=False, default="", server_default=""),
    Column("published_at", Moment, nullable=False),
)

step_publishings = Table(
    "step_publishings",
    metadata,
    Column("practice", Text, ForeignKey("practices.id"), primary_key=True),
    Column("rule", Text, primary_key=True),
    Column("step", Text, primary_key=True),
    Column("first_published_at", Moment, nullable=False),
)

publishings = Table(
    "publishings",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("practice", Text, ForeignKey("practices.id"), nullable=False),
    Column("revision", Text, nullable=False, comment="what became current; one that came back is here twice"),
    Column("base", Text, comment="what was current before"),
    Column("plan", Text, comment="the plan that was looked at"),
    Column("author", Text, nullable=False),
    Column("note", Text, nullable=False, default="", server_default=""),
    Column("at", Moment, nullable=False),
    Index("ix_publishings_practice", "practice", "id"),
)

replans = Table(
    "replans",
    metadata,
    Column("practice", Text, ForeignKey("practices.id"), primary_key=True),
    Column("number", Integer, nullable=False, comment="counts the wishes: a later one begins from the front"),
    Column("wanted_at", Moment, nullable=False),
    Column("position", Json, comment="up to where occasions are planned again, in their order; null: nowhere yet"),
    Column("done", Integer, nullable=False, default=0, server_default="0"),
    Column("total", Integer, nullable=False, default=0, server_default="0"),
    Column("counts", Json, nullable=False, comment="what happened to jobs so far"),
    Column("ended_at", Moment, comment="null: the jobs are not in line with the current revision yet"),
)

plans = Table(
    "plans",
    metadata,
    Column("id", Text, primary_key=True, comment="p- and eight hex digits"),
    Column("practice", Text, nullable=False),
    Column("base", Text, comment="the revision that was current when it was made; null: none"),
    Column("started_from", Text, comment="the revision that the edit began with; null: unknown, or none"),
    Column("revision", Text, nullable=False, comment="what it would make current"),
    Column("content", Json, nullable=False),
    Column("files", Json, nullable=False),
    Column("summary", Json, nullable=False, comment="counts by rule, samples, segments, money"),
    Column("effects", LargeBinary, nullable=False, comment="12 bytes each: hash of the identity, and of what happens"),
    Column(
        "soon", LargeBinary, nullable=False, comment="occasions that time alone may change within a day, 20 bytes each"
    ),
    Column("listed", LargeBinary, nullable=False, comment="the nearest effects word by word, compressed"),
    Column("planned_at", Moment, nullable=False),
    Column("by", Text, nullable=False),
    Column("published_at", Moment),
    Index("ix_plans_practice", "practice", "planned_at"),
)

drafts = Table(
    "drafts",
    metadata,
    Column("practice", Text, ForeignKey("practices.id"), primary_key=True),
    Column("by", Text, primary_key=True, comment="whose it is: person:maya"),
    Column("base", Text, comment="the revision that it began with; null: nothing was published"),
    Column("files", Json, nullable=False, comment="every file as it stands now, by path"),
    Column("updated_at", Moment, nullable=False),
)

senders = Table(
    "senders",
    metadata,
    Column("practice", Text, ForeignKey("practices.id"), primary_key=True),
    Column("id", Text, primary_key=True),
    Column("number", Text, nullable=False),
    Column("provider", Text, nullable=False),
    Column("segments_per_second", Float, nullable=False),
    Column("next_free", Moment, comment="no request before this moment (pace, 429)"),
    Column("gone", Boolean, nullable=False, default=False, server_default=text("false")),
)

providers = Table(
    "providers",
    metadata,
    Column("id", Text, primary_key=True),
    Column("slots", Integer, nullable=False, default=200, server_default="200"),
    Column(
        "in_flight",
        Integer,
        nullable=False,
        default=100,
        server_default="100",
        comment="allowed now, at most half the slots",
    ),
    Column("breaker", Text, nullable=False, default="closed", server_default="closed"),
    Column("unknowns", Integer, nullable=False, default=0, server_default="0"),
    Column("since", Moment),
)

pauses = Table(
    "pauses",
    metadata,
    Column("id", Id, primary_key=True),
    Column("scope", Text, nullable=False, comment="all, practice, rule, sender, provider"),
    Column("practice", Text),
    Column("target", Text),
    Column("reason", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("since", Moment, nullable=False),
    Column("until", Moment),
    Column("lifted_at", Moment),
    Column("lifted_by", Text),
    Index("ix_pauses_scope", "scope", "practice"),
)

spending = Table(
    "spending",
    metadata,
    Column("practice", Text, ForeignKey("practices.id"), primary_key=True),
    Column("month", Text, primary_key=True, comment="YYYY-MM in the practice's zone"),
    Column("what", Text, primary_key=True, comment="all or one_offs"),
    Column(
        "spent", BigInteger, nullable=False, default=0, server_default="0", comment="millionths of the cap's currency"
    ),
    Column("reserved", BigInteger, nullable=False, default=0, server_default="0", comment="millionths, too"),
)

number_days = Table(
    "number_days",
    metadata,
    Column("practice", Text, ForeignKey("practices.id"), primary_key=True),
    Column("number", Text, primary_key=True),
    Column("day", Text, primary_key=True, comment="local date"),
    Column("count", Integer, nullable=False, default=0, server_default="0"),
)

imports = Table(
    "imports",
    metadata,
    Column("id", Id, primary_key=True),
    Column("practice", Text, ForeignKey("practices.id"), nullable=False),
    Column("kind", Text, nullable=False, comment="contacts or a kind of occasion"),
    Column("source", Text, nullable=False),
    Column("options", Json, nullable=False),
    Column("state", Text, nullable=False, comment="staged, applying, done, refused"),
    Column("applied", Integer, nullable=False, default=0, server_default="0"),
    Column("total", Integer, nullable=False),
    Column("by", Text, nullable=False),
    Column("claim", Id, comment="who takes it in now; null: nobody"),
    Column("claimed_until", Moment, comment="moved on with each chunk; past: who took it in is dead"),
    Column("created_at", Moment, nullable=False),
    Column("finished_at", Moment),
)

import_rows = Table(
    "import_rows",
    metadata,
    Column("import_id", Id, ForeignKey("imports.id"), primary_key=True),
    Column("line", Integer, primary_key=True),
    Column("data", Json, nullable=False),
)

sweeps = Table(
    "sweeps",
    metadata,
    Column("practice", Text, ForeignKey("practices.id"), primary_key=True),
    Column("name", Text, primary_key=True, comment="what it empties: a table, and words or numbers"),
    Column("position", Text, comment="the last row it has seen; null: it begins from the front"),
    Column("ended_at", Moment, comment="when it last came to the end; null: it never did"),
)
