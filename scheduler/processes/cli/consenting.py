"""`quietbell consent`: opt-outs and consents that came by phone or mail, with their evidence; a number's history.

Through intake, in one transaction with what it does to jobs. No import does any of this.
"""

import csv
import io
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Final

import typer

from jobs import consent
from jobs.consent import ConsentWord, Recorded
from jobs.conversation import Opted
from jobs.errors import InputError
from jobs.store.values import person
from scheduler.asking.acts import note_word
from scheduler.identities.audit import Signed
from scheduler.inbound import SOURCES, record_word
from scheduler.intake.turns import Turn, Turns
from scheduler.processes.cli.desk import JsonOption, Place, PracticeOption, asker, look, opened
from scheduler.processes.cli.moments import read_moment
from scheduler.processes.cli.numbers import Numbered, number_named
from scheduler.processes.cli.screen import Column, moment, remark, say, show_json, show_list, zone_line
from scheduler.processes.cli.unreached import calm, dialled
from scheduler.publishing.revisions import load_current

COLUMNS: Final = (Column("when"), Column("what"), Column("purpose"), Column("source"), Column("evidence", grows=True))
HEAD: Final = (
    "number",
    "what",
    "purpose",
    "basis",
    "source",
    "wording",
    "evidence",
    "given_at",
    "recorded_at",
    "expires_at",
    "by",
    "id",
)
PURPOSES: Final = ("service", "commercial")
BASES: Final = (consent.EXPRESS, consent.IMPLIED)

WhoArgument = Annotated[str, typer.Argument(metavar="NUMBER|REF", help="A phone number, or a contact's ref.")]
SourceOption = Annotated[str, typer.Option(help=f"How it came: {', '.join(SOURCES)}.")]
EvidenceOption = Annotated[str, typer.Option(help="What proves it: who took the call, where the letter is kept.")]
PurposeOption = Annotated[str, typer.Option(help=f"Which texts: {' or '.join(PURPOSES)}.")]
GivenOption = Annotated[str | None, typer.Option(help="When the person said so: 2026-12-01 10:00; if not now.")]
AuthorOption = Annotated[str | None, typer.Option("--author", help="Who records it; by default the account.")]


def register(app: typer.Typer) -> None:
    """Add the command with its sub-commands."""
    group = typer.Typer(no_args_is_help=True, help="Record opt-outs and consents; show or export a number's history.")
    group.command("opt-out")(record_opt_out)
    group.command("opt-in")(record_opt_in)
    group.command("record")(record_consent)
    group.command("withdraw")(record_withdrawal)
    group.command("show")(show_history)
    app.add_typer(group, name="consent")


def record_opt_out(  # noqa: PLR0913 - a command has as many parameters as options
    who: WhoArgument,
    *,
    source: SourceOption,
    evidence: EvidenceOption,
    given: GivenOption = None,
    author: AuthorOption = None,
    practice: PracticeOption = None,
    json: JsonOption = False,
) -> None:
    """Record that somebody wants no more texts: everything that waits for the number is blocked."""
    _record(
        who, {"what": consent.OPT_OUT, "source": source, "evidence": evidence}, (given, author, practice), json=json
    )


def record_opt_in(  # noqa: PLR0913 - a command has as many parameters as options
    who: WhoArgument,
    *,
    source: SourceOption,
    evidence: EvidenceOption,
    given: GivenOption = None,
    author: AuthorOption = None,
    practice: PracticeOption = None,
    json: JsonOption = False,
) -> None:
    """Record that somebody who opted out wants texts again: what is still of use waits again."""
    _record(who, {"what": consent.OPT_IN, "source": source, "evidence": evidence}, (given, author, practice), json=json)


def record_consent(  # noqa: PLR0913 - a command has as many parameters as options
    who: WhoArgument,
    *,
    source: SourceOption,
    evidence: EvidenceOption,
    purpose: PurposeOption = "service",
    basis: Annotated[str, typer.Option(help=f"{' or '.join(BASES)}; implied consent lapses.")] = consent.EXPRESS,
    wording: Annotated[str | None, typer.Option(help="The words that the person agreed to.")] = None,
    given: GivenOption = None,
    expires: Annotated[str | None, typer.Option(help="When it lapses; needed for implied consent.")] = None,
    author: AuthorOption = None,
    practice: PracticeOption = None,
    json: JsonOption = False,
) -> None:
    """Record a consent; one to commercial texts needs its basis, wording and when it was given."""
    _one_of("--basis", basis, BASES)
    values: dict[str, str | None] = {"what": consent.CONSENT, "source": source, "evidence": evidence}
    values |= {"purpose": purpose, "basis": basis, "wording": wording, "expires": expires}
    _record(who, values, (given, author, practice), json=json)


def record_withdrawal(  # noqa: PLR0913 - a command has as many parameters as options
    who: WhoArgument,
    *,
    source: SourceOption,
    evidence: EvidenceOption,
    purpose: PurposeOption = "commercial",
    given: GivenOption = None,
    author: AuthorOption = None,
    practice: PracticeOption = None,
    json: JsonOption = False,
) -> None:
    """Record that a consent to one purpose is withdrawn."""
    values = {"what": consent.WITHDRAWN, "source": source, "evidence": evidence, "purpose": purpose}
    _record(who, values, (given, author, practice), json=json)


def show_history(
    who: WhoArgument,
    *,
    to_csv: Annotated[str | None, typer.Option("--csv", metavar="FILE", help="A CSV file, or - .")] = None,
    practice: PracticeOption = None,
    json: JsonOption = False,
) -> None:
    """Show every word on a number, oldest first; --json and --csv export it."""
    with opened() as (settings, database), database.read() as connection:
        place = look(database, connection, settings, practice)
        named = number_named(connection, place, who)
        found = consent.history(connection, place.practice, named.number)
        key = (place.practice, named.number)
        standing = consent.standings(connection, [key], place.now).get(key, consent.Standing())
    if to_csv is not None:
        _write(to_csv, _as_csv(found))
        return
    if json:
        history = [_facts(each) for each in found]
        show_json({"number": named.number, "opted_out": standing.opted_out, "history": history})
        return
    say(f"{named.shown} {'opted out ' + standing.opted_out if standing.opted_out else 'is not opted out'}.")
    if found:
        show_list(COLUMNS, [_row(each, place) for each in found])
        say(zone_line(place.zone), "calm")


def _record(
    who: str, values: Mapping[str, str | None], order: tuple[str | None, str | None, str | None], *, json: bool
) -> None:
    given, author, practice = order
    _one_of("--source", values["source"], SOURCES)
    _one_of("--purpose", values.get("purpose", "service"), PURPOSES)
    with opened() as (settings, database):
        with database.read() as connection:
            place = look(database, connection, settings, practice)
            named = number_named(connection, place, who)
        by = person(asker(author))
        word = _word(place, named, values, (given, by))

        def work(turn: Turn) -> Opted:
            opted = record_word(turn, word, by=by)
            if opted.is_new:
                note_word(turn.connection, Signed(place.practice, by, turn.now), word)
            return opted

        done = Turns(database, load_current).take(place.practice, work)
    if json:
        show_json({"number": named.number, "what": word.what, "is_new": done.is_new, "jobs": len(done.jobs)})
        return
    for line in _sentences(word, named, done):
        say(line)
    if word.what == consent.OPT_IN and done.is_new:
        remark("The carrier may still refuse texts to it until START is sent from that phone.")


def _word(
    place: Place, named: Numbered, values: Mapping[str, str | None], given: tuple[str | None, str]
) -> ConsentWord:
    said, by = given
    expires = values.get("expires")
    return ConsentWord(
        practice=place.practice,
        number=named.number,
        what=values["what"] or "",
        source=values["source"] or "",
        by=by,
        purpose=values.get("purpose") or "service",
        evidence=values["evidence"],
        basis=values.get("basis"),
        wording=values.get("wording"),
        given_at=read_moment(said, zone=place.zone, now=place.now) if said else None,
        expires_at=read_moment(expires, zone=place.zone, now=place.now) if expires else None,
    )


def _sentences(word: ConsentWord, named: Numbered, done: Opted) -> list[str]:
    count = f"{len(done.jobs)} waiting text{'' if len(done.jobs) == 1 else 's'}"
    if word.what == consent.OPT_OUT:
        return [f"{named.shown} is opted out; {count} blocked."]
    if word.what == consent.OPT_IN:
        return [
            f"{named.shown} gets texts again; {count} reopened."
            if done.is_new
            else f"{named.shown} was not opted out: nothing changed."
        ]
    stands = "withdrawn" if word.what == consent.WITHDRAWN else "recorded"
    return [f"Consent of {named.shown} to {word.purpose} texts is {stands}."]


def _one_of(option: str, value: str | None, known: tuple[str, ...]) -> None:
    if value not in known:
        message = f"{option} is one of {', '.join(known)}, not {value!r}"
        raise typer.BadParameter(message)


def _row(each: Recorded, place: Place) -> list[str]:
    word = each.word
    what = word.what.replace("_", "-") + (f" ({word.basis})" if word.basis else "")
    lapses = f" until {moment(word.expires_at, place.zone, place.now)}" if word.expires_at else ""
    said = f' "{word.wording}"' if word.wording else ""
    return [
        moment(word.given_at or each.at, place.zone, place.now),
        f"{what}{lapses}",
        word.purpose,
        word.source,
        f"{word.evidence or ''}{said} ({word.by.removeprefix('person:')})",
    ]


def _facts(each: Recorded) -> dict[str, object]:
    word = each.word
    return {
        "number": word.number,
        "what": word.what,
        "purpose": word.purpose,
        "basis": word.basis,
        "source": word.source,
        "wording": word.wording,
        "evidence": word.evidence,
        "given_at": word.given_at,
        "recorded_at": each.at,
        "expires_at": word.expires_at,
        "by": word.by,
        "id": each.id,
    }


def _as_csv(found: list[Recorded]) -> str:
    """Return the history as CSV whose cells no spreadsheet takes for formulas; moments are UTC."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEAD)
    for each in found:
        facts = _facts(each) | {"number": dialled(each.word.number)}
        writer.writerow([calm("" if facts[name] is None else str(facts[name])) for name in HEAD])
    return text.getvalue()


def _write(where: str, text: str) -> None:
    if where == "-":
        sys.stdout.write(text)
        return
    try:
        Path(where).write_bytes(text.encode("utf-8-sig"))
    except OSError as error:
        message = f"{where} cannot be written: {error.strerror}"
        raise InputError(message) from error
