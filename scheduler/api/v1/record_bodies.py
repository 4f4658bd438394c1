"""What a call says of a contact or an occasion: JSON in, values by column name out, as intake reads them.

The practice's own fields stand under `fields`, whose types its rulebook says; problems come back under the same names.
"""

from collections.abc import Collection, Iterable, Mapping
from http import HTTPStatus
from typing import Annotated, Final, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictFloat, StrictInt

from scheduler.api.v1.problems import FieldProblem, Trouble
from scheduler.intake.reading import What
from scheduler.intake.rows import ONLY_ROLE, Columns, Problem
from scheduler.intake.values import HIGHEST_VERSION
from scheduler.intake.wholes import RefusedWholeError

MOST_NAMES: Final = 100
MOST_PROBLEMS_TOLD: Final = 1_000

Line = Annotated[str, Field(max_length=1_000)]
Value: TypeAlias = StrictBool | StrictInt | StrictFloat | Line | list[Line] | None
Version = Annotated[StrictInt, Field(ge=0, le=HIGHEST_VERSION)]
Fields = Annotated[dict[str, Value], Field(max_length=MOST_NAMES)]

_OWN_FIELDS = "The practice's own fields, by name, typed as its rulebook says; null clears one."
_VERSION = "The record's version in the case system, rising: one older than what is stored changes nothing."


class _Body(BaseModel):
    """A body; what it does not know is refused by name."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class ContactBody(_Body):
    """A contact. What a PUT leaves out is cleared, but for `reminders`; a PATCH changes what it names."""

    name: Line | None = Field(default=None, examples=["Ana Oliveira"])
    first_name: Line | None = Field(default=None, examples=["Ana"])
    phone: Line | None = Field(default=None, description="As written; without a country, the practice's is meant.")
    language: Line | None = Field(default=None, examples=["fr_CA"])
    timezone: Line | None = Field(default=None, examples=["America/Toronto"], description="Stated, never guessed.")
    owner: Line | None = Field(default=None, description="Who on the staff looks after them.")
    via: Line | None = Field(default=None, description="The ref of the contact whose phone is used for them.")
    reminders: StrictBool | None = Field(default=None, description="False: no text goes to them by itself.")
    fields: Fields = Field(default={}, description=_OWN_FIELDS)
    version: Version | None = Field(default=None, description=_VERSION)


class Brought(ContactBody):
    """A contact who comes along with an occasion, known or new: what is not named of them stays."""

    ref: Line = Field(min_length=1)


Person: TypeAlias = Line | Brought | None


class OccasionBody(_Body):
    """An occasion. What a PUT leaves out is cleared, but for `reminders` and `skip`; a PATCH changes what it names."""

    contact: Person = Field(default=None, description="A contact's ref, or the contact: taken in with the occasion.")
    people: Mapping[str, Person] = Field(
        default={}, max_length=MOST_NAMES, description="People in other roles, by role; null: nobody."
    )
    start: Line | None = Field(
        default=None, examples=["2026-12-01T10:00"], description="Local where it takes place, or with an offset."
    )
    end: Line | None = None
    date: Line | None = Field(default=None, examples=["2026-12-10"], description="Of a kind dated by day.")
    status: Line | None = Field(default=None, description="One of the kind's words; left out of a PUT: its first.")
    case_ref: Line | None = None
    timezone: Line | None = Field(default=None, description="Where it takes place; left out: the practice's.")
    remote: StrictBool | None = None
    reminders: StrictBool | None = Field(default=None, description="False: no text about it goes by itself.")
    skip: list[Line] | None = Field(default=None, max_length=MOST_NAMES, description="Ids of rules muted for it.")
    fields: Fields = Field(default={}, description=_OWN_FIELDS)
    version: Version | None = Field(default=None, description=_VERSION)
    announce: StrictBool | None = Field(
        default=None, description="Whether what it changes is news to `on:` steps: a single call's is, in bulk nothing."
    )


class ContactRow(ContactBody):
    """A contact among many."""

    ref: Line = Field(min_length=1)


class OccasionRow(OccasionBody):
    """An occasion among many; whom it names is given by ref."""

    ref: Line = Field(min_length=1)
    contact: Line | None = None
    people: Mapping[str, Line | None] = Field(default={}, max_length=MOST_NAMES)


Given: TypeAlias = ContactBody | OccasionBody


def named_of(body: Given, columns: Columns) -> tuple[dict[str, object], list[Problem]]:
    """Return what a body names, by column, and a problem for each own field that there is none of."""
    named: dict[str, object] = {name: getattr(body, name) for name in body.model_fields_set - {"fields"}}
    problems = []
    for name, value in body.fields.items():
        if name not in columns.fields or name in columns.own:
            problems.append(Problem(columns.unknown(name), column=f"fields.{name}"))
        else:
            named[name] = value
    for role in (ONLY_ROLE, "people"):
        if role in named:
            named[role] = _refs(named[role])
    return named, problems


def brought_by(body: OccasionBody) -> dict[str, Brought]:
    """Return who comes along with an occasion, by where the body has them: `contact` or `people.ROLE`."""
    found = {} if not isinstance(body.contact, Brought) else {ONLY_ROLE: body.contact}
    others = {f"people.{role}": each for role, each in body.people.items() if isinstance(each, Brought)}
    return {**found, **others}


def _refs(person: object) -> object:
    if isinstance(person, Brought):
        return person.ref
    return {role: _refs(each) for role, each in person.items()} if isinstance(person, Mapping) else person


def field_problem(problem: Problem, columns: Columns, under: str = "", roles: Collection[str] = ()) -> FieldProblem:
    """Return a problem as the API tells it: under the name that the body has for the column; `roles` it named."""
    field = problem.column or ""
    if field in columns.roles or field in roles:
        field = f"people.{field}"
    elif field in columns.fields and field not in columns.own:
        field = f"fields.{field}"
    return FieldProblem(
        field=".".join(part for part in (under, field) if part), detail=problem.sentence, row=problem.line or None
    )


def invalid(problems: Iterable[FieldProblem], detail: str = "some fields are not as they should be") -> Trouble:
    """Return the answer to values that cannot be taken; of very many problems the first are told."""
    told = list(problems)
    return Trouble(HTTPStatus.UNPROCESSABLE_ENTITY, detail, told[:MOST_PROBLEMS_TOLD])


def refused(error: RefusedWholeError, what: What, contact_columns: Columns, roles: Collection[str] = ()) -> Trouble:
    """Return the answer to a record that was refused; `roles` are those that its body names people in."""
    return invalid(
        field_problem(problem, contact_columns, under) if under else field_problem(problem, what.columns, roles=roles)
        for under, problem in error.problems
    )
