"""A practice whose provider calls back, the door that it calls at, and callbacks as each provider signs them."""

import contextlib
import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from sqlalchemy import insert, select
from starlette.applications import Starlette

from jobs.clock import SteppingClock
from jobs.providers.bird import Account as Workspace
from jobs.providers.bird import BirdProvider
from jobs.providers.contract import Callback, Provider
from jobs.providers.messagebird import Account as LegacyAccount
from jobs.providers.messagebird import MessageBirdProvider
from jobs.providers.twilio import Account, TwilioProvider
from jobs.records import attempts, metadata
from scheduler.processes.calling_back import callback_routes
from tests.api.asking import Answered, Asked, ask
from tests.storage.conversing import ANA, OFFICE, Talk, talking
from tests.unit.jobs.providers.callback_builders import ATTEMPT, KEY, NOW, SECRET_KEY, TOKEN

PUBLIC = "https://sms.example.org"
PROVIDERS = ("twilio", "messagebird", "bird")
ACCOUNT = "AC" + "0" * 32
TEXT_ID = "SM" + "1" * 32


def make_providers() -> dict[str, Provider]:
    """Return the real adapters with the secrets of the builders."""
    return {
        "twilio": TwilioProvider(Account(account_sid=ACCOUNT, auth_token=TOKEN)),
        "messagebird": MessageBirdProvider(LegacyAccount(access_key="key", signing_key=KEY)),
        "bird": BirdProvider(Workspace(access_key="bk_eu1_key", base_url="https://b.example", webhook_key=SECRET_KEY)),
    }


@dataclass(frozen=True, slots=True)
class World:
    """A practice with one text on its way, and the door."""

    talk: Talk
    app: Starlette
    clock: SteppingClock
    """The door's own: the signatures' moment is checked against it."""

    def send(self, asked: Asked) -> Answered:
        """Ask the door; whatever it raises is raised here."""
        return ask(self.app, asked)

    def call(self, callback: Callback, what: str = "receipt") -> int:
        """Let a callback come in at the address that it is signed for, and return the answer's status."""
        return self.send(as_asked(callback, what)).status

    def contents(self) -> Mapping[str, tuple[int, str]]:
        """Return of every table its number of rows and a hash of all that is in it."""
        found = {}
        with self.talk.desk.database.read() as connection:
            for table in metadata.sorted_tables:
                rows = sorted(repr(tuple(row)) for row in connection.execute(select(table)))
                found[table.name] = (len(rows), hashlib.sha256("\n".join(rows).encode("utf-8", "replace")).hexdigest())
        return found


def as_asked(callback: Callback, what: str = "receipt") -> Asked:
    """Return a callback as it stands on the wire."""
    address = urlsplit(callback.url)
    path = address.path.replace("/receipt", f"/{what}")
    headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in callback.headers.items()]
    return Asked(callback.method, path.encode(), address.query.encode(), headers, [callback.body])


@contextlib.contextmanager
def opened_door(url: str) -> Iterator[World]:
    """Give the door to a practice that has reminded Ana of her visit by Twilio, under ATTEMPT and TEXT_ID."""
    with talking(url) as talk:
        talk.remind()
        talk.write("hello")
        (job,) = (job for job in talk.desk.jobs() if job.step == "day-before")
        row = {
            "id": ATTEMPT,
            "job_id": job.id,
            "practice": job.practice,
            "fence": job.fence,
            "provider": "twilio",
            "sender": job.sender,
            "from_number": OFFICE,
            "to_number": ANA,
            "body": "…",
            "body_hash": "",
            "segments": 1,
            "encoding": "GSM-7",
            "started_at": talk.desk.clock.now(),
            "deadline": talk.desk.clock.now(),
            "outcome": "accepted",
            "provider_id": TEXT_ID,
        }
        database, clock = talk.desk.database, SteppingClock(NOW)
        database.write(lambda connection: connection.execute(insert(attempts).values(row)))
        yield World(talk, Starlette(routes=callback_routes(database, make_providers(), clock, PUBLIC)), clock)


__all__ = ["ANA", "ATTEMPT", "OFFICE", "PROVIDERS", "PUBLIC", "TEXT_ID", "World", "as_asked", "opened_door"]
