"""Every table that `jobs` reads, each with its one writer named; tables are SQLAlchemy Core, rows are plain mappings.

Moments are aware UTC datetimes (`timestamptz` on PostgreSQL, microseconds since 1970 on SQLite). Ids are UUIDv7,
made by us.
"""

from jobs.records.calendars import calendar_events, calendar_links, calendars
from jobs.records.columns import Id, Moment, metadata, new_id
from jobs.records.life import attempts, fallen, jobs, receipts, timeline
from jobs.records.people import (
    consents,
    contact_aliases,
    contacts,
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
    "attempts",
    "calendar_events",
    "calendar_links",
    "calendars",
    "consents",
    "contact_aliases",
    "contacts",
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
    "pauses",
    "plans",
    "practices",
    "providers",
    "publishings",
    "receipts",
    "replans",
    "revisions",
    "senders",
    "spending",
    "step_publishings",
    "texts",
    "timeline",
    "told",
]
