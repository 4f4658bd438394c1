"""Providers' delivery reports: receipts of the contract in, rows and moved jobs out.

Each is kept as it came, once. It belongs to the attempt that its address named, else to the one that has its id; what
belongs to none is kept for the attempt that may still get that id. No receipt moves a job backwards.
"""

import datetime as dt
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, select, tuple_, update
from sqlalchemy.dialects import postgresql, sqlite

from jobs import bad_numbers, consent, senders, spending, store
from jobs.again import send_again
from jobs.conversation.opting import opt_out
from jobs.providers.contract import Fault, Receipt, Status
from jobs.records import attempts, new_id, receipts
from jobs.store import redacting
from jobs.store.values import PROVIDER, Moved, Proof

_ARRIVED: Final = {Status.DELIVERED: True, Status.UNDELIVERED: False, Status.FAILED: False}
_CLOSING: Final = {Fault.SENDER: senders.SENDER, Fault.ACCOUNT: senders.PROVIDER}


@dataclass(frozen=True, slots=True)
class _Owner:
    """The attempt that a receipt is of."""

    attempt_id: uuid.UUID
    practice: str
    sender: str
    to_number: str
    job_id: uuid.UUID


def record_receipts(
    connection: Connection, provider: str, given: Sequence[Receipt], *, now: dt.datetime, redacts: bool = False
) -> list[Moved]:
    """Keep receipts of one provider and do what they mean: proof, arrival, price, a number or sender that is no good.

    What did not arrive is planned once more where its step says so. `redacts`: the provider is to delete the words of
    what has ended. The same receipt again changes nothing.
    """
    fresh = _unknown(connection, provider, given)
    owners = _owners(connection, provider, fresh)
    rows = [_row(provider, each, owners.get(place), now) for place, each in enumerate(fresh)]
    if not rows:
        return []
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    connection.execute(dialect.insert(receipts).on_conflict_do_nothing(), rows)  # another may have kept it since
    known = [(each, owners[place]) for place, each in enumerate(fresh) if place in owners]
    held = spending.open_reserves(connection, [owner.attempt_id for _, owner in known])
    moved = store.prove(connection, [_proof(each, owner) for each, owner in known], now=now)
    spending.close(connection, held)
    spending.replace_estimates(connection, [price for each, owner in known if (price := _price(each, owner))])
    if redacts:
        ended = [owner.attempt_id for each, owner in known if each.status in _ARRIVED]
        redacting.want(connection, ended, now=now)
    for each, owner in known:
        _note_fault(connection, provider, each, owner, now)
    send_again(connection, moved, {owner.job_id: each.fault for each, owner in known}, now=now)
    return moved


def adopt(connection: Connection, provider: str, provider_ids: Collection[str], *, now: dt.datetime) -> list[Moved]:
    """Do what receipts say that came before their attempts had their ids, which a provider has given now.

    They count as proof and arrival; what else an error says of a number or a sender was not kept.
    """
    query = (
        select(receipts.c.id, receipts.c.status, receipts.c.error_code, receipts.c.provider_id)
        .add_columns(attempts.c.id.label("attempt_id"), attempts.c.practice)
        .join(attempts, attempts.c.provider_id == receipts.c.provider_id)
        .where(receipts.c.provider == provider, receipts.c.provider_id.in_(sorted(provider_ids)))
        .where(attempts.c.provider == provider, receipts.c.attempt_id.is_(None))
        .order_by(receipts.c.at, receipts.c.id)
    )
    found = connection.execute(query).all() if provider_ids else []
    for row in found:
        mine = update(receipts).where(receipts.c.id == row.id)
        connection.execute(mine.values(attempt_id=row.attempt_id, practice=row.practice))
    proofs = [
        Proof(
            attempt_id=row.attempt_id,
            delivered=_ARRIVED.get(Status(row.status)),
            provider_id=row.provider_id,
            error_code=row.error_code,
        )
        for row in found
    ]
    return store.prove(connection, proofs, now=now) if proofs else []


def _unknown(connection: Connection, provider: str, given: Sequence[Receipt]) -> list[Receipt]:
    """Return those that were not kept yet, each once."""
    keys = {(each.provider_id, each.status.value) for each in given}
    kept = connection.execute(
        select(receipts.c.provider_id, receipts.c.status).where(
            receipts.c.provider == provider, tuple_(receipts.c.provider_id, receipts.c.status).in_(sorted(keys))
        )
    )
    seen = {(row.provider_id, row.status) for row in kept}
    fresh = []
    for each in given:
        if (each.provider_id, each.status.value) not in seen:
            seen.add((each.provider_id, each.status.value))
            fresh.append(each)
    return fresh


def _owners(connection: Connection, provider: str, given: Sequence[Receipt]) -> dict[int, _Owner]:
    """Return the attempt of each receipt by its place; an id that the provider gave counts before an address."""
    columns = [attempts.c[name] for name in ("id", "practice", "sender", "to_number", "job_id", "provider_id")]
    mine = select(*columns).where(attempts.c.provider == provider)
    names = sorted({each.provider_id for each in given})
    by_name = {row.provider_id: row for row in connection.execute(mine.where(attempts.c.provider_id.in_(names)))}
    ids = sorted({each.attempt_id for each in given if each.attempt_id is not None})
    by_id = {row.id: row for row in connection.execute(mine.where(attempts.c.id.in_(ids)))}
    owners: dict[int, _Owner] = {}
    for place, each in enumerate(given):
        row = by_name.get(each.provider_id) or (by_id.get(each.attempt_id) if each.attempt_id else None)
        if row is not None:
            owners[place] = _Owner(row.id, row.practice, row.sender, row.to_number, row.job_id)
    return owners


def _row(provider: str, receipt: Receipt, owner: _Owner | None, now: dt.datetime) -> Mapping[str, object]:
    return {
        "id": new_id(),
        "practice": None if owner is None else owner.practice,
        "provider": provider,
        "provider_id": receipt.provider_id,
        "attempt_id": None if owner is None else owner.attempt_id,
        "status": receipt.status.value,
        "error_code": receipt.code,
        "raw": dict(receipt.raw),
        "at": now,
    }


def _proof(receipt: Receipt, owner: _Owner) -> Proof:
    return Proof(
        attempt_id=owner.attempt_id,
        delivered=_ARRIVED.get(receipt.status),
        provider_id=receipt.provider_id,
        error_code=receipt.code,
        reason=receipt.reason,
    )


def _price(receipt: Receipt, owner: _Owner) -> spending.RealPrice | None:
    if receipt.price is None:
        return None
    is_final = receipt.status is not Status.ACCEPTED
    return spending.RealPrice(owner.attempt_id, receipt.price, receipt.currency, is_final)


def _note_fault(connection: Connection, provider: str, receipt: Receipt, owner: _Owner, now: dt.datetime) -> None:
    """Do what an error means for more than this text."""
    reason = receipt.reason or f"error {receipt.code}"
    if receipt.fault is Fault.NUMBER:
        bad_numbers.mark(connection, (owner.practice, owner.to_number), reason, receipt.code, now=now)
    elif receipt.fault is Fault.OPTED_OUT:
        opt_out(connection, _opt_out(owner, reason), by=PROVIDER, now=now)
    elif receipt.fault in _CLOSING:
        scope = _CLOSING[receipt.fault]
        target = provider if scope == senders.PROVIDER else owner.sender
        closed = senders.Pause(scope, owner.practice, target, f"the {receipt.fault.value} is closed: {reason}")
        senders.pause(connection, [closed], by=PROVIDER, now=now)


def _opt_out(owner: _Owner, reason: str) -> consent.ConsentWord:
    return consent.ConsentWord(
        practice=owner.practice,
        number=owner.to_number,
        what=consent.OPT_OUT,
        source="carrier",
        by=PROVIDER,
        evidence=reason,
    )
