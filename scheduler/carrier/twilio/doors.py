"""Twilio's addresses: send, list, fetch, redact or cancel, delete; what came with a text, and the store behind it."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from scheduler.carrier.accounts import Account
from scheduler.carrier.asking import asked_of
from scheduler.carrier.dialects import Asked
from scheduler.carrier.exchange import Exchange
from scheduler.carrier.mishaps import On
from scheduler.carrier.sending import Desk
from scheduler.carrier.texts import IN, Text
from scheduler.carrier.twilio.dialect import form_of
from scheduler.carrier.twilio.errors import error
from scheduler.carrier.twilio.resources import VERSION, page, shown
from scheduler.carrier.wire import Answer

STORE = "/store"
"""Where media lie behind their addresses, as Twilio's do at mms.twiliocdn.com: whoever has the key may have them."""
_UNDERWAY = frozenset({"accepted", "scheduled", "queued", "sending"})


class TwilioDoors:
    """The addresses of one exchange."""

    def __init__(self, exchange: Exchange, desk: Desk) -> None:
        """Keep what they need."""
        self._exchange = exchange
        self._desk = desk

    def routes(self) -> list[Route]:
        """Return them."""
        base = f"/{VERSION}/Accounts/{{account}}/Messages"
        return [
            Route(f"{base}.json", self._all, methods=["GET", "POST"]),
            Route(f"{base}/{{sid}}.json", self._one, methods=["GET", "POST", "DELETE"]),
            Route(f"{base}/{{sid}}/Media/{{media}}", self._media, methods=["GET", "DELETE"]),
            Route(f"{STORE}/{{key}}", self._store, methods=["GET"]),
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
        sid = request.path_params["sid"]
        return await self._desk.read(asked, On.FETCH, lambda account: self._about(account, sid, asked))

    async def _media(self, request: Request) -> Response:
        asked = await asked_of(request)
        if isinstance(asked, Answer):
            return asked.response()
        sid, media = request.path_params["sid"], request.path_params["media"]
        return await self._desk.read(asked, On.FETCH, lambda account: self._enclosed(account, (sid, media), asked))

    async def _store(self, request: Request) -> Response:
        found = self._exchange.shelf.at(request.path_params["key"])
        return Response(status_code=404) if found is None else Response(found.content, media_type=found.kind)

    def _enclosed(self, account: Account, name: tuple[str, str], asked: Asked) -> Answer:
        found = self._exchange.shelf.behind(*name) if self._exchange.book.batch(account.id, name[0]) else None
        if found is None:
            return error(20404, f"The requested resource {asked.path} was not found")
        if asked.method == "DELETE":
            self._exchange.shelf.forget(*name)
            return Answer(204)
        key, enclosed = found
        return Answer(307, headers={"Location": enclosed.redirect or f"{self._exchange.base_url}{STORE}/{key}"})

    def _list(self, account: Account, asked: Asked) -> Answer:
        # HEAD and GET alike: starlette answers both.
        to_number = dict(asked.query).get("To") or None
        texts = self._exchange.book.newest_first(account.id, to_number)
        return page(account.id, filter(self._exchange.is_listed, texts), asked.query)

    def _about(self, account: Account, sid: str, asked: Asked) -> Answer:
        found = self._exchange.book.batch(account.id, sid)
        if not found:
            return error(20404, f"The requested resource {asked.path} was not found")
        text = found[0]
        if asked.method == "DELETE":
            return self._delete(text)
        if asked.method == "POST":
            form = {name: values[-1] for name, values in (form_of(asked) or {}).items()}
            return self._change(text, form)
        return Answer(200, shown(text))

    def _delete(self, text: Text) -> Answer:
        if text.status in _UNDERWAY:
            return error(20009)
        self._exchange.book.forget(text.account, text.batch)
        self._exchange.ledger.write("deleted", account=text.account, id=text.batch)
        return Answer(204)

    def _change(self, text: Text, form: Mapping[str, str]) -> Answer:
        """Redact a text that is no longer under way (a blank Body), or cancel one that is scheduled (error 30409)."""
        if form.get("Status") == "canceled":
            if text.status != "scheduled" or text.direction == IN:
                return error(30409)
            self._exchange.move(text, "canceled")
        elif form.get("Body") == "" and "Status" not in form:
            if text.status in _UNDERWAY:
                return error(20009)
            text.redacted = True
            self._exchange.ledger.write("redacted", id=text.id)
        else:
            return error(20001, "Only an empty 'Body' or a 'Status' of 'canceled' can be set.")
        return Answer(200, shown(text))
