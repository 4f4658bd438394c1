"""The sentences for what is wrong with one value: what it is, what it may be, the nearest right spelling. Pure."""

import re
from collections.abc import Mapping

from pydantic_core import ErrorDetails

from scheduler.rulebook.positions import Path
from scheduler.rulebook.spelling import suggestion

_LONGEST_SHOWN = 60
_FORMS: dict[str, tuple[str, str]] = {
    r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$": ("an id", "lower-case letters, digits and hyphens, such as `day-before`"),
    r"^[a-z][a-z0-9_]*$": ("a name", "lower-case letters, digits and underscores, such as `payment_due`"),
    r"^[A-Z]{2}$": ("a country", "two capital letters, such as `CA`"),
    r"^[A-Z]{3}$": ("a currency", "three capital letters, such as `CAD`"),
    r"^[a-z]{2,3}(_[A-Z]{2})?$": ("a language", "its code, such as `en` or `fr_CA`"),
    r"^\d{1,3}%$": ("a percentage", "a number and a sign, such as `80%`"),
    r"^[A-Z][A-Z0-9-]*$": ("a property of an event", "it in capital letters, such as `LOCATION`"),
    r"^X-[A-Z0-9-]+$": ("a property of a calendar's own", "it in capital letters, such as `X-CONTACT-REF`"),
}
_CONDITIONS = ("only_if", "unless")
_WINDOW = "Write hours as `09:00-20:00`, as a list of those, or `closed`"
_TEST = "Write a word or number, a list of them, or `{under: 5}`, `{over: 0}`, `{not: x}`"
_EVENT = "Write `created`, or a status as `{status: paid}`"
_WAYS = "Write `attendee_email`, `phone_in_text` or `{x_property: X-CONTACT-REF}`"
_MAPPING = "Write `key: value`, one a line or in braces"
_LIST = "Write it in square brackets, `[a, b]`, or one a line, each after a hyphen"
_REFERENCE = "See the rule reference"
_WRONG_KIND: dict[str, tuple[str, str]] = {
    "string_type": ("a text", "Write a text, in quotes if need be"),
    "tuple_type": ("a list", _LIST),
    "dict_type": ("a mapping", _MAPPING),
    "model_type": ("a mapping", _MAPPING),
    "model_attributes_type": ("a mapping", _MAPPING),
    "bool_type": ("true or false", "Write `true` or `false`"),
    "bool_parsing": ("true or false", "Write `true` or `false`"),
}
_BOUNDS = {
    "greater_than": ("gt", "more than"),
    "greater_than_equal": ("ge", "at least"),
    "less_than": ("lt", "less than"),
    "less_than_equal": ("le", "at most"),
}


def sentence_of(detail: ErrorDetails, kind: str, path: Path, written: str | None) -> str:
    """Return what is wrong with the value at `path`; `kind` is pydantic's word for it, `written` what stands there."""
    key = next((segment for segment in reversed(path) if isinstance(segment, str)), "")
    context = detail.get("ctx", {})
    if kind == "union":
        return _union(key, path, written)
    if kind == "value_error":
        return _own(str(context.get("error", "not valid")), key)
    if kind == "string_pattern_mismatch":
        return _form(str(context["pattern"]), written or "")
    if kind == "literal_error":
        choices = re.findall(r"'([^']*)'", str(context["expected"]))
        return f"`{_short(written)}` is unknown in `{key}`. {suggestion(written or '', choices)}"
    return _size(kind, context, key, written) or _wrong_kind(kind, key, written)


def _union(key: str, path: Path, written: str | None) -> str:
    shown = f"`{_short(written)}`" if written else "what stands here"
    if key == "on":
        return f"{shown} is no change that a text can go at (`on`). {_EVENT}"
    if "calendars" in path and key == "contact":
        return f"{shown} is no way to find an event's person (`contact`). {_WAYS}"
    if "sending_window" in path:
        return f"`{key}` is not written as hours. {_WINDOW}"
    if any(word in path for word in _CONDITIONS):
        return f"`{key}` has no value to compare with. {_TEST}"
    return f"the value of `{key}` has a form that is not known. {_REFERENCE}"


def _own(error: str, key: str) -> str:
    """Return the sentence of one of our own readers of values, `what is wrong: what to do`."""
    problem, _, advice = error.partition(": ")
    return f"{problem} (`{key}`). {advice[:1].upper()}{advice[1:] or _REFERENCE}"


def _form(pattern: str, written: str) -> str:
    what, shape = _FORMS.get(pattern, ("valid", "as the rule reference says"))
    lower = written.lower()
    for candidate in (lower, written.upper(), re.sub(r"[\s_]+", "-", lower), re.sub(r"[\s-]+", "_", lower)):
        if re.fullmatch(pattern, candidate):
            return f"`{_short(written)}` is not {what}: write {shape}. Did you mean `{_short(candidate)}`?"
    return f"`{_short(written)}` is not {what}. Write {shape}"


def _size(kind: str, context: Mapping[str, object], key: str, written: str | None) -> str | None:
    """Return the sentence for a value that is too small, too big, too short or too long; None for other errors."""
    if kind in _BOUNDS:
        name, phrase = _BOUNDS[kind]
        return f"`{_short(written)}` is outside what `{key}` may be. Write {phrase} {context[name]}"
    if kind == "too_long":
        return f"`{key}` holds more than {context['max_length']} entries. Remove what is not needed"
    if kind in {"too_short", "string_too_short"}:
        return f"`{key}` is empty. Write something into it"
    if kind == "string_too_long":
        return f"`{key}` is longer than {context['max_length']} characters. Make it shorter"
    return None


def _wrong_kind(kind: str, key: str, written: str | None) -> str:
    shown = f"`{_short(written)}`" if written is not None else "what stands here"
    named = f" (`{key}`)" if key else ""
    if kind.startswith(("int", "decimal", "float", "finite", "whole")):
        return f"{shown} is not a {'whole number' if kind.startswith('int') else 'number'}{named}. Write digits"
    if kind == "tuple_type" and key in _CONDITIONS:
        return f"{shown} is not a condition{named}. Write fields with the values wanted, such as `{{type: [hearing]}}`"
    if kind == "tuple_type" and written is not None:
        return f"{shown} is not a list{named}. Write it in square brackets: `[{_short(written)}]`"
    what, advice = _WRONG_KIND.get(kind, ("a value that can stand here", _REFERENCE))
    return f"{shown} is not {what}{named}. {advice}"


def _short(written: str | None) -> str:
    text = written or ""
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"
