"""Who may be texted: the newest word on each number, and new words on it. The only writer of `consents`.

It moves no job: whoever records an opt-out blocks the person's jobs through `store` in the same transaction. Of erased
people an opt-out stays under a hash of practice and number, which every look-up asks for too.
"""

import datetime as dt
import hashlib
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select, update

from jobs.records import consents, new_id

OPT_OUT = "opt_out"
OPT_IN = "opt_in"
CONSENT = "consent"
WITHDRAWN = "withdrawn"
EXPRESS = "express"
IMPLIED = "implied"
_STANDING = frozenset({OPT_OUT, OPT_IN})
_HASHED = "sha256:"

Key = tuple[str, str]
"""A practice and a number (E.164)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentWord:
    """What a person said, or a carrier for them: opt_out, opt_in, consent or withdrawn, and where it came from.

    `basis` of a consent: express or implied; `wording`: what the person agreed to; `given_at`: when they said so, where
    that was not when it was recorded; after `expires_at` a consent lapses.
    """

    practice: str
    number: str
    what: str
    source: str
    by: str
    purpose: str = "service"
    evidence: str | None = None
    expires_at: dt.datetime | None = None
    basis: str | None = None
    wording: str | None = None
    given_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """One word of a number's history, and when it was recorded."""

    word: ConsentWord
    at: dt.datetime
    id: uuid.UUID


@dataclass(frozen=True, slots=True)
class Standing:
    """How a number stands: how it opted out (None: it did not), and its newest word on each purpose."""

    opted_out: str | None = None
    consents: Mapping[str, str] | None = None

    def on(self, purpose: str) -> str | None:
        """Return the newest word on a purpose: consent (express), implied, withdrawn, or None."""
        return (self.consents or {}).get(purpose)


def standings(connection: Connection, keys: Collection[Key], now: dt.datetime) -> dict[Key, Standing]:
    """Return how these numbers stand at `now`; a number without a word is left out."""
    if not keys:
        return {}
    known = {(practice, kept): (practice, number) for practice, number in keys for kept in _kept(practice, number)}
    rows = connection.execute(
        select(consents)
        .where(
            consents.c.practice.in_(sorted({practice for practice, _ in keys})),
            consents.c.number.in_(sorted({kept for _, kept in known})),
        )
        .order_by(consents.c.at, consents.c.id)
    ).mappings()
    opted: dict[Key, str | None] = {}
    purposes: dict[Key, dict[str, str]] = {}
    for row in rows:
        key = known.get((row["practice"], row["number"]))
        if key is None:  # of another practice's number
            continue
        if row["what"] in _STANDING:
            opted[key] = _how(row["source"], row["at"]) if row["what"] == OPT_OUT else None
        elif row["expires_at"] is None or row["expires_at"] > now:
            is_implied = row["what"] == CONSENT and row["basis"] == IMPLIED
            purposes.setdefault(key, {})[row["purpose"]] = IMPLIED if is_implied else row["what"]
    return {key: Standing(opted.get(key), purposes.get(key)) for key in keys if key in opted or key in purposes}


def record(connection: Connection, words: Sequence[ConsentWord], *, now: dt.datetime) -> None:
    """Write new words on numbers, in one statement."""
    if words:
        connection.execute(
            insert(consents),
            [
                {name: getattr(word, name) for name in ConsentWord.__dataclass_fields__} | {"id": new_id(), "at": now}
                for word in words
            ],
        )


def history(connection: Connection, practice: str, number: str) -> list[Recorded]:
    """Return every word on a number, oldest first, lapsed ones too."""
    query = select(consents).where(consents.c.practice == practice, consents.c.number.in_(_kept(practice, number)))
    rows = connection.execute(query.order_by(consents.c.at, consents.c.id)).mappings()
    return [
        Recorded(
            ConsentWord(**{name: row[name] for name in ConsentWord.__dataclass_fields__} | {"number": number}),
            row["at"],
            row["id"],
        )
        for row in rows
    ]


def hashed(practice: str, number: str) -> str:
    """Return what stands for a practice's number where the number is not to be kept.

    Who holds the database and tries every number there is finds it: it hides a number from readers, not from a search.
    """
    both = f"{practice}\0{number}".encode()
    return _HASHED + hashlib.sha256(both).hexdigest()


def forget_numbers(connection: Connection, practice: str, numbers: Collection[str]) -> int:
    """Delete every word on these numbers but those that still forbid texts, kept by hash; return how many are kept.

    Kept is an opt-out that stands, and for each purpose the withdrawal that stands; without evidence and wording.
    """
    kept = [word for number in sorted(numbers) for word in _forbidding(history(connection, practice, number))]
    ids = [each.id for each in kept]
    spellings = sorted({each for number in numbers for each in _kept(practice, number)})
    theirs = consents.c.practice == practice, consents.c.number.in_(spellings)
    connection.execute(delete(consents).where(*theirs, consents.c.id.not_in(ids)))
    hide_numbers(connection, ids)
    return len(ids)


def hide_numbers(connection: Connection, ids: Collection[uuid.UUID]) -> int:
    """Put the hash in the place of the numbers of these words, and leave out evidence and wording; count them."""
    rows = connection.execute(
        select(consents.c.id, consents.c.practice, consents.c.number).where(consents.c.id.in_(sorted(ids)))
    ).all()
    for row in rows:
        number = row.number if row.number.startswith(_HASHED) else hashed(row.practice, row.number)
        values = {"number": number, "evidence": None, "wording": None}
        connection.execute(update(consents).where(consents.c.id == row.id).values(values))
    return len(rows)


def _kept(practice: str, number: str) -> tuple[str, str]:
    """Return the two ways in which a number may stand in `consents`."""
    return number, hashed(practice, number)


def _forbidding(words: Sequence[Recorded]) -> list[Recorded]:
    """Return the words of a number that forbid texts: the newest on texts at all, and the newest on each purpose."""
    newest: dict[str, Recorded] = {}
    for each in words:
        newest["" if each.word.what in _STANDING else each.word.purpose] = each
    return [each for each in newest.values() if each.word.what in {OPT_OUT, WITHDRAWN}]


def _how(source: str, at: dt.datetime) -> str:
    return f"by {source}, {at:%Y-%m-%d}"
