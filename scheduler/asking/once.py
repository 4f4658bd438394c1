"""One-offs asked for once: a key of the asker's in; new, or what was answered to it, out. The writer of `one_off_keys`.

All is part of the caller's transaction: a refusal rolls the key back with the rest, so that it may be used again.
"""

import datetime as dt
import hashlib
import json
import uuid
from collections.abc import Mapping

from sqlalchemy import Connection, select, update
from sqlalchemy.dialects import postgresql, sqlite

from jobs.errors import InputError
from jobs.records import one_off_keys

Answer = Mapping[str, object]
"""What was answered, as plain JSON."""


def body_hash(body: object) -> str:
    """Return the SHA-256 of plain JSON values, whatever the order of their names."""
    canonical = json.dumps(body, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def answered(connection: Connection, practice: str, key: str, hashed: str, now: dt.datetime) -> Answer | None:
    """Take a key for this transaction; return what was answered to it, None where it is new.

    Two that come at once wait for one another: PostgreSQL's insert waits for the other's end, SQLite has one writer.

    Raises:
        InputError: the key was used with another body.

    """
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    row = {"practice": practice, "key": key, "body_hash": hashed, "at": now}
    taken = dialect.insert(one_off_keys).values(**row).on_conflict_do_nothing().returning(one_off_keys.c.key)
    if connection.execute(taken).first() is not None:
        return None
    mine = one_off_keys.c.practice == practice, one_off_keys.c.key == key
    kept = connection.execute(select(one_off_keys).where(*mine)).mappings().one()
    if kept["body_hash"] != hashed:
        message = "this Idempotency-Key was used with another body: give each text a key of its own"
        raise InputError(message)
    found: Answer = kept["answer"]
    return found


def keep_answer(connection: Connection, practice: str, key: str, job_id: uuid.UUID, answer: Answer) -> None:
    """Keep what is answered to a key that was new."""
    mine = one_off_keys.c.practice == practice, one_off_keys.c.key == key
    connection.execute(update(one_off_keys).where(*mine).values(job_id=job_id, answer=dict(answer)))
