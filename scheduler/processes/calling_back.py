"""Where providers' callbacks end: a database and adapters in, routes out, with what is done when one comes through."""

from collections.abc import Mapping
from functools import partial

import structlog
from sqlalchemy import Connection
from starlette.routing import Route

from jobs.clock import Clock
from jobs.database import Database
from jobs.errors import NotFoundError
from jobs.providers.contract import Inbound, Provider, Receipt
from jobs.receipts import record_receipts
from scheduler.api.callbacks import CallbackDoor, Takers
from scheduler.inbound import NobodysNumber, receive

log = structlog.get_logger(__name__)


def callback_routes(
    database: Database, providers: Mapping[str, Provider], clock: Clock, public_url: str | None
) -> list[Route]:
    """Return the routes at which these providers may report and bring texts."""
    takers = Takers(receipt=partial(_take_receipt, database), inbound=partial(_take_text, database, providers))
    return CallbackDoor(providers, takers, clock.now, public_url).routes()


def _take_receipt(database: Database, provider: str, receipt: Receipt) -> None:
    def work(connection: Connection) -> None:
        record_receipts(connection, provider, [receipt], now=database.moment(connection))

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
