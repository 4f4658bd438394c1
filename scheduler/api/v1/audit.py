"""The audit log: who did what, when, from where, before and after; newest first. It is read, and nothing else."""

import datetime as dt
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from scheduler.api.v1.calling import Here, needs
from scheduler.api.v1.paging import USUAL_ROWS, Cursor, Limit, Page, cursor_at, number_of_cursor
from scheduler.api.v1.plain import Moment
from scheduler.asking.noted import known_refs, search_of
from scheduler.identities import audit
from scheduler.identities.audit import Noted
from scheduler.identities.rights import Caller, Right

router = APIRouter(tags=["audit"])

Reader = Annotated[Caller, needs(Right.READ_AUDIT)]


class Filters(BaseModel):
    """Which entries are listed: all that is given must fit."""

    by: Annotated[str | None, Field(max_length=200, description="A user's name, or key:NAME.")] = None
    action: Annotated[str | None, Field(max_length=200, description="`user.` finds all that begins so.")] = None
    subject_kind: Annotated[str | None, Field(max_length=200, examples=["contact"])] = None
    subject_id: Annotated[
        str | None, Field(max_length=300, description="A name or an id there; of a contact its ref, too.")
    ] = None
    since: Annotated[Moment | None, Field(description="From this moment on.")] = None
    until: Annotated[Moment | None, Field(description="Before this moment.")] = None


class AuditEntry(BaseModel):
    """Something that was done."""

    id: int
    at: dt.datetime
    by: str = Field(description="person:…, key:… or a part of Quietbell.")
    address: str | None = Field(description="Where from; null: the command line, or Quietbell itself.")
    action: str
    subject_kind: str
    subject_id: str
    subject_ref: str | None = Field(description="A contact's present ref; null: erased, or no contact.")
    before: dict[str, Any] | None = Field(description="What of it was, as far as it changed.")
    after: dict[str, Any] | None = Field(description="What of it is.")


@router.get("/audit", summary="Who did what")
def list_them(
    here: Here,
    caller: Reader,
    filters: Annotated[Filters, Query()],
    cursor: Cursor = None,
    limit: Limit = USUAL_ROWS,
) -> Page[AuditEntry]:
    """List what people, keys and Quietbell itself did, newest first; nothing of it can be changed or removed."""
    with here.database.read() as connection:
        wanted = search_of(connection, caller.practice, **filters.model_dump())
        page = audit.search(connection, caller.practice, wanted, before=number_of_cursor(cursor), most=limit)
        refs = known_refs(connection, caller.practice, page.acts)
    following = None if page.next_before is None else cursor_at(str(page.next_before))
    return Page(items=[_entry(each, refs) for each in page.acts], next=following)


def _entry(each: Noted, refs: dict[str, str]) -> AuditEntry:
    act = each.act
    return AuditEntry(
        id=each.id,
        at=act.signed.at,
        by=act.signed.by,
        address=act.signed.address,
        action=act.action,
        subject_kind=act.subject.kind,
        subject_id=act.subject.id,
        subject_ref=refs.get(act.subject.id) if act.subject.kind == "contact" else None,
        before=None if act.before is None else dict(act.before),
        after=None if act.after is None else dict(act.after),
    )
