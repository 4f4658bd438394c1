"""MessageBird's addresses: send, list, fetch, delete."""

from collections.abc import Iterator, Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from scheduler.carrier.accounts import Account
from scheduler.carrier.asking import asked_of
from scheduler.carrier.dialects import Asked
from scheduler.carrier.exchange import Exchange
from scheduler.carrier.messagebird.checks import bare
from scheduler.carrier.messagebird.errors import NOT_FOUND, error
from scheduler.carrier.messagebird.resources import listing, shown
from scheduler.carrier.mishaps import On
from scheduler.carrier.sending import Desk
from scheduler.carrier.texts import Text
from scheduler.carrier.wire import Answer


class MessageBirdDoors:
    """The addresses of one exchange; `base_url` is what its resources name."""

    def __init__(self, exchange: Exchange, desk: Desk, base_url: str) -> None:
        """Keep what they need."""
        self._exchange = exchange
        self._desk = desk
        self._base_url = base_url

    def routes(self) -> list[Route]:
        """Return them."""
        return [
            Route("/messages", self._all, methods=["GET", "POST"]),
            Route("/messages/{id}", self._one, methods=["GET", "DELETE"]),
        ]

    async def _all(self, request: Request) -> Response:
        asked = await asked_of(request)
        if isinstance(asked, Answer):
            return asked.response()
        if request.method == "POST":
            return await self._desk.send(asked)
        return await self._desk.read(asked, On.LIST, lambda account: self._list(account, asked))

    async def _one(self, request: Request) -> Response:
        asked = await asked_of(request)
        if isinstance(asked, Answer):
            return asked.response()
        batch = request.path_params["id"]
        return await self._desk.read(asked, On.FETCH, lambda account: self._about(account, batch, asked.method))

    def _list(self, account: Account, asked: Asked) -> Answer:
        recipient = dict(asked.query).get("recipient")
        to_number = f"+{bare(recipient)}" if recipient else None
        return listing(self._batches(account, to_number), asked.query, self._base_url)

    def _batches(self, account: Account, to_number: str | None) -> Iterator[Sequence[Text]]:
        seen: set[str] = set()
        for text in self._exchange.book.newest_first(account.id, to_number):
            if text.batch not in seen and self._exchange.is_listed(text):
                seen.add(text.batch)
                yield self._exchange.book.batch(account.id, text.batch)

    def _about(self, account: Account, batch: str, method: str) -> Answer:
        found = self._exchange.book.batch(account.id, batch)
        if not found:
            return error(NOT_FOUND, "message not found")
        if method == "DELETE":
            self._exchange.book.forget(account.id, batch)
            self._exchange.ledger.write("deleted", account=account.id, id=batch)
            return Answer(204)
        return Answer(200, shown(found, self._base_url))
