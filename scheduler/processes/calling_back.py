"""Where providers' callbacks end: a database and adapters in, routes out, with what is done when one comes through."""

from collections.abc import Mapping
from functools import partial

import structlog
from sqlalchemy import Connection
from starlette.routing import Route

from jobs.clock import Clock
from jobs.database import Database
from jobs.errors import NotFoundError
from jobs.providers.contract import Inbound, Provider, Receipt, Redactor
from jobs.receipts import record_receipts
from scheduler.api.callbacks import CallbackDoor, Takers
from scheduler.inbound import NobodysNumber, receive

log = structlog.get_logger(__name__)


def callback_routes(
    database: Database, providers: Mapping[str, Provider], clock: Clock, public_url: str | None
) -> list[Route]:
    """Return the routes at which these providers may report and bring texts."""
    receipt = partial(_take_receipt, database, providers)
    takers = Takers(receipt=receipt, inbound=partial(_take_text, database, providers))
    return CallbackDoor(providers, takers, clock.now, public_url).routes()


def _take_receipt(database: Database, providers: Mapping[str, Provider], provider: str, receipt: Receipt) -> None:
    adapter = providers[provider]
    redacts = isinstance(adapter, Redactor) and adapter.redacts

    def work(connection: Connection) -> None:
        record_receipts(connection, provider, [receipt], now=database.moment(connection), redacts=redacts)

    database.write(work)


def _take_text(database: Database, providers: Mapping[str, Provider], provider: str, inbound: Inbound) -> None:
    """Take a text in; one to a number that no practice has is logged, masked, and answered as taken."""
    try:
        found = receive(database, provider, inbound, providers[provider].capabilities)
    except NotFoundError as problem:
        log.warning("text not taken in", provider=provider, reason=str(problem))
        return
    if isinstance(found, NobodysNumber):
        log.warning("text to a number that no practice has", provider=provider, number=found.number)
