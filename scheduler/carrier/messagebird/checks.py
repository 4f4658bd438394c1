"""What MessageBird checks of a request to send, and what it takes from one that is in order. Pure.

Sources: messagebird/openapi-specs sms/openapi.yaml; the limit of 1,377 characters is a third party's figure.
"""

import json
import re
from collections.abc import Mapping
from typing import Any, Final

from jobs.segments import measure
from scheduler.carrier.addresses import is_address
from scheduler.carrier.exchange import Order
from scheduler.carrier.messagebird.errors import BAD_REQUEST, INVALID, MISSING, error
from scheduler.carrier.wire import Answer

MOST_CHARACTERS: Final = 1377
MOST_RECIPIENTS: Final = 50
MOST_REFERENCE: Final = 255
_NUMBER: Final = re.compile(r"[1-9]\d{6,14}", re.ASCII)
_SENDER: Final = re.compile(r"\+?\d{3,17}|[A-Za-z0-9 ]{1,11}", re.ASCII)
_CHOICES: Final = {"type": {"sms", "binary", "flash"}, "datacoding": {"plain", "unicode", "auto"}}
_MOST_SECONDS: Final = 7 * 24 * 3600


def order_of(body: bytes) -> Order | Answer:
    """Return what the JSON of a request orders, or the error that answers it."""
    said = read_object(body)
    if said is None:
        return error(BAD_REQUEST)
    people = _people(said.get("recipients"))
    sender = said.get("originator")
    refusal = _check_sender(sender) or _check_words(said.get("body")) or _check_people(people) or _check_rest(said)
    if refusal is not None:
        return refusal
    reference, address = said.get("reference"), said.get("reportUrl")
    return Order(
        sender=str(sender),
        people=tuple(f"+{person}" for person in people),
        body=_as_sent(str(said["body"]), str(said.get("datacoding") or "plain")),
        status="sent",
        reference=None if reference is None else str(reference),
        callback=None if address is None else str(address),
        form=dict(said),
    )


def read_object(body: bytes) -> dict[str, Any] | None:
    """Return a JSON object, or None where the body is none."""
    try:
        read = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return read if isinstance(read, dict) else None


def bare(number: str) -> str:
    """Return a number as MessageBird writes it, without the plus."""
    return number.removeprefix("+")


def _people(given: object) -> tuple[str, ...]:
    """Return the recipients, each once, from a list of numbers or the one string that its Python SDK sends."""
    listed = given.split(",") if isinstance(given, str) else given
    if not isinstance(listed, list):
        return ()
    read = [bare(str(each).strip()) for each in listed if isinstance(each, int | str) and not isinstance(each, bool)]
    return tuple(dict.fromkeys(read)) if len(read) == len(listed) else ()


def _check_sender(sender: object) -> Answer | None:
    is_sender = isinstance(sender, int | str) and not isinstance(sender, bool) and _SENDER.fullmatch(str(sender))
    return None if is_sender else error(MISSING, "no (correct) originator found", "originator")


def _check_words(body: object) -> Answer | None:
    if not isinstance(body, str) or not body:
        return error(MISSING, "no (correct) body found", "body")
    return error(INVALID, "body is too long", "body") if len(body) > MOST_CHARACTERS else None


def _check_people(people: tuple[str, ...]) -> Answer | None:
    if not people or not all(map(_NUMBER.fullmatch, people)):
        return error(MISSING, "no (correct) recipients found", "recipients")
    return error(INVALID, "too many recipients", "recipients") if len(people) > MOST_RECIPIENTS else None


def _check_rest(said: Mapping[str, Any]) -> Answer | None:
    for name, allowed in _CHOICES.items():
        if said.get(name) is not None and not (isinstance(said[name], str) and said[name] in allowed):
            return error(INVALID, f"{name} is invalid", name)
    reference = said.get("reference")
    if reference is not None and not (isinstance(reference, str | int) and len(str(reference)) <= MOST_REFERENCE):
        return error(INVALID, "reference is invalid", "reference")
    validity = said.get("validity")
    if validity is not None and not (type(validity) is int and 1 <= validity <= _MOST_SECONDS):
        return error(INVALID, "validity is invalid", "validity")
    address = said.get("reportUrl")
    if address is not None and not (isinstance(address, str) and is_address(address)):
        return error(INVALID, "reportUrl is invalid", "reportUrl")
    return None


def _as_sent(body: str, datacoding: str) -> str:
    """Return the body as the person gets it: `plain`, the default, puts a question mark for what GSM-7 has not."""
    if datacoding != "plain":
        return body
    missing = set(measure(body).forcing)
    return "".join("?" if character in missing else character for character in body)
