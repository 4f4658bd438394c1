"""`quietbell pause` and `resume`: nothing goes out of what is paused; its texts wait where they are, with the reason.

Under the practice's lock, held alone: what was not on the wire by then waits. It touches no job.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Annotated, Final
from zoneinfo import ZoneInfo

import typer
from sqlalchemy import Connection

from jobs import senders
from jobs.database import Database
from jobs.errors import InputError, NotFoundError
from jobs.senders import Pause, PauseInForce
from jobs.store.values import person
from scheduler.asking.acts import note_pause
from scheduler.asking.pauses import pausable
from scheduler.identities.audit import Signed
from scheduler.processes.cli.desk import JsonOption, Place, PracticeOption, asker, look, opened
from scheduler.processes.cli.moments import read_moment
from scheduler.processes.cli.screen import Column, moment, remark, say, show_json, show_list, zone_line
from scheduler.settings import Settings

COLUMNS: Final = (Column("what"), Column("since"), Column("until"), Column("by"), Column("why", grows=True))
TARGETED: Final = (senders.RULE, senders.SENDER, senders.PROVIDER)
SCOPES: Final = (senders.ALL, senders.PRACTICE, *TARGETED)

ScopeArgument = Annotated[str, typer.Argument(metavar="WHAT", help="all, practice, rule, sender or provider.")]
TargetArgument = Annotated[str | None, typer.Argument(metavar="ID", help="Which rule, sender or provider.")]
AuthorOption = Annotated[str | None, typer.Option("--author", help="Who orders it; by default the account.")]


@dataclass(frozen=True, slots=True)
class _Spot:
    """What a command is about, and how it tells moments: in the practice's zone, without one in UTC."""

    scope: str
    practice: str | None
    target: str | None
    zone: ZoneInfo
    now: dt.datetime

    def pause(self, reason: str = "", until: dt.datetime | None = None) -> Pause:
        return Pause(self.scope, self.practice, self.target, reason, until)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("pause")(pause)
    app.command("resume")(resume)


def pause(  # noqa: PLR0913 - a command has as many parameters as options
    scope: Annotated[
        str | None, typer.Argument(metavar="WHAT", help="all, practice, rule, sender or provider.")
    ] = None,
    target: TargetArgument = None,
    *,
    because: Annotated[str | None, typer.Option("--because", help="Why; kept, and shown with each text.")] = None,
    until: Annotated[
        str | None, typer.Option(metavar="WHEN", help="When it ends by itself, as tomorrow 10:00; else you resume.")
    ] = None,
    listed: Annotated[bool, typer.Option("--list", help="Show what is paused.")] = False,
    author: AuthorOption = None,
    practice: PracticeOption = None,
    json: JsonOption = False,
) -> None:
    """Stop all texts, or those of a practice, rule, sender or provider; they wait and go on when you resume."""
    if listed:
        if any((scope, target, because, until)):
            message = "--list stands alone, or with --practice"
            raise typer.BadParameter(message)
        _list(practice, json=json)
        return
    if scope is None:
        message = "say what: all, practice, rule ID, sender ID or provider ID (or --list)"
        raise typer.BadParameter(message)
    _check(scope, target, practice)
    if not (because or "").strip():
        message = "--because needs words: they are kept, and shown with each text that waits"
        raise InputError(message)
    with opened() as (settings, database):
        spot = _spot(settings, database, (scope, target, practice), must_exist=True)
        wanted = spot.pause((because or "").strip(), _end(until, spot))
        is_new, stands = database.write(lambda connection: _pause(database, connection, wanted, person(asker(author))))
    if json:
        show_json({**_facts(stands), "changed": is_new})
        return
    say(paused_words(stands, spot.zone, spot.now, is_new=is_new))
    if is_new:
        remark(f"Its texts wait, each with this reason: {_resume_words(wanted)} lets them go on.")


def resume(
    scope: ScopeArgument,
    target: TargetArgument = None,
    *,
    author: AuthorOption = None,
    practice: PracticeOption = None,
    json: JsonOption = False,
) -> None:
    """Let go on what was paused; what became useless meanwhile expires, the rest goes at its pace."""
    _check(scope, target, practice)
    with opened() as (settings, database):
        spot = _spot(settings, database, (scope, target, practice))
        lifted, left = database.write(
            lambda connection: _resume(database, connection, spot.pause(), person(asker(author)))
        )
    if json:
        facts = {"scope": spot.scope, "practice": spot.practice, "target": spot.target, "changed": bool(lifted)}
        show_json({**facts, "still_paused": [_facts(each) for each in left]})
        return
    say(f"{name_of(spot.pause())} {'sends again.' if lifted else 'is not paused: nothing changed.'}")
    for each in left:
        remark(f"Still paused: {paused_words(each, spot.zone, spot.now, is_new=True)}")


def name_of(wanted: Pause) -> str:
    """Return what a pause is of, as people call it."""
    if wanted.scope == senders.ALL:
        return "everything"
    if wanted.scope == senders.PRACTICE:
        return f"practice {wanted.practice}"
    of = f" of {wanted.practice}" if wanted.practice else ""
    return f"{wanted.scope} {wanted.target}{of}"


def paused_words(stands: PauseInForce, zone: ZoneInfo, now: dt.datetime, *, is_new: bool) -> str:
    """Return the sentence that something is paused; one that was so already says since when and by whom."""
    until = f" until {moment(stands.pause.until, zone, now)}" if stands.pause.until else ""
    if is_new:
        return f"{name_of(stands.pause)} is paused{until}: {stands.pause.reason}"
    since = f"since {moment(stands.since, zone, now)} by {_who(stands.by)}"
    return f"{name_of(stands.pause)} is paused already, {since}{until}: {stands.pause.reason}. Nothing changed."


def _check(scope: str, target: str | None, practice: str | None) -> None:
    """Refuse what names nothing that can be paused.

    Raises:
        BadParameter: no such scope, a missing or needless id, or a practice where all are meant.

    """
    message = None
    if scope not in SCOPES:
        message = f"{scope!r} cannot be paused: say all, practice, rule ID, sender ID or provider ID"
    elif scope in TARGETED and not target:
        message = f"say which {scope}: {scope} ID"
    elif scope not in TARGETED and target:
        message = f"{scope} takes no id" + (": name the practice with --practice" if scope == senders.PRACTICE else "")
    elif scope == senders.ALL and practice:
        message = "all is of every practice: say practice, with --practice"
    if message is not None:
        raise typer.BadParameter(message)


def _spot(
    settings: Settings, database: Database, asked: tuple[str, str | None, str | None], *, must_exist: bool = False
) -> _Spot:
    scope, target, practice = asked
    with database.read() as connection:
        if scope == senders.ALL:
            zone, now = _zone(database, connection, settings, None)
            return _Spot(scope, None, None, zone, now)
        place = look(database, connection, settings, practice)
    if must_exist:
        _must_exist(scope, target, place)
    return _Spot(scope, place.practice, target, place.zone, place.now)


def _must_exist(scope: str, target: str | None, place: Place) -> None:
    """Refuse to pause what the revision in force does not have.

    Raises:
        NotFoundError: there is none; the message names those there are.

    """
    known = pausable(place.terms).get(scope, ())
    if target is not None and target not in known:
        message = f"{place.practice} has no {scope} {target!r}; it has: {', '.join(known) or 'none'}"
        raise NotFoundError(message)


def _zone(
    database: Database, connection: Connection, settings: Settings, practice: str | None
) -> tuple[ZoneInfo, dt.datetime]:
    """Return in which zone to tell moments: the practice's; UTC where there are several, or none."""
    try:
        place = look(database, connection, settings, practice)
    except (NotFoundError, InputError):
        if practice is not None:
            raise
        return ZoneInfo("UTC"), database.moment(connection)
    return place.zone, place.now


def _end(until: str | None, spot: _Spot) -> dt.datetime | None:
    """Return when a pause ends by itself.

    Raises:
        InputError: it cannot be read, or has passed.

    """
    if until is None:
        return None
    end = read_moment(until, zone=spot.zone, now=spot.now)
    if end <= spot.now:
        message = f"--until {until} has passed: name a moment ahead, or leave it out and resume yourself"
        raise InputError(message)
    return end


def _pause(database: Database, connection: Connection, wanted: Pause, by: str) -> tuple[bool, PauseInForce]:
    senders.hold_practice(connection, wanted.practice)
    now = database.moment(connection)
    fresh = senders.pause(connection, [wanted], by=by, now=now)
    if fresh:
        note_pause(connection, Signed(wanted.practice or "", by, now), wanted, "set")
    stands = next(each for each in _of_practice(connection, wanted, now) if _is_same(each.pause, wanted))
    return bool(fresh), stands


def _resume(database: Database, connection: Connection, wanted: Pause, by: str) -> tuple[int, list[PauseInForce]]:
    """Lift the pauses meant; return how many, and what else still keeps the same texts back."""
    senders.hold_practice(connection, wanted.practice)
    now = database.moment(connection)
    count = senders.resume(connection, [wanted], now=now, by=by)
    if count:
        note_pause(connection, Signed(wanted.practice or "", by, now), wanted, "lifted")
    return count, [each for each in _of_practice(connection, wanted, now) if _is_wider(each.pause, wanted)]


def _of_practice(connection: Connection, wanted: Pause, now: dt.datetime) -> list[PauseInForce]:
    return senders.pauses_in_force(connection, [wanted.practice] if wanted.practice else [], now)


def _is_same(pause: Pause, wanted: Pause) -> bool:
    return (pause.scope, pause.practice, pause.target) == (wanted.scope, wanted.practice, wanted.target)


def _is_wider(pause: Pause, wanted: Pause) -> bool:
    """Tell whether a pause keeps back all that `wanted` is of."""
    return pause.scope in {senders.ALL, senders.PRACTICE} or (pause.scope, pause.target) == (
        wanted.scope,
        wanted.target,
    )


def _list(practice: str | None, *, json: bool) -> None:
    with opened() as (settings, database), database.read() as connection:
        zone, now = _zone(database, connection, settings, practice)
        named = practice or settings.practice
        found = senders.pauses_in_force(connection, [named] if named else None, now)
    if json:
        show_json({"pauses": [_facts(each) for each in found]})
        return
    if not found:
        say("Nothing is paused.")
        return
    rows = [
        [
            name_of(each.pause),
            moment(each.since, zone, now),
            moment(each.pause.until, zone, now),
            _who(each.by),
            each.pause.reason,
        ]
        for each in found
    ]
    show_list(COLUMNS, rows)
    say(zone_line(zone), "calm")


def _facts(stands: PauseInForce) -> dict[str, object]:
    pause = stands.pause
    return {
        "scope": pause.scope,
        "practice": pause.practice,
        "target": pause.target,
        "reason": pause.reason,
        "by": stands.by,
        "since": stands.since,
        "until": pause.until,
    }


def _resume_words(wanted: Pause) -> str:
    target = f" {wanted.target}" if wanted.target else ""
    return f"quietbell resume {wanted.scope}{target}"


def _who(by: str) -> str:
    return by.removeprefix("person:")
