"""What carriers reported of a job's attempts: a job's id in, receipts out, the first first. It changes nothing."""

import uuid
from collections.abc import Sequence

from sqlalchemy import Connection, RowMapping, select

from jobs.records import attempts, receipts


def receipts_of_job(connection: Connection, practice: str, job_id: uuid.UUID) -> Sequence[RowMapping]:
    """Return the receipts of a practice's job."""
    names = ("attempt_id", "at", "status", "error_code")
    query = (
        select(*(receipts.c[name] for name in names))
        .join(attempts, attempts.c.id == receipts.c.attempt_id)
        .where(attempts.c.job_id == job_id, attempts.c.practice == practice)
        .order_by(receipts.c.at, receipts.c.id)
    )
    return connection.execute(query).mappings().all()
