"""The only writer of a job's state: each arrow of the table is one verb over a set, its timeline written with it.

A verb is compare-and-set on (state, fence): it returns what it moved; the rest was lost to someone else. `now` is
`Database.moment(connection)`. Nothing here sends, decides or asks a clock.
"""

from jobs.store.arrows import LostHoldError, NoSuchArrowError
from jobs.store.falling import practices_with_fallen, take_fallen
from jobs.store.identity import (
    acknowledgement_identity,
    again_identity,
    correction_identity,
    one_off_identity,
    reminder_identity,
)
from jobs.store.people import block, cancel, doubt, reschedule, settle
from jobs.store.planner import move, refresh, rename, reopen
from jobs.store.planting import plan
from jobs.store.reading import ids_by_identity, jobs_of_contacts, jobs_of_occasions, maybe_accepted, read_jobs
from jobs.store.receipts import prove
from jobs.store.telling import Pair, ToldRow, being_told, read_told
from jobs.store.ticking import enqueue, expire_useless, owner_restarted, prune, release, release_stale
from jobs.store.values import (
    BEING_REPLANNED,
    CHORE,
    MAYBE_ACCEPTED,
    PLANNER,
    PROVIDER,
    WORKER,
    Change,
    Ending,
    Entry,
    Finding,
    Intent,
    Job,
    Moved,
    NewJob,
    Pick,
    Proof,
    Renaming,
    Result,
    Settlement,
    Withheld,
    person,
)
from jobs.store.worker import claim, record, send, withhold

__all__ = [
    "BEING_REPLANNED",
    "CHORE",
    "MAYBE_ACCEPTED",
    "PLANNER",
    "PROVIDER",
    "WORKER",
    "Change",
    "Ending",
    "Entry",
    "Finding",
    "Intent",
    "Job",
    "LostHoldError",
    "Moved",
    "NewJob",
    "NoSuchArrowError",
    "Pair",
    "Pick",
    "Proof",
    "Renaming",
    "Result",
    "Settlement",
    "ToldRow",
    "Withheld",
    "acknowledgement_identity",
    "again_identity",
    "being_told",
    "block",
    "cancel",
    "claim",
    "correction_identity",
    "doubt",
    "enqueue",
    "expire_useless",
    "ids_by_identity",
    "jobs_of_contacts",
    "jobs_of_occasions",
    "maybe_accepted",
    "move",
    "one_off_identity",
    "owner_restarted",
    "person",
    "plan",
    "practices_with_fallen",
    "prove",
    "prune",
    "read_jobs",
    "read_told",
    "record",
    "refresh",
    "release",
    "release_stale",
    "reminder_identity",
    "rename",
    "reopen",
    "reschedule",
    "send",
    "settle",
    "take_fallen",
    "withhold",
]
