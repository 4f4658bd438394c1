"""Events that leave for a practice's own systems, the endpoints they go to, and the delivery of each to each.

Writer: `jobs/events`, in the transaction of what an event tells of.
"""

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint, text

from jobs.records.columns import BigId, Id, Json, Moment, metadata

OPEN_DELIVERY_SQL = "done_at IS NULL AND dead_at IS NULL"

endpoints = Table(
    "endpoints",
    metadata,
    Column("id", Id, primary_key=True),
    Column("practice", Text, ForeignKey("practices.id"), nullable=False),
    Column("channel", Text, nullable=False, comment="post or mail"),
    Column("url", Text, nullable=False, comment="https://… or mailto:…"),
    Column(
        "secret",
        Text,
        nullable=False,
        comment="sealed: whsec_ and base64, what its posts are signed with; empty for mail",
    ),
    Column("kinds", Json, nullable=False, comment="kinds of events that go there"),
    Column("created_by", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("disabled_at", Moment, comment="null: events go there"),
    Column("disabled_by", Text),
    Column("disabled_because", Text),
    Column("paused_at", Moment, comment="null: not paused; while it is, what is told waits"),
    Column("paused_by", Text),
    Index("ix_endpoints_practice", "practice"),
)

# No foreign keys: what is told of is never deleted before its events, and an event must never fail what it tells of.
events = Table(
    "events",
    metadata,
    Column("id", Id, primary_key=True, comment="the webhook-id: receivers drop doubles by it"),
    Column("practice", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("contact_id", Id, comment="whose events are told in their order; null: nobody's"),
    Column("key", Text, comment="what may be told only once; null: it happens only once"),
    Column("payload", Json, nullable=False, comment="no words of texts, no whole numbers"),
    Column("at", Moment, nullable=False),
    UniqueConstraint("practice", "kind", "key"),
    Index("ix_events_at", "at"),
    Index("ix_events_contact_id", "contact_id"),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", BigId, primary_key=True, autoincrement=True),
    Column("event_id", Id, nullable=False, index=True),
    Column("endpoint_id", Id, nullable=False),
    Column("contact_id", Id),
    Column("at", Moment, nullable=False, comment="of the event"),
    Column("attempts", Integer, nullable=False, default=0, server_default="0"),
    Column("since", Moment, comment="of the first attempt: the later ones count from it"),
    Column("next_at", Moment, nullable=False, comment="the next attempt; while one is under way, the end of its claim"),
    Column("done_at", Moment),
    Column("dead_at", Moment, comment="given up; a person may send it again"),
    Column("answer", Text, comment="what came of the last attempt, for people"),
)
Index(
    "ix_deliveries_due",
    deliveries.c.endpoint_id,
    deliveries.c.next_at,
    postgresql_where=text(OPEN_DELIVERY_SQL),
    sqlite_where=text(OPEN_DELIVERY_SQL),
)
Index(
    "ix_deliveries_of_contact",
    deliveries.c.endpoint_id,
    deliveries.c.contact_id,
    deliveries.c.id,
    postgresql_where=text(OPEN_DELIVERY_SQL),
    sqlite_where=text(OPEN_DELIVERY_SQL),
)
