"""A receiver of events on a real socket, the mail server of a staff, and the chores that tell them, with defaults."""

import asyncio
import http.server
import json
import socketserver
import threading
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import select

from jobs import events
from jobs.database import Database
from jobs.events import Added, Kind, NewEndpoint, NewEvent
from jobs.records import deliveries, endpoints
from jobs.records import events as event_rows
from scheduler.chores.context import Context, MailServer
from tests.storage.builders import NOW

Answer = tuple[int, bytes]


class Receiver:
    """Whoever is posted to: what came, and what it answers next (200 by itself), and when to come back."""

    def __init__(self, url: str) -> None:
        """Begin with nothing."""
        self.url = url
        self.came: list[tuple[dict[str, str], str]] = []
        self.answers: list[Answer] = []
        self.retry_after: str | None = None
        self.has_come = threading.Event()
        self.may_answer = threading.Event()
        self.may_answer.set()

    @property
    def bodies(self) -> list[dict[str, Any]]:
        """Return what came, read."""
        return [json.loads(body) for _, body in self.came]

    @property
    def ids(self) -> list[str]:
        """Return the ids of what came, in their order."""
        return [headers["webhook-id"] for headers, _ in self.came]


@contextmanager
def receiving() -> Iterator[Receiver]:
    """Give a receiver that listens on the loopback."""

    class Request(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            receiver.came.append(({name.lower(): value for name, value in self.headers.items()}, body))
            receiver.has_come.set()
            receiver.may_answer.wait()
            status, words = receiver.answers.pop(0) if receiver.answers else (200, b"")
            self.send_response(status)
            if status in {301, 302, 307}:
                self.send_header("Location", receiver.url + "/elsewhere")
            if receiver.retry_after is not None:
                self.send_header("Retry-After", receiver.retry_after)
            self.send_header("Content-Length", str(len(words)))
            self.end_headers()
            self.wfile.write(words)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Request) as server:
        server.daemon_threads = True
        receiver = Receiver(f"http://127.0.0.1:{server.server_port}/events")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield receiver
        finally:
            server.shutdown()
            thread.join()


class MailRoom:
    """A mail server's memory: the mails it took, and whether it takes any."""

    def __init__(self, port: int) -> None:
        """Begin with none."""
        self.server = MailServer(f"smtp://127.0.0.1:{port}", "quietbell@northlight.example")
        self.mails: list[str] = []
        self.recipients: list[str] = []
        self.takes = True


@contextmanager
def taking_mail() -> Iterator[MailRoom]:
    """Give a mail server on the loopback that speaks as little of RFC 5321 as a client needs."""

    class Talk(socketserver.StreamRequestHandler):
        def say(self, line: str) -> None:
            self.wfile.write(f"{line}\r\n".encode())

        def handle(self) -> None:
            self.say("220 room")
            for line in self.rfile:
                verb = line[:4].upper().strip()
                if verb == b"QUIT":
                    self.say("221 bye")
                    return
                if verb == b"DATA":
                    self.say("354 go on")
                    room.mails.append(b"".join(iter(self.rfile.readline, b".\r\n")).decode().replace("=\r\n", ""))
                elif verb == b"RCPT":
                    room.recipients.append(line.decode().strip())
                self.say("250 fine" if room.takes or verb != b"MAIL" else "451 not now")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Talk) as server:
        server.daemon_threads = True
        room = MailRoom(server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield room
        finally:
            server.shutdown()
            thread.join()


def make_context(database: Database, **changes: Any) -> Context:
    """Return a chore's context that may post to the loopback."""
    values: dict[str, Any] = {"events_allow_private": True, "run_coroutine": asyncio.run}
    return Context(database, lambda _entry: None, **(values | changes))


def add_endpoint(
    database: Database, url: str, *kinds: Kind, practice: str = "northlight", private: bool = True
) -> Added:
    """Let events of these kinds (none: all) go to an address."""
    new = NewEndpoint(practice=practice, url=url, kinds=kinds, by="person:ana", may_be_private=private)
    return database.write(lambda connection: events.add_endpoint(connection, new, now=NOW))


def note(database: Database, *contacts: uuid.UUID | None, kind: Kind = Kind.TEXT_SENT, **changes: Any) -> list[str]:
    """Note an event about each of these contacts and return their ids as they are on the wire."""
    values: dict[str, Any] = {"practice": "northlight", "kind": kind, "payload": {"reason": "é"}} | changes
    new = [NewEvent(**(values | {"contact_id": contact})) for contact in contacts]
    ids = database.write(lambda connection: events.note(connection, new, now=database.moment(connection)))
    return [each.hex for each in ids]


def noted(database: Database) -> list[dict[str, Any]]:
    """Return the events noted, in their order."""
    with database.read() as connection:
        query = select(event_rows).order_by(event_rows.c.at, event_rows.c.id)
        return [dict(row) for row in connection.execute(query).mappings()]


def kinds(database: Database) -> list[str]:
    """Return the kinds of the events noted, in their order."""
    return [row["kind"] for row in noted(database)]


def rows_of_deliveries(database: Database) -> Sequence[Any]:
    """Return every delivery, in their order."""
    with database.read() as connection:
        return connection.execute(select(deliveries).order_by(deliveries.c.id)).all()


def rows_of_endpoints(database: Database) -> Sequence[Any]:
    """Return every endpoint."""
    with database.read() as connection:
        return connection.execute(select(endpoints).order_by(endpoints.c.created_at)).all()
