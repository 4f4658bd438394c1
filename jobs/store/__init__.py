"""The only writer of a job's state: each arrow of the table is one verb over a set, with its timeline in the same transaction.

A verb is compare-and-set on (state, fence): it returns what it moved; the rest was lost to someone else. `now` is
`Database.moment(connection)`. Nothing here sends, decides or asks a clock.

    planner   plan(connection, [NewJob], *, by, now) -> [id]         refresh | move | reopen(connection, [Change], *, by, now)
    people    cancel | block(connection, [Pick], *, by, now)         reschedule(connection, [Change], *, by, now)
              settle(connection, [Settlement], *, by, now)           doubt(connection, [Pick], *, by, now)
    worker    claim(connection, ids, *, worker, lease, now) -> [Job] withhold(connection, [Withheld], *, now)
              send(connection, [Intent], *, now) -> [Intent]         record(connection, [Result], *, by, now)
    receipts  prove(connection, [Proof], *, by, now)
    ticker    take_due(connection, *, now) -> [Entry]                release(connection, [Pick], *, by, now)
              release_stale | expire_useless | owner_restarted(connection, *, now)   prune(connection, *, before)
    reading   read_jobs(connection, ids) · jobs_of_occasions(connection, occasion_ids) · jobs_of_contacts(connection, contact_ids)
              ids_by_identity(connection, identities) · maybe_accepted(connection, ids)
All but those with an arrow return [Moved].
"""
