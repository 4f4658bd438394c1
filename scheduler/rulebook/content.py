"""A rulebook as plain JSON and back, and the id that its content gives. Pure.

What a revision's row holds. Numbers stay exact: a fraction of more than 15 digits travels as text.
"""

import hashlib
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import TypeAlias

from scheduler.rulebook.schema import Rulebook

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"

_ID_DIGITS = 12


def content_of(rulebook: Rulebook) -> dict[str, Json]:
    """Return the rulebook as JSON data, only what was given, keys as an admin writes them."""
    dumped = rulebook.model_dump(mode="python", by_alias=True, exclude_unset=True)
    return {str(key): _to_json(value) for key, value in sorted(dumped.items())}


def rulebook_of(content: Mapping[str, object]) -> Rulebook:
    """Return the rulebook that `content_of` made this of."""
    return Rulebook.model_validate(_from_json(content), by_alias=True, by_name=False)


def revision_id(content: Mapping[str, object]) -> str:
    """Return `r-` and twelve hexadecimal digits of the SHA-256 of the content, whatever the order of its keys."""
    written = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return f"r-{hashlib.sha256(written.encode()).hexdigest()[:_ID_DIGITS]}"


def _to_json(value: object) -> Json:
    if isinstance(value, Mapping):
        return {str(key): _to_json(below) for key, below in value.items()}
    if isinstance(value, (list, tuple)):
        return [_to_json(item) for item in value]
    if isinstance(value, Decimal):
        return _number(value)
    return value if value is None or isinstance(value, (bool, int, float)) else str(value)


def _number(value: Decimal) -> Json:
    if value == value.to_integral_value():
        return int(value)
    near = float(value)
    return near if Decimal(repr(near)) == value else str(value)


def _from_json(value: object) -> object:
    """Return JSON data with fractions as exact decimals."""
    if isinstance(value, Mapping):
        return {key: _from_json(below) for key, below in value.items()}
    if isinstance(value, list):
        return [_from_json(item) for item in value]
    return Decimal(repr(value)) if isinstance(value, float) else value
