"""Whether the carrier's ledger, jobs and receipts tell the same: three records of one demo in, the differences out."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, select

from jobs.records import attempts, jobs, receipts, texts
from jobs.states import State

_FINAL: Final[Mapping[str, State]] = {
    "delivered": State.DELIVERED,
    "undelivered": State.UNDELIVERED,
    "failed": State.UNDELIVERED,
    "delivery_failed": State.UNDELIVERED,
    "expired": State.UNDELIVERED,
}
_MOST_SHOWN: Final = 5


@dataclass(frozen=True, slots=True)
class Ledger:
    """What the carrier's ledger says: where each text that it accepted has ended, and which texts people wrote."""

    ends: Mapping[str, str]
    written: frozenset[str]


@dataclass(frozen=True, slots=True)
class Ours:
    """What our records say: the state of the job of each text, and the statuses of its receipts, by provider's id."""

    states: Mapping[str, State]
    receipts: Mapping[str, frozenset[State]]
    heard: frozenset[str]


@dataclass(frozen=True, slots=True)
class Agreement:
    """What was accepted, how it ended, how many texts people wrote, and where the three records differ."""

    accepted: int
    ended: Mapping[State, int]
    written: int
    differences: tuple[str, ...]

    def lines(self) -> list[str]:
        """Return it in sentences."""
        ended = ", ".join(f"{count} {state}" for state, count in self.ended.items()) or "none has ended"
        told = f"The carrier accepted {self.accepted} texts ({ended}) and brought {self.written} that people wrote."
        if not self.differences:
            return [told, "Its ledger, the jobs and the receipts agree."]
        shown = [*self.differences[:_MOST_SHOWN], "…"] if len(self.differences) > _MOST_SHOWN else self.differences
        return [told, f"Its ledger, the jobs and the receipts differ in {len(self.differences)}:", *shown]


def read_ledger_of(rows: Iterable[Mapping[str, Any]]) -> Ledger:
    """Return what the lines of a ledger come to; the carrier's own replies to STOP are none of ours."""
    ends: dict[str, str] = {}
    written = set()
    for row in rows:
        match row["what"]:
            case "accepted":
                ends[row["text"]["batch"]] = row["text"]["status"]
            case "status" if row["id"] in ends:
                ends[row["id"]] = row["status"]
            case "inbound":
                written.add(row["text"]["batch"])
            case _:
                pass
    return Ledger(ends, frozenset(written))


def read_ours(connection: Connection) -> Ours:
    """Return what our records say of every text that a provider has taken or brought."""
    sent = select(attempts.c.provider_id, jobs.c.state).join(jobs, jobs.c.id == attempts.c.job_id)
    found = connection.execute(sent.where(attempts.c.provider_id.is_not(None)))
    told: dict[str, set[State]] = {}
    for provider_id, status in connection.execute(select(receipts.c.provider_id, receipts.c.status)):
        told.setdefault(provider_id, set()).update({_FINAL[status]} if status in _FINAL else ())
    heard = connection.execute(select(texts.c.provider_id).where(texts.c.direction == "in")).scalars()
    return Ours(
        {provider_id: State(state) for provider_id, state in found},
        {provider_id: frozenset(states) for provider_id, states in told.items()},
        frozenset(heard),
    )


def compare(ledger: Ledger, ours: Ours) -> Agreement:
    """Return where the ledger, the jobs and the receipts differ."""
    differences = [f"{each} was accepted, and no attempt has it" for each in ledger.ends if each not in ours.states]
    differences += [f"{each} is an attempt's, never accepted" for each in ours.states if each not in ledger.ends]
    for each in ledger.ends.keys() & ours.states.keys():
        status, state = ledger.ends[each], ours.states[each]
        end = _FINAL.get(status)
        if state is not (end or State.SENT):
            differences.append(f"{each} is {status} at the carrier, its job is {state}")
        elif end is not None and end not in ours.receipts.get(each, frozenset()):
            differences.append(f"{each} is {status}, and no receipt says so")
    differences += [f"{each} was written, and not taken in" for each in sorted(ledger.written - ours.heard)]
    ended = Counter(_FINAL[status] for status in ledger.ends.values() if status in _FINAL)
    return Agreement(len(ledger.ends), dict(ended), len(ledger.written), tuple(differences))
