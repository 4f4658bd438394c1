"""Calendars that are read, the events found in them, and the contacts that people linked events to.

Writer: `scheduler/intake/calendars`.
"""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, Table, Text, text

from jobs.records.columns import Id, Json, Moment, metadata

calendars = Table(
    "calendars",
    metadata,
    Column("practice", Text, ForeignKey("practices.id"), primary_key=True),
    Column("id", Text, primary_key=True),
    Column("claim", Id, comment="who reads it now; null: nobody"),
    Column("claimed_until", Moment),
    Column("read_at", Moment, comment="when it was last tried"),
    Column("problem", Text, comment="why the last read failed, for people; null: it did not"),
    Column("failing_since", Moment),
    Column("failures", Integer, nullable=False, default=0, server_default="0", comment="in a row"),
    Column("not_before", Moment, comment="its server asked to be left alone until then"),
    Column("full_read_at", Moment, comment="the last complete, parsed read of the feed"),
    Column("first_read_at", Moment, comment="the first one from this address; later events may be new"),
    Column("address", Text, comment="hash of the feed's address, which is a secret"),
    Column("read_under", Text, comment="hash of what an unchanged feed is read anew for: revision, day, address"),
    Column("etag", Text),
    Column("last_modified", Text),
    Column("reaches_to", Moment, comment="how far ahead the last complete read looked"),
    Column("counts", Json, comment="what the last complete read found and did"),
    Column("question", Json, comment="{gone, of, refs, asked_at}: too many events vanished, a person is asked"),
)

calendar_events = Table(
    "calendar_events",
    metadata,
    Column("practice", Text, ForeignKey("practices.id"), primary_key=True),
    Column("calendar", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("ref", Text, primary_key=True, comment="of the occasion: UID, and the recurrence's day"),
    Column("uid", Text, nullable=False),
    Column("recurrence", Text, nullable=False, default="", server_default=""),
    Column("occasion_id", Id, comment="null: not taken in"),
    Column("state", Text, nullable=False, comment="taken, cancelled, without_person, refused"),
    Column("reason", Text, comment="why nobody was found or it was refused, for people"),
    Column("title", Text, nullable=False, default="", server_default="", comment="for who links it to a contact"),
    Column("start", Text, nullable=False),
    Column("starts_at", Moment, nullable=False),
    Column(
        "is_new",
        Boolean,
        nullable=False,
        default=False,
        server_default=text("false"),
        comment="it came after the first complete read: `on: created` may fire",
    ),
    Column("first_seen_at", Moment, nullable=False),
    Index("ix_calendar_events_occasion_id", "occasion_id"),
)

calendar_links = Table(
    "calendar_links",
    metadata,
    Column("practice", Text, ForeignKey("practices.id"), primary_key=True),
    Column("calendar", Text, primary_key=True),
    Column("uid", Text, primary_key=True),
    Column("recurrence", Text, primary_key=True, comment="empty: the whole series, or the only event"),
    Column("contact_id", Id, ForeignKey("contacts.id"), comment="null: it is about nobody, pass over it"),
    Column("by", Text, nullable=False),
    Column("at", Moment, nullable=False),
)
