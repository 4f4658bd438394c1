"""`quietbell calendars events`, `link`, `unlink`: events that nobody was found for, and whom people link them to."""

from typing import Annotated

import typer
from rich.text import Text

from jobs.store.values import person
from scheduler.asking.acts import note_event_link
from scheduler.identities.audit import Signed
from scheduler.intake.calendars.linking import Linked, Order, Waiting, link, links, unlink, waiting_events
from scheduler.intake.naming import contact_named
from scheduler.intake.turns import Turn, Turns
from scheduler.processes.cli.desk import JsonOption, Place, PracticeOption, asker, look, opened
from scheduler.processes.cli.screen import Column, moment, say, show_json, show_list, toned, zone_line
from scheduler.publishing.revisions import load_current

WAITING = (Column("event"), Column("calendar"), Column("start"), Column("what", grows=True))
LINKS = (Column("event"), Column("calendar"), Column("contact"), Column("by"), Column("what", grows=True))

EventArgument = Annotated[str, typer.Argument(metavar="EVENT", help="Its short name as listed, or its UID.")]
CalendarOption = Annotated[str | None, typer.Option("--calendar", help="Its calendar, where several have it.")]
AuthorOption = Annotated[str | None, typer.Option("--author", help="Who orders it; by default the account.")]


def register(calendars: typer.Typer) -> None:
    """Add the sub-commands to `quietbell calendars`."""
    calendars.command("events")(list_events)
    calendars.command("link")(link_one)
    calendars.command("unlink")(unlink_one)


def list_events(
    *,
    calendar: Annotated[str | None, typer.Option("--calendar", help="Only this one's.")] = None,
    linked: Annotated[bool, typer.Option("--linked", help="List the links that people made instead.")] = False,
    practice: PracticeOption = None,
    json: JsonOption = False,
) -> None:
    """List the events that were not taken in: nobody was found, or a value cannot be kept."""
    with opened() as (settings, database), database.read() as connection:
        place = look(database, connection, settings, practice)
        waiting = [] if linked else waiting_events(connection, place.practice, calendar)
        made = links(connection, place.practice, calendar) if linked else []
    if json:
        found: list[Waiting | Linked] = [*waiting, *made]
        show_json({"practice": place.practice, "events": [_as_json(each) for each in found]})
    elif linked:
        _show_links(made)
    else:
        _show_waiting(waiting, place)


def link_one(  # noqa: PLR0913 - a command has as many parameters as options
    event: EventArgument,
    contact: Annotated[str | None, typer.Argument(help="The contact's ref.")] = None,
    *,
    nobody: Annotated[bool, typer.Option("--nobody", help="It is about nobody: pass over it.")] = False,
    only: Annotated[str | None, typer.Option("--only", help="Only the occurrence first set for this day.")] = None,
    calendar: CalendarOption = None,
    author: AuthorOption = None,
    practice: PracticeOption = None,
    json: JsonOption = False,
) -> None:
    """Link an event, or a whole series, to a contact; the next read takes it in."""
    if nobody == (contact is not None):
        message = "name a contact, or say --nobody"
        raise typer.BadParameter(message)
    order = Order(event=event, by=asker(author), contact=contact, calendar=calendar, day=only)
    with opened() as (settings, database):
        with database.read() as connection:
            place = look(database, connection, settings, practice)

        def work(turn: Turn) -> Linked:
            linked = link(turn, order)
            _note(turn, place.practice, order, linked.key)
            return linked

        made = Turns(database, load_current).take(place.practice, work)
    if json:
        show_json(_as_json(made))
        return
    whom = f"linked to {made.contact}" if made.contact else "passed over from now on"
    say(f"{made.key}: {whom}, by the next read (`quietbell calendars read {made.calendar}` reads now).")


def unlink_one(
    event: EventArgument,
    *,
    calendar: CalendarOption = None,
    practice: PracticeOption = None,
    json: JsonOption = False,
) -> None:
    """Forget what people said an event is about; the next read looks for its person as the rules say."""
    order = Order(event=event, by=asker(), calendar=calendar)
    with opened() as (settings, database):
        with database.read() as connection:
            place = look(database, connection, settings, practice)

        def work(turn: Turn) -> int:
            forgotten = unlink(turn, order)
            if forgotten:
                _note(turn, place.practice, order, order.event)
            return forgotten

        count = Turns(database, load_current).take(place.practice, work)
    if json:
        show_json({"unlinked": count})
    else:
        say(f"{count} link{'' if count == 1 else 's'} forgotten.")


def _note(turn: Turn, practice: str, order: Order, event: str) -> None:
    """Note in the audit log whom an event was linked to; nobody: it is passed over, or left to the rules."""
    whom = None if order.contact is None else contact_named(turn.connection, practice, order.contact).id
    note_event_link(turn.connection, Signed(practice, person(order.by), turn.now), event, whom)


def _show_waiting(waiting: list[Waiting], place: Place) -> None:
    if not waiting:
        say("No event waits.")
        return
    show_list(WAITING, [_waiting_row(each, place) for each in waiting])
    say(f"{zone_line(place.zone)} `quietbell calendars link EVENT CONTACT` links one.", "calm")


def _waiting_row(each: Waiting, place: Place) -> list[str | Text]:
    what = toned(each.title or each.uid, "")
    more = f"; {each.count - 1:,} more of its series" if each.count > 1 else ""
    what.append("\n").append_text(toned(f"{each.reason}{more}", "calm"))
    return [each.key, each.calendar, moment(each.starts_at, place.zone, place.now), what]


def _show_links(made: list[Linked]) -> None:
    if not made:
        say("No event was linked.")
        return
    show_list(LINKS, [[each.key, each.calendar, each.contact or "nobody", each.by, _named(each)] for each in made])


def _named(each: Linked) -> str:
    return f"{each.uid}, only {each.recurrence}" if each.recurrence else each.uid


def _as_json(each: Waiting | Linked) -> dict[str, object]:
    if isinstance(each, Linked):
        own = {"calendar": each.calendar, "uid": each.uid, "recurrence": each.recurrence or None}
        return {"event": each.key, **own, "contact": each.contact, "by": each.by}
    own = {"calendar": each.calendar, "uid": each.uid, "state": each.state, "title": each.title, "start": each.start}
    return {"event": each.key, **own, "starts_at": each.starts_at, "count": each.count, "reason": each.reason}
