"""Where a practice's events go: list, add, change, pause, a new secret, remove; what was not delivered, sent again."""

import datetime as dt
import uuid
from collections.abc import Callable
from http import HTTPStatus
from typing import Annotated, TypeVar

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field
from sqlalchemy import Connection

from jobs import events
from jobs.errors import NotFoundError
from jobs.events import Delivery, Endpoint, Kind, Seen
from scheduler.api.v1.calling import Here, Place, needs
from scheduler.api.v1.paging import USUAL_ROWS, Cursor, Limit, Page, number_of_cursor, page_of
from scheduler.api.v1.plain import Body, Text
from scheduler.asking import endpoint_orders
from scheduler.identities.audit import Signed, signed_by
from scheduler.identities.rights import Caller, Right

router = APIRouter(tags=["endpoints"])

T = TypeVar("T")
Managing = Annotated[Caller, needs(Right.MANAGE_EVENTS)]
EndpointId = Annotated[str, Path(max_length=40, description="An endpoint's id: 32 hexadecimal digits.")]
Address = Annotated[Text, Field(min_length=1, max_length=2_000, examples=["https://cases.example/quietbell"])]
Kinds = Annotated[list[Kind], Field(max_length=len(Kind))]


class NewEndpoint(Body):
    """An address that events are to go to."""

    url: Address = Field(description="`https://…` to post to, or `mailto:…` for staff.")
    kinds: Kinds = Field(default=[], description="Only these kinds; none: all, to a mail address what needs a person.")


class EndpointChange(Body):
    """What is to be changed; what is left out stays."""

    url: Address | None = None
    kinds: Kinds | None = None


class Resending(Body):
    """What is to be sent again."""

    events: list[uuid.UUID] | None = Field(
        default=None, max_length=1_000, description="These, given up or delivered; left out: all that were given up."
    )
    endpoint: uuid.UUID | None = Field(default=None, description="Only to this endpoint.")


class EndpointAnswer(BaseModel):
    """An endpoint, without its secret."""

    id: str
    channel: str = Field(description="`post` or `mail`.")
    url: str
    kinds: list[str]
    created_by: str
    created_at: dt.datetime
    paused_at: dt.datetime | None = Field(description="Null: not paused. While it is, what is told waits.")
    disabled_at: dt.datetime | None = Field(description="Null: events go there.")
    disabled_because: str | None


class AddedEndpoint(EndpointAnswer):
    """A new endpoint."""

    secret: str | None = Field(description="What its posts are signed with, shown only now; null for mail.")


class NewSecret(BaseModel):
    """An endpoint's new secret."""

    id: str
    secret: str = Field(description="Shown only now; the next post is signed with it.")


class Endpoints(BaseModel):
    """A practice's endpoints, the oldest first."""

    items: list[EndpointAnswer]


class DeliveryAnswer(BaseModel):
    """An event that has not been delivered to an endpoint."""

    event: str
    endpoint: str
    url: str
    kind: str
    at: dt.datetime = Field(description="When it happened.")
    attempts: int
    next_at: dt.datetime = Field(description="When it is tried again, unless it was given up.")
    dead_at: dt.datetime | None = Field(description="When it was given up; it may be sent again.")
    answer: str | None = Field(description="What came of the last attempt.")


class Resent(BaseModel):
    """How many deliveries go out again."""

    deliveries: int


@router.get("/endpoints", summary="Where events go")
def list_them(here: Here, caller: Managing) -> Endpoints:
    """List a practice's endpoints."""
    with here.database.read() as connection:
        found = events.list_endpoints(connection, caller.practice)
    return Endpoints(items=[_answer(each) for each in found])


@router.post("/endpoints", status_code=HTTPStatus.CREATED, summary="Let events go to an address")
def add(asked: NewEndpoint, here: Here, caller: Managing) -> AddedEndpoint:
    """Add an endpoint; its secret is shown now and never again."""

    def work(connection: Connection, signed: Signed) -> AddedEndpoint:
        added = endpoint_orders.add_endpoint(
            connection, signed, asked.url, asked.kinds, may_be_private=here.events_allow_private
        )
        found = events.find_endpoint(connection, caller.practice, added.id)
        secret = None if found.channel == events.MAIL else added.secret
        return AddedEndpoint(**_answer(found).model_dump(), secret=secret)

    return _done(here, caller, work)


@router.patch("/endpoints/{endpoint}", summary="Change where events go")
def change(endpoint: EndpointId, asked: EndpointChange, here: Here, caller: Managing) -> EndpointAnswer:
    """Give an endpoint another address or other kinds; what waits goes to the new address."""

    def work(connection: Connection, signed: Signed) -> EndpointAnswer:
        found, wanted = _found(connection, caller, endpoint), (asked.url, asked.kinds)
        may_be_private = here.events_allow_private
        return _answer(
            endpoint_orders.change_endpoint(connection, signed, found, wanted, may_be_private=may_be_private)
        )

    return _done(here, caller, work)


@router.post("/endpoints/{endpoint}/pause", summary="Let nothing go to an endpoint for a while")
def pause(endpoint: EndpointId, here: Here, caller: Managing) -> EndpointAnswer:
    """Pause an endpoint: what happens meanwhile is kept for it."""

    def work(connection: Connection, signed: Signed) -> EndpointAnswer:
        return _answer(endpoint_orders.pause_endpoint(connection, signed, _found(connection, caller, endpoint)))

    return _done(here, caller, work)


@router.post("/endpoints/{endpoint}/resume", summary="Let events go to an endpoint again")
def resume(endpoint: EndpointId, here: Here, caller: Managing) -> EndpointAnswer:
    """Resume an endpoint that was paused, or that was disabled when it answered 410."""

    def work(connection: Connection, signed: Signed) -> EndpointAnswer:
        return _answer(endpoint_orders.resume_endpoint(connection, signed, _found(connection, caller, endpoint)))

    return _done(here, caller, work)


@router.post("/endpoints/{endpoint}/rotate-secret", summary="Give an endpoint a new secret")
def rotate_secret(endpoint: EndpointId, here: Here, caller: Managing) -> NewSecret:
    """Make a new secret, shown now and never again; the old one signs nothing more."""

    def work(connection: Connection, signed: Signed) -> NewSecret:
        found = _found(connection, caller, endpoint)
        return NewSecret(id=found.id.hex, secret=endpoint_orders.rotate_secret(connection, signed, found))

    return _done(here, caller, work)


@router.delete("/endpoints/{endpoint}", status_code=HTTPStatus.NO_CONTENT, summary="Remove an endpoint")
def remove(endpoint: EndpointId, here: Here, caller: Managing) -> None:
    """Let no more events go there; what was not delivered is forgotten."""

    def work(connection: Connection, signed: Signed) -> None:
        endpoint_orders.remove_endpoint(connection, signed, _found(connection, caller, endpoint))

    _done(here, caller, work)


@router.get("/deliveries", summary="Events that have not been delivered")
def list_undelivered(  # noqa: PLR0913 - a listing has as many parameters as filters
    here: Here,
    caller: Managing,
    *,
    dead: Annotated[bool, Query(description="Only what was given up.")] = False,
    endpoint: Annotated[uuid.UUID | None, Query(description="Only to this endpoint.")] = None,
    limit: Limit = USUAL_ROWS,
    cursor: Cursor = None,
) -> Page[DeliveryAnswer]:
    """List what waits or was given up, the newest first."""
    with here.database.read() as connection:
        if endpoint is not None:
            events.find_endpoint(connection, caller.practice, endpoint)
        seen = Seen(endpoint, only_dead=dead, most=limit + 1, before=number_of_cursor(cursor))
        found = events.dead_or_open(connection, caller.practice, seen)
    shown, following = page_of(found, limit, lambda each: (str(each.id),))
    return Page(items=[_delivery(each) for each in shown], next=following)


@router.post("/deliveries/resend", summary="Send events again")
def resend(asked: Resending, here: Here, caller: Managing) -> Resent:
    """Send again what was given up, or named events that arrived; each keeps its id."""

    def work(connection: Connection, signed: Signed) -> Resent:
        if asked.endpoint is not None:
            events.find_endpoint(connection, caller.practice, asked.endpoint)
        return Resent(deliveries=endpoint_orders.send_again(connection, signed, asked.events, asked.endpoint))

    return _done(here, caller, work)


def _done(here: Place, caller: Caller, work: Callable[[Connection, Signed], T]) -> T:
    return here.database.write(lambda connection: work(connection, signed_by(caller, here.database.moment(connection))))


def _found(connection: Connection, caller: Caller, name: str) -> Endpoint:
    try:
        endpoint_id = uuid.UUID(name)
    except ValueError:
        message = f"there is no endpoint {name}"
        raise NotFoundError(message) from None
    return events.find_endpoint(connection, caller.practice, endpoint_id)


def _answer(each: Endpoint) -> EndpointAnswer:
    names = EndpointAnswer.model_fields.keys() - {"id"}
    return EndpointAnswer(id=each.id.hex, **{name: getattr(each, name) for name in names})


def _delivery(each: Delivery) -> DeliveryAnswer:
    names = DeliveryAnswer.model_fields.keys() - {"event", "endpoint"}
    return DeliveryAnswer(
        event=each.event_id.hex, endpoint=each.endpoint_id.hex, **{name: getattr(each, name) for name in names}
    )
