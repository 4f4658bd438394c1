"""Places of lists and words as they stand in addresses: values in, one word out, and back. Pure."""

import base64
import datetime as dt
import json
import uuid

from scheduler.asking.diary import NamePlace, Place


def written_start(start: dt.datetime | None, last: uuid.UUID) -> str:
    """Return the place after an occasion."""
    return _written(None if start is None else start.isoformat(), last)


def read_start(given: str) -> Place | None:
    """Return the place that an address names; None where it names none of ours: the list begins anew."""
    read = _read(given)
    if read is None:
        return None
    start, last = read
    try:
        moment = None if start is None else dt.datetime.fromisoformat(start)
    except ValueError:
        return None
    return None if moment is not None and moment.tzinfo is None else (moment, last)


def written_name(name: str, last: uuid.UUID) -> str:
    """Return the place after a contact."""
    return _written(name, last)


def read_name(given: str) -> NamePlace | None:
    """Return the place that an address names, as `read_start`."""
    read = _read(given)
    return None if read is None or read[0] is None else (read[0], read[1])


def printable(words: str) -> str:
    """Return words without what no database keeps, and without spaces around."""
    return "".join(each for each in words if each.isprintable()).strip()


def _written(first: str | None, last: uuid.UUID) -> str:
    return base64.urlsafe_b64encode(json.dumps([first, last.hex]).encode()).decode().rstrip("=")


def _read(given: str) -> tuple[str | None, uuid.UUID] | None:
    try:
        first, last = json.loads(base64.urlsafe_b64decode(given + "=" * (-len(given) % 4)))
        if first is not None and (not isinstance(first, str) or "\0" in first or not first.isprintable()):
            return None
        return first, uuid.UUID(last)
    except (ValueError, TypeError, AttributeError):
        return None
