"""In whose name a call acts: the person the case system names, a user, or the case system itself. Stores nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import Depends
from pydantic import Field

from jobs.store.values import person
from scheduler.api.v1.calling import caller_of
from scheduler.api.v1.plain import Body, Name
from scheduler.api.v1.problems import FieldProblem, Trouble
from scheduler.identities.rights import Caller, Right


class SentBy(Body):
    """Who pressed Send in the case system."""

    ref: Name = Field(description="The case system's id of that person.")
    name: Name = Field(description="Their name, as pages show it.")
    role: Name = Field(description="Their role: `who_may_send` of the practice's rules says what it may send.")


@dataclass(frozen=True, slots=True)
class Signed:
    """Who sends: `by` for timelines, what is kept with the job, and the role (None: the case system itself)."""

    by: str
    kept: Mapping[str, object]
    role: str | None


def needs_any(*rights: Right) -> Any:  # noqa: ANN401 - what Depends returns
    """Return the dependency that lets callers with one of these rights through; of none: with any right at all."""
    wanted = rights or tuple(Right)

    def allowed(caller: Annotated[Caller, Depends(caller_of)]) -> Caller:
        if not any(caller.may(right) for right in wanted):
            lacks = " or ".join(f"`{right.value}`" for right in rights) or "every scope there is"
            raise Trouble(HTTPStatus.FORBIDDEN, f"this key lacks the scope {lacks}")
        return caller

    return Depends(allowed)


def sign(caller: Caller, sent_by: SentBy | None, right: Right) -> Signed:
    """Return in whose name a text goes; `right` is what a named person's text takes.

    Raises:
        Trouble: 403; the key may not send in a person's name, or not in nobody's.

    """
    is_named = sent_by is not None or caller.role is not None
    needed = right if is_named else Right.SEND_UNSIGNED
    if not caller.may(needed):
        detail = f"this key lacks the scope `{needed.value}`"
        if not is_named:
            wrong = [FieldProblem(field="sent_by", detail="say who sends the text: ref, name and role")]
            raise Trouble(HTTPStatus.FORBIDDEN, f"{detail}: a text in nobody's name needs it", wrong)
        raise Trouble(HTTPStatus.FORBIDDEN, detail)
    way = {"way": "api", "key": caller.name}
    if caller.role is not None:
        return Signed(
            caller.name, {"name": caller.name.removeprefix("person:"), "role": caller.role, **way}, caller.role
        )
    if sent_by is None:
        return Signed(caller.name, way, None)
    return Signed(person(sent_by.name), {**sent_by.model_dump(), **way}, sent_by.role)
