"""Feeds fetched from a server on the loopback: what comes whole, what is refused, and what is never asked for."""

import asyncio
import gzip
import threading
import zlib
from collections.abc import Iterator

import pytest

from scheduler.intake.calendars.events import Unread
from scheduler.intake.calendars.fetching import Answer, Fetched, Known, Patience, Unchanged, fetch
from tests.calendar_files import FeedServer, Page, make_calendar, serving

BODY = make_calendar()
NOTHING = Known()
SMALL = Patience(most_bytes=1_000_000)


@pytest.fixture
def server() -> Iterator[FeedServer]:
    with serving() as feeds:
        yield feeds


def ask(address: str, known: Known = NOTHING, patience: Patience = SMALL) -> Answer:
    return asyncio.run(fetch(address, known, patience))


def sentence(answer: Answer) -> str:
    assert isinstance(answer, Unread), answer
    return answer.sentence


def test_a_feed_comes_whole_with_its_tags(server: FeedServer) -> None:
    address = server.offer(BODY, ETag='"1"', Last_Modified="Fri, 20 Nov 2026 10:00:00 GMT")
    assert ask(address) == Fetched(BODY, Known('"1"', "Fri, 20 Nov 2026 10:00:00 GMT"))
    assert "if-none-match" not in server.asked[0]


def test_a_feed_that_did_not_change_is_not_sent(server: FeedServer) -> None:
    assert ask(server.offer(BODY, ETag='"1"'), Known('"1"')) == Unchanged()


def test_unchanged_is_no_answer_to_who_knows_nothing(server: FeedServer) -> None:
    assert sentence(ask(server.answer(Page(status=304)))) == "the server answers 304"


def test_what_is_packed_is_unpacked(server: FeedServer) -> None:
    address = server.offer(gzip.compress(BODY), Content_Encoding="gzip")
    assert ask(address) == Fetched(BODY, Known())


def test_a_feed_without_end_is_read_no_further_than_is_allowed(server: FeedServer) -> None:
    def gigabyte() -> Iterator[bytes]:
        for _ in range(16_384):
            yield b"X" * 65_536

    assert sentence(ask(server.answer(Page(pieces=gigabyte)))) == "the server sends more than 1 MB: let it offer less"
    assert server.sent < 64 * 2**20


def test_a_bomb_is_unpacked_no_further_than_is_allowed(server: FeedServer) -> None:
    packer = zlib.compressobj(9, wbits=31)
    bomb = b"".join(packer.compress(b"\0" * 2**20) for _ in range(300)) + packer.flush()
    address = server.offer(bomb, Content_Encoding="gzip")
    assert sentence(ask(address)) == "the server sends more than 1 MB: let it offer less"


@pytest.mark.parametrize(
    ("page", "said"),
    [
        (Page(status=401), "the server refuses it (401): has its address been renewed?"),
        (Page(status=403), "the server refuses it (403): has its address been renewed?"),
        (Page(status=404), "the server knows no such calendar (404): has its address been renewed?"),
        (Page(status=410), "the server says that the calendar is gone (410)"),
        (Page(status=500), "the server answers 500"),
        (Page(BODY, status=206), "the server answers 206"),
        (
            Page(b"<html>", headers={"Content-Type": "text/html; charset=utf-8"}),
            "it is a web page, not a calendar: is it the address of a page to sign in at?",
        ),
        (Page(BODY, headers={"Content-Length": "500"}), "the answer ends in the middle"),
        (Page(gzip.compress(BODY)[:-9], headers={"Content-Encoding": "gzip"}), "the answer ends in the middle"),
        (Page(BODY, headers={"Content-Encoding": "gzip"}), "the answer is not packed as the server says"),
        (Page(BODY, headers={"Content-Encoding": "br"}), "the answer is not packed as the server says"),
    ],
)
def test_what_is_no_whole_calendar_is_refused(server: FeedServer, page: Page, said: str) -> None:
    assert sentence(ask(server.answer(page))) == said


@pytest.mark.parametrize(("given", "seconds"), [("120", 120), ("9999999", None), ("999999", 86_400), ("soon", None)])
def test_a_server_says_how_long_to_wait(server: FeedServer, given: str, seconds: int | None) -> None:
    answer = ask(server.answer(Page(status=429, headers={"Retry-After": given})))
    assert isinstance(answer, Unread)
    assert (None if answer.wait is None else answer.wait.total_seconds()) == seconds


def test_a_server_that_says_nothing_is_not_waited_for(server: FeedServer) -> None:
    gone = threading.Event()

    def nothing() -> Iterator[bytes]:
        yield b"BEGIN"
        gone.wait(10)

    address = server.answer(Page(pieces=nothing))
    try:
        assert "did not answer whole" in sentence(ask(address, patience=Patience(total=0.3, silence=0.2)))
    finally:
        gone.set()


def test_a_server_that_is_not_there_is_told_so() -> None:
    assert sentence(ask("http://127.0.0.1:9/feed.ics")) == "the server cannot be reached"


def test_a_redirect_on_the_same_host_is_followed_some_times(server: FeedServer) -> None:
    server.pages["/new.ics"] = Page(BODY)
    assert ask(server.answer(Page(status=301, headers={"Location": "/new.ics"}))) == Fetched(BODY, Known())
    loop = ask(server.answer(Page(status=302, headers={"Location": "/feed.ics"})))
    assert sentence(loop) == "the server sends us on more than 5 times"


@pytest.mark.parametrize(
    "target",
    [
        "http://127.0.0.1:9/inside",
        "http://localhost:9/inside",
        "http://10.0.0.1/inside",
        "http://[::1]/inside",
        "http://[::ffff:169.254.169.254]/latest/meta-data",
    ],
)
def test_a_redirect_into_a_private_network_is_not_followed(server: FeedServer, target: str) -> None:
    found = ask(server.answer(Page(status=302, headers={"Location": target})))
    assert sentence(found) == "the server sends us on to a private address, which is not followed"


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://example.org/x", "gopher://example.org"])
def test_a_redirect_to_what_is_no_web_address_is_not_followed(server: FeedServer, target: str) -> None:
    found = sentence(ask(server.answer(Page(status=302, headers={"Location": target}))))
    assert found == "the server sends us on to an address without HTTPS, which is not followed"


def test_no_sentence_repeats_the_address(server: FeedServer) -> None:
    for address in (
        "http://user:secret@127.0.0.1:9/private-token",
        "http://[bad/private-token",
        "http://:0/private-token",
    ):
        found = sentence(ask(address))
        assert "secret" not in found
        assert "private-token" not in found
    assert server.asked == []
