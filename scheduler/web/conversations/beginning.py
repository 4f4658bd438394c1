"""A text begun with a template: names from a form in, its words out, or why there are none. It writes nothing."""

import datetime as dt
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import Query
from sqlalchemy import Connection

from jobs.errors import InputError, NotFoundError
from jobs.terms import Terms
from scheduler.asking.foreseeing import terms_in_force
from scheduler.asking.recipients import Recipient
from scheduler.asking.wording import Filling, filled_in
from scheduler.web.conversations.letters import Problem
from scheduler.web.words import sentence

NOT_FILLED: Final = sentence("This template cannot be filled in here. Choose what it is about, or another template.")


@dataclass(frozen=True, slots=True)
class Beginning:
    """What an address asks for: a text to one of several people, a template's words, about an occasion of an id."""

    to: Annotated[str, Query(max_length=200)] = ""
    template: Annotated[str, Query(max_length=200)] = ""
    occasion: Annotated[str, Query(max_length=64)] = ""


@dataclass(frozen=True, slots=True)
class Begun:
    """The words of a template that was asked for, or why there are none; nothing asked for: neither."""

    words: str = ""
    problem: Problem | None = None


def begun_with(
    connection: Connection,
    practice: str,
    find: Callable[[Connection, Terms], Recipient],
    asked: Beginning,
    now: dt.datetime,
) -> Begun:
    """Return a text begun with a template, about an occasion; where none is asked for, without words."""
    if not asked.template:
        return Begun()
    try:
        terms = terms_in_force(connection, practice)
        wanted = Filling(find(connection, terms), asked.template, uuid.UUID(asked.occasion) if asked.occasion else None)
        return Begun(filled_in(connection, terms, wanted, now))
    except (InputError, NotFoundError, ValueError) as why_not:
        return Begun(problem=Problem("text", NOT_FILLED, detail=str(why_not)))
