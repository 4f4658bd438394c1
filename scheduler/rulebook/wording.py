"""The sentences for what is wrong with one value: what it is, what it may be, the nearest right spelling. Pure."""

import re
from collections.abc import Mapping

from pydantic_core import ErrorDetails

from scheduler.rulebook.meant import country_meant, language_meant, type_meant
from scheduler.rulebook.positions import Path
from scheduler.rulebook.spelling import nearest, suggestion

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
_OF_MAPPINGS = frozenset({"dict_type", "model_type", "model_attributes_type"})
_EXAMPLES = {
    "changed": "{of: [place], template: appointment_changed}",
    "confirm": "{words: [C, OUI], say: thanks_confirmed}",
    "consent": "{service: assumed, commercial: express}",
    "contact_fields": "{tags: words}",
    "decline": "{words: [N, NON]}",
    "fields": "{place: text, amount: money}",
    "first_text_adds": '{en: "Reply STOP to opt out."}',
    "keep": "{bodies: 2 years, numbers: 7 years}",
    "kinds": "{deadline: {dated: day, fields: {missing: number}}}",
    "price": "{CA: 0.0079}",
    "replies": "{confirm: {words: [C, OUI]}}",
    "reschedule": "{words: [R]}",
    "senders": '[{id: main, number: "+15145550100", provider: twilio}]',
    "sending_window": '{mon-fri: "09:00-20:00", sat: closed}',
    "spending": "{currency: CAD, monthly_cap: 200}",
    "status": "{live: [open], done: [done], off: [cancelled]}",
    "steps": '- {id: day-before, before: 1 day, at: "16:00", template: appointment_reminder}',
    "templates": "{payment_due: {max_segments: 1}}",
    "who_may_send": "{texts: [admin, staff]}",
}
_ONE = {
    "status": "Write a step for each",
    "template": "Name one template: each language of it is a file of its own, such as `payment_due.fr.txt.j2`",
    "for": "Name one kind, and write a rule for each other",
    "moved": "Name the template that tells it",
    "cancelled": "Name the template that tells it",
    "say": "Name the template that acknowledges",
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
    if written == "":
        return _nothing(path, key)
    if kind == "union":
        return _union(key, path, written)
    if kind == "value_error":
        return _own(str(context.get("error", "not valid")), key)
    if kind == "string_pattern_mismatch":
        return _form(str(context["pattern"]), written or "")
    if kind == "literal_error":
        choices = re.findall(r"'([^']*)'", str(context["expected"]))
        meant = type_meant(written or "")
        advice = f"Did you mean `{meant}`?" if meant in choices else suggestion(written or "", choices)
        return f"`{_short(written)}` is unknown in `{key}`. {advice}"
    return _size(kind, context, key, written) or _wrong_kind(kind, key, written)


def _nothing(path: Path, key: str) -> str:
    """Return the sentence for an empty value: a key without one, or a hyphen that nothing follows."""
    if ":" in key:
        name, _, value = key.partition(":")
        return f"`{key}` lacks a space after its colon. Write `{name}: {value}`"
    if path and path[-1] == key:
        return f"`{key}` is empty. Write something into it"
    where = f" (`{key}`)" if key else ""
    return f"nothing stands after this hyphen{where}. Write something there, or remove the hyphen"


def _union(key: str, path: Path, written: str | None) -> str:
    shown = f"`{_short(written)}`" if written else "what stands here"
    if key == "on" and written:
        near = nearest(written, ("created",))
        advice = f"Did you mean `{near or f'{{status: {_short(written)}}}'}`?"
        return f"{shown} is no change that a text can go at (`on`). {advice}"
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
    lower = written.strip("\"'“”\u2018’«» ").lower()
    meant = language_meant(written) if what == "a language" else country_meant(written) if what == "a country" else None
    if meant is not None:
        return f"`{_short(written)}` is not {what}: write {shape}. Did you mean `{meant}`?"
    if file := re.fullmatch(r"(?:.*/)?([a-z][a-z0-9_]*)(?:\.[A-Za-z_]+)?\.txt(?:\.j2)?", written):
        return f"`{_short(written)}` is a file's name. Write the template's: `{file[1]}`"
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
        return f"{shown} is not a {'whole number' if kind.startswith('int') else 'number'}{named}. {_digits(written)}"
    if kind == "tuple_type" and key in _CONDITIONS:
        return f"{shown} is not a condition{named}. Write fields with the values wanted, such as `{{type: [hearing]}}`"
    if kind == "tuple_type" and written is not None:
        return f"{shown} is not a list{named}. Write it in square brackets: `[{_short(written)}]`"
    if kind == "string_type" and written is None and key in _ONE:
        return f"`{key}` takes one word. {_ONE[key]}"
    if kind in _OF_MAPPINGS and key in _EXAMPLES:
        return f"{shown} is not a mapping{named}. Write it like `{_EXAMPLES[key]}`"
    what, advice = _WRONG_KIND.get(kind, ("a value that can stand here", _REFERENCE))
    return f"{shown} is not {what}{named}. {advice}"


def _digits(written: str | None) -> str:
    """Return how to write a number; a comma is not read as a decimal point, nor as a thousand's sign."""
    plain = re.sub(r"[\s$€£%]|CAD|USD|EUR", "", written or "")
    if re.fullmatch(r"\d{1,3}(,\d{3})+", plain):
        return f"Did you mean `{plain.replace(',', '')}`?"
    found = re.fullmatch(r"\d+(?:[.,]\d+)?", plain)
    return f"Did you mean `{plain.replace(',', '.')}`?" if found else "Write digits"


def _short(written: str | None) -> str:
    text = written or ""
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"
