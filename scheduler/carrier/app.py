"""Puts the carrier together: doors, desks, control and receipts around one exchange, as one ASGI application."""

import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from http import HTTPStatus

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from scheduler.carrier.accounts import Provider
from scheduler.carrier.control import Control
from scheduler.carrier.exchange import Exchange
from scheduler.carrier.messagebird import errors as messagebird
from scheduler.carrier.messagebird.dialect import MessageBirdDialect
from scheduler.carrier.messagebird.doors import MessageBirdDoors
from scheduler.carrier.receipts import Receipts
from scheduler.carrier.sending import Desk
from scheduler.carrier.twilio import errors as twilio
from scheduler.carrier.twilio.dialect import TwilioDialect
from scheduler.carrier.twilio.doors import TwilioDoors
from scheduler.carrier.twilio.resources import VERSION
from scheduler.carrier.wire import Answer, wire_state


@dataclass(frozen=True, slots=True)
class Carrier:
    """The parts that a running carrier consists of."""

    app: Starlette
    exchange: Exchange
    receipts: Receipts
    control: Control


def put_together(exchange: Exchange, base_url: str, begun: Callable[[], None]) -> Carrier:
    """Return a carrier that answers at `base_url`; `begun` is called on its loop before the first request."""
    exchange.base_url = base_url
    twilio_dialect, bird_dialect = TwilioDialect(), MessageBirdDialect(base_url)
    receipts = Receipts(exchange, {Provider.TWILIO: twilio_dialect, Provider.MESSAGEBIRD: bird_dialect})
    control = Control(exchange, receipts)
    twilio_doors = TwilioDoors(exchange, Desk(exchange, twilio_dialect, receipts))
    bird_doors = MessageBirdDoors(exchange, Desk(exchange, bird_dialect, receipts), base_url)

    @contextlib.asynccontextmanager
    async def alive(_app: Starlette) -> AsyncIterator[dict[str, object]]:
        begun()
        yield wire_state(exchange.stopping)
        await receipts.close()

    app = Starlette(
        routes=[*twilio_doors.routes(), *bird_doors.routes(), *control.routes()],
        exception_handlers={HTTPStatus.NOT_FOUND: _nowhere, HTTPStatus.METHOD_NOT_ALLOWED: _nowhere},
        lifespan=alive,
    )
    return Carrier(app, exchange, receipts, control)


async def _nowhere(request: Request, problem: Exception) -> Response:
    """Answer an address or a method that does not exist, as the provider does whose address it could be."""
    is_method = isinstance(problem, HTTPException) and problem.status_code == HTTPStatus.METHOD_NOT_ALLOWED
    if request.url.path.startswith(f"/{VERSION}/"):
        return twilio.error(20004 if is_method else 20404).response()
    said = messagebird.error(messagebird.NOT_FOUND)
    return (Answer(HTTPStatus.METHOD_NOT_ALLOWED, said.body) if is_method else said).response()
