"""All that a contact's page shows, by what its reader may see: numbers masked, words left out. It writes nothing."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, RowMapping, select

from jobs import consent
from jobs.consent import Recorded
from jobs.errors import InputError, NotFoundError
from jobs.phone import mask
from jobs.records import contacts
from jobs.terms import Terms
from scheduler.asking.costs import MonthCosts, read_costs
from scheduler.asking.foreseeing import shown_words, terms_in_force
from scheduler.asking.histories import Place, Said, history_of_contact
from scheduler.asking.waiting import AHEAD, waiting_for
from scheduler.asking.wording import occasions_of
from scheduler.identities.rights import Right
from scheduler.intake.naming import contact_named
from scheduler.web.conversations.talks import Bubble, Day, by_day, ticks_of
from scheduler.web.people import Person

MOST: Final = 100


@dataclass(frozen=True, slots=True)
class Wanted:
    """How a contact is looked at: on which wall clock, when, and their history before which place (empty: all)."""

    zone: ZoneInfo
    now: dt.datetime
    before: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """A contact; `number` as its reader may see it, `talk` the number whose conversation they may open.

    `ahead` waits to go out; `not_going` is dated ahead and was blocked, cancelled or the like.
    """

    id: uuid.UUID
    ref: str
    row: RowMapping
    via: str | None
    number: str | None
    talk: str | None
    days: list[Day]
    earlier: str | None
    ahead: Sequence[RowMapping]
    not_going: list[Bubble]
    zone: ZoneInfo
    consents: list[Recorded]
    occasions: Sequence[RowMapping]
    costs: list[MonthCosts]
    shows_words: bool

    @property
    def address(self) -> str:
        """Return the page's address."""
        return f"/contacts/{quote(self.ref, safe='')}"

    @property
    def called(self) -> str:
        """Return what they are called: their name, else their ref."""
        return str(self.row["name"] or self.row["first_name"] or self.ref)


def whole_contact(connection: Connection, person: Person, ref: str, at: Wanted) -> Whole:
    """Return a contact of that ref, or of whom it was; their history before a place.

    Raises:
        NotFoundError: the practice has no such contact.

    """
    practice = person.practice
    named = contact_named(connection, practice, ref)
    row = connection.execute(select(contacts).where(contacts.c.id == named.id)).mappings().one()
    via = None if row["via_id"] is None else _row_of(connection, row["via_id"])
    number = (via or row)["phone"]
    said = history_of_contact(connection, practice, named.id, before=_place(at.before), most=MOST + 1)
    terms = _terms(connection, practice)
    shows = person.may(Right.READ_INBOX) or person.may(Right.REVEAL)
    shown = None if number is None else number if person.may(Right.REVEAL) else mask(number)
    last = said[MOST - 1] if len(said) > MOST else None
    bubbles = _bubbles(said[:MOST], terms, shows=shows)
    return Whole(
        id=named.id,
        ref=named.ref,
        row=row,
        via=None if via is None else via["ref"],
        number=shown,
        talk=number if person.may(Right.READ_INBOX) else None,
        days=by_day([each for each in bubbles if each.kind != "waiting" or each.at <= at.now], at.zone),
        earlier=None if last is None else "?" + urlencode({"before": f"{last.at.isoformat()}~{last.id.hex}"}),
        ahead=waiting_for(connection, practice, [named.id]),
        not_going=[each for each in bubbles if each.kind == "waiting" and each.at > at.now],
        zone=at.zone,
        consents=[] if number is None else list(reversed(consent.history(connection, practice, number))),
        occasions=occasions_of(connection, practice, named.id),
        costs=[] if terms is None else read_costs(connection, terms, contact_id=named.id),
        shows_words=shows,
    )


def _bubbles(said: Sequence[Said], terms: Terms | None, *, shows: bool) -> list[Bubble]:
    """Return a history as bubbles, the oldest first; what is still ahead stands in its own list."""
    ahead = {state.value for state in AHEAD}
    past = [each for each in reversed(said) if each.text is not None or (each.job and each.job["state"] not in ahead)]
    return [_bubble(each, terms, shows=shows) for each in past]


def _bubble(each: Said, terms: Terms | None, *, shows: bool) -> Bubble:
    row: RowMapping = each.text if each.text is not None else each.job  # type: ignore[assignment]  # one of the two
    is_text = each.text is not None
    body = row["body"] if is_text else row["text"]
    known = "" if not shows or (body is None and not is_text) else body or ""
    is_in = is_text and row["direction"] == "in"
    job_id = row["job_id"] if is_text else each.id
    return Bubble(
        id=each.id.hex,
        at=each.at,
        kind="in" if is_in else "out" if is_text else "waiting",
        words=shown_words(body if is_text else known, terms) if shows and terms is not None else known,
        by=str((row["sent_by"] or {}).get("name") or ""),
        ticks="" if is_in or not is_text else ticks_of(row["state"]),
        state=row["state"] or "",
        origin="reminder" if row["rule"] else "",
        rule="/".join(part for part in (row["rule"], row["step"]) if part),
        reason="" if is_in else row["reason"] or "",
        job="" if job_id is None else job_id.hex,
        meaning=(row["meaning"] or "") if is_text else "",
    )


def _terms(connection: Connection, practice: str) -> Terms | None:
    try:
        return terms_in_force(connection, practice)
    except NotFoundError:
        return None


def _row_of(connection: Connection, contact_id: uuid.UUID) -> RowMapping:
    return connection.execute(select(contacts).where(contacts.c.id == contact_id)).mappings().one()


def _place(before: str) -> Place | None:
    at, _, last = before.partition("~")
    if not before:
        return None
    try:
        return dt.datetime.fromisoformat(at).astimezone(dt.UTC), uuid.UUID(hex=last)
    except (ValueError, OverflowError):
        message = "this address begins at no line of the history"
        raise InputError(message) from None
