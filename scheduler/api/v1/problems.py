"""Errors as the API tells them: problem+json (RFC 9457) that names the field. Our own errors in, answers out."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from jobs.errors import InputError, NotFoundError, QuietbellError, RefusedError

MEDIA_TYPE: Final = "application/problem+json"


class FieldProblem(BaseModel):
    """What is wrong with one field."""

    field: str = Field(description="Where: a name, or names and places with dots between them; empty: the whole body.")
    detail: str = Field(description="What is wrong, and what to write instead.")
    row: int | None = Field(default=None, description="Which row of many, counted from 1.")


class ProblemBody(BaseModel):
    """An answer that is an error (RFC 9457)."""

    model_config = ConfigDict(json_schema_extra={"description": "RFC 9457"})

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    errors: list[FieldProblem] = []


class Trouble(QuietbellError):  # noqa: N818 - it is the answer, of whatever status
    """An answer of another status than the error's kind says, or one that names fields."""

    def __init__(
        self,
        status: HTTPStatus,
        detail: str,
        errors: Sequence[FieldProblem] = (),
        headers: dict[str, str] | None = None,
    ) -> None:
        """Tell this, with that status."""
        super().__init__(detail)
        self.status = status
        self.errors = list(errors)
        self.headers = headers


_STATUS: Final[tuple[tuple[type[QuietbellError], HTTPStatus], ...]] = (
    (NotFoundError, HTTPStatus.NOT_FOUND),
    (InputError, HTTPStatus.UNPROCESSABLE_ENTITY),
    (RefusedError, HTTPStatus.CONFLICT),
)

PROBLEM_RESPONSES: Final[dict[int | str, dict[str, object]]] = {
    status.value: {"model": ProblemBody, "description": status.phrase, "content": {MEDIA_TYPE: {}}}
    for status in (
        HTTPStatus.BAD_REQUEST,
        HTTPStatus.UNAUTHORIZED,
        HTTPStatus.FORBIDDEN,
        HTTPStatus.NOT_FOUND,
        HTTPStatus.METHOD_NOT_ALLOWED,
        HTTPStatus.CONFLICT,
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        HTTPStatus.UNPROCESSABLE_ENTITY,
        HTTPStatus.TOO_MANY_REQUESTS,
        HTTPStatus.SERVICE_UNAVAILABLE,
    )
}
"""What every call may answer besides what it is for."""


def problem(
    status: HTTPStatus, detail: str, errors: Sequence[FieldProblem] = (), headers: dict[str, str] | None = None
) -> JSONResponse:
    """Return an error as an answer."""
    body = ProblemBody(title=status.phrase, status=status.value, detail=detail, errors=list(errors))
    return JSONResponse(body.model_dump(), status.value, headers, MEDIA_TYPE)


def tell_problems(app: FastAPI) -> None:
    """Answer every error of ours, of the framework and of validation so."""
    app.add_exception_handler(QuietbellError, _ours)
    app.add_exception_handler(HTTPException, _frameworks)
    app.add_exception_handler(RequestValidationError, _invalid)


async def _ours(_request: Request, error: Exception) -> JSONResponse:
    if isinstance(error, Trouble):
        return problem(error.status, str(error), error.errors, error.headers)
    status = next((known for kind, known in _STATUS if isinstance(error, kind)), HTTPStatus.SERVICE_UNAVAILABLE)
    return problem(status, str(error))


async def _frameworks(_request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, HTTPException):
        raise error
    return problem(HTTPStatus(error.status_code), error.detail, headers=dict(error.headers or {}) or None)


async def _invalid(_request: Request, error: Exception) -> JSONResponse:
    if not isinstance(error, RequestValidationError):
        raise error
    told = error.errors()
    if told and told[0]["type"] == "json_invalid":
        where = place_in(str(error.body), int(told[0]["loc"][-1]))
        wrong = FieldProblem(field="", detail=f"is not JSON at {where}: {told[0]['ctx']['error']}")
        return problem(HTTPStatus.UNPROCESSABLE_ENTITY, f"body: not JSON at {where}", [wrong])
    found = dict.fromkeys(_wrong(each, error.body) for each in told)
    errors = [FieldProblem(field=field, detail=detail) for field, detail in found]
    return problem(HTTPStatus.UNPROCESSABLE_ENTITY, "some fields are not as they should be", errors)


def place_in(text: str, position: int) -> str:
    """Return where in a text a position is, for people: both counted from 1."""
    before = text[:position]
    return f"line {before.count(chr(10)) + 1} column {position - before.rfind(chr(10))}"


def field_of(loc: Sequence[int | str], given: object, *, is_missing: bool) -> str:
    """Return the place of a problem in what was given, without the names that pydantic has for its choices."""
    named: list[str] = []
    for part in loc:
        if isinstance(given, Mapping) and part in given:
            given = given[part]
        elif isinstance(given, list) and part in range(len(given)):
            given = given[int(part)]
        else:
            continue
        named.append(str(part))
    return ".".join([*named, str(loc[-1])] if is_missing and loc else named)


def plain_words(said: str) -> str:
    """Return a validation's sentence without what pydantic puts before those of ours."""
    return said.removeprefix("Value error, ")


def _wrong(error: Mapping[str, Any], body: object) -> tuple[str, str]:
    where, *loc = error["loc"]
    if where == "body":
        field = field_of(loc, body, is_missing=error["type"] == "missing")
    else:
        field = ".".join(str(part) for part in loc[:1])
    return field, plain_words(str(error["msg"]))
