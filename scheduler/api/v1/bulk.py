"""Many contacts or occasions at once: staged and all-or-nothing, or with a result for each row.

A JSON array or NDJSON comes in. As in a file, what a row does not name stays as it is, and nothing is news to `on:`
steps unless the call or the row announces it.
"""

import uuid
from collections.abc import Mapping, Sequence
from enum import StrEnum
from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, Field, ValidationError
from pydantic_core import from_json
from sqlalchemy import Connection

from scheduler.api.v1.calling import Here, Place
from scheduler.api.v1.contacts import Writer
from scheduler.api.v1.problems import FieldProblem, Trouble, field_of, plain_words
from scheduler.api.v1.record_answers import JobCounts, counts_of
from scheduler.api.v1.record_bodies import ContactRow, OccasionRow, field_problem, invalid, named_of
from scheduler.api.v1.record_reading import kind_of, turns_of
from scheduler.asking.records import note_many
from scheduler.identities.audit import signed_by
from scheduler.identities.rights import Caller
from scheduler.intake.applying import TakenOverError
from scheduler.intake.many import EachTaken, Many, take_each, take_whole_set
from scheduler.intake.outcomes import MOST_WARNINGS, Imported, Outcome, Refused
from scheduler.intake.reading import What, what_of
from scheduler.intake.rows import ANNOUNCE, CONTACTS, Problem
from scheduler.publishing.revisions import Current

router = APIRouter(tags=["bulk"])

MOST_ROWS: Final = 10_000


class Mode(StrEnum):
    """What becomes of good rows beside bad ones."""

    ALL_OR_NOTHING = "all_or_nothing"
    PER_ROW = "per_row"


class RowResult(BaseModel):
    """What became of one row."""

    row: int = Field(description="Its place, counted from 1.")
    ref: str | None
    outcome: Outcome | None = Field(description="Null: it was refused, for these problems.")
    problems: list[FieldProblem] = []
    warnings: list[FieldProblem] = []


class BulkTaken(BaseModel):
    """What became of many rows."""

    mode: Mode
    rows: int = Field(description="How many were given.")
    outcomes: dict[str, int] = Field(description="How many had which outcome.")
    refused: int = 0
    jobs: JobCounts
    import_id: uuid.UUID | None = Field(default=None, description="Of all-or-nothing: as `imports` lists it.")
    warnings: list[str] = Field(default=[], description=f"Of all-or-nothing: the first {MOST_WARNINGS}.")
    warning_count: int = 0
    results: list[RowResult] | None = Field(default=None, description="Of per-row: one for each row, in order.")


async def _body(request: Request) -> bytes:
    return await request.body()


_DOCUMENTED: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {"type": "array", "maxItems": MOST_ROWS, "items": {"type": "object", "required": ["ref"]}}
            },
            "application/x-ndjson": {"schema": {"type": "string", "description": "An object a line."}},
        },
    }
}


@router.post("/bulk/{what}", openapi_extra=_DOCUMENTED)
def take_many(  # noqa: PLR0913 - what the address, the query and the body say
    what: str,
    caller: Writer,
    here: Here,
    body: Annotated[bytes, Depends(_body)],
    *,
    mode: Annotated[Mode, Query(description="Whole or not at all, or each row for itself.")] = Mode.ALL_OR_NOTHING,
    announce: Annotated[bool, Query(description="Whether the rows are news to `on:` steps.")] = False,
) -> BulkTaken:
    """Take in at most 10,000 contacts or occasions of a kind."""
    current = turns_of(here).current(caller.practice)
    kind = _what(current, what)
    rows = _rows(body)
    many = _many(caller, kind, rows, announces=announce)
    taken = _take_whole(here, many) if mode is Mode.ALL_OR_NOTHING else _take_each(here, many, rows)
    here.database.write(lambda connection: _note(connection, here, caller, kind, taken))
    return taken


def _note(connection: Connection, here: Place, caller: Caller, what: What, taken: BulkTaken) -> None:
    """Note it in the audit log: one row, right after the last of the transactions that took the rows in."""
    after = taken.model_dump(mode="json", include={"mode", "rows", "outcomes", "refused", "import_id"})
    note_many(connection, signed_by(caller, here.database.moment(connection)), what.name, after)


def _what(current: Current, word: str) -> What:
    return what_of(current, word) if word == CONTACTS else kind_of(current, word)


def _rows(body: bytes) -> list[object]:
    """Return the rows of a JSON array, or of lines of JSON; each is checked later.

    Raises:
        Trouble: 400 or 422, it is neither, holds none, or too many.

    """
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Trouble(HTTPStatus.BAD_REQUEST, f"the body is no UTF-8 at byte {error.start}") from error
    rows = _array(text) if text.lstrip().startswith("[") else _lines(text)
    if not rows:
        raise invalid([FieldProblem(field="", detail="holds no rows")])
    if len(rows) > MOST_ROWS:
        detail = f"holds {len(rows):,} rows, {MOST_ROWS:,} are allowed: send them in parts"
        raise invalid([FieldProblem(field="", detail=detail)])
    return rows


def _array(text: str) -> list[object]:
    try:
        found = from_json(text)
    except ValueError as error:
        raise invalid([FieldProblem(field="", detail=f"is no JSON: {error}")]) from error
    return list(found)


def _lines(text: str) -> list[object]:
    rows: list[object] = []
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                rows.append(from_json(line))
            except ValueError as error:
                detail = f"line {number} is no JSON: {error}"
                raise invalid([FieldProblem(field="", detail=detail, row=len(rows) + 1)]) from error
    return rows


def _many(caller: Caller, what: What, rows: Sequence[object], *, announces: bool) -> Many:
    model: type[ContactRow | OccasionRow] = ContactRow if what.kind is None else OccasionRow
    wrong: list[Problem] = []
    read: list[dict[str, object] | None] = []
    for place, row in enumerate(rows, 1):
        try:
            named, problems = named_of(model.model_validate(row), what.columns)
        except ValidationError as error:
            named, problems = (
                {},
                [
                    Problem(
                        plain_words(each["msg"]), 0, field_of(each["loc"], row, is_missing=each["type"] == "missing")
                    )
                    for each in error.errors()
                ],
            )
        wrong += [Problem(each.sentence, place, each.column) for each in problems]
        if announces and what.kind is not None:
            named.setdefault(ANNOUNCE, True)
        read.append(None if problems else named)
    return Many(practice=caller.practice, what=what, rows=read, source="bulk", by=caller.name, wrong=tuple(wrong))


def _take_whole(here: Place, many: Many) -> BulkTaken:
    try:
        result = take_whole_set(turns_of(here), many)
    except TakenOverError as error:
        raise Trouble(HTTPStatus.CONFLICT, str(error)) from error
    if isinstance(result, Refused):
        roles = _roles(many)
        found = [field_problem(each, many.what.columns, roles=roles) for each in result.problems]
        raise invalid(found, f"nothing was taken in: problems found: {len(found):,}")
    return _whole_answer(many, result)


def _whole_answer(many: Many, result: Imported) -> BulkTaken:
    tally = result.tally
    return BulkTaken(
        mode=Mode.ALL_OR_NOTHING,
        rows=len(many.rows),
        outcomes=tally.outcomes,
        jobs=counts_of(tally.jobs),
        import_id=result.import_id,
        warnings=list(tally.warnings),
        warning_count=tally.warning_count,
    )


def _take_each(here: Place, many: Many, rows: Sequence[object]) -> BulkTaken:
    done = take_each(turns_of(here), many)
    problems, warnings = _by_row(many, done.problems), _by_row(many, done.warnings)
    results = [
        RowResult(
            row=place,
            ref=_ref_of(row),
            outcome=done.outcomes.get(place),
            problems=problems.get(place, []),
            warnings=warnings.get(place, []),
        )
        for place, row in enumerate(rows, 1)
    ]
    return _each_answer(done, results)


def _each_answer(done: EachTaken, results: list[RowResult]) -> BulkTaken:
    return BulkTaken(
        mode=Mode.PER_ROW,
        rows=len(results),
        outcomes=done.counts(),
        refused=sum(result.outcome is None for result in results),
        jobs=counts_of(done.jobs),
        warning_count=len(done.warnings),
        results=results,
    )


def _by_row(many: Many, problems: Sequence[Problem]) -> dict[int, list[FieldProblem]]:
    found: dict[int, list[FieldProblem]] = {}
    roles = _roles(many)
    for each in problems:
        found.setdefault(each.line, []).append(field_problem(each, many.what.columns, roles=roles))
    return found


def _roles(many: Many) -> set[str]:
    """Return the roles in which rows name people."""
    people = (row.get("people") for row in many.rows if row is not None)
    return {role for each in people if isinstance(each, Mapping) for role in each}


def _ref_of(row: object) -> str | None:
    ref = row.get("ref") if isinstance(row, dict) else None
    return ref if isinstance(ref, str) else None
