"""What an event says of itself besides its dates: title, properties, who attends, numbers written in its texts.

A component of icalendar comes in, bounded plain values go out. It runs in the child and judges nothing.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final, TypedDict

from icalendar import Component

LONGEST_TITLE: Final = 120
LONGEST_VALUE: Final = 2_000
LONGEST_TEXT: Final = 20_000
MOST_VALUES: Final = 20
MOST_EMAILS: Final = 50
MOST_PHONES: Final = 10

_TEXTS: Final = ("SUMMARY", "DESCRIPTION", "LOCATION", "CONTACT")
_PHONE: Final = re.compile(r"(?<![\w+])(?:\+|\(|(?=\d))[\d\s().\-/\u2010-\u2014\u2212]{6,30}\d(?!\w)")
_NO_PEOPLE: Final = frozenset({"ROOM", "RESOURCE", "GROUP"})
"""Values of CUTYPE (RFC 5545 section 3.2.3) that are nobody's address."""


class Description(TypedDict):
    """The fields of an event that describe it."""

    title: str
    values: dict[str, tuple[str, ...]]
    emails: tuple[str, ...]
    phones: tuple[str, ...]


def describe(source: Component, properties: Iterable[str]) -> Description:
    """Return what the event says of itself; `properties` are those whose values are wanted."""
    return Description(
        title=" ".join(" ".join(_values(source, "SUMMARY")).split())[:LONGEST_TITLE],
        values={name: tuple(_values(source, name)) for name in properties if name in source},
        emails=tuple(dict.fromkeys(_emails(source)))[:MOST_EMAILS],
        phones=find_phones(_texts(source)),
    )


def find_phones(texts: Iterable[str]) -> tuple[str, ...]:
    """Return what is written like a phone number, as it is written, each once and only the first few."""
    found = (match[0].strip() for text in texts for match in _PHONE.finditer(text[:LONGEST_TEXT]))
    return tuple(dict.fromkeys(found))[:MOST_PHONES]


def _texts(source: Component) -> Iterator[str]:
    for name in _TEXTS:
        yield from _values(source, name, LONGEST_TEXT)
    for attendee in _listed(source, "ATTENDEE"):
        address = str(attendee)
        if address.lower().startswith("tel:"):
            yield address[4:]


def _emails(source: Component) -> Iterator[str]:
    for attendee in _listed(source, "ATTENDEE"):
        params = getattr(attendee, "params", {})
        address = str(attendee).strip()
        if address.lower().startswith("mailto:") and str(params.get("CUTYPE", "")).upper() not in _NO_PEOPLE:
            yield address[7:].strip().lower()[:LONGEST_TITLE]


def _values(source: Component, name: str, longest: int = LONGEST_VALUE) -> list[str]:
    """Return the values of a property as text, empty ones not; a list of categories is several."""
    found = (text.strip() for given in _listed(source, name) for text in _as_text(given))
    return [text[:longest] for text in found if text][:MOST_VALUES]


def _listed(source: Component, name: str) -> list[object]:
    given = source.get(name)
    return [] if given is None else given if isinstance(given, list) else [given]


def _as_text(given: object) -> list[str]:
    categories = getattr(given, "cats", None)
    if categories is not None:
        return [str(each) for each in categories]
    if isinstance(given, str | int | float):
        return [str(given)]
    written = getattr(given, "to_ical", None)
    plain = written() if callable(written) else str(given)
    return [plain.decode("utf-8", "replace") if isinstance(plain, bytes) else str(plain)]
