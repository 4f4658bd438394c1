"""Contacts, occasions, what was told, texts, consents and the notes of people.

Writers: contacts, occasions, occasion_people, aliases, notes: `scheduler/intake`; told: `jobs/store` (from the intent
on); texts: `jobs/store` and `jobs/conversation`; conversations, conversation_notes: `jobs/conversation`; consents:
`jobs/consent`; number_faults: `jobs/bad_numbers`; holds: `scheduler/keeping`, which also empties, in any table, what
is kept no longer of a person.
"""

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint, text

from jobs.records.columns import Id, Json, Moment, metadata

OPEN_TEXT_SQL = "flagged AND settled_at IS NULL"
UNREAD_TEXT_SQL = "direction = 'in' AND read_at IS NULL"

contacts = Table(
    "contacts",
    metadata,
    Column("id", Id, primary_key=True),
    Column("practice", Text, ForeignKey("practices.id"), nullable=False),
    Column("ref", Text, nullable=False),
    Column("name", Text, nullable=False, default="", server_default=""),
    Column("first_name", Text, nullable=False, default="", server_default=""),
    Column("phone_given", Text, nullable=False, default="", server_default="", comment="as it was given"),
    Column("phone", Text, comment="E.164; null where there is none or it cannot be read"),
    Column("phone_problem", Text, comment="why phone_given cannot be texted, for people"),
    Column("phone_zones", Json, comment="possible zones of the number; empty: the practice's"),
    Column("timezone", Text, comment="stated, never guessed"),
    Column("language", Text),
    Column("owner", Text),
    Column("via_id", Id),
    Column("fields", Json, nullable=False),
    Column("reminders_off", Boolean, nullable=False, default=False, server_default=text("false")),
    Column("version", Integer),
    Column("gone_at", Moment),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    UniqueConstraint("practice", "ref"),
    Index("ix_contacts_phone", "practice", "phone"),
    Index("ix_contacts_via_id", "via_id"),
)

contact_aliases = Table(
    "contact_aliases",
    metadata,
    Column("practice", Text, primary_key=True),
    Column("ref", Text, primary_key=True),
    Column("contact_id", Id, ForeignKey("contacts.id"), nullable=False),
)

occasions = Table(
    "occasions",
    metadata,
    Column("id", Id, primary_key=True),
    Column("practice", Text, ForeignKey("practices.id"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("ref", Text, nullable=False),
    Column("case_ref", Text),
    Column("status", Text, nullable=False),
    Column("answer", Text, nullable=False, default="none", server_default="none"),
    Column(
        "start", Text, comment="local wall time as given (2026-12-01T10:00, with an offset if it had one) or the day"
    ),
    Column("end", Text),
    Column("starts_at", Moment, comment="the start's instant; by day its local midnight; for finding and sorting"),
    Column("timezone", Text, comment="where it takes place; null: the practice's"),
    Column("remote", Boolean, nullable=False, default=False, server_default=text("false")),
    Column("fields", Json, nullable=False),
    Column("version", Integer),
    Column("dated_at", Moment, nullable=False, comment="when the present start was recorded"),
    Column("change_count", Integer, nullable=False, default=0, server_default="0"),
    Column("changes", Json, comment="recorded changes that `on:` steps fire for: [{count, created | status, at}]"),
    Column("reminders_off", Boolean, nullable=False, default=False, server_default=text("false")),
    Column("skip", Json, comment="rule ids muted for this occasion"),
    Column("gone_at", Moment),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    UniqueConstraint("practice", "kind", "ref"),
    Index("ix_occasions_starts_at", "practice", "kind", "starts_at"),
)

occasion_aliases = Table(
    "occasion_aliases",
    metadata,
    Column("practice", Text, primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("ref", Text, primary_key=True),
    Column("occasion_id", Id, ForeignKey("occasions.id"), nullable=False),
)

occasion_people = Table(
    "occasion_people",
    metadata,
    Column("occasion_id", Id, ForeignKey("occasions.id"), primary_key=True),
    Column("role", Text, primary_key=True),
    Column("contact_id", Id, ForeignKey("contacts.id"), nullable=False, index=True),
)

told = Table(
    "told",
    metadata,
    Column("occasion_id", Id, ForeignKey("occasions.id"), primary_key=True),
    Column("contact_id", Id, ForeignKey("contacts.id"), primary_key=True),
    Column("start", Text, nullable=False),
    Column("fields", Json, nullable=False),
    Column("attempt_id", Id, nullable=False),
    Column("at", Moment, nullable=False),
)

texts = Table(
    "texts",
    metadata,
    Column("id", Id, primary_key=True),
    Column("practice", Text, ForeignKey("practices.id"), nullable=False),
    Column("number", Text, nullable=False, comment="the person's, E.164"),
    Column("contact_id", Id),
    Column("direction", Text, nullable=False, comment="in or out"),
    Column("body", Text, comment="null after redaction"),
    Column("job_id", Id),
    Column("attempt_id", Id, unique=True),
    Column("provider_id", Text),
    Column("case_ref", Text),
    Column("owner", Text),
    Column("at", Moment, nullable=False),
    Column("read_at", Moment),
    Column("provider", Text, comment="who brought an inbound text; null: an outgoing one"),
    Column("own_number", Text, comment="the practice's number that an inbound text came to"),
    Column("media", Json, comment="what came with it: [[address, type]]; not kept"),
    Column("meaning", Text, comment="what an inbound text means: one of jobs.replies.Meaning"),
    Column("answers_text_id", Id, comment="the outgoing text that an inbound one answers"),
    Column("occasion_id", Id, comment="the occasion that an inbound text answered about"),
    Column("acknowledged_by", Id, comment="the job that answers it by itself"),
    Column("flagged", Boolean, nullable=False, default=False, server_default=text("false"), comment="staff are asked"),
    Column("settled_at", Moment, comment="when a person had answered it, or said that nothing is to be done"),
    Column("settled_by", Text),
    UniqueConstraint("provider", "provider_id"),
    Index("ix_texts_number", "practice", "number", "at"),
)
Index(
    "ix_texts_unclaimed",
    texts.c.practice,
    texts.c.number,
    postgresql_where=text("contact_id IS NULL"),
    sqlite_where=text("contact_id IS NULL"),
)
Index(
    "ix_texts_open",
    texts.c.practice,
    texts.c.number,
    postgresql_where=text(OPEN_TEXT_SQL),
    sqlite_where=text(OPEN_TEXT_SQL),
)
Index(
    "ix_texts_unread",
    texts.c.practice,
    texts.c.number,
    postgresql_where=text(UNREAD_TEXT_SQL),
    sqlite_where=text(UNREAD_TEXT_SQL),
)

conversations = Table(
    "conversations",
    metadata,
    Column("practice", Text, ForeignKey("practices.id"), primary_key=True),
    Column("number", Text, primary_key=True, comment="the person's, E.164"),
    Column("assigned_to", Text, comment="who of the staff sees to it; null: the contact's owner"),
    Column("case_ref", Text, comment="the case that a person linked it to"),
    Column("snoozed_until", Moment, comment="out of the inbox until then, or until they write again"),
    Column("snoozed_at", Moment, comment="when somebody put it out of the inbox"),
    Column("updated_at", Moment, nullable=False),
    Column("updated_by", Text, nullable=False),
)

conversation_notes = Table(
    "conversation_notes",
    metadata,
    Column("id", Id, primary_key=True),
    Column("practice", Text, ForeignKey("practices.id"), nullable=False),
    Column("number", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Index("ix_conversation_notes_number", "practice", "number", "at"),
)

consents = Table(
    "consents",
    metadata,
    Column("id", Id, primary_key=True),
    Column("practice", Text, ForeignKey("practices.id"), nullable=False),
    Column("number", Text, nullable=False, comment="the person's, E.164"),
    Column("what", Text, nullable=False, comment="opt_out, opt_in, consent, withdrawn"),
    Column("purpose", Text, nullable=False, default="service", server_default="service"),
    Column("source", Text, nullable=False, comment="text, carrier, phone, mail, import"),
    Column("evidence", Text),
    Column("by", Text, nullable=False),
    Column("at", Moment, nullable=False, comment="when it was recorded"),
    Column("expires_at", Moment),
    Column("basis", Text, comment="of a consent: express or implied; null: express"),
    Column("wording", Text, comment="the words that the person agreed to"),
    Column("given_at", Moment, comment="when the person said so, where that was not when it was recorded"),
    Index("ix_consents_number", "practice", "number", "at"),
)

number_faults = Table(
    "number_faults",
    metadata,
    Column("practice", Text, ForeignKey("practices.id"), primary_key=True),
    Column("number", Text, primary_key=True, comment="E.164; its provider says that it can never be texted"),
    Column("reason", Text, nullable=False),
    Column("error_code", Text),
    Column("at", Moment, nullable=False),
)

notes = Table(
    "notes",
    metadata,
    Column("id", Id, primary_key=True),
    Column("practice", Text, ForeignKey("practices.id"), nullable=False),
    Column("occasion_id", Id, ForeignKey("occasions.id"), index=True),
    Column("contact_id", Id, ForeignKey("contacts.id"), index=True),
    Column("did", Text, nullable=False, comment="phoned, muted, unmuted"),
    Column("start", Text, comment="the start that was told on the phone, as the occasion had it"),
    Column("rules", Json, comment="rule ids that were muted or unmuted; null: all reminders"),
    Column("note", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Moment, nullable=False),
)

holds = Table(
    "holds",
    metadata,
    Column("id", Id, primary_key=True),
    Column("practice", Text, ForeignKey("practices.id"), nullable=False),
    Column("contact_id", Id, ForeignKey("contacts.id"), comment="whose data nothing empties or erases; null: a case's"),
    Column("case_ref", Text, comment="the case whose people are held; null: one contact"),
    Column("reason", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Moment, nullable=False),
    Column("released_at", Moment, comment="null: it holds"),
    Column("released_by", Text),
    Column("released_because", Text),
    Index("ix_holds_practice", "practice"),
)
