"""A practice whose texts end in doubt, and a provider that lists what it is told to."""

import datetime as dt
from collections.abc import Mapping

from jobs import store
from jobs.clock import SteppingClock
from jobs.database import Database
from jobs.providers.contract import (
    CannotTell,
    Capabilities,
    Found,
    Listed,
    Listing,
    Outcome,
    Provider,
    Search,
    SendRequest,
)
from jobs.states import State
from scheduler.chores import settle_in_doubt
from scheduler.chores.context import Context
from tests.storage.builders import (
    MINUTE,
    add_practice,
    make_job,
    make_result,
    make_sender_terms,
    plan,
    read,
    record,
    send,
)
from tests.storage.delivering import make_terms, publish

SECOND = dt.timedelta(seconds=1)
LONG_AFTER = 20 * MINUTE
"""Beyond the moment from which a listing that shows nothing proves absence."""


class Lister:
    """A provider that lists what it is told to, and counts how often it was asked."""

    id = "listing"
    capabilities = Capabilities(timeout=10 * SECOND, absent_after=5 * MINUTE)

    def __init__(self) -> None:
        """List nothing."""
        self.texts: list[Listed] = []
        self.trouble: str | None = None
        self.asked: list[Search] = []

    async def send(self, request: SendRequest) -> Outcome:
        """Send nothing."""
        raise NotImplementedError(request)

    async def find(self, search: Search) -> Found:
        """Return what is listed of that number."""
        self.asked.append(search)
        return CannotTell(self.trouble) if self.trouble else Listing(tuple(self.texts))


class World:
    """A practice with one sender at the provider that lists, and texts whose outcome nobody knows."""

    def __init__(self, database: Database, clock: SteppingClock, **terms: object) -> None:
        """Lay and publish the practice."""
        self.database, self.clock, self.provider = database, clock, Lister()
        sender = make_sender_terms(provider="listing")
        database.write(lambda connection: add_practice(connection, "northlight", sender))
        database.write(lambda connection: publish(connection, make_terms(senders=(sender,), **terms)))

    def doubt(self, **changes: object) -> store.Intent:
        """Plan a text and lose its outcome."""
        [job_id] = plan(self.database, make_job(provider="listing"))
        moment = self.clock.now()
        times = {"started_at": moment, "deadline": moment + 45 * SECOND}
        [intent] = send(self.database, [job_id], **(times | changes))
        record(self.database, make_result(intent, State.IN_DOUBT, store.Ending.UNKNOWN))
        return intent

    def settle(self, provider: Provider | None = None) -> Mapping[str, int]:
        """Run the chore once."""
        providers = {"listing": provider or self.provider}
        return settle_in_doubt.run(Context(self.database, lambda _entry: None, providers=providers))

    def lists(self, intent: store.Intent, name: str = "L-1", **changes: object) -> None:
        """Let the provider list the text of an intent."""
        values = {"provider_id": name, "created_at": intent.started_at + SECOND, "from_number": intent.from_number}
        self.provider.texts.append(Listed(**(values | {"body": intent.body} | changes)))  # type: ignore[arg-type]  # by name

    def state(self, intent: store.Intent) -> State:
        """Return where the intent's job stands."""
        return read(self.database, intent.job_id).state

    def later(self, by: dt.timedelta = LONG_AFTER) -> None:
        """Let time pass."""
        self.clock.jump_to(self.clock.now() + by)
