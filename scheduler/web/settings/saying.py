"""What the settings say of a right, a kind of event, a key's standing and a finding: sentences that `t` says. Pure."""

from collections.abc import Mapping
from typing import Final

from jobs.events import Kind
from scheduler.identities.rights import Right
from scheduler.web.words import sentence

RIGHTS: Final[Mapping[Right, str]] = {
    Right.READ_RECORDS: sentence("see contacts and occasions"),
    Right.WRITE_RECORDS: sentence("add, change and remove contacts and occasions"),
    Right.SEND_TEXTS: sentence("send texts in a named person's name"),
    Right.SEND_UNSIGNED: sentence("send texts in nobody's name: those of the case system itself"),
    Right.SEND_AT_ANY_HOUR: sentence("send texts in quiet hours, with a reason"),
    Right.READ_JOBS: sentence("see jobs, texts, their timelines and costs"),
    Right.CHANGE_JOBS: sentence("cancel, reschedule, reopen and settle jobs"),
    Right.READ_INBOX: sentence("read conversations"),
    Right.WRITE_INBOX: sentence("answer, assign, link, note and mark conversations"),
    Right.READ_RULEBOOK: sentence("see rules, templates and revisions"),
    Right.PUBLISH: sentence("plan and publish rules and templates"),
    Right.REVEAL: sentence("see whole phone numbers and words in the views of operations"),
    Right.ERASE: sentence("export and erase what is kept of a contact"),
    Right.READ_AUDIT: sentence("read the audit log"),
    Right.MANAGE_IDENTITIES: sentence("manage users and API keys"),
    Right.MANAGE_EVENTS: sentence("manage the endpoints that events go to"),
    Right.PAUSE: sentence("pause and resume"),
}
"""As `scheduler.identities.rights` means them; a test compares the two."""

KINDS: Final[Mapping[Kind, str]] = {
    Kind.TEXT_SENT: sentence("the provider accepted a text"),
    Kind.TEXT_DELIVERED: sentence("a delivery report says that a text arrived"),
    Kind.TEXT_FAILED: sentence("a text came due and did not reach its person: refused, forbidden or not delivered"),
    Kind.TEXT_RECEIVED: sentence("somebody wrote to the practice"),
    Kind.CONTACT_OPTED_OUT: sentence("a number opted out: it gets no more texts"),
    Kind.JOB_HELD: sentence("a text that was due waits for a later moment"),
    Kind.JOB_IN_DOUBT: sentence("nobody knows whether a text was sent"),
    Kind.JOB_EXPIRED: sentence("a text did not go while it was of use"),
    Kind.OCCASION_ANSWERED: sentence("a person confirmed, declined or wants another date"),
    Kind.OCCASION_UNREACHED: sentence("no text has told a person the present start: they are to be phoned"),
    Kind.PROVIDER_CLOSED: sentence("a provider closed the account or a sender: its texts wait"),
}
"""As `jobs.events` means them."""

STANDINGS: Final = (sentence("open"), sentence("ending"), sentence("expired"), sentence("revoked"))
LEVELS: Final = (sentence("ok"), sentence("warn"), sentence("fail"))
