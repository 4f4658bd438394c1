"""What a mail to staff says: events in; a subject and lines out, without words of texts and whole numbers. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from jobs.events import MEANINGS, Kind, Taken

_WHERE: Final = {
    Kind.TEXT_RECEIVED: "quietbell conversations --open",
    Kind.JOB_IN_DOUBT: "quietbell jobs --state in_doubt",
    Kind.OCCASION_UNREACHED: "quietbell jobs --unreached",
    Kind.PROVIDER_CLOSED: "quietbell pause --list",
}
_LONGEST: Final = 200


def subject_of(mail: Sequence[Taken]) -> str:
    """Return a subject: the practice and what happened, or how much."""
    if len(mail) > 1:
        return f"{mail[0].practice}: {len(mail)} things to look at"
    return f"{mail[0].practice}: {MEANINGS[Kind(mail[0].kind)]}"


def words_of(mail: Sequence[Taken]) -> str:
    """Return a mail's lines: each event, and where to look."""
    lines = [line_of(each) for each in mail]
    kinds = dict.fromkeys(Kind(each.kind) for each in mail)
    looks = [f"  {_WHERE[kind]}" for kind in kinds if kind in _WHERE]
    return "\n".join([*lines, *(["", "Where to look:", *looks] if looks else []), ""])


def line_of(event: Taken) -> str:
    """Return one event as a line."""
    told = event.payload
    parts = [
        MEANINGS[Kind(event.kind)],
        _named("contact", told.get("contact") or ", ".join(told.get("contacts") or ())),
        "" if told.get("contact") else _named("number", told.get("number")),
        _occasion(told.get("occasion")),
        _named("case", told.get("case")),
        _named("for", told.get("owner")),
        _unclear(told),
        str(told.get("why") or told.get("reason") or "")[:_LONGEST],
    ]
    return f"- {event.at:%Y-%m-%d %H:%M} UTC: " + "; ".join(" ".join(part.split()) for part in parts if part)


def _named(what: str, value: object) -> str:
    return f"{what} {value}" if value else ""


def _occasion(told: Mapping[str, Any] | None) -> str:
    return "" if told is None else f"{told['kind']} {told['ref']}"


def _unclear(told: Mapping[str, Any]) -> str:
    if told.get("meaning") == "ambiguous":
        return "perhaps an opt-out: texts to the number wait until you have looked"
    return "it asks for a person" if told.get("asks_staff") else ""
