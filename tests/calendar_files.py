"""iCalendar files as tests want them, with a default for everything, and a loopback server that offers them."""

import contextlib
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def make_event(
    uid: str = "E-1",
    start: str = "TZID=America/Toronto:20261201T100000",
    *lines: str,
    ref: str | None = "C-1",
) -> str:
    """Return an event; `start` is what follows DTSTART, `ref` names its contact, `lines` are added as they are."""
    contact = [] if ref is None else [f"X-CONTACT-REF:{ref}"]
    separator = "" if start.startswith(":") else ";"
    return "\r\n".join(["BEGIN:VEVENT", f"UID:{uid}", f"DTSTART{separator}{start}", *contact, *lines, "END:VEVENT"])


def make_calendar(*events: str, lines: Iterable[str] = ()) -> bytes:
    """Return a calendar of those events as bytes."""
    head = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//tests//EN", *lines]
    return ("\r\n".join([*head, *events, "END:VCALENDAR"]) + "\r\n").encode()


@dataclass(slots=True)
class Page:
    """What the server answers: `pieces` are sent one after the other, without a length unless headers give one."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    pieces: Callable[[], Iterator[bytes]] | None = None


@dataclass(slots=True)
class FeedServer:
    """A server of this test: pages by path, and the headers of every request that came."""

    url: str
    pages: dict[str, Page] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)
    sent: int = 0

    def offer(self, body: bytes, **headers: str) -> str:
        """Offer a calendar and return its address; an underscore in a header's name is a hyphen."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.pages["/feed.ics"] = Page(body, headers={"Content-Type": "text/calendar", **named})
        return f"{self.url}/feed.ics"

    def answer(self, page: Page) -> str:
        """Answer with a page and return its address."""
        self.pages["/feed.ics"] = page
        return f"{self.url}/feed.ics"


@contextlib.contextmanager
def serving() -> Iterator[FeedServer]:
    """Give a server on the loopback."""
    feeds = FeedServer("")

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            feeds.asked.append({name.lower(): value for name, value in self.headers.items()})
            _answer(self, feeds, feeds.pages.get(self.path, Page(status=404)))

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name that it overrides
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    feeds.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield feeds
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _answer(handler: BaseHTTPRequestHandler, feeds: FeedServer, page: Page) -> None:
    is_same = page.headers.get("ETag") is not None and handler.headers.get("If-None-Match") == page.headers["ETag"]
    handler.send_response(304 if is_same else page.status)
    for name, value in page.headers.items():
        handler.send_header(name, value)
    if page.pieces is None and "Content-Length" not in page.headers:
        handler.send_header("Content-Length", str(0 if is_same else len(page.body)))
    handler.send_header("Connection", "close")
    handler.end_headers()
    handler.close_connection = True
    if is_same:
        return
    with contextlib.suppress(OSError):  # the reader has had enough
        for piece in iter([page.body]) if page.pieces is None else page.pieces():
            handler.wfile.write(piece)
            feeds.sent += len(piece)
