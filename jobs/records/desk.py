"""What people keep at the desk of jobs: their saved views, and orders given of many jobs at once.

Writer of `job_views`: `scheduler/asking/views`; of `bulk_orders` and `bulk_jobs`: `scheduler/asking/many_orders`.
"""

from sqlalchemy import Column, ForeignKey, Index, Integer, Table, Text, UniqueConstraint

from jobs.records.columns import Id, Moment, metadata

job_views = Table(
    "job_views",
    metadata,
    Column("id", Id, primary_key=True),
    Column("user_id", Id, ForeignKey("users.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("query", Text, nullable=False, comment="the filters, as they stand in the address; no number"),
    Column("created_at", Moment, nullable=False),
    UniqueConstraint("user_id", "name"),
)

bulk_orders = Table(
    "bulk_orders",
    metadata,
    Column("id", Id, primary_key=True),
    Column("practice", Text, ForeignKey("practices.id"), nullable=False),
    Column("by", Text, nullable=False),
    Column("did", Text, nullable=False, comment="cancel, reschedule, retry or reopen"),
    Column("reason", Text, nullable=False),
    Column("due_at", Moment, comment="the new moment; null: now, or none"),
    Column("matched", Integer, nullable=False, comment="how many were asked for"),
    Column("created_at", Moment, nullable=False),
    Column("confirmed_at", Moment),
    Column("undone_at", Moment, comment="when somebody wanted it undone"),
    Column("undone_by", Text),
    Index("ix_bulk_orders_practice", "practice", "created_at"),
)

# No foreign key on jobs: `prune` lets them go, and an order stays.
bulk_jobs = Table(
    "bulk_jobs",
    metadata,
    Column("order_id", Id, ForeignKey("bulk_orders.id"), primary_key=True),
    Column("job_id", Id, primary_key=True),
    Column("stage", Text, nullable=False, comment="ahead, done, refused, undone, or kept when undoing"),
    Column("was_due", Moment, comment="when it was due before"),
    Column("fence", Integer, comment="the job's after it was done: another one has gone on"),
    Index("ix_bulk_jobs_stage", "order_id", "stage", "job_id"),
)
