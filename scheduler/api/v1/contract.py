"""The OpenAPI document as the API keeps it: FastAPI's draft comes in, the true one goes out. Pure.

What the draft cannot know: errors are problem+json, which statuses each call shares, how a line of text looks, and
which answer holds the id that another call takes (links).
"""

from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any, Final, TypeAlias

from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from starlette.routing import compile_path

from scheduler.api.v1.problems import MEDIA_TYPE, problem

Schema: TypeAlias = dict[str, Any]

FIRST_ERROR: Final = 400
LINE: Final = r"^[^\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]*[^\x00-\x20\x7f-\xa0][^\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]*$"
"""A line of text as intake keeps it: no control character, not blank."""
LINES: Final = frozenset({"ref", "kind", "what", "owner", "phone", "status", "case_ref", "contact"})
"""Parameters that are such a line."""
JSON_BODY: Final = "application/json"

_HEADERS: Final[Mapping[str, tuple[str, str]]] = {
    "401": ("WWW-Authenticate", "How to say who calls."),
    "405": ("Allow", "The methods that this address has."),
    "429": ("Retry-After", "In how many seconds to try again."),
}

_RECORD: Final = ("GET", "PATCH", "DELETE")
_LINKS: Final[tuple[tuple[str, str, Mapping[str, str], tuple[str, ...]], ...]] = (
    (
        "PUT /contacts/{ref}",
        "ref",
        {"ref": "$response.body#/contact/ref"},
        (*(f"{method} /contacts/{{ref}}" for method in _RECORD), "GET /contacts/{ref}/history"),
    ),
    *(
        (
            f"PUT /{path}/{{ref}}",
            "ref",
            {"ref": "$response.body#/occasion/ref", **more},
            (*(f"{method} /{path}/{{ref}}" for method in _RECORD), f"GET /{path}/{{ref}}/plan"),
        )
        for path, more in (
            ("appointments", {}),
            ("payments", {}),
            ("occasions/{kind}", {"kind": "$response.body#/occasion/kind"}),
        )
    ),
    *(
        (
            made,
            "job",
            {"job": "$response.body#/job"},
            tuple(
                f"{way} /jobs/{{job}}{verb}"
                for way, verb in (("GET", ""), ("POST", "/reschedule"), ("POST", "/cancel"))
            ),
        )
        for made in ("POST /texts", "POST /conversations/{conversation_id}/reply")
    ),
    ("GET /jobs", "job", {"job": "$response.body#/items/0/id"}, ("GET /jobs/{job}", "POST /jobs/{job}/retry")),
    (
        "GET /inbox",
        "conversation",
        {"conversation_id": "$response.body#/items/0/id"},
        (
            "GET /conversations/{conversation_id}",
            *(f"POST /conversations/{{conversation_id}}/{verb}" for verb in ("read", "assign", "note")),
        ),
    ),
    ("GET /rulebook", "revision", {"revision": "$response.body#/revision"}, ("GET /rulebook/revisions/{revision}",)),
    *(
        (listing, "next", {"cursor": "$response.body#/next"}, (listing,))
        for listing in ("GET /contacts", "GET /appointments", "GET /payments", "GET /jobs", "GET /inbox")
    ),
)
"""Of each answer: what it gives, where it stands there, and which calls take it."""


class Documented(FastAPI):
    """An application whose document is the true one, and that knows the methods of an address."""

    def openapi(self) -> Schema:
        """Return the document; made once."""
        if self.openapi_schema is None:
            self.openapi_schema = finished(super().openapi())
        return self.openapi_schema

    def methods_at(self, path: str) -> list[str]:
        """Return the methods that an address has, a path without the place where the application is mounted."""
        paths: dict[str, Schema] = self.openapi()["paths"]
        return sorted({one.upper() for each, methods in paths.items() if _is_at(each, path) for one in methods})


def wrong_method(request: Request, error: Exception) -> JSONResponse:
    """Answer a call by a method that its address does not have: 405, with all that it has."""
    app: Documented = request.app
    root: str = request.scope.get("root_path", "")
    allowed = app.methods_at(request.scope["path"].removeprefix(root))
    headers = {"Allow": ", ".join(allowed)} if allowed else getattr(error, "headers", None)
    detail = f"there is no {request.method} here" + (f": {', '.join(allowed)} there is" if allowed else "")
    return problem(HTTPStatus.METHOD_NOT_ALLOWED, detail, headers=headers)


def operation_name(route: APIRoute) -> str:
    """Return how a call is named in the document and in clients made from it: `records_put_contact`."""
    return "_".join([*(str(tag) for tag in route.tags[:1]), route.name])


def finished(document: Schema) -> Schema:
    """Return the document with what the draft could not know; the draft is changed."""
    for call in calls(document).values():
        for status, response in call["responses"].items():
            if status.isdecimal() and int(status) >= FIRST_ERROR:
                _tell_error(status, response)
        for parameter in call.get("parameters", ()):
            if parameter["in"] == "path" or "records" in call.get("tags", ()):
                _tell_line(parameter)
        if "requestBody" not in call:
            call["responses"].pop("415", None)
    _link(document)
    return document


def calls(document: Schema) -> dict[str, Schema]:
    """Return every call of a document by method and path: `PUT /contacts/{ref}`."""
    return {
        f"{method.upper()} {path}": call
        for path, methods in document["paths"].items()
        for method, call in methods.items()
    }


def _tell_error(status: str, response: Schema) -> None:
    drafted = response.get("content", {})
    schema = drafted.get(JSON_BODY, drafted.get(MEDIA_TYPE, {})).get("schema")
    response["content"] = {MEDIA_TYPE: {} if schema is None else {"schema": schema}}
    if status in _HEADERS:
        name, words = _HEADERS[status]
        response["headers"] = {name: {"description": words, "required": True, "schema": {"type": "string"}}}


def _tell_line(parameter: Schema) -> None:
    if parameter["name"] not in LINES:
        return
    for schema in _texts(parameter["schema"]):
        schema.setdefault("pattern", LINE)


def _texts(schema: Schema) -> Iterator[Schema]:
    """Yield the parts of a schema that are texts."""
    if schema.get("type") == "string":
        yield schema
    for each in schema.get("anyOf", ()):
        yield from _texts(each)


def _link(document: Schema) -> None:
    known = calls(document)
    for source, gives, parameters, targets in _LINKS:
        answer = next(found for status, found in known[source]["responses"].items() if status.startswith("2"))
        for target in targets:
            operation = known[target]["operationId"]
            answer.setdefault("links", {})[f"{gives}_{operation}"] = {
                "operationId": operation,
                "parameters": parameters,
            }


def _is_at(template: str, path: str) -> bool:
    pattern, _, _ = compile_path(template)
    return pattern.match(path) is not None
