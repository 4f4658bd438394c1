"""MessageBird's error bodies. Source: developers.messagebird.com, API errors; its openapi-specs sms/openapi.yaml."""

from http import HTTPStatus
from typing import Final

from scheduler.carrier.mishaps import Kind, Mishap
from scheduler.carrier.wire import Answer

NOT_ALLOWED: Final = 2
MISSING: Final = 9
INVALID: Final = 10
NOT_FOUND: Final = 20
BAD_REQUEST: Final = 21
NO_BALANCE: Final = 25
INTERNAL: Final = 98
INTERNAL_TOO: Final = 99
# The status of 25 is a guess: no document that we know names it.
_STATUSES: Final = {
    NOT_ALLOWED: HTTPStatus.UNAUTHORIZED,
    NOT_FOUND: HTTPStatus.NOT_FOUND,
    BAD_REQUEST: HTTPStatus.BAD_REQUEST,
    NO_BALANCE: HTTPStatus.PAYMENT_REQUIRED,
    INTERNAL: HTTPStatus.INTERNAL_SERVER_ERROR,
    INTERNAL_TOO: HTTPStatus.INTERNAL_SERVER_ERROR,
}
_WORDS: Final = {
    NOT_ALLOWED: "Request not allowed (incorrect access_key)",
    MISSING: "missing params",
    INVALID: "invalid params",
    NOT_FOUND: "not found",
    BAD_REQUEST: "Bad request",
    NO_BALANCE: "Not enough balance",
    INTERNAL: "Internal error",
    INTERNAL_TOO: "Internal error",
}


def error(code: int, words: str | None = None, parameter: str | None = None) -> Answer:
    """Return an error as MessageBird words it."""
    body = {"errors": [{"code": code, "description": words or _WORDS.get(code, "error"), "parameter": parameter}]}
    return Answer(_STATUSES.get(code, HTTPStatus.UNPROCESSABLE_ENTITY), body)


def failing(mishap: Mishap) -> Answer:
    """Return the error that a mishap has it answer; a 500 unless its kind says otherwise."""
    headers = {} if mishap.retry_after is None else {"Retry-After": str(mishap.retry_after)}
    match mishap.kind:
        case Kind.THROTTLE:
            said = Answer(HTTPStatus.TOO_MANY_REQUESTS, error(INVALID, "Too many requests").body)
        case Kind.UNAVAILABLE:
            said = Answer(HTTPStatus.SERVICE_UNAVAILABLE, error(INTERNAL, "Service unavailable").body)
        case Kind.BAD_TOKEN | Kind.SUSPENDED:
            said = error(mishap.code or NOT_ALLOWED, parameter="access_key")
        case Kind.NO_BALANCE:
            said = error(mishap.code or NO_BALANCE)
        case Kind.REFUSE:
            said = error(mishap.code or MISSING, "no (correct) recipients found", "recipients")
        case _:
            said = error(mishap.code or INTERNAL)
    return Answer(said.status, said.body, headers)
