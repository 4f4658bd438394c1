"""`quietbell audit`: who did what, when, from where, and what was before and after; newest first."""

import json as as_json
from collections.abc import Mapping
from typing import Annotated

import typer

from scheduler.asking.noted import known_refs, search_of
from scheduler.identities import audit
from scheduler.identities.audit import Noted
from scheduler.processes.cli.desk import JsonOption, Place, PracticeOption, look, opened
from scheduler.processes.cli.moments import read_bound
from scheduler.processes.cli.screen import Column, moment, remark, say, show_json, show_list, zone_line

COLUMNS = (Column("when"), Column("who"), Column("did"), Column("to"), Column("what changed", grows=True))

_ID = 32
"""Digits of an id, of which a list shows the first."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("audit")(search)


def search(  # noqa: PLR0913 - a command has as many parameters as options
    *,
    by: Annotated[str | None, typer.Option(help="Only by: a user's name, or key:NAME.")] = None,
    action: Annotated[str | None, typer.Option(help="Only this action; user. is every one that begins so.")] = None,
    subject: Annotated[
        str | None, typer.Option(metavar="KIND[/ID]", help="Only to this: user/maya, contact/REF.")
    ] = None,
    since: Annotated[str | None, typer.Option(help="From this day or moment on.")] = None,
    before: Annotated[int | None, typer.Option(help="Go on below this entry: next_before of the last page.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=audit.MOST, help="At most so many.")] = 50,
    practice: PracticeOption = None,
    json: JsonOption = False,
) -> None:
    """List what people, keys and Quietbell itself did; nothing of it can be changed or removed."""
    kind, _, name = (subject or "").partition("/")
    with opened() as (settings, database), database.read() as connection:
        place = look(database, connection, settings, practice)
        wanted = search_of(
            connection,
            place.practice,
            by=by,
            action=action,
            subject_kind=kind or None,
            subject_id=name or None,
            since=None if since is None else read_bound(since, zone=place.zone, now=place.now),
        )
        page = audit.search(connection, place.practice, wanted, before=before, most=limit)
        refs = known_refs(connection, place.practice, page.acts)
    if json:
        show_json({"acts": [_facts(each) for each in page.acts], "next_before": page.next_before})
        return
    if not page.acts:
        say("Nothing is noted that fits.")
        return
    show_list(COLUMNS, [_row(each, place, refs) for each in page.acts])
    say(zone_line(place.zone), "calm")
    if page.next_before is not None:
        remark(f"There is more: --before {page.next_before}")


def _row(each: Noted, place: Place, refs: Mapping[str, str]) -> list[str]:
    act = each.act
    name = refs.get(act.subject.id, act.subject.id[:12] if len(act.subject.id) == _ID else act.subject.id)
    return [
        moment(act.signed.at, place.zone, place.now),
        act.signed.by.removeprefix("person:"),
        act.action,
        f"{act.subject.kind}/{name}",
        _changes(each),
    ]


def _changes(each: Noted) -> str:
    before, after = each.act.before or {}, each.act.after or {}
    said = [f"{name} {_short(before.get(name))} → {_short(after.get(name))}" for name in before if name in after]
    said += [f"{name} was {_short(value)}" for name, value in before.items() if name not in after]
    said += [f"{name} {_short(value)}" for name, value in after.items() if name not in before and value is not None]
    return ", ".join(said)


def _short(value: object) -> str:
    return value if isinstance(value, str) else as_json.dumps(value, ensure_ascii=False)


def _facts(each: Noted) -> dict[str, object]:
    act = each.act
    return {
        "id": each.id,
        "at": act.signed.at,
        "by": act.signed.by,
        "address": act.signed.address,
        "action": act.action,
        "subject": {"kind": act.subject.kind, "id": act.subject.id},
        "before": act.before,
        "after": act.after,
    }
