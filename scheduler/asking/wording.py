"""Templates as words to begin a text with: which a person may use, and one filled in for a contact. It writes nothing.

What comes out is a text to be looked over and sent as a person's own words: without what sending puts in front.
"""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection, RowMapping, select

from jobs.errors import InputError, NotFoundError
from jobs.records import occasion_people, occasions
from jobs.rendering import Unrenderable
from jobs.template_language import uses
from jobs.terms import Terms
from scheduler.asking.foreseeing import FACTS, RENDERER, as_stored
from scheduler.asking.one_offs import OneOff, one_off_job
from scheduler.asking.recipients import Recipient


@dataclass(frozen=True, slots=True)
class Offered:
    """A template that a person may begin with; `asks_occasion`: it speaks of one, so that it is asked which."""

    name: str
    title: str
    asks_occasion: bool


@dataclass(frozen=True, slots=True)
class Filling:
    """A template to fill in, for whom, and about which occasion of theirs."""

    to: Recipient
    template: str
    occasion_id: uuid.UUID | None = None


def offered(terms: Terms, language: str) -> list[Offered]:
    """Return the templates for people's texts, by title in a language; those of corrections and for staff are not."""
    found = []
    for name, template in terms.templates.items():
        roots = {use.root for source in template.sources.values() for use in uses(source)}
        if template.for_staff or not roots <= {"contact", "practice", "occasion"}:
            continue
        title = template.title.get(language) or next(iter(template.title.values()), None) or name
        found.append(Offered(name, title, "occasion" in roots))
    return sorted(found, key=lambda each: each.title.casefold())


def occasions_of(connection: Connection, practice: str, contact_id: uuid.UUID) -> Sequence[RowMapping]:
    """Return a contact's occasions that are not gone, the newest first."""
    columns = ("id", "kind", "ref", "case_ref", "status", "answer", "start", "starts_at", "timezone", "reminders_off")
    theirs = select(occasion_people.c.occasion_id).where(occasion_people.c.contact_id == contact_id)
    query = (
        select(*(occasions.c[name] for name in columns))
        .where(occasions.c.practice == practice, occasions.c.gone_at.is_(None), occasions.c.id.in_(theirs))
        .order_by(occasions.c.starts_at.desc(), occasions.c.id)
    )
    return connection.execute(query).mappings().all()


def filled_in(connection: Connection, terms: Terms, wanted: Filling, now: dt.datetime) -> str:
    """Return a template's words for somebody, about an occasion of theirs.

    Raises:
        InputError: it lacks something, or there is no such template.
        NotFoundError: the occasion is not theirs.

    """
    asked = OneOff(recipient=wanted.to, key=uuid.uuid4().hex, due=now, sent_by={}, template=wanted.template)
    new = one_off_job(terms, asked)
    if wanted.occasion_id is not None:
        whose = wanted.to.contact_id
        theirs = [] if whose is None else occasions_of(connection, terms.practice, whose)
        if wanted.occasion_id not in {row["id"] for row in theirs}:
            message = "there is no such appointment of theirs"
            raise NotFoundError(message)
        new.occasion_id = wanted.occasion_id
    facts = FACTS.read(connection, [as_stored(new, now)], now)[new.id]
    plain = replace(facts, terms=facts.terms.model_copy(update={"starts_with": ""}), first_text=False)
    draft = RENDERER.compose(plain, now)
    if isinstance(draft, Unrenderable):
        raise InputError(draft.reason)
    return draft.text
