"""Fetches on request what came with an inbound text: asked of the provider that brought it, noted who had it.

It goes to whoever asks and is kept nowhere; its address is asked by its own provider's adapter alone.
"""

import asyncio
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from jobs.conversation.media import Enclosure, TextWithMedia, texts_ending_in
from jobs.database import Database
from jobs.errors import InputError, NotFoundError
from jobs.providers.contract import Connected, Fetched, Media, MediaSource, NotFetched, NotTheirs, Provider
from scheduler.identities import audit

LONGEST_SECONDS: Final = 60.0
"""However patient an adapter is."""
SHORTEST_ENDING: Final = 6
_ENDING: Final = re.compile(r"[0-9a-f]{6,32}")


@dataclass(frozen=True, slots=True)
class Wanted:
    """One part of what came with a text: the text, the part, and its place there, counted from 1."""

    practice: str
    text: TextWithMedia
    enclosure: Enclosure
    nth: int


@dataclass(frozen=True, slots=True)
class Reader:
    """Who asks (`person:maya`, `key:immcase`), and where from; None: the command line."""

    by: str
    address: str | None = None


def find_media(connection: Connection, practice: str, name: str, nth: int | None = None) -> Wanted:
    """Return what a text's id, or an ending of at least 6 characters, names; `nth` may be left out where one came.

    Raises:
        InputError: it cannot be an id, several texts end so, or several came and none of them is named.
        NotFoundError: no inbound text of the practice does, or not so many came with it.

    """
    text = _text_named(connection, practice, name)
    came = len(text.media)
    if not came:
        message = f"nothing came with the text {name}: it is words alone"
        raise NotFoundError(message)
    if nth is None and came > 1:
        message = f"{came} came with the text {name}: say which, 1 to {came}"
        raise InputError(message)
    chosen = 1 if nth is None else nth
    if not 1 <= chosen <= came:
        message = f"there is no number {chosen}: {came} came with the text {name}"
        raise NotFoundError(message)
    return Wanted(practice, text, text.media[chosen - 1], chosen)


def fetch_media(database: Database, providers: Mapping[str, Provider], wanted: Wanted, reader: Reader) -> Fetched:
    """Ask the provider, outside of any transaction, and return what came; what did come is in the audit log first."""
    name = wanted.text.provider or ""
    provider = providers.get(name)
    if provider is None:
        return NotTheirs(f"{name or 'the provider that brought it'} is not set up here any more")
    if not isinstance(provider, MediaSource):
        return NotTheirs(f"{name} cannot be asked for what came with a text: see the provider's own pages")
    found = asyncio.run(_asked(provider, wanted.enclosure.address))
    if isinstance(found, Media):
        database.write(lambda connection: _note(connection, database, wanted, reader, found))
    return found


def _text_named(connection: Connection, practice: str, name: str) -> TextWithMedia:
    ending = name.strip().lower().replace("-", "")
    if not _ENDING.fullmatch(ending):
        message = f"{name!r} names no text: give its id, or at least the last {SHORTEST_ENDING} characters of it"
        raise InputError(message)
    found = texts_ending_in(connection, practice, ending)
    if not found:
        message = f"nobody wrote {practice} a text with an id ending in {name}"
        raise NotFoundError(message)
    if len(found) > 1:
        message = f"several texts have an id ending in {name}: give more of it"
        raise InputError(message)
    return found[0]


async def _asked(provider: MediaSource, address: str) -> Fetched:
    try:
        async with asyncio.timeout(LONGEST_SECONDS):
            return await provider.media(address)
    except TimeoutError:
        return NotFetched(f"it did not come within {LONGEST_SECONDS:g} seconds")
    except Exception as problem:  # noqa: BLE001 - whatever another's adapter raises brings nothing
        return NotFetched(f"the provider's adapter failed ({type(problem).__name__})")
    finally:
        if isinstance(provider, Connected):
            await provider.close()


def _note(connection: Connection, database: Database, wanted: Wanted, reader: Reader, found: Media) -> None:
    signed = audit.Signed(wanted.practice, reader.by, database.moment(connection), reader.address)
    after = {"nth": wanted.nth, "type": found.kind, "bytes": len(found.content)}
    audit.note(connection, audit.Act(signed, "media.fetched", audit.Subject("text", wanted.text.id.hex), after=after))
