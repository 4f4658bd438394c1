"""What comes with an inbound text, as the carrier's control door is told it, and where it is kept."""

import pytest

from jobs.errors import InputError
from scheduler.carrier.shelf import MOST_BYTES, USUAL_KIND, Enclosed, Shelf, enclosed_of


def test_an_address_stays_as_it_is() -> None:
    assert enclosed_of("https://example.org/a.jpg") == "https://example.org/a.jpg"


def test_content_is_given_or_made_up() -> None:
    assert enclosed_of({"type": "image/png", "content": "YWJj"}) == Enclosed("image/png", b"abc")
    assert enclosed_of({"bytes": 3}) == Enclosed(USUAL_KIND, b"\xff\xff\xff")
    assert enclosed_of({"redirect": "http://127.0.0.1:1/x"}) == Enclosed(redirect="http://127.0.0.1:1/x")


@pytest.mark.parametrize(
    "said",
    [
        None,
        7,
        [],
        {},
        {"colour": "red"},
        {"type": 3},
        {"type": "image/png\r\nX: y"},
        {"content": "no base64!"},
        {"content": "é"},
        {"bytes": -1},
        {"bytes": MOST_BYTES + 1},
        {"bytes": True},
        {"bytes": "3"},
        {"redirect": "ftp://example.org"},
        {"redirect": 3},
    ],
)
def test_what_cannot_be_is_refused(said: object) -> None:
    with pytest.raises(InputError, match="inbound"):
        enclosed_of(said)


def test_what_is_kept_is_found_until_it_is_deleted() -> None:
    shelf, enclosed = Shelf(), Enclosed(content=b"abc")
    shelf.put("MM1", "ME1", "key", enclosed)
    assert shelf.behind("MM1", "ME1") == ("key", enclosed)
    assert (shelf.behind("MM2", "ME1"), shelf.at("ME1")) == (None, None)
    assert shelf.at("key") is enclosed
    shelf.forget("MM1", "ME1")
    shelf.forget("MM1", "ME1")
    assert (shelf.behind("MM1", "ME1"), shelf.at("key")) == (None, None)
