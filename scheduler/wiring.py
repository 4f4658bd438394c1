"""Composition root: settings in; clock, database, broker, providers and the ticker's context out."""

import os
import platform
import sys
import threading
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol

from jobs.clock import Clock, SystemClock
from jobs.database import Database
from jobs.delivery import Delivery
from jobs.errors import ConfigurationError
from jobs.providers import PROVIDERS, make_provider
from jobs.providers.contract import Provider
from jobs.providers.http.callbacks import callback_address
from jobs.providers.loop import SendingLoop
from jobs.providers.setup import Setup, Sink
from jobs.queue import THREADS_A_LANE, Queue, memory_broker, redis_broker
from jobs.store import Entry
from scheduler.chores import CHORES
from scheduler.chores.context import Context, MailServer
from scheduler.identities.keyrings import keyring_of
from scheduler.settings import Settings

Deliver = Callable[[Sequence[uuid.UUID]], object]


class Closing(Protocol):
    """What is closed when it is no longer needed: the broker."""

    def close(self) -> None:
        """Let go of its connections."""
        ...


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything a process is made of. Set `stopping` before the worker is stopped: what was not begun is released.

    Whatever asks a provider runs on `sending`, where its connections live: a worker's requests, a chore's questions.
    """

    settings: Settings
    clock: Clock
    database: Database
    broker: Closing
    queue: Queue
    delivery: Delivery
    context: Context
    stopping: threading.Event
    sending: SendingLoop

    def close(self) -> None:
        """Close connections to providers, broker and database; ticker and worker are stopped before."""
        try:
            self.sending.close(self.delivery.providers.values())
        finally:
            self.broker.close()
            self.database.dispose()


def assemble(
    settings: Settings,
    *,
    clock: Clock | None = None,
    sink: Sink | None = None,
    providers: Mapping[str, Provider] | None = None,
) -> Parts:
    """Return the parts of a process, none started.

    With a `clock` of the caller's its moments count everywhere, on PostgreSQL too. `sink` is where the terminal
    provider prints (by default stdout); `providers` replaces all of them.
    """
    told = clock or SystemClock()
    # Each worker thread and each chore holds one connection at most; the health page needs one.
    size = THREADS_A_LANE * settings.worker_threads + len(CHORES) + 3
    database = Database(
        settings.database_url,
        told,
        trust_clock=clock is not None,
        pool_size=size,
        keyring=keyring_of(settings),
    )
    stopping = threading.Event()
    sending = SendingLoop()
    delivery = Delivery(
        database=database,
        providers=make_providers(settings, told, sink) if providers is None else providers,
        run_coroutine=sending.run,
        worker=worker_name(),
        stopping=stopping.is_set,
        callback=partial(callback_for, settings),
    )
    broker = memory_broker() if settings.redis_url is None else redis_broker(settings.redis_url)
    queue = Queue(broker, delivery.deliver)

    def enqueue(entry: Entry) -> None:
        queue.put(entry.ids, entry.provider)

    context = Context(
        database,
        enqueue,
        providers=delivery.providers,
        run_coroutine=sending.run,
        calendar_feeds=settings.calendar_feeds,
        events_allow_private=settings.events_allow_private,
        mail=mail_server(settings),
    )
    return Parts(settings, told, database, broker, queue, delivery, context, stopping, sending)


def mail_server(settings: Settings) -> MailServer | None:
    """Return where staff's mail goes out, None where no server is set.

    Raises:
        ConfigurationError: there is a server, and nobody whom its mail is from.

    """
    if settings.smtp_url is None:
        return None
    if settings.mail_from is None:
        message = "QUIETBELL_SMTP_URL needs QUIETBELL_MAIL_FROM: whom mail to staff is from"
        raise ConfigurationError(message)
    return MailServer(settings.smtp_url, settings.mail_from)


def make_providers(settings: Settings, clock: Clock, sink: Sink | None = None) -> dict[str, Provider]:
    """Return an adapter of each provider that is set up, the terminal always.

    Raises:
        ConfigurationError: half of one is set up, or another package's cannot be loaded.

    """
    setups = (setup_of(settings, name, clock, sink) for name in PROVIDERS)
    made = ((setup.provider, make_provider(setup)) for setup in setups)
    return {name: provider for name, provider in made if provider is not None}


def setup_of(settings: Settings, provider: str, clock: Clock, sink: Sink | None = None) -> Setup:
    """Return what one provider is made from."""
    return Setup(
        provider=provider,
        given=settings.providers.get(provider, {}),
        clock=clock,
        sink=sink or print_line,
        ledger=settings.ledger_file,
    )


def callback_for(settings: Settings, provider: str, attempt_id: uuid.UUID) -> str | None:
    """Return where a provider is to tell of an attempt's fate; None where the world does not reach us."""
    return None if settings.public_url is None else callback_address(settings.public_url, provider, attempt_id)


def known_providers() -> tuple[str, ...]:
    """Return the names that a sender's `provider` may have."""
    return tuple(sorted(PROVIDERS))


def print_line(line: str) -> None:
    """Print one line to stdout at once: where the terminal provider's texts go."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def worker_name() -> str:
    """Return a name for this process as a worker: machine, process id, and a word that no restart repeats."""
    return f"{platform.node() or 'here'}-{os.getpid()}-{uuid.uuid4().hex[:6]}"
