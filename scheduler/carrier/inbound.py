"""Texts that people send: taken in, answered by the carrier where it does so (STOP, START, HELP), and handed on.

Sources: Twilio's support for opt-out keywords (one exact word, whatever its case; toll-free numbers are opened again
by START and UNSTOP only; short codes answer nothing); docs.bird.com for MessageBird, which answers nothing either.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from jobs.errors import InputError
from jobs.segments import measure
from scheduler.carrier.accounts import Account, Provider
from scheduler.carrier.dialects import Call
from scheduler.carrier.exchange import Exchange
from scheduler.carrier.messagebird import dialect as messagebird
from scheduler.carrier.messagebird.checks import bare
from scheduler.carrier.messagebird.resources import written
from scheduler.carrier.receipts import Receipts
from scheduler.carrier.shelf import USUAL_KIND, Enclosed, enclosed_of
from scheduler.carrier.texts import IN, OWN_REPLY, Text
from scheduler.carrier.twilio import dialect as twilio
from scheduler.carrier.twilio.checks import service_of
from scheduler.carrier.twilio.resources import VERSION

STOP: Final = frozenset({"STOP", "UNSUBSCRIBE", "END", "QUIT", "STOPALL", "REVOKE", "OPTOUT", "CANCEL"})
START: Final = frozenset({"START", "YES", "UNSTOP"})
START_TOLL_FREE: Final = frozenset({"START", "UNSTOP"})
HELP: Final = frozenset({"HELP", "INFO"})
_TOLL_FREE: Final = re.compile(r"\+18(00|33|44|55|66|77|88)\d{7}", re.ASCII)
_LONG: Final = re.compile(r"\+\d{7,15}", re.ASCII)
_SAYS: Final = {
    "stopped": "You have successfully been unsubscribed. You will not receive any more messages from this number. "
    "Reply START to resubscribe.",
    "started": "You have successfully been re-subscribed to messages from this number. Reply HELP for help. "
    "Reply STOP to unsubscribe. Msg&Data Rates May Apply.",
    "helped": "Reply STOP to unsubscribe. Msg&Data Rates May Apply.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What a person writes: `fields` are further ones that the callback is to carry, such as OptOutType.

    `media`: what comes with it, kept here, or by an address elsewhere.
    """

    account: Account
    person: str
    number: str
    body: str
    media: tuple[Enclosed | str, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)


def written_of(exchange: Exchange, said: Mapping[str, object]) -> Written:
    """Return what a person writes, as the control door is told it.

    Raises:
        InputError: a part of it is missing or cannot be, or nobody has such an account.

    """
    provider = said.get("provider", "twilio")
    wanted = said.get("account")
    account = next(
        (each for each in exchange.accounts if each.provider == provider and wanted in {None, each.id}), None
    )
    if account is None:
        message = f"inbound: there is no account {wanted!r} at {provider!r}"
        raise InputError(message)
    media, fields = said.get("media") or [], said.get("fields") or {}
    if not isinstance(media, list) or not isinstance(fields, dict):
        message = "inbound: media is a list, fields an object"
        raise InputError(message)
    return Written(
        account=account,
        person=_number(said, "from"),
        number=_number(said, "to"),
        body=str(said.get("body") or ""),
        media=tuple(map(enclosed_of, media)),
        fields={str(name): str(value) for name, value in fields.items()},
    )


async def take_in(exchange: Exchange, receipts: Receipts, said: Written) -> tuple[Text, int | None]:
    """Take a text in and hand it on; return it and what its inbound address, if any, answered."""
    text = _text(exchange, said, IN, said.body)
    exchange.book.add(text)
    exchange.ledger.write("inbound", text=text.as_row())
    if said.account.provider is Provider.TWILIO:
        _obey(exchange, said)
    url = exchange.inbound_urls.get(said.account.id)
    if url is None:
        return text, None
    call = (
        _twilio_call(url, said, text, _service(exchange, said))
        if said.account.provider is Provider.TWILIO
        else _bird_call(exchange, url, said, text)
    )
    return text, await receipts.call(text, call, text.status)


def _number(said: Mapping[str, object], name: str) -> str:
    number = said.get(name)
    if not isinstance(number, str) or not number.strip():
        message = f"inbound: {name!r} needs a number"
        raise InputError(message)
    return number.strip()


def _text(exchange: Exchange, said: Written, direction: str, body: str) -> Text:
    now = exchange.clock.now()
    is_in, account = direction == IN, said.account
    prefix = ("MM" if is_in and said.media else "SM") if account.provider is Provider.TWILIO else ""
    made = prefix + exchange.new_id()
    return Text(
        id=made,
        batch=made,
        provider=account.provider,
        account=account.id,
        from_number=said.person if is_in else said.number,
        to_number=said.number if is_in else said.person,
        body=body,
        status="received" if is_in else "sent",
        created_at=now,
        updated_at=now,
        sent_at=now,
        direction=direction,
        media=_kept(exchange, account, made, said.media) if is_in else (),
        segments=max(1, measure(body).segments),
        key=made,
    )


def _obey(exchange: Exchange, said: Written) -> None:
    """Keep the books of STOP and START, and answer as Twilio does on a long or toll-free number."""
    did = _meaning(said)
    if did is None:
        return
    for sender in filter(None, (said.number, _service(exchange, said))):
        if did == "stopped":
            exchange.book.block(said.account.id, sender, said.person)
        elif did == "started":
            exchange.book.unblock(said.account.id, sender, said.person)
        if did != "helped":
            exchange.ledger.write(did, account=said.account.id, sender=sender, person=said.person)
    reply = _text(exchange, said, OWN_REPLY, _SAYS[did])
    exchange.book.add(reply)
    exchange.ledger.write("own_reply", text=reply.as_row())


def _service(exchange: Exchange, said: Written) -> str | None:
    """Return the Messaging Service of the number that a person writes to."""
    listed = service_of(said.account, said.number)
    return listed or exchange.book.service_behind(said.account.id, said.number, said.person)


def _meaning(said: Written) -> str | None:
    word = said.body.strip().upper()
    if not _LONG.fullmatch(said.number):
        return None
    if word in STOP:
        return "stopped"
    if word in (START_TOLL_FREE if _TOLL_FREE.fullmatch(said.number) else START):
        return "started"
    return "helped" if word in HELP else None


def _twilio_call(url: str, said: Written, text: Text, service: str | None) -> Call:
    fields: dict[str, str] = {
        "AccountSid": said.account.id,
        "ApiVersion": VERSION,
        "Body": said.body,
        "From": said.person,
        "MessageSid": text.batch,
        "NumMedia": str(len(text.media)),
        "NumSegments": str(text.segments),
        "SmsMessageSid": text.batch,
        "SmsSid": text.batch,
        "SmsStatus": "received",
        "To": said.number,
        # What it does not know it sends blank.
        **{f"{end}{part}": "" for end in ("From", "To") for part in ("City", "State", "Zip", "Country")},
        **({"MessagingServiceSid": service} if service else {}),
        **_media(said, text),
        **said.fields,
    }
    return twilio.signed_call(said.account, url, sorted(fields.items()))


def _kept(exchange: Exchange, account: Account, text_id: str, media: Sequence[Enclosed | str]) -> tuple[str, ...]:
    """Keep what comes with a text and return the addresses of all of it."""

    def address_of(each: Enclosed | str) -> str:
        if isinstance(each, str):
            return each
        media_id = f"ME{exchange.new_id()}"
        exchange.shelf.put(text_id, media_id, exchange.new_id(), each)
        return f"{exchange.base_url}/{VERSION}/Accounts/{account.id}/Messages/{text_id}/Media/{media_id}"

    return tuple(map(address_of, media))


def _media(said: Written, text: Text) -> dict[str, str]:
    addresses = {f"MediaUrl{number}": address for number, address in enumerate(text.media)}
    kinds = (USUAL_KIND if isinstance(each, str) else each.kind for each in said.media)
    return {**addresses, **{f"MediaContentType{number}": kind for number, kind in enumerate(kinds)}}


def _bird_call(exchange: Exchange, url: str, said: Written, text: Text) -> Call:
    """Return MessageBird's callback. Its form is our reading: no official page of it is known to us."""
    fields = {
        "id": text.batch,
        "originator": bare(said.person),
        "recipient": bare(said.number),
        "body": said.body,
        "createdDatetime": written(text.created_at),
        **said.fields,
    }
    return messagebird.signed_call(exchange, said.account, "POST", url, json.dumps(fields).encode())
