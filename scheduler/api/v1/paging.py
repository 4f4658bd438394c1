"""Pages of a listing: a cursor and a limit in, rows after that place and the next cursor out. It reads no table.

A cursor is opaque to callers: where the last page ended, as the values it is sorted by. It opens nothing by itself.
"""

import base64
import binascii
import json
from collections.abc import Callable, Sequence
from http import HTTPStatus
from typing import Annotated, Final, Generic, TypeVar

from fastapi import Query
from pydantic import BaseModel, Field

from scheduler.api.v1.problems import FieldProblem, Trouble

MOST_ROWS: Final = 500
USUAL_ROWS: Final = 100
LONGEST_CURSOR: Final = 2_000
LONGEST_NUMBER: Final = 18
"""Digits that every database takes for a number."""

T = TypeVar("T")

Limit = Annotated[int, Query(ge=1, le=MOST_ROWS, description="At most so many rows.")]
"""Use with the default `USUAL_ROWS`."""
Cursor = Annotated[
    str | None, Query(max_length=LONGEST_CURSOR, description="`next` of the page before; left out: the first page.")
]
"""Use with the default None."""


class Page(BaseModel, Generic[T]):
    """One page of a listing."""

    items: list[T]
    next: str | None = Field(default=None, description="The cursor of the next page; null: this is the last one.")


def cursor_at(*place: str) -> str:
    """Return the cursor of the rows after `place`: the last row's values of what the listing is sorted by, as text."""
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


def place_of_cursor(cursor: str | None, values: int = 1) -> tuple[str, ...] | None:
    """Return where a page begins, as so many texts as `cursor_at` was given; None: at the beginning.

    Raises:
        Trouble: 422; no listing gave that cursor.

    """
    if cursor is None:
        return None
    try:
        place = json.loads(base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True))
    except (binascii.Error, ValueError, RecursionError):
        place = None
    if not isinstance(place, list) or len(place) != values or not all(_is_text(each) for each in place):
        raise no_cursor()
    return tuple(place)


def number_of_cursor(cursor: str | None) -> int | None:
    """Return where a page begins that is sorted by a number of the database's; None: at the beginning.

    Raises:
        Trouble: 422; no listing gave that cursor.

    """
    place = place_of_cursor(cursor)
    if place is None:
        return None
    if not place[0].isdecimal() or not place[0].isascii() or len(place[0]) > LONGEST_NUMBER:
        raise no_cursor()
    return int(place[0])


def no_cursor() -> Trouble:
    """Return what is answered to a cursor that no listing gave."""
    wrong = FieldProblem(field="cursor", detail="is no cursor of this listing: give `next` as it came, or leave it out")
    return Trouble(HTTPStatus.UNPROCESSABLE_ENTITY, "the page cannot be found", [wrong])


def page_of(rows: Sequence[T], limit: int, place: Callable[[T], tuple[str, ...]]) -> tuple[Sequence[T], str | None]:
    """Return the page's rows and the next cursor; the query asked for one row more than `limit`, to see its end."""
    shown = rows[:limit]
    return shown, cursor_at(*place(shown[-1])) if len(rows) > limit else None


def _is_text(value: object) -> bool:
    """Tell whether a database keeps that text."""
    return isinstance(value, str) and "\0" not in value and not any("\ud800" <= each <= "\udfff" for each in value)
