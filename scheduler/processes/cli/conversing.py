"""`quietbell conversations`: who wrote, what was said, answering it, and whose an unknown number is.

Words that give something sensitive away are not shown, numbers of known contacts are masked. It sends nothing itself.
"""

import uuid
from collections.abc import Sequence
from typing import Annotated, Final

import typer
from rich.text import Text
from sqlalchemy import Connection

from jobs import consent, conversation
from jobs.conversation import Conversation, Line
from jobs.errors import NotFoundError, RefusedError
from jobs.phone import mask
from jobs.store.values import person
from scheduler.asking.acts import note_conversation
from scheduler.asking.foreseeing import shown_words
from scheduler.identities.audit import Signed
from scheduler.processes.cli import sending
from scheduler.processes.cli.desk import JsonOption, Place, PracticeOption, asker, look, opened
from scheduler.processes.cli.job_rows import short
from scheduler.processes.cli.media_order import fetch_one
from scheduler.processes.cli.numbers import Numbered, contact_named, number_named
from scheduler.processes.cli.screen import Column, moment, remark, say, show_json, show_list, toned, zone_line

COLUMNS: Final = (
    Column("number"),
    Column("contact"),
    Column("when"),
    Column("asks", to_the_right=True),
    Column("words", grows=True),
)
LINE_COLUMNS: Final = (Column("when"), Column("from"), Column("meaning"), Column("words", grows=True))
MOST: Final = 10_000

WhoArgument = Annotated[str, typer.Argument(metavar="NUMBER|REF", help="A phone number, or a contact's ref.")]
AuthorOption = Annotated[str | None, typer.Option("--author", help="Who does it; by default the account.")]


def register(app: typer.Typer) -> None:
    """Add the command with its sub-commands."""
    group = typer.Typer(no_args_is_help=False, help="List conversations; show one, answer it, claim unknown numbers.")
    group.callback(invoke_without_command=True)(list_them)
    group.command("show")(show_one)
    group.command("reply")(reply)
    group.command("settle")(settle_one)
    group.command("unclaimed")(list_unclaimed)
    group.command("claim")(claim_one)
    group.command("media")(fetch_one)
    app.add_typer(group, name="conversations")


def list_them(
    context: typer.Context,
    *,
    asks: Annotated[bool, typer.Option("--open", help="Only those in which something waits for you.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=MOST, help="At most so many.")] = 50,
    practice: PracticeOption = None,
    json: JsonOption = False,
) -> None:
    """List conversations in which people wrote, the newest first, each with what waits for you, or its last words."""
    if context.invoked_subcommand is None:
        _list(practice, limit, json=json, asks=asks)


def list_unclaimed(
    *,
    limit: Annotated[int, typer.Option(min=1, max=MOST, help="At most so many.")] = 50,
    practice: PracticeOption = None,
    json: JsonOption = False,
) -> None:
    """List texts of numbers that no contact has; their numbers are shown whole."""
    _list(practice, limit, json=json, unclaimed=True)


def show_one(who: WhoArgument, *, practice: PracticeOption = None, json: JsonOption = False) -> None:
    """Show every text from and to a number."""
    with opened() as (settings, database), database.read() as connection:
        place = look(database, connection, settings, practice)
        named = number_named(connection, place, who)
        found = conversation.lines(connection, place.practice, named.number)
    if json:
        texts = [_line_facts(line, place) for line in found]
        show_json({"practice": place.practice, "number": named.number, "contact": named.ref, "texts": texts})
        return
    if not found:
        say(f"Nothing was said to or by {named.shown} yet.")
        return
    show_list(LINE_COLUMNS, [_line_row(line, place) for line in found])
    say(zone_line(place.zone), "calm")
    sent_along = next((short(line.id) for line in reversed(found) if line.media), None)
    if sent_along is not None:
        remark(f"What came with a text is fetched by its id: `quietbell conversations media {sent_along} --out FILE`")


def reply(
    who: WhoArgument,
    *,
    text: Annotated[str, typer.Option(help="The words.")],
    author: AuthorOption = None,
    practice: PracticeOption = None,
    json: JsonOption = False,
) -> None:
    """Answer from the number that was written to, inside the sending window; what was asked is settled with it."""
    with opened() as (settings, database), database.read() as connection:
        place = look(database, connection, settings, practice)
        named = number_named(connection, place, who)
        found = conversation.lines(connection, place.practice, named.number)
        _must_have_written(found, named)
        _must_not_have_stopped(connection, place, named)
    sending.send(
        to=named.ref or named.number,
        text=text,
        sender=_sender_written_to(found, place),
        author=author,
        practice=place.practice,
        json=json,
    )
    _settle(place.practice, named.number, author)


def _must_have_written(found: Sequence[Line], named: Numbered) -> None:
    if all(line.direction == "out" for line in found):
        message = f"{named.shown} never wrote, so there is nothing to answer. `quietbell send` writes first"
        raise NotFoundError(message)


def _must_not_have_stopped(connection: Connection, place: Place, named: Numbered) -> None:
    key = (place.practice, named.number)
    standing = consent.standings(connection, [key], place.now).get(key)
    if standing is not None and standing.opted_out is not None:
        message = f"{named.shown} opted out {standing.opted_out}: no text may go there. Phone, or write a letter"
        raise RefusedError(message)


def settle_one(
    who: WhoArgument, *, author: AuthorOption = None, practice: PracticeOption = None, json: JsonOption = False
) -> None:
    """Say that nothing more is to be done about what a number wrote: texts of rules go on."""
    with opened() as (settings, database), database.read() as connection:
        place = look(database, connection, settings, practice)
        named = number_named(connection, place, who)
    settled = _settle(place.practice, named.number, author)
    if json:
        show_json({"number": named.number, "settled": settled})
        return
    say(f"{named.shown}: {settled} text{'' if settled == 1 else 's'} settled." if settled else "Nothing was open.")


def claim_one(
    number: Annotated[str, typer.Argument(help="A number of the unclaimed list.")],
    *,
    contact: Annotated[str, typer.Option(help="Whose it is: a contact's ref.")],
    practice: PracticeOption = None,
    json: JsonOption = False,
) -> None:
    """Give the texts of an unknown number to a contact; the contact's own phone stays as it is."""
    with opened() as (settings, database):
        with database.read() as connection:
            place = look(database, connection, settings, practice)
            named = number_named(connection, place, number)
            contact_id = contact_named(connection, place, contact)
        given = database.write(
            lambda connection: _claim(
                connection, Signed(place.practice, person(asker()), database.moment(connection)), named, contact_id
            )
        )
    if not given:
        message = f"{mask(named.number)} has no unclaimed text"
        raise NotFoundError(message)
    if json:
        show_json({"number": named.number, "contact": contact, "texts": given})
        return
    say(f"Claimed for {contact}: {given} text{'' if given == 1 else 's'} of {mask(named.number)}.")
    remark("Its phone stays as it is: the case system, or an import, gives a contact another number.")


def _list(practice: str | None, limit: int, *, json: bool, asks: bool = False, unclaimed: bool = False) -> None:
    with opened() as (settings, database), database.read() as connection:
        place = look(database, connection, settings, practice)
        found = conversation.conversations(connection, place.practice, only_open=asks, unclaimed=unclaimed, most=limit)
    if json:
        show_json({"practice": place.practice, "conversations": [_facts(each, place) for each in found]})
        return
    if not found:
        say("No unclaimed texts." if unclaimed else "Nobody waits for an answer." if asks else "Nobody wrote yet.")
        return
    show_list(COLUMNS, [_row(each, place) for each in found])
    say(zone_line(place.zone), "calm")


def _claim(connection: Connection, signed: Signed, named: Numbered, contact_id: uuid.UUID) -> int:
    given = conversation.claim(connection, signed.practice, named.number, contact_id)
    if given:
        note_conversation(connection, signed, named.number, "linked", {"contact": contact_id.hex})
    return given


def _settle(practice: str, number: str, author: str | None) -> int:
    with opened() as (_, database):

        def work(connection: Connection) -> int:
            signed = Signed(practice, person(asker(author)), database.moment(connection))
            settled = conversation.settle(connection, practice, number, by=signed.by, now=signed.at)
            if settled:
                note_conversation(connection, signed, number, "settled")
            return settled

        return database.write(work)


def _sender_written_to(found: Sequence[Line], place: Place) -> str | None:
    """Return the sender whose number was last written to; None: the practice's first."""
    written_to = next((line.own_number for line in reversed(found) if line.own_number is not None), None)
    return next((sender.id for sender in place.terms.senders if sender.number == written_to), None)


def _row(each: Conversation, place: Place) -> list[str | Text]:
    return [
        each.number if each.contact is None else mask(each.number),
        each.contact or toned("unclaimed", "warn"),
        moment(each.at, place.zone, place.now),
        toned(str(each.open), "warn") if each.open else "",
        ("→ " if each.direction == "out" else "") + shown_words(each.body, place.terms),
    ]


def _line_row(line: Line, place: Place) -> list[str | Text]:
    words = shown_words(line.body, place.terms) + _media_words(line)
    open_ = line.flagged and line.settled_at is None
    return [
        moment(line.at, place.zone, place.now),
        "us" if line.direction == "out" else line.contact or "them",
        toned((line.meaning or "").replace("_", " "), "warn" if open_ else ""),
        words,
    ]


def _media_words(line: Line) -> str:
    """Return what came with a text, as its types, and the id by which it is fetched."""
    kinds = ", ".join(kind or "of no type" for _, kind in line.media or [])
    return f" [{kinds}: {short(line.id)}]" if kinds else ""


def _facts(each: Conversation, place: Place) -> dict[str, object]:
    return {
        "number": each.number,
        "contact": each.contact,
        "name": each.name,
        "owner": each.owner,
        "at": each.at,
        "direction": each.direction,
        "words": shown_words(each.body, place.terms),
        "meaning": each.meaning,
        "texts": each.count,
        "open": each.open,
    }


def _line_facts(line: Line, place: Place) -> dict[str, object]:
    return {
        "id": line.id,
        "at": line.at,
        "direction": line.direction,
        "words": shown_words(line.body, place.terms),
        "contact": line.contact,
        "case_ref": line.case_ref,
        "owner": line.owner,
        "meaning": line.meaning,
        "open": line.flagged and line.settled_at is None,
        "media": [{"address": address, "type": kind} for address, kind in line.media or []],
        "own_number": line.own_number,
        "settled_at": line.settled_at,
        "settled_by": line.settled_by,
        "job": line.job_id,
    }
