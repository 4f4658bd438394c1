"""Mail staff what needs a person: what is due to mail endpoints, one mail to each, without words and whole numbers.

As with posts: claimed, sent outside of any transaction, then recorded; tried again for a day.
"""

import asyncio
import random
from collections import Counter
from collections.abc import Sequence
from email.message import EmailMessage
from email.utils import format_datetime, make_msgid
from itertools import groupby
from operator import attrgetter
from typing import Final
from urllib.parse import unquote, urlsplit

import aiosmtplib
from sqlalchemy import Connection

from jobs import events
from jobs.events import Failed, Taken
from scheduler.chores.context import Context, MailServer
from scheduler.chores.mail_words import subject_of, words_of

MOST: Final = 50
"""Events in one mail."""
SECONDS: Final = 15.0
_PORTS: Final = {"smtp": 25, "smtps": 465}
_jitter = random.SystemRandom()


def run(context: Context) -> Counter[str]:
    """Mail what is due, and count it; without a mail server it waits until it is dead."""
    database, server = context.database, context.mail
    if server is None:
        return Counter()
    with database.read() as connection:
        if not events.is_due(connection, events.MAIL, now=database.moment(connection)):
            return Counter()
    taken = database.write(
        lambda connection: events.take(
            connection, events.MAIL, most=MOST, now=database.moment(connection), in_order=False
        )
    )
    mails = [list(theirs) for _, theirs in groupby(taken, attrgetter("endpoint_id"))]
    if not mails:
        return Counter()
    problems = context.run_coroutine(_send_all(server, mails))

    def write(connection: Connection) -> Counter[str]:
        now = database.moment(connection)
        pairs = list(zip(mails, problems, strict=True))
        events.delivered(connection, [each for mail, problem in pairs if problem is None for each in mail], now=now)
        lost = [Failed(each, problem) for mail, problem in pairs if problem is not None for each in mail]
        counts = events.failed(connection, lost, _jitter.random, now=now)
        counts["mails"] = problems.count(None)
        return counts

    return database.write(write)


async def _send_all(server: MailServer, mails: Sequence[Sequence[Taken]]) -> list[str | None]:
    return list(await asyncio.gather(*(_send(server, mail) for mail in mails)))


async def _send(server: MailServer, mail: Sequence[Taken]) -> str | None:
    """Send one mail; return None, or why it did not go, for people."""
    parts = urlsplit(server.url)
    try:
        await aiosmtplib.send(
            mail_of(server, mail),
            hostname=parts.hostname,
            port=parts.port or _PORTS[parts.scheme],
            username=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
            use_tls=parts.scheme == "smtps",
            timeout=SECONDS,
        )
    except aiosmtplib.SMTPResponseException as error:
        return f"the mail server answered {error.code}"
    except (aiosmtplib.SMTPException, OSError, ValueError) as error:
        return f"the mail server cannot be reached ({type(error).__name__})"
    return None


def mail_of(server: MailServer, mail: Sequence[Taken]) -> EmailMessage:
    """Return the mail that tells these events of one practice."""
    made = EmailMessage()
    made["From"] = server.sender
    made["To"] = mail[0].url.removeprefix("mailto:")
    made["Subject"] = subject_of(mail)
    made["Date"] = format_datetime(max(each.at for each in mail))
    made["Message-ID"] = make_msgid(mail[0].event_id.hex, server.sender.rpartition("@")[2])
    made["Auto-Submitted"] = "auto-generated"
    made.set_content(words_of(mail))
    return made
