"""The kinds of events that leave, and what each tells. Pure."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class Kind(StrEnum):
    """What an event tells; the value is its `type` on the wire."""

    TEXT_SENT = "text.sent"
    TEXT_DELIVERED = "text.delivered"
    TEXT_FAILED = "text.failed"
    TEXT_RECEIVED = "text.received"
    CONTACT_OPTED_OUT = "contact.opted_out"
    JOB_HELD = "job.held"
    JOB_IN_DOUBT = "job.in_doubt"
    JOB_EXPIRED = "job.expired"
    OCCASION_ANSWERED = "occasion.answered"
    OCCASION_UNREACHED = "occasion.unreached"
    PROVIDER_CLOSED = "provider.closed"


MEANINGS: Final[Mapping[Kind, str]] = {
    Kind.TEXT_SENT: "the provider accepted a text",
    Kind.TEXT_DELIVERED: "a delivery report says that a text arrived",
    Kind.TEXT_FAILED: "a text came due and did not reach its person: refused, forbidden or not delivered",
    Kind.TEXT_RECEIVED: "somebody wrote to the practice",
    Kind.CONTACT_OPTED_OUT: "a number opted out: it gets no more texts",
    Kind.JOB_HELD: "a text that was due waits for a later moment",
    Kind.JOB_IN_DOUBT: "nobody knows whether a text was sent",
    Kind.JOB_EXPIRED: "a text did not go while it was of use",
    Kind.OCCASION_ANSWERED: "a person confirmed, declined or wants another date",
    Kind.OCCASION_UNREACHED: "no text has told a person the present start: they are to be phoned",
    Kind.PROVIDER_CLOSED: "a provider closed the account or a sender: its texts wait",
}
"""Each kind in one line, for people."""
