"""Several providers with texts in doubt: one that is slow or silent holds up its own texts only."""

import asyncio
from collections import Counter
from collections.abc import Mapping

from jobs import store
from jobs.clock import SteppingClock
from jobs.database import Database
from jobs.providers.contract import Found, Listed, Provider, Search
from jobs.settling import take_doubts
from jobs.settling.settling import put_back
from jobs.states import State
from scheduler.chores import settle_in_doubt
from scheduler.chores.context import Context
from tests.storage.builders import NOW, add_practice, make_job, make_result, make_sender_terms, plan, read, record, send
from tests.storage.delivering import make_terms, publish
from tests.storage.doubting import SECOND, Lister

LOOKS = 2000


class Waiting(Lister):
    """A provider that answers only once a text of another one's is settled: what holds that up waits for ever."""

    id = "waiting"

    def __init__(self, database: Database, other: store.Intent) -> None:
        """Wait for that text."""
        super().__init__()
        self._database, self._other = database, other
        self.saw_it_settled = False

    async def find(self, search: Search) -> Found:
        """Wait, within bounds, then list what is listed."""
        for _ in range(LOOKS):
            if read(self._database, self._other.job_id).state is State.SENT:
                self.saw_it_settled = True
                break
            await asyncio.sleep(0.005)
        return await super().find(search)


class Mute(Lister):
    """A provider that breaks where it is asked, with what no adapter raises."""

    id = "mute"

    async def find(self, search: Search) -> Found:
        """Raise."""
        raise SystemError(search)


def lay(database: Database, *providers: str) -> None:
    terms = [
        make_sender_terms(id=each, provider=each, number=f"+1514555010{number}")
        for number, each in enumerate(providers)
    ]
    database.write(lambda connection: add_practice(connection, "northlight", *terms))
    database.write(lambda connection: publish(connection, make_terms(senders=tuple(terms))))


def doubt(database: Database, provider: str, number: int = 1) -> store.Intent:
    [job_id] = plan(database, make_job(provider=provider, sender=provider))
    changes = {"to_number": f"+1438555{number:04d}", "started_at": NOW, "deadline": NOW + 45 * SECOND}
    [intent] = send(database, [job_id], **changes)
    record(database, make_result(intent, State.IN_DOUBT, store.Ending.UNKNOWN))
    return intent


def listed(intent: store.Intent) -> Listed:
    return Listed(
        provider_id=f"L-{intent.attempt_id}",
        created_at=intent.started_at + SECOND,
        from_number=intent.from_number,
        body=intent.body,
    )


def settle(database: Database, *providers: Provider) -> Mapping[str, int]:
    by_id = {each.id: each for each in providers}
    return settle_in_doubt.run(Context(database, lambda _entry: None, providers=by_id))


def test_a_slow_provider_does_not_hold_up_what_another_one_knows(database: Database) -> None:
    lay(database, "listing", "waiting")
    slow_ones = [doubt(database, "waiting", number) for number in range(3)]
    known = doubt(database, "listing")
    quick, slow = Lister(), Waiting(database, known)
    quick.texts.append(listed(known))
    slow.texts.append(listed(slow_ones[0]))
    assert settle(database, quick, slow) == Counter(found=2, unclear=2)
    assert slow.saw_it_settled
    assert read(database, slow_ones[0].job_id).state is State.SENT


def test_a_provider_with_many_doubts_takes_no_turn_from_another(database: Database, clock: SteppingClock) -> None:
    lay(database, "listing", "waiting")
    for number in range(210):
        doubt(database, "waiting", number)
    clock.jump_to(NOW + SECOND)
    known = doubt(database, "listing")
    quick, slow = Lister(), Waiting(database, known)
    quick.texts.append(listed(known))
    settle(database, quick, slow)
    assert slow.saw_it_settled


def test_a_provider_that_breaks_leaves_the_others_answers_in_place(database: Database) -> None:
    lay(database, "listing", "mute")
    broken, known = doubt(database, "mute"), doubt(database, "listing")
    quick = Lister()
    quick.texts.append(listed(known))
    assert settle(database, quick, Mute()) == Counter(found=1, unclear=1)
    assert read(database, known.job_id).state is State.SENT
    assert read(database, broken.job_id).state is State.IN_DOUBT


def test_what_was_taken_and_never_asked_is_taken_again_soon(database: Database) -> None:
    lay(database, "listing")
    intent = doubt(database, "listing")
    taken = database.write(lambda connection: take_doubts(connection, ["listing"], now=NOW))
    assert database.write(lambda connection: take_doubts(connection, ["listing"], now=NOW + 10 * SECOND)) == []
    database.write(lambda connection: put_back(connection, taken, now=NOW))
    [again] = database.write(lambda connection: take_doubts(connection, ["listing"], now=NOW + 10 * SECOND))
    assert [each.id for each in again.attempts] == [intent.attempt_id]
