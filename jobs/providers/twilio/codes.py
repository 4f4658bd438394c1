"""Twilio's error codes: what each means for a send, and what it says of the number, the sender or the account. Pure.

Sources: Twilio's error dictionary (twilio.com/docs/api/errors). The list is open: a code that is not in it refuses the
one text that it came for.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias

from jobs.providers.contract import Closed, Fault, Later, Outcome, Refused, Throttled

_A_MINUTE: Final = dt.timedelta(minutes=1)
_HALF_AN_HOUR: Final = dt.timedelta(minutes=30)


class Meaning(StrEnum):
    """What a code means for the request that it answers."""

    REFUSED = "refused"
    OPTED_OUT = "opted_out"
    LATER = "later"
    THROTTLED = "throttled"
    ACCOUNT = "account"
    SENDER = "sender"


@dataclass(frozen=True, slots=True)
class Code:
    """One code: its meaning, our sentence for it, what it says beyond this text, how long to wait."""

    meaning: Meaning
    says: str
    fault: Fault | None = None
    after: dt.timedelta | None = None


_Table: TypeAlias = Mapping[int, Code]

_NUMBERS: _Table = {
    21211: Code(Meaning.REFUSED, "the number is not valid", Fault.NUMBER),
    21217: Code(Meaning.REFUSED, "the number does not appear to be valid", Fault.NUMBER),
    21614: Code(Meaning.REFUSED, "the number is not a mobile one", Fault.NUMBER),
    30005: Code(Meaning.REFUSED, "the number is unknown or no longer in use", Fault.NUMBER),
    30006: Code(Meaning.REFUSED, "the number is a landline, or its carrier cannot be reached", Fault.NUMBER),
    21201: Code(Meaning.REFUSED, "no number was given"),
    21604: Code(Meaning.REFUSED, "no number was given"),
    # Of this sender, at this moment, to this country: the number itself may be fine.
    21408: Code(Meaning.REFUSED, "the account may not text this country: see its geographic permissions"),
    21608: Code(Meaning.REFUSED, "a trial account may only text numbers that were verified"),
    21612: Code(Meaning.REFUSED, "the number cannot be reached from this sender"),
    30003: Code(Meaning.LATER, "the phone cannot be reached", after=_HALF_AN_HOUR),
    30004: Code(Meaning.REFUSED, "the phone or its carrier blocks this sender"),
    30008: Code(Meaning.LATER, "an unknown error at the carrier"),
    30036: Code(Meaning.REFUSED, "it could not be sent in time"),
    30450: Code(Meaning.REFUSED, "it was blocked as likely fraud"),
    30610: Code(Meaning.REFUSED, "Twilio's own quiet hours blocked it"),
    30640: Code(Meaning.REFUSED, "the number is on a list of litigators"),
    21610: Code(Meaning.OPTED_OUT, "the person told the carrier to stop", Fault.OPTED_OUT),
}
_CONTENT: _Table = {
    21602: Code(Meaning.REFUSED, "the text is empty"),
    21605: Code(Meaning.REFUSED, "the text is too long"),
    21617: Code(Meaning.REFUSED, "the text is longer than 1600 characters"),
    21619: Code(Meaning.REFUSED, "Twilio could not make a record of it"),
    21620: Code(Meaning.REFUSED, "its media cannot be read"),
    30007: Code(Meaning.REFUSED, "a filter took it for spam", Fault.CONTENT),
    30010: Code(Meaning.REFUSED, "it costs more than the highest price that was set"),
    30019: Code(Meaning.REFUSED, "it is too long for the carrier"),
    30044: Code(Meaning.REFUSED, "it is too long for a trial account"),
}
_ACCOUNT: _Table = {
    20001: Code(Meaning.REFUSED, "a field of the request is unknown"),
    20003: Code(Meaning.ACCOUNT, "the account or its token is not accepted", Fault.ACCOUNT),
    20004: Code(Meaning.ACCOUNT, "the base URL leads elsewhere", Fault.ACCOUNT),
    20008: Code(Meaning.ACCOUNT, "these are test credentials", Fault.ACCOUNT),
    20403: Code(Meaning.ACCOUNT, "the account is not allowed to send", Fault.ACCOUNT),
    20404: Code(Meaning.ACCOUNT, "there is no such account", Fault.ACCOUNT),
    20410: Code(Meaning.ACCOUNT, "this way of sending is discontinued", Fault.ACCOUNT),
    21607: Code(Meaning.ACCOUNT, "a trial account may only send from its sandbox number", Fault.ACCOUNT),
    21609: Code(Meaning.ACCOUNT, "the callback address is not accepted: see QUIETBELL_PUBLIC_URL", Fault.ACCOUNT),
    30002: Code(Meaning.ACCOUNT, "the account is suspended", Fault.ACCOUNT),
    63038: Code(Meaning.ACCOUNT, "the account has reached its daily limit", Fault.ACCOUNT),
}
_SENDERS: _Table = {
    21212: Code(Meaning.SENDER, "the sender's number is not valid", Fault.SENDER),
    21601: Code(Meaning.SENDER, "the sender's number cannot text", Fault.SENDER),
    21603: Code(Meaning.SENDER, "the sender has no number", Fault.SENDER),
    21606: Code(Meaning.SENDER, "the sender's number is not one of the account that can text there", Fault.SENDER),
    21613: Code(Meaning.SENDER, "the sender's number needs certification", Fault.SENDER),
    21703: Code(Meaning.SENDER, "its Messaging Service has no number free", Fault.SENDER),
    21704: Code(Meaning.SENDER, "its Messaging Service has no number", Fault.SENDER),
    21712: Code(Meaning.SENDER, "the sender's number belongs to another Messaging Service", Fault.SENDER),
    30018: Code(Meaning.SENDER, "the carrier wants the sender registered", Fault.SENDER),
    30024: Code(Meaning.SENDER, "the sender is not provisioned at the carrier", Fault.SENDER),
    30032: Code(Meaning.SENDER, "the toll-free number is not verified", Fault.SENDER),
    30033: Code(Meaning.SENDER, "the sender's campaign is suspended", Fault.SENDER),
    30034: Code(Meaning.SENDER, "the sender is not registered for a campaign", Fault.SENDER),
    30035: Code(Meaning.SENDER, "the sender's number is still being set up", Fault.SENDER),
}
_TOO_FAST: _Table = {
    14107: Code(Meaning.THROTTLED, "too many texts to one number"),
    20429: Code(Meaning.THROTTLED, "too many requests at once"),
    21611: Code(Meaning.THROTTLED, "the sender's queue is full", after=_A_MINUTE),
    30001: Code(Meaning.THROTTLED, "the sender's queue is full", after=_A_MINUTE),
    30017: Code(Meaning.LATER, "the carrier's network is congested"),
    30020: Code(Meaning.LATER, "Twilio's scheduling failed"),
    30022: Code(Meaning.THROTTLED, "the campaign's rate is reached", after=_A_MINUTE),
    30023: Code(Meaning.THROTTLED, "the campaign's daily limit is reached", after=_HALF_AN_HOUR),
    30026: Code(Meaning.THROTTLED, "most of the carrier's daily limit is used", after=_HALF_AN_HOUR),
    30027: Code(Meaning.THROTTLED, "the carrier's daily limit is reached", after=_HALF_AN_HOUR),
    60728: Code(Meaning.THROTTLED, "the hourly limit is reached", after=_HALF_AN_HOUR),
}
CODES: Final[_Table] = {**_NUMBERS, **_CONTENT, **_ACCOUNT, **_SENDERS, **_TOO_FAST}


def outcome_of_code(code: int | None, after: dt.timedelta | None = None) -> Outcome | None:
    """Return what a code in a refusal means, or None for one that is not known; `after` is what Twilio asks to wait."""
    known = None if code is None else CODES.get(code)
    if known is None:
        return None
    text = str(code)
    match known.meaning:
        case Meaning.REFUSED | Meaning.OPTED_OUT:
            return Refused(known.says, text, opted_out=known.meaning is Meaning.OPTED_OUT, fault=known.fault)
        case Meaning.LATER:
            return Later(known.says, after or known.after, text)
        case Meaning.THROTTLED:
            return Throttled(known.says, after or known.after, text)
        case Meaning.ACCOUNT | Meaning.SENDER:
            return Closed(known.meaning.value, known.says, text)


def words_of(code: int | None) -> str | None:
    """Return our sentence for a code, or None for one that is not known."""
    known = None if code is None else CODES.get(code)
    return known.says if known else None


def fault_of(code: int | None) -> Fault | None:
    """Return what a code says of more than the text that it came for."""
    known = None if code is None else CODES.get(code)
    return known.fault if known else None


def number_of(value: object) -> int | None:
    """Return a code as Twilio writes it, a number or its digits; None for anything else."""
    text = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= 6 else None  # noqa: PLR2004 - they have 5
