"""The audit log: who did what, when, from where, before and after; searched, newest first. Nothing of it changes."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from jobs.errors import InputError
from scheduler.asking.noted import known_refs, search_of
from scheduler.identities import audit
from scheduler.identities.audit import Noted
from scheduler.identities.rights import Right
from scheduler.web.jobs.moments import read_bound
from scheduler.web.people import Person, signed_in
from scheduler.web.place import Here
from scheduler.web.practices import zone_info_of
from scheduler.web.settings.frame import settings_page

router = APIRouter()

Reader = Annotated[Person, signed_in(Right.READ_AUDIT)]
PATH: Final = "/settings/audit"
ROWS: Final = 50
FIELDS: Final = ("by", "action", "subject", "since", "until")
LONGEST: Final = 300


@dataclass(frozen=True, slots=True)
class Entry:
    """An act as the page shows it: its subject by name, and each thing that changed with what it was and is."""

    noted: Noted
    subject: str
    changes: tuple[tuple[str, str | None, str | None], ...]


@router.get(PATH)
def search(
    request: Request, here: Here, person: Reader, *, before: Annotated[int | None, Query(ge=0, lt=2**62)] = None
) -> HTMLResponse:
    """Show what fits the search, newest first."""
    given = {name: request.query_params.get(name, "").strip()[:LONGEST] for name in FIELDS}
    typed = {name: value if value.isprintable() else "" for name, value in given.items()}
    zone, problem = zone_info_of(request, person.practice), ""
    bounds = {}
    for name in ("since", "until"):
        try:
            bounds[name] = read_bound(typed[name], zone, is_end=name == "until")
        except InputError as error:
            bounds[name], problem = None, str(error)
    kind, _, subject_id = typed["subject"].partition("/")
    with here.database.read() as connection:
        wanted = search_of(
            connection,
            person.practice,
            by=typed["by"] or None,
            action=typed["action"] or None,
            subject_kind=kind or None,
            subject_id=subject_id or None,
            since=bounds["since"],
            until=bounds["until"],
        )
        page = audit.search(connection, person.practice, wanted, before=before, most=ROWS)
        refs = known_refs(connection, person.practice, page.acts)
    asked = {name: value for name, value in typed.items() if value}
    following = None
    if page.next_before is not None:
        following = f"{PATH}?{urlencode(asked | {'before': str(page.next_before)})}"
    entries = [_entry(each, refs) for each in page.acts]
    return settings_page(
        request, person, "audit.html.j2", entries=entries, typed=typed, problem=problem, following=following
    )


def _entry(each: Noted, refs: Mapping[str, str]) -> Entry:
    act = each.act
    before, after = act.before or {}, act.after or {}
    names = dict.fromkeys((*before, *after))
    changes = tuple((name, _short(before.get(name)), _short(after.get(name))) for name in names)
    named = refs.get(act.subject.id, act.subject.id) if act.subject.kind == "contact" else act.subject.id
    return Entry(each, f"{act.subject.kind}/{named}", changes)


def _short(value: object) -> str | None:
    if value is None:
        return None
    written = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return written[:LONGEST]
