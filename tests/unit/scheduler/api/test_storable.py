"""What a verified callback says, before it is stored: what no database keeps is left out, nonsense refused."""

from decimal import Decimal

import pytest

from jobs.providers.contract import Inbound, Malformed, Receipt, Status
from scheduler.api.storable import plain, storable


def make_inbound(**changes: object) -> Inbound:
    values = {"provider_id": "I-1", "from_number": "+15145550101", "to_number": "+15145550100", "body": "Yes"} | changes
    return Inbound(**values)  # type: ignore[arg-type]  # any of its fields by name


def make_receipt(**changes: object) -> Receipt:
    return Receipt(**({"provider_id": "T-1", "status": Status.DELIVERED} | changes))  # type: ignore[arg-type]  # any of its fields by name


def test_what_is_whole_stays_as_it_is() -> None:
    inbound = make_inbound(body="à bientôt 👋", media=(("https://m.example/1", "image/png"),), raw={"a": "\\u0000"})
    receipt = make_receipt(reason="landline", price=Decimal("0.0079"), currency="USD", raw={"To": "+1"})
    assert storable(inbound) == inbound
    assert storable(receipt) == receipt


@pytest.mark.parametrize(("text", "kept"), [("a\0b", "ab"), ("a\ud800b", "a?b"), ("", ""), ("\n\t", "\n\t")])
def test_what_no_database_keeps_is_left_out(text: str, kept: str) -> None:
    assert plain(text) == kept
    found = storable(make_inbound(body=text, service=text, raw={text: text}))
    assert found == make_inbound(body=kept, service=kept, raw={kept: kept})
    told = storable(make_receipt(reason=text, code=text, currency=text, raw={text: text}))
    assert told == make_receipt(reason=kept, code=kept, currency=kept, raw={kept: kept})


@pytest.mark.parametrize("number", ["+15145550101", "12345", "MESSAGERIE", "Dr. Roy", "École"])
def test_numbers_short_codes_and_names_write(number: str) -> None:
    assert isinstance(storable(make_inbound(from_number=number)), Inbound)


@pytest.mark.parametrize("number", ["", "  ", "+", "+1514\0", "\ud800", "1" * 65, "+1514\n555", "_"])
def test_who_wrote_to_whom_must_be_whole(number: str) -> None:
    assert isinstance(storable(make_inbound(from_number=number)), Malformed)
    assert isinstance(storable(make_inbound(to_number=number)), Malformed)


@pytest.mark.parametrize("price", ["1e999999", "-1", "NaN", "Infinity", "10000.01"])
def test_what_can_be_no_price_is_none(price: str) -> None:
    found = storable(make_receipt(price=Decimal(price)))
    assert isinstance(found, Receipt)
    assert found.price is None
