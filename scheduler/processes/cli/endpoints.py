"""`quietbell endpoints`: where a practice's events go, what could not be delivered, and sending that again.

A secret is shown once, when its endpoint is added. It posts nothing itself: `serve` or `ticker` does.
"""

import uuid
from collections.abc import Sequence
from typing import Annotated, Final

import typer
from sqlalchemy import Connection

from jobs import events
from jobs.database import Database
from jobs.errors import InputError, NotFoundError
from jobs.events import Added, Endpoint, Kind, Seen
from jobs.store.values import person
from scheduler.asking import endpoint_orders
from scheduler.identities.audit import Signed
from scheduler.processes.cli.desk import JsonOption, PracticeOption, asker, choose_practice, look, opened
from scheduler.processes.cli.screen import Column, moment, remark, say, show_json, show_list, zone_line

COLUMNS: Final = (Column("endpoint"), Column("address", grows=True), Column("kinds"), Column("stands"))
EVENT_COLUMNS: Final = (
    Column("event"),
    Column("kind"),
    Column("at"),
    Column("next"),
    Column("last answer", grows=True),
)
_SHORT: Final = 8

EndpointArgument = Annotated[str, typer.Argument(metavar="ENDPOINT", help="Its id, or how that ends.")]
AuthorOption = Annotated[str | None, typer.Option("--author", help="Who orders it; by default the account.")]
EndpointOption = Annotated[str | None, typer.Option("--endpoint", metavar="ID", help="Of this endpoint only.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    group = typer.Typer(help="Where a practice's events go: list, add, remove; what was not delivered.")
    for command in (add, listed, remove, undelivered, resend):
        group.command({"listed": "list", "undelivered": "events"}.get(command.__name__))(command)
    app.add_typer(group, name="endpoints", no_args_is_help=True)


def add(
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="https://… to post to, or mailto:… for staff.")],
    *,
    kind: Annotated[list[str] | None, typer.Option("--kind", help="Only this kind; may be repeated.")] = None,
    author: AuthorOption = None,
    practice: PracticeOption = None,
    json: JsonOption = False,
) -> None:
    """Let a practice's events go to an address; its secret is shown now and never again."""
    kinds = endpoint_orders.read_kinds(kind or [])
    with opened() as (settings, database):
        by = person(asker(author))

        def work(connection: Connection) -> Added:
            signed = Signed(choose_practice(connection, settings, practice), by, database.moment(connection))
            may_be_private = settings.events_allow_private
            return endpoint_orders.add_endpoint(connection, signed, address, kinds, may_be_private=may_be_private)

        added = database.write(work)
        has_mail = settings.smtp_url is not None
    is_mail = address.startswith("mailto:")
    if json:
        show_json({"id": added.id.hex, "secret": None if is_mail else added.secret})
        return
    say(f"Endpoint {short(added.id)} is added: events go there from now on.")
    if not is_mail:
        say(f"Its secret, shown only now: {added.secret}")
    elif not has_mail:
        remark("No mail goes out yet: set QUIETBELL_SMTP_URL and QUIETBELL_MAIL_FROM.", "warn")


def listed(*, practice: PracticeOption = None, json: JsonOption = False) -> None:
    """List where events go."""
    with opened() as (settings, database), database.read() as connection:
        chosen = choose_practice(connection, settings, practice)
        found = events.list_endpoints(connection, chosen)
    if json:
        show_json({"practice": chosen, "endpoints": [_facts(each) for each in found]})
    elif not found:
        say("No events go out: `quietbell endpoints add https://…` lets them.")
    else:
        show_list(COLUMNS, [(short(each.id), each.url, _kinds_words(each), _stands(each)) for each in found])


def remove(
    endpoint: EndpointArgument,
    *,
    author: AuthorOption = None,
    practice: PracticeOption = None,
    json: JsonOption = False,
) -> None:
    """Let no more events go to an endpoint; what was not delivered there is forgotten."""
    with opened() as (settings, database):
        by = person(asker(author))

        def work(connection: Connection) -> Endpoint:
            chosen = choose_practice(connection, settings, practice)
            found = _find(connection, chosen, endpoint)
            endpoint_orders.remove_endpoint(connection, Signed(chosen, by, database.moment(connection)), found)
            return found

        gone = database.write(work)
    if json:
        show_json({"removed": gone.id.hex})
        return
    say(f"Endpoint {short(gone.id)} is removed: nothing goes to {gone.url} any more.")


def undelivered(
    *,
    dead: Annotated[bool, typer.Option("--dead", help="Only what was given up.")] = False,
    endpoint: EndpointOption = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="At most so many.")] = 50,
    practice: PracticeOption = None,
    json: JsonOption = False,
) -> None:
    """List the events that have not been delivered, the newest first."""
    with opened() as (settings, database), database.read() as connection:
        place = look(database, connection, settings, practice)
        only = None if endpoint is None else _find(connection, place.practice, endpoint).id
        found = events.dead_or_open(connection, place.practice, Seen(only, only_dead=dead, most=limit))
    if json:
        names = list(events.Delivery.__dataclass_fields__)
        facts = [{name: _plain(getattr(each, name)) for name in names} for each in found]
        show_json({"practice": place.practice, "deliveries": facts})
        return
    if not found:
        say("Nothing was given up." if dead else "Everything was delivered.")
        return
    rows = [
        (
            each.event_id.hex,
            each.kind,
            moment(each.at, place.zone, place.now),
            "given up" if each.dead_at else moment(each.next_at, place.zone, place.now),
            each.answer or "not tried yet",
        )
        for each in found
    ]
    show_list(EVENT_COLUMNS, rows)
    remark(zone_line(place.zone))


def resend(
    event: Annotated[list[str] | None, typer.Argument(metavar="EVENT…", help="The events' ids.")] = None,
    *,
    dead: Annotated[bool, typer.Option("--dead", help="All that were given up.")] = False,
    endpoint: EndpointOption = None,
    practice: PracticeOption = None,
    json: JsonOption = False,
) -> None:
    """Send events again that were given up, or that arrived; each keeps its id."""
    if bool(event) == dead:
        message = "name events, or all that were given up with --dead"
        raise typer.BadParameter(message)
    ids = None if dead else [_event_id(each) for each in event or ()]
    with opened() as (settings, database):
        count = database.write(
            lambda connection: _resend(
                database, connection, choose_practice(connection, settings, practice), (ids, endpoint)
            )
        )
    if json:
        show_json({"resent": count})
        return
    say(f"{count} {'delivery goes' if count == 1 else 'deliveries go'} out again, within seconds.")


def short(endpoint_id: uuid.UUID) -> str:
    """Return the end of an endpoint's id, as people are shown it."""
    return endpoint_id.hex[-_SHORT:]


def _resend(
    database: Database, connection: Connection, practice: str, asked: tuple[Sequence[uuid.UUID] | None, str | None]
) -> int:
    ids, endpoint = asked
    only = None if endpoint is None else _find(connection, practice, endpoint).id
    signed = Signed(practice, person(asker()), database.moment(connection))
    return endpoint_orders.send_again(connection, signed, ids, only)


def _find(connection: Connection, practice: str, given: str) -> Endpoint:
    """Return the endpoint of that id.

    Raises:
        NotFoundError: there is none, or several end so.

    """
    wanted = given.strip().replace("-", "").lower()
    ours = events.list_endpoints(connection, practice)
    found = [each for each in ours if wanted and each.id.hex.endswith(wanted)]
    if len(found) != 1:
        message = f"{practice} has {'several endpoints' if found else 'no endpoint'} {given!r}: see `endpoints list`"
        raise NotFoundError(message)
    return found[0]


def _event_id(given: str) -> uuid.UUID:
    try:
        return uuid.UUID(given)
    except ValueError as error:
        message = f"{given!r} is no event's id: `quietbell endpoints events` lists them"
        raise InputError(message) from error


def _kinds_words(each: Endpoint) -> str:
    return "all" if len(each.kinds) == len(Kind) else str(len(each.kinds))


def _stands(each: Endpoint) -> str:
    if each.disabled_at is not None:
        return "disabled"
    return "on" if each.paused_at is None else "paused"


def _facts(each: Endpoint) -> dict[str, object]:
    return {name: _plain(getattr(each, name)) for name in Endpoint.__dataclass_fields__}


def _plain(value: object) -> object:
    return value.hex if isinstance(value, uuid.UUID) else value
