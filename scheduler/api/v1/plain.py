"""Values that every route may be given: words without what no database keeps, names, moments that a calendar has."""

import datetime as dt
from typing import Annotated, Final

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

FIRST_YEAR: Final = 2000
LAST_YEAR: Final = 2200


class Body(BaseModel):
    """What a call gives as JSON; a name that is not known is refused."""

    model_config = ConfigDict(extra="forbid")


def _storable(text: str) -> str:
    if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
        message = "holds a NUL character or half of a surrogate pair, which no database keeps: leave it out"
        raise ValueError(message)
    return text


def _not_blank(text: str) -> str:
    if not text.strip():
        message = "is empty"
        raise ValueError(message)
    return text


def _in_calendar(moment: dt.datetime) -> dt.datetime:
    if not FIRST_YEAR <= moment.year < LAST_YEAR:
        message = f"lies before {FIRST_YEAR} or after {LAST_YEAR}"
        raise ValueError(message)
    return moment.astimezone(dt.UTC)


Text = Annotated[str, AfterValidator(_storable)]
"""Any text."""
Words = Annotated[Text, Field(max_length=10_000)]
"""Words of people; may be empty."""
Name = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(_storable), AfterValidator(_not_blank)]
"""A ref, a role, somebody's name."""
Reason = Annotated[str, Field(min_length=1, max_length=500), AfterValidator(_storable), AfterValidator(_not_blank)]
"""Why something is done; kept."""
Moment = Annotated[AwareDatetime, AfterValidator(_in_calendar)]
"""An instant with its offset, as 2026-12-01T10:00:00-05:00; in UTC from here on."""
