"""Twilio's error bodies. Codes and words from its error dictionary (twilio.com/docs/api/errors)."""

from http import HTTPStatus
from typing import Final

from scheduler.carrier.mishaps import Kind, Mishap
from scheduler.carrier.wire import Answer

WORDS: Final = {
    14107: "SMS send rate limit exceeded",
    20001: "Unknown parameters",
    20003: "Authenticate",
    20004: "Method not allowed",
    20009: "The resource is not complete yet",
    20404: "The requested resource was not found",
    20429: "Too Many Requests",
    20500: "Internal Server Error",
    20503: "Service unavailable",
    21211: "Invalid 'To' Phone Number",
    21212: "Invalid From Number (caller ID)",
    21408: "Permission to send an SMS has not been enabled for the region indicated by the 'To' number",
    21602: "Message body is required",
    21603: "A 'From' or 'MessagingServiceSid' parameter is required to send a message",
    21604: "The destination 'To' phone number is required to send an SMS",
    21606: "The 'From' phone number provided is not a valid message-capable Twilio phone number for this destination.",
    21609: "Invalid 'StatusCallback'",
    21610: "Attempt to send to unsubscribed recipient",
    21611: "This 'From' number has exceeded the maximum number of queued messages",
    21612: "The 'To' phone number is not currently reachable via SMS",
    21614: "'To' number is not a valid mobile number",
    21617: "The concatenated message body exceeds the 1600 character limit",
    21620: "Invalid media URL(s)",
    21703: "The Messaging Service does not have a phone number available to send a message",
    21704: "The Messaging Service contains no phone numbers",
    30001: "Queue overflow",
    30002: "Account suspended",
    30003: "Unreachable destination handset",
    30004: "Message blocked",
    30005: "Unknown destination handset",
    30006: "Landline or unreachable carrier",
    30007: "Message filtered",
    30008: "Unknown error",
    30034: "US A2P 10DLC - Message from an Unregistered Number",
    30409: "This message cannot be canceled",
    63038: "Account exceeded the daily messages limit",
}
_STATUSES: Final = {
    20003: HTTPStatus.UNAUTHORIZED,
    20004: HTTPStatus.METHOD_NOT_ALLOWED,
    20009: HTTPStatus.CONFLICT,  # our guess: its dictionary names no status
    20404: HTTPStatus.NOT_FOUND,
    20429: HTTPStatus.TOO_MANY_REQUESTS,
    14107: HTTPStatus.TOO_MANY_REQUESTS,
    21611: HTTPStatus.TOO_MANY_REQUESTS,
    63038: HTTPStatus.TOO_MANY_REQUESTS,
    20500: HTTPStatus.INTERNAL_SERVER_ERROR,
    20503: HTTPStatus.SERVICE_UNAVAILABLE,
}
# A suspended account, and one without balance, which Twilio suspends, fail as a wrong token does (error 20003, causes).
_OF_KIND: Final = {
    Kind.THROTTLE: 20429,
    Kind.UNAVAILABLE: 20503,
    Kind.BAD_TOKEN: 20003,
    Kind.NO_BALANCE: 20003,
    Kind.SUSPENDED: 20003,
    Kind.REFUSE: 21614,
}


def error(code: int, words: str | None = None, retry_after: int | None = None) -> Answer:
    """Return an error as Twilio words it."""
    status = _STATUSES.get(code, HTTPStatus.BAD_REQUEST)
    body = {
        "code": code,
        "message": words or WORDS.get(code, "Unknown error"),
        "more_info": f"https://www.twilio.com/docs/errors/{code}",
        "status": int(status),
    }
    return Answer(status, body, {} if retry_after is None else {"Retry-After": str(retry_after)})


def failing(mishap: Mishap) -> Answer:
    """Return the error that a mishap has it answer; a 500 unless its kind says otherwise."""
    return error(mishap.code or _OF_KIND.get(mishap.kind, 20500), retry_after=mishap.retry_after)
