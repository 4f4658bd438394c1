"""What Twilio checks of a request to send, in its order, and what it takes from one that is in order. Pure.

Sources: twilio.com/docs/messaging/api/message-resource; error codes 21211 to 21620.
"""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from typing import Final
from urllib.parse import urlsplit

from scheduler.carrier.accounts import Account
from scheduler.carrier.addresses import is_address
from scheduler.carrier.exchange import Order
from scheduler.carrier.texts import Book
from scheduler.carrier.twilio.errors import error
from scheduler.carrier.wire import Answer

MOST_CHARACTERS: Final = 1600
MOST_VALIDITY: Final = 36_000
SERVICE: Final = re.compile(r"MG[0-9a-fA-F]{32}", re.ASCII)
E164: Final = re.compile(r"\+[1-9]\d{6,14}", re.ASCII)
_SHORT_CODE: Final = re.compile(r"\d{3,8}", re.ASCII)
_NAME: Final = re.compile(r"(?=.*[A-Za-z])[A-Za-z0-9 +&_-]{1,11}", re.ASCII)
_SOONEST, _LATEST = dt.timedelta(minutes=15), dt.timedelta(days=35)


def order_of(account: Account, book: Book, fields: Mapping[str, Sequence[str]], now: dt.datetime) -> Order | Answer:
    """Return what the form of a request orders, or the error that answers it."""
    one = {name: values[-1] for name, values in fields.items()}
    refusal = _check_receiver(one) or _check_sender(account, one) or _check_words(one, fields) or _check_rest(one, now)
    if refusal is not None:
        return refusal
    service = one.get("MessagingServiceSid") or None
    pool = pool_of(account, service) if service else ()
    if service and not pool:
        return error(21704)
    to_number = one["To"]
    sender = _pick(book, account, service, pool, to_number) if service else one["From"]
    if book.is_blocked(account.id, (sender, *([service] if service else [])), to_number):
        return error(21610)
    media = tuple(fields.get("MediaUrl", ()))
    return Order(
        sender=sender,
        people=(to_number,),
        body=one.get("Body", ""),
        status=_first_status(one, service),
        prefix="MM" if media else "SM",
        callback=one.get("StatusCallback") or None,
        service=service,
        media=media,
        keeps_body=one.get("ContentRetention") != "discard",
        keeps_number=one.get("AddressRetention") != "obfuscate",
        form=dict(one),
    )


def pool_of(account: Account, service: str) -> tuple[str, ...]:
    """Return the numbers in a Messaging Service; one made up from its id where the account lists no services."""
    if account.services:
        return tuple(account.services.get(service, ()))
    return (f"+1555{int(service[-6:], 16) % 10**7:07d}",)


def service_of(account: Account, number: str) -> str | None:
    """Return the Messaging Service that a number is listed in, or None."""
    return next((service for service, pool in account.services.items() if number in pool), None)


def _pick(book: Book, account: Account, service: str, pool: tuple[str, ...], to_number: str) -> str:
    """Return the number that a person knows already, else one that they always get (Twilio's sticky sender)."""
    known = book.latest_sender(account.id, service, to_number)
    return known if known in pool else pool[int(to_number[1:]) % len(pool)]


def _first_status(one: Mapping[str, str], service: str | None) -> str:
    if one.get("ScheduleType"):
        return "scheduled"
    return "accepted" if service else "queued"


def _check_receiver(one: Mapping[str, str]) -> Answer | None:
    to_number = one.get("To", "")
    if not to_number:
        return error(21604)
    # A text to the very number that it comes from is among the causes of 21211.
    if not E164.fullmatch(to_number) or to_number == one.get("From"):
        return error(21211, f"Invalid 'To' Phone Number: {to_number[:32]}")
    return None


def _check_sender(account: Account, one: Mapping[str, str]) -> Answer | None:
    sender, service = one.get("From", ""), one.get("MessagingServiceSid", "")
    if service:
        return None if SERVICE.fullmatch(service) else error(20001, "The 'MessagingServiceSid' is not valid.")
    if not sender:
        return error(21603)
    if not any(shape.fullmatch(sender) for shape in (E164, _SHORT_CODE, _NAME)):
        return error(21212, f"Invalid From Number (caller ID): {sender[:32]}")
    return error(21606) if account.numbers and sender not in account.numbers else None


def _check_words(one: Mapping[str, str], fields: Mapping[str, Sequence[str]]) -> Answer | None:
    body, media = one.get("Body", ""), fields.get("MediaUrl", ())
    if not body and not media and not one.get("ContentSid"):
        return error(21602)
    if len(body) > MOST_CHARACTERS:
        return error(21617)
    return None if all(map(is_address, media)) else error(21620)


def _check_rest(one: Mapping[str, str], now: dt.datetime) -> Answer | None:
    callback = one.get("StatusCallback", "")
    if callback and not _is_called(callback):
        return error(21609)
    validity = one.get("ValidityPeriod", "")
    if validity and not (_is_whole(validity) and 1 <= int(validity) <= MOST_VALIDITY):
        return error(20001, "The 'ValidityPeriod' must be from 1 to 36000 seconds.")
    for name, allowed in (("ContentRetention", {"retain", "discard"}), ("AddressRetention", {"retain", "obfuscate"})):
        if one.get(name, "retain") not in allowed:
            return error(20001, f"The '{name}' is not valid.")
    return _check_schedule(one, now) if one.get("ScheduleType") or one.get("SendAt") else None


def _check_schedule(one: Mapping[str, str], now: dt.datetime) -> Answer | None:
    if one.get("ScheduleType") != "fixed" or not one.get("MessagingServiceSid"):
        return error(20001, "Scheduling needs a 'MessagingServiceSid' and a 'ScheduleType' of 'fixed'.")
    try:
        at = dt.datetime.fromisoformat(one.get("SendAt", ""))
    except ValueError:
        return error(20001, "The 'SendAt' is not valid.")
    if at.tzinfo is None or not _SOONEST <= at - now <= _LATEST:
        return error(20001, "The 'SendAt' must be from 15 minutes to 35 days ahead.")
    return None


def _is_called(url: str) -> bool:
    """Tell whether Twilio calls such an address: its host has no underscore."""
    return is_address(url) and "_" not in (urlsplit(url).hostname or "")


def _is_whole(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 6  # noqa: PLR2004 - digits of the greatest allowed, and more
