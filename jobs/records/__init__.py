"""Every table that `jobs` reads, each with its one writer named; tables are SQLAlchemy Core, rows are plain mappings.

Moments are aware UTC datetimes (`timestamptz` on PostgreSQL, microseconds since 1970 on SQLite). Ids are UUIDv7,
made by us.
"""

from jobs.records.calendars import calendar_events, calendar_links, calendars
from jobs.records.columns import Id, Moment, metadata, new_id
from jobs.records.events import deliveries, endpoints, events
from jobs.records.identities import api_keys, audit, sessions, sign_ins, users
from jobs.records.life import attempts, fallen, jobs, one_off_keys, receipts, timeline
from jobs.records.people import (
    consents,
    contact_aliases,
    contacts,
    conversation_notes,
    conversations,
    notes,
    number_faults,
    occasion_aliases,
    occasion_people,
    occasions,
    texts,
    told,
)
from jobs.records.practices import (
    import_rows,
    imports,
    number_days,
    pauses,
    plans,
    practices,
    providers,
    publishings,
    replans,
    revisions,
    senders,
    spending,
    step_publishings,
)

__all__ = [
    "Id",
    "Moment",
    "api_keys",
    "attempts",
    "audit",
    "calendar_events",
    "calendar_links",
    "calendars",
    "consents",
    "contact_aliases",
    "contacts",
    "conversation_notes",
    "conversations",
    "deliveries",
    "endpoints",
    "events",
    "fallen",
    "import_rows",
    "imports",
    "jobs",
    "metadata",
    "new_id",
    "notes",
    "number_days",
    "number_faults",
    "occasion_aliases",
    "occasion_people",
    "occasions",
    "one_off_keys",
    "pauses",
    "plans",
    "practices",
    "providers",
    "publishings",
    "receipts",
    "replans",
    "revisions",
    "senders",
    "sessions",
    "sign_ins",
    "spending",
    "step_publishings",
    "texts",
    "timeline",
    "told",
    "users",
]
