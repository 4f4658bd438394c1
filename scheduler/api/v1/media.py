"""What came with an inbound text, fetched from its provider on request and handed on; nothing of it is kept."""

import re
import threading
from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, Path, Response

from jobs.providers.contract import Fetched, Gone, Media, NotTheirs, TooLarge
from scheduler.api.v1.calling import Here, needs
from scheduler.api.v1.problems import ProblemBody, Trouble
from scheduler.identities.rights import Caller, Right
from scheduler.inbound.fetching import Reader, fetch_media, find_media

router = APIRouter(tags=["inbox"])

AT_ONCE: Final = 4
"""Requests that may wait for a provider: the threads that answer calls belong to those that need none."""
_ROOM: Final = threading.BoundedSemaphore(AT_ONCE)
_STATUS: Final[tuple[tuple[type[Fetched], HTTPStatus], ...]] = (
    (Gone, HTTPStatus.NOT_FOUND),
    (NotTheirs, HTTPStatus.CONFLICT),
    (TooLarge, HTTPStatus.CONFLICT),
)
_WHOLE_ID: Final = r"^[0-9a-f]{32}$"
_UNSAFE: Final = re.compile(r"[^a-z0-9]")


@router.get(
    "/texts/{text_id}/media/{n}",
    summary="What came with a text",
    response_class=Response,
    responses={
        HTTPStatus.OK.value: {"content": {"*/*": {}}, "description": "The picture or file, of whatever type it is."},
        HTTPStatus.BAD_GATEWAY.value: {
            "model": ProblemBody,
            "description": "The provider did not give it out; ask again later.",
        },
    },
)
def fetch(
    text_id: Annotated[str, Path(pattern=_WHOLE_ID, description="An inbound text's id.")],
    n: Annotated[int, Path(ge=1, le=100, description="Which, counted from 1.")],
    here: Here,
    caller: Annotated[Caller, needs(Right.READ_INBOX)],
) -> Response:
    """Ask the provider for a picture or file that came with a text, up to 5 MB, and note in the audit log who did."""
    with here.database.read() as connection:
        wanted = find_media(connection, caller.practice, text_id, n)
    if not _ROOM.acquire(blocking=False):
        detail = f"{AT_ONCE} others are fetching just now: ask again in a moment"
        raise Trouble(HTTPStatus.SERVICE_UNAVAILABLE, detail, headers={"Retry-After": "5"})
    try:
        found = fetch_media(here.database, here.providers, wanted, Reader(caller.name, caller.address))
    finally:
        _ROOM.release()
    if not isinstance(found, Media):
        status = next((known for kind, known in _STATUS if isinstance(found, kind)), HTTPStatus.BAD_GATEWAY)
        raise Trouble(status, found.reason)
    ending = _UNSAFE.sub("", found.kind.partition("/")[2])[:12] or "bin"
    headers = {
        "Content-Disposition": f'attachment; filename="{text_id}-{n}.{ending}"',
        "X-Content-Type-Options": "nosniff",
    }
    return Response(found.content, media_type=found.kind, headers=headers)
