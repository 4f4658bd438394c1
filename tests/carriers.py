"""Carriers for tests: the stand-in carrier on a free port, something that hears its callbacks, and the real SDK on it.

with running_carrier(ledger=path, seed=1) as carrier:
    carrier.mishap("accept_then_hang", share=1.0, count=10)
    ...                     # send to carrier.url as carrier.account_sid with carrier.auth_token
    carrier.quiet()         # every receipt under way has been told
    carrier.accepted()      # what a person's phone may have got, from which lost and doubled texts are counted
    carrier.send_inbound("+14165550101", "+14165550100", "STOP")
"""

import contextlib
import http.server
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from twilio.rest import Client

from scheduler.carrier import RunningCarrier, Text, read_ledger, running_carrier

__all__ = ["Heard", "Listener", "RunningCarrier", "doubled", "listening", "read_ledger", "running_carrier", "twilio_at"]


@dataclass(frozen=True, slots=True)
class Heard:
    """A callback as it came in."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def fields(self) -> dict[str, str]:
        """Its form, or its query where it has no body."""
        said = self.body.decode() if self.body else urlsplit(self.url).query
        return dict(parse_qsl(said, keep_blank_values=True))


@dataclass(slots=True)
class Listener:
    """Hears callbacks at `url`; it answers the next of `statuses` to each, then 204."""

    url: str
    heard: list[Heard] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)

    def said(self, name: str) -> list[str]:
        """Return one field of each callback that was heard, in order."""
        return [each.fields.get(name, "") for each in self.heard]


@contextlib.contextmanager
def listening() -> Iterator[Listener]:
    """Hear callbacks on a free port."""

    class Ear(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            listener.heard.append(Heard(self.command, listener.url + self.path, dict(self.headers), body))
            self.send_response(listener.statuses.pop(0) if listener.statuses else 204)
            self.end_headers()

        do_GET = do_POST  # noqa: N815 - a name of http.server's

        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Ear)
    listener = Listener(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield listener
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def twilio_at(carrier: RunningCarrier, auth_token: str | None = None) -> Any:
    """Return the real SDK's client of a carrier's first Twilio account."""
    client = Client(carrier.account_sid, auth_token or carrier.auth_token)
    # TWILIO_EDGE and TWILIO_REGION would rewrite the host.
    client.edge = client.region = None
    client.api.base_url = carrier.url
    return client


def doubled(texts: Iterable[Text]) -> list[tuple[str, str]]:
    """Return to whom the same words were accepted more than once."""
    counted = Counter((text.to_number, text.body) for text in texts)
    return [said for said, times in counted.items() if times > 1]
