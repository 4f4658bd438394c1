"""Which addresses Twilio's adapter asks for media, told without a connection; and the type of what comes."""

import asyncio
import datetime as dt

import pytest

from jobs.providers.contract import NotFetched, NotTheirs
from jobs.providers.twilio.media import UNKNOWN_KIND, MediaStore, kind_of

ACCOUNT = "AC" + "1" * 32
PATH = f"/2010-04-01/Accounts/{ACCOUNT}/Messages/MM1/Media/ME1"
NOWHERE = "https://127.0.0.1:1"
"""Nobody listens there: an address that is asked ends as not fetched."""


def asked(address: str, base_url: str = NOWHERE) -> object:
    return asyncio.run(MediaStore(base_url, ACCOUNT, "basic", dt.timedelta(seconds=2)).fetch(address))


def test_an_address_of_the_account_is_asked() -> None:
    assert isinstance(asked(NOWHERE + PATH), NotFetched)


def test_a_base_url_may_have_a_path_and_its_addresses_too() -> None:
    assert isinstance(asked(f"{NOWHERE}/sms{PATH}", f"{NOWHERE}/sms"), NotFetched)
    assert isinstance(asked(NOWHERE + PATH, f"{NOWHERE}/sms"), NotTheirs)


@pytest.mark.parametrize(
    "address",
    [
        "",
        f"https://api.twilio.com{PATH}",
        f"https://127.0.0.1:2{PATH}",
        f"http://127.0.0.1:1{PATH}",
        f"https://127.0.0.1:1@evil.example{PATH}",
        f"https://me@127.0.0.1:1{PATH}",
        f"https://127.0.0.1:1.evil.example{PATH}",
        f"https://evil.example/{NOWHERE}{PATH}",
        NOWHERE + PATH.replace(ACCOUNT, "AC" + "2" * 32),
        NOWHERE + PATH.replace("/Messages", "/../../Accounts/AC2/Messages"),
        f"{NOWHERE}{PATH}/../../../Messages",
        f"{NOWHERE}{PATH}.json",
        f"{NOWHERE}{PATH}?x=1",
        f"{NOWHERE}{PATH}\n",
        "file:///etc/passwd",
    ],
)
def test_no_other_address_is_asked(address: str) -> None:
    assert isinstance(asked(address), NotTheirs)


def test_another_operators_account_is_not_told_to_twilio() -> None:
    assert isinstance(asked(f"https://api.twilio.com{PATH}", "https://us-west-1.twilio.to.api.bird.com"), NotTheirs)


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("image/jpeg", "image/jpeg"),
        ("Text/X-VCard; charset=utf-8", "text/x-vcard"),
        ("", UNKNOWN_KIND),
        ("image", UNKNOWN_KIND),
        ("image/jpeg\r\nSet-Cookie: a=b", UNKNOWN_KIND),
        ("a/" + "b" * 200, UNKNOWN_KIND),
    ],
)
def test_a_type_is_taken_without_parameters_and_only_if_it_is_one(header: str, kind: str) -> None:
    assert kind_of(header) == kind
