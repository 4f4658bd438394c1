"""Occasions in and out: whole, in parts, removed, read, listed, and what will happen to each.

Every kind has the same routes; `/appointments` and `/payments` are short for those kinds.
"""

from collections.abc import Callable
from typing import Annotated, Final, TypeAlias

from fastapi import APIRouter, Depends, Query

from scheduler.api.v1.calling import Here
from scheduler.api.v1.contacts import Reader, VersionAsked, Writer
from scheduler.api.v1.occasion_desk import Filters, OccasionDesk
from scheduler.api.v1.paging import USUAL_ROWS, Cursor, Limit, Page
from scheduler.api.v1.prospect_answers import PlanAnswer
from scheduler.api.v1.record_answers import OccasionAnswer, OccasionTaken
from scheduler.api.v1.record_bodies import OccasionBody
from scheduler.api.v1.record_reading import line_of

router = APIRouter()

SHORT: Final = {"appointments": "appointment", "payments": "payment"}

_Route: TypeAlias = tuple[str, str, str, Callable[..., object]]
"""Method, rest of the path, name and function."""

WithPlan = Annotated[bool, Query(alias="plan", description="False: the answer leaves out what will happen.")]


Filtered = Annotated[Filters, Depends()]


@router.put("/occasions/{kind}/{ref}")
def put_occasion(  # noqa: PLR0913 - what the address, the query and the body say
    kind: str, ref: str, body: OccasionBody, caller: Writer, here: Here, *, with_plan: WithPlan = True
) -> OccasionTaken:
    """Take an occasion in whole, with people who come along; its jobs follow in the same transaction."""
    return OccasionDesk(here, caller, kind).take(ref, body, is_part=False, with_plan=with_plan)


@router.patch("/occasions/{kind}/{ref}")
def patch_occasion(  # noqa: PLR0913 - as PUT
    kind: str, ref: str, body: OccasionBody, caller: Writer, here: Here, *, with_plan: WithPlan = True
) -> OccasionTaken:
    """Change what is named of an occasion."""
    return OccasionDesk(here, caller, kind).take(ref, body, is_part=True, with_plan=with_plan)


@router.get("/occasions/{kind}/{ref}")
def get_occasion(kind: str, ref: str, caller: Reader, here: Here) -> OccasionAnswer:
    """Return an occasion, a removed one too."""
    return OccasionDesk(here, caller, kind).read(line_of(ref, "ref"))


@router.delete("/occasions/{kind}/{ref}")
def delete_occasion(kind: str, ref: str, caller: Writer, here: Here, version: VersionAsked = None) -> OccasionTaken:
    """Remove an occasion and cancel its jobs; a PUT brings it back."""
    return OccasionDesk(here, caller, kind).remove(ref, version)


@router.get("/occasions/{kind}/{ref}/plan")
def get_plan(kind: str, ref: str, caller: Reader, here: Here) -> PlanAnswer:
    """Tell what will happen: each decision with its time, holds, segments and cost, or why there is no text."""
    return OccasionDesk(here, caller, kind).plan(line_of(ref, "ref"))


@router.get("/occasions/{kind}")
def list_occasions(  # noqa: PLR0913 - what the address and the query say
    kind: str, caller: Reader, here: Here, *, filters: Filtered, cursor: Cursor = None, limit: Limit = USUAL_ROWS
) -> Page[OccasionAnswer]:
    """List the occasions of a kind by ref."""
    return OccasionDesk(here, caller, kind).page(filters, cursor, limit)


def _short(path: str, kind: str) -> None:
    """Add the routes of one kind under a path of their own."""

    def put(ref: str, body: OccasionBody, caller: Writer, here: Here, *, with_plan: WithPlan = True) -> OccasionTaken:
        return put_occasion(kind, ref, body, caller, here, with_plan=with_plan)

    def patch(ref: str, body: OccasionBody, caller: Writer, here: Here, *, with_plan: WithPlan = True) -> OccasionTaken:
        return patch_occasion(kind, ref, body, caller, here, with_plan=with_plan)

    def get(ref: str, caller: Reader, here: Here) -> OccasionAnswer:
        return get_occasion(kind, ref, caller, here)

    def delete(ref: str, caller: Writer, here: Here, version: VersionAsked = None) -> OccasionTaken:
        return delete_occasion(kind, ref, caller, here, version)

    def plan(ref: str, caller: Reader, here: Here) -> PlanAnswer:
        return get_plan(kind, ref, caller, here)

    def several(
        caller: Reader, here: Here, filters: Filtered, cursor: Cursor = None, limit: Limit = USUAL_ROWS
    ) -> Page[OccasionAnswer]:
        return list_occasions(kind, caller, here, filters=filters, cursor=cursor, limit=limit)

    routes: list[_Route] = [
        ("PUT", "/{ref}", f"put_{kind}", put),
        ("PATCH", "/{ref}", f"patch_{kind}", patch),
        ("GET", "/{ref}", f"get_{kind}", get),
        ("DELETE", "/{ref}", f"delete_{kind}", delete),
        ("GET", "/{ref}/plan", f"get_{kind}_plan", plan),
        ("GET", "", f"list_{kind}s", several),
    ]
    for method, rest, name, route in routes:
        words = f"As `{method} /occasions/{kind}{rest}`."
        router.add_api_route(f"/{path}{rest}", route, methods=[method], name=name, description=words)


for _path, _kind in SHORT.items():
    _short(_path, _kind)
