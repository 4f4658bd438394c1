"""Reads a request off the wire, up to a size; the query and the body as they came."""

from http import HTTPStatus
from typing import Final
from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect, Request

from scheduler.carrier.dialects import Asked
from scheduler.carrier.wire import Answer

MOST_BYTES: Final = 1_000_000
MOST_FIELDS: Final = 200


async def asked_of(request: Request) -> Asked | Answer:
    """Return the request, or the answer to one that is too large or cannot be read."""
    body = await body_of(request)
    if body is None:
        return Answer(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    written = request.scope["query_string"].decode("latin-1")
    try:
        query = parse_qsl(written, keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        return Answer(HTTPStatus.BAD_REQUEST)
    return Asked(
        request.method,
        request.url.path,
        request.path_params.get("account", ""),
        {name.lower(): value for name, value in request.headers.items()},
        query,
        body,
    )


async def body_of(request: Request) -> bytes | None:
    """Return the body, or None where it is too large or its sender left in the middle of it: half is never accepted."""
    body = bytearray()
    try:
        async for part in request.stream():
            body += part
            if len(body) > MOST_BYTES:
                return None
    except ClientDisconnect:
        return None
    return bytes(body)
