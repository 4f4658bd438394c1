"""What came with a text, fetched over real sockets: from a scripted server, and from the stand-in carrier."""

import asyncio
import base64
import datetime as dt
from collections.abc import Sequence

import pytest
import requests

from jobs.providers.contract import (
    MOST_MEDIA_BYTES,
    Fetched,
    Gone,
    Media,
    MediaSource,
    NotFetched,
    NotTheirs,
    TooLarge,
)
from jobs.providers.twilio import Account, TwilioProvider
from tests.carriers import Listener, RunningCarrier, listening, running_carrier
from tests.conformance.rigs import LONG, RIGS, SHORT, twilio, waiting
from tests.conformance.scripted_server import ScriptedServer, Step, Way, serving

PATH = "/2010-04-01/Accounts/AC1/Messages/MM1/Media/ME1"
ME, PERSON = "+14165550100", "+14165550101"
PICTURE = b"\xff\xd8\xff\xe0 not quite a picture"


def fetch(*steps: Step, timeout: dt.timedelta = LONG) -> tuple[Fetched, ScriptedServer]:
    """Fetch an address of a server that does what its script says."""

    async def scene() -> tuple[Fetched, ScriptedServer]:
        async with serving(*steps) as server:
            return await twilio(server.url, timeout).media(server.url + PATH), server

    return asyncio.run(scene())


def onwards(location: str, status: int = 307) -> Step:
    return Step(status=status, headers=[("Location", location)])


def fetched_from(
    carrier: RunningCarrier, address: str, *, token: str | None = None, timeout: dt.timedelta = LONG
) -> Fetched:
    account = Account(account_sid=carrier.account_sid, auth_token=token or carrier.auth_token, base_url=carrier.url)
    return asyncio.run(waiting(TwilioProvider, timeout)(account).media(address))


def address_sent(carrier: RunningCarrier, listener: Listener, *media: object) -> str:
    """Have a person send media through the carrier and return the address of the last one."""
    carrier.set_inbound_url(f"{listener.url}/inbound")
    carrier.send_inbound(PERSON, ME, "look", media=list(media))
    return listener.heard[-1].fields[f"MediaUrl{len(media) - 1}"]


def test_twilio_is_the_one_that_can_be_asked() -> None:
    made = {name: rig.make("http://127.0.0.1:1", SHORT) for name, rig in RIGS.items()}
    assert {name for name, provider in made.items() if isinstance(provider, MediaSource)} == {"twilio"}


def test_what_is_there_comes_with_its_type() -> None:
    found, server = fetch(Step(body="abc"))
    assert found == Media(b"abc", "application/json")
    assert server.asked[0].headers["authorization"].startswith("Basic ")


def test_a_redirect_is_followed_without_the_credentials() -> None:
    found, server = fetch(onwards("/store/1"), Step(body="abc"))
    assert isinstance(found, Media)
    assert [each.line.split(" ")[1] for each in server.asked] == [PATH, "/store/1"]
    assert ["authorization" in each.headers for each in server.asked] == [True, False]


@pytest.mark.parametrize(
    "location",
    [
        "http://example.org/picture",
        "https://127.0.0.1:2/picture",
        "https://[::ffff:10.0.0.1]/picture",
        "https://[64:ff9b::a00:1]/picture",  # NAT64 of 10.0.0.1 (RFC 6052)
        "https://[2002:a00:1::]/picture",  # 6to4 of 10.0.0.1 (RFC 3056)
        "https://169.254.169.254/latest/meta-data",
        "https://localhost:2/picture",
        "http://localhost:2/picture",
        "file:///etc/passwd",
        "https://me:secret@example.org/picture",
    ],
)
def test_no_redirect_leads_to_a_private_address_or_out_of_tls(location: str) -> None:
    found, server = fetch(onwards(location))
    assert isinstance(found, NotFetched)
    assert "not asked" in found.reason
    assert len(server.asked) == 1


@pytest.mark.parametrize("step", [onwards("/again"), onwards("/again", 301), Step(status=307)])
def test_redirects_end(step: Step) -> None:
    found, server = fetch(step)
    assert isinstance(found, NotFetched)
    assert len(server.asked) <= 4


@pytest.mark.parametrize(
    ("steps", "kind"),
    [
        ([Step(status=404)], Gone),
        ([Step(status=410)], Gone),
        ([onwards("/store/1"), Step(status=404)], Gone),
        ([Step(status=401)], NotFetched),
        ([Step(status=403)], NotFetched),
        ([Step(status=500)], NotFetched),
        ([Step(status=204)], NotFetched),
        ([Step(way=Way.ENDLESS)], TooLarge),
        ([Step(body="x" * (MOST_MEDIA_BYTES + 1))], TooLarge),
        ([Step(headers=[("Content-Encoding", "gzip")])], NotFetched),
        ([Step(way=Way.CLOSE)], NotFetched),
        ([Step(way=Way.RESET)], NotFetched),
        ([Step(way=Way.HALF, body="x" * 100)], NotFetched),
        ([Step(way=Way.GARBAGE)], NotFetched),
        ([onwards("http://[")], NotFetched),
    ],
)
def test_whatever_the_answer_the_outcome_is_of_the_list(steps: Sequence[Step], kind: type[Fetched]) -> None:
    found, _ = fetch(*steps)
    assert isinstance(found, kind), found


@pytest.mark.parametrize("way", [Way.HANG, Way.STALL])
def test_the_wait_has_an_end(way: Way) -> None:
    found, _ = fetch(Step(way=way, body="x" * 100), timeout=dt.timedelta(seconds=0.1))
    assert isinstance(found, NotFetched)
    assert "within 0.3 seconds" in found.reason


def test_as_much_as_the_limit_comes_whole() -> None:
    found, _ = fetch(Step(body="x" * MOST_MEDIA_BYTES))
    assert isinstance(found, Media)
    assert len(found.content) == MOST_MEDIA_BYTES


def test_an_outcome_shows_no_secret_and_no_content() -> None:
    found, server = fetch(Step(status=401, body="planted-token-7f3a"))
    assert "planted" not in repr(found)
    assert server.asked[0].headers["authorization"].split(" ")[1] not in repr(found)
    assert "abc" not in repr(Media(b"abc", "text/plain"))


def test_the_carrier_gives_out_what_came_with_a_text() -> None:
    with listening() as listener, running_carrier(seed=1) as carrier:
        kept = {"type": "image/png", "content": base64.b64encode(PICTURE).decode()}
        address = address_sent(carrier, listener, "https://example.org/a.jpg", kept)
        assert listener.heard[-1].fields["MediaContentType1"] == "image/png"
        assert fetched_from(carrier, address) == Media(PICTURE, "image/png")
        elsewhere = listener.heard[-1].fields["MediaUrl0"]
        assert isinstance(fetched_from(carrier, elsewhere), NotTheirs)


def test_the_carrier_asks_for_the_accounts_token() -> None:
    with listening() as listener, running_carrier(seed=1) as carrier:
        address = address_sent(carrier, listener, {"bytes": 10})
        refused = fetched_from(carrier, address, token="wrong")  # noqa: S106 - the point of it
        assert isinstance(refused, NotFetched)
        assert "401" in refused.reason


def test_what_the_carrier_deleted_is_gone() -> None:
    with listening() as listener, running_carrier(seed=1) as carrier:
        address = address_sent(carrier, listener, {"bytes": 10})
        assert isinstance(fetched_from(carrier, address), Media)
        requests.delete(address, auth=(carrier.account_sid, carrier.auth_token), timeout=5).raise_for_status()
        assert isinstance(fetched_from(carrier, address), Gone)


def test_a_large_one_of_the_carriers_is_not_read_to_its_end() -> None:
    with listening() as listener, running_carrier(seed=1) as carrier:
        address = address_sent(carrier, listener, {"bytes": MOST_MEDIA_BYTES + 1})
        assert isinstance(fetched_from(carrier, address), TooLarge)


def test_a_carrier_that_sends_on_elsewhere_is_not_followed_there() -> None:
    with listening() as other, listening() as listener, running_carrier(seed=1) as carrier:
        address = address_sent(carrier, listener, {"redirect": f"{other.url}/secret"})
        assert isinstance(fetched_from(carrier, address), NotFetched)
        assert other.heard == []


def test_a_carrier_that_never_answers_is_left() -> None:
    with listening() as listener, running_carrier(seed=1) as carrier:
        address = address_sent(carrier, listener, {"bytes": 10})
        carrier.mishap("refuse_then_hang", on="fetch", share=1.0)
        assert isinstance(fetched_from(carrier, address, timeout=dt.timedelta(seconds=0.1)), NotFetched)
