"""A carrier at work: on a thread beside a test or a demo, or for as long as its command runs."""

import asyncio
import contextlib
import socket
import threading
from collections.abc import Coroutine, Iterator, Sequence
from pathlib import Path
from typing import Any, Final, TypedDict, TypeVar, Unpack

import uvicorn

from jobs.clock import Clock, SystemClock
from jobs.errors import ConfigurationError
from scheduler.carrier.accounts import ACCOUNTS, Account, Provider, first_of
from scheduler.carrier.app import Carrier, put_together
from scheduler.carrier.exchange import open_exchange
from scheduler.carrier.ledger import Ledger
from scheduler.carrier.mishaps import Mishap, MishapOptions, mishap_of
from scheduler.carrier.texts import Text
from scheduler.carrier.wire import WireProtocol

_Result = TypeVar("_Result")
_STEP_SECONDS: Final = 30.0
_STOP_SECONDS: Final = 3
_BACKLOG: Final = 1024
_KEEP_ALIVE_SECONDS: Final = 120


class CarrierOptions(TypedDict, total=False):
    """How a carrier may be started: `port` 0 takes a free one; the same `seed` brings the same mishaps and ids.

    `receipt_seconds` lie between a text's statuses; with `manual_receipts` it moves by `advance` only. `inbound_url` is
    where inbound texts are handed on to. Without a `ledger` nothing is written down; one that is not
    `synced` to disk before each answer outlives a kill as well, and is faster for whoever sends one text at a time.
    """

    ledger: Path | str | None
    synced: bool
    seed: int | None
    host: str
    port: int
    accounts: Sequence[Account]
    clock: Clock
    receipt_seconds: float
    manual_receipts: bool
    inbound_url: str | None


class RunningCarrier:
    """A carrier's remote control; its methods may be called from any thread but the carrier's own."""

    def __init__(self, parts: Carrier, loop: asyncio.AbstractEventLoop, url: str) -> None:
        """Keep the carrier, its loop and its address."""
        self._parts = parts
        self._loop = loop
        self.url = url
        self.accounts = tuple(parts.exchange.accounts)

    @property
    def account_sid(self) -> str:
        """The first Twilio account's id."""
        return first_of(self.accounts, Provider.TWILIO).id

    @property
    def auth_token(self) -> str:
        """The first Twilio account's token, which also signs its callbacks."""
        return first_of(self.accounts, Provider.TWILIO).secret

    @property
    def access_key(self) -> str:
        """The first MessageBird account's access key."""
        return first_of(self.accounts, Provider.MESSAGEBIRD).secret

    @property
    def signing_key(self) -> str:
        """The key that signs the first MessageBird account's callbacks."""
        return first_of(self.accounts, Provider.MESSAGEBIRD).signing_key

    def mishap(self, kind: str, **options: Unpack[MishapOptions]) -> int:
        """Have something go wrong from now on and return the mishap's number.

        Raises:
            InputError: there is no such kind, or an option cannot be.

        """
        return self.command(mishap_of(kind, **options))

    def command(self, mishap: Mishap) -> int:
        """Have something go wrong that is made up already."""
        return self._do(self._add(mishap))

    def clear(self, number: int | None = None) -> None:
        """End one mishap, or all."""
        self._do(self._change({"clear": True if number is None else number}))

    def mishaps(self) -> list[dict[str, object]]:
        """Return the mishaps in force, each with its `number`, its `kind` and how often it has `struck`."""
        return self._do(self._in_force())

    def set_inbound_url(self, url: str) -> None:
        """Hand inbound texts on to this address from now on; `{provider}` in it is the provider they come to."""
        self._do(self._change({"inbound_url": url}))

    def set_receipts(self, *, manual: bool | None = None, seconds: float | None = None) -> None:
        """Have texts move by themselves, so many seconds a status, or by `advance` only."""
        way = {} if manual is None else {"receipts": "manual" if manual else "auto"}
        self._do(self._change({**way, **({} if seconds is None else {"receipt_seconds": seconds})}))

    def accepted(self) -> list[Text]:
        """Return copies of the texts accepted for sending, the oldest first, without its own replies."""
        rows = self._do(self._accepted())
        return [Text.from_row(row) for row in rows]

    def send_inbound(self, person: str, number: str, body: str, **more: object) -> int | None:
        """Have a person write to a number; return what the inbound address answered, None if nothing or there is none.

        `more`: `provider` (twilio), `account`, `fields` (further ones of the callback), and `media`: addresses,
        or objects of what the carrier is to keep (`shelf.enclosed_of`).
        """
        return self._do(self._parts.control.inbound({"from": person, "to": number, "body": body, **more}))[1]

    def advance(self, **said: object) -> int:
        """Bring texts to their next status and tell of it; return how many moved.

        `id` or `to` say which texts, `status` and `code` to which status instead of the next.
        """
        return self._do(self._parts.control.advance(said))

    def quiet(self, seconds: float = _STEP_SECONDS) -> None:
        """Return once every receipt that is under way has been told.

        Raises:
            TimeoutError: it took longer than so many seconds.

        """
        self._do(self._parts.receipts.quiet(), seconds)

    async def _change(self, said: dict[str, Any]) -> list[int]:
        return self._parts.control.change(said)

    async def _add(self, mishap: Mishap) -> int:
        return self._parts.control.add(mishap)

    async def _in_force(self) -> list[dict[str, object]]:
        return self._parts.exchange.mishaps.in_force()

    async def _accepted(self) -> list[dict[str, Any]]:
        return self._parts.control.accepted()

    def _do(self, step: Coroutine[Any, Any, _Result], seconds: float = _STEP_SECONDS) -> _Result:
        return asyncio.run_coroutine_threadsafe(step, self._loop).result(seconds)


@contextlib.contextmanager
def running_carrier(**options: Unpack[CarrierOptions]) -> Iterator[RunningCarrier]:
    """Run a carrier on a thread, at 127.0.0.1 and a free port unless told otherwise; see `CarrierOptions`.

    Raises:
        ConfigurationError: the port cannot be had, or the ledger not be opened.
        InputError: an option cannot be.

    """
    listening = _listen(options.get("host", "127.0.0.1"), options.get("port", 0))
    url = _address(listening)
    loop = asyncio.new_event_loop()
    stopping, begun = asyncio.Event(), threading.Event()
    try:
        parts = _parts(options, url, stopping, begun)
    except BaseException:
        listening.close()
        loop.close()
        raise
    server = uvicorn.Server(_config(parts))
    thread = threading.Thread(target=_serve, args=(loop, server, listening), name="carrier", daemon=True)
    thread.start()
    try:
        begun.wait(_STEP_SECONDS)
        yield RunningCarrier(parts, loop, url)
    finally:
        loop.call_soon_threadsafe(stopping.set)
        server.should_exit = True
        thread.join(_STOP_SECONDS * 3)
        parts.exchange.ledger.close()


def _parts(options: CarrierOptions, url: str, stopping: asyncio.Event, begun: threading.Event) -> Carrier:
    path, clock = options.get("ledger"), options.get("clock") or SystemClock()
    ledger = Ledger(None if path is None else Path(path), clock, is_synced=options.get("synced", True))
    exchange = open_exchange(options.get("accounts", ACCOUNTS), ledger, clock, options.get("seed"))
    exchange.stopping = stopping
    parts = put_together(exchange, url, begun.set)
    said: dict[str, object] = {"receipt_seconds": options.get("receipt_seconds", 0.0)}
    said["receipts"] = "manual" if options.get("manual_receipts", False) else "auto"
    if options.get("inbound_url") is not None:
        said["inbound_url"] = options["inbound_url"]
    parts.control.change(said)
    return parts


def _config(parts: Carrier) -> uvicorn.Config:
    return uvicorn.Config(
        parts.app,
        http=WireProtocol,
        ws="none",
        loop="asyncio",
        log_config=None,
        access_log=False,
        lifespan="on",
        server_header=False,
        # Longer than its customers keep theirs: a connection closed under a request is a mishap that nobody commanded.
        timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=_STOP_SECONDS,
    )


def _serve(loop: asyncio.AbstractEventLoop, server: uvicorn.Server, listening: socket.socket) -> None:
    asyncio.set_event_loop(loop)
    try:
        loop.run_until_complete(server.serve(sockets=[listening]))
        loop.run_until_complete(loop.shutdown_asyncgens())
        loop.run_until_complete(loop.shutdown_default_executor())
    finally:
        listening.close()
        loop.close()


def _listen(host: str, port: int) -> socket.socket:
    """Bind first, so that a port that is taken is one clear sentence, and whoever connects early waits."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio sends small answers at once (TCP_NODELAY) only on a socket that names its protocol; else each takes 40 ms.
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
        listening.listen(_BACKLOG)
    except OSError as problem:
        listening.close()
        message = f"carrier: cannot listen on {host}, port {port}: {problem.strerror or problem}"
        raise ConfigurationError(message) from problem
    return listening


def _address(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
