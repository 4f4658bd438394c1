"""The steps of an import: a file in; its columns, what taking it in would do, and what it did out, a page each."""

import uuid
from collections.abc import AsyncIterator
from pathlib import PurePath
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from scheduler.identities.rights import Right
from scheduler.intake.csv_file import MOST_BYTES
from scheduler.intake.headers import guesses
from scheduler.intake.outcomes import Imported, NeedsConfirmation, Refused
from scheduler.intake.reading import what_of
from scheduler.intake.rows import CONTACTS
from scheduler.intake.staging import CompleteDays, new_import
from scheduler.intake.uploads import Upload, drop_upload, keep_upload, upload_of
from scheduler.rulebook.schema import kinds_of
from scheduler.web.calendar.fields import label_of
from scheduler.web.calendar.listing import read_day
from scheduler.web.calendar.occasion_page import must_have_rules
from scheduler.web.forms import CheckedForm, Filled, checked
from scheduler.web.importing.carrying_out import Choice, header_of, import_kept
from scheduler.web.notices import Notice, go_on
from scheduler.web.people import Person, signed_in
from scheduler.web.place import Here, WebPlace
from scheduler.web.showing import show
from scheduler.web.words import sentence, words_of

router = APIRouter()

Writer = Annotated[Person, signed_in(Right.WRITE_RECORDS)]
_check: Final = checked(largest=MOST_BYTES + 64 * 1024)


async def _with_file(request: Request) -> AsyncIterator[Filled]:
    """Give a form that holds a file, checked; the file is closed whatever comes of it."""
    try:
        yield await _check(request)
    finally:
        await request.close()


FileForm = Annotated[Filled, Depends(_with_file)]
DONE: Final = sentence("Imported: {rows} rows. Texts: {planned} planned, {moved} moved, {cancelled} cancelled.")
DROPPED: Final = sentence("The file was dropped; nothing of it was imported.")
MOST_TOLD: Final = 100
"""Problems and warnings that a page lists; the others are counted."""


@router.get("/calendar/import")
def of_occasions(request: Request, person: Writer, what: str = "") -> HTMLResponse:
    """Ask for a file of occasions."""
    return _upload_page(request, person, what)


@router.get("/contacts/-/import")
def of_contacts(request: Request, person: Writer) -> HTMLResponse:
    """Ask for a file of contacts."""
    return _upload_page(request, person, CONTACTS)


@router.post("/calendar/import")
def send(request: Request, form: FileForm, here: Here, person: Writer) -> Response:
    """Keep a file, and go on to its columns."""
    words, problems = words_of(request), dict[str, str]()
    what = what_of(must_have_rules(request, person.practice), form.text("what") or CONTACTS)
    file = form.file("file")
    if file is None or not file.size:
        problems["file"] = words.t("Choose a file that is not empty.")
    days = _days(form)
    if days is None and (form.text("complete_from") or form.text("complete_to")):
        problems["complete_from"] = words.t("Give both days, the first before the last.")
    elif days is not None and what.kind is None:
        problems["complete_from"] = words.t("Contacts have no date: leave the days empty.")
    if problems or file is None:
        return _upload_page(request, person, what.name, form=form, problems=problems)
    staged = new_import(person.practice, what.name, _name(file.filename), days)
    keep_upload(here.database, staged, person.caller.name, file.file)
    return RedirectResponse(f"/calendar/import/{staged.id}", 303)


@router.get("/calendar/import/{upload_id:uuid}")
def columns(request: Request, here: Here, person: Writer, upload_id: uuid.UUID) -> HTMLResponse:
    """Show a file's columns with what each probably is."""
    return _columns_page(request, here, person, upload_id, None)


@router.post("/calendar/import/{upload_id:uuid}")
def go_further(request: Request, form: CheckedForm, here: Here, person: Writer, upload_id: uuid.UUID) -> Response:
    """Try a file out, take it in, or drop it."""
    act = form.text("act")
    upload = upload_of(here.database, person.practice, upload_id, person.caller.name)
    home = "/contacts" if upload.what == CONTACTS else "/calendar"
    if act == "drop":
        drop_upload(here.database, person.practice, upload_id, person.caller.name)
        return go_on(request, home, Notice(DROPPED, tone="warning"))
    chosen = _chosen(form)
    if act == "columns" or not chosen:
        return _columns_page(request, here, person, upload_id, chosen)
    choice = Choice(upload, chosen, is_confirmed=form.text("confirmed") == "yes", is_dry=act != "import")
    came = import_kept(here, person.caller, choice)
    if isinstance(came, Imported) and not choice.is_dry:
        jobs = came.tally.jobs
        counts = {
            "rows": str(came.tally.rows),
            "planned": str(jobs.planned + jobs.reopened),
            "moved": str(jobs.moved),
            "cancelled": str(jobs.cancelled + jobs.stopping),
        }
        return go_on(request, home, Notice(DONE, counts))
    return _outcome_page(request, upload, choice, came)


def _outcome_page(
    request: Request, upload: Upload, choice: Choice, came: Imported | Refused | NeedsConfirmation
) -> HTMLResponse:
    problems = came.problems if isinstance(came, Refused) else ()
    return show(
        request,
        "importing/outcome.html.j2",
        status=422 if problems else 200,
        upload=upload,
        chosen=choice.names,
        is_confirmed=choice.is_confirmed,
        problems=[
            (each.line, label_of(each.column) if each.column else "", each.sentence) for each in problems[:MOST_TOLD]
        ],
        problem_count=len(problems),
        asked=came if isinstance(came, NeedsConfirmation) else None,
        tally=came.tally if isinstance(came, Imported) else None,
        outcomes=OUTCOMES,
        effects=EFFECTS,
        most=MOST_TOLD,
    )


def _columns_page(
    request: Request, here: WebPlace, person: Person, upload_id: uuid.UUID, chosen: tuple[str, ...] | None
) -> HTMLResponse:
    current = must_have_rules(request, person.practice)
    upload = upload_of(here.database, person.practice, upload_id, person.caller.name)
    what = what_of(current, upload.what)
    header = header_of(here.database, upload)
    found = chosen or guesses(header, what.columns)
    names = [name for name in what.columns.names if name != "announce"]
    return show(
        request,
        "importing/columns.html.j2",
        upload=upload,
        header=header,
        columns=[
            (at, name, header.samples[at], found[at] if at < len(found) else "") for at, name in enumerate(header.names)
        ],
        options=[(name, label_of(name) if name != "ref" else REFERENCE) for name in names],
        has_ref="ref" in found,
        open_count=sum(not each for each in found),
    )


def _upload_page(
    request: Request, person: Person, what: str, form: Filled | None = None, problems: dict[str, str] | None = None
) -> HTMLResponse:
    current = must_have_rules(request, person.practice)
    given = {name: form.text(name) if form else "" for name in ("complete_from", "complete_to")}
    return show(
        request,
        "importing/upload.html.j2",
        status=422 if problems else 200,
        what=what,
        kinds=[*kinds_of(current.rulebook.practice)],
        given=given,
        problems={"file": "", "complete_from": ""} | (problems or {}),
        columns={
            name: what_of(current, name).columns.names for name in (CONTACTS, *kinds_of(current.rulebook.practice))
        },
    )


def _chosen(form: Filled) -> tuple[str, ...]:
    """Return which of our columns each of the file's is, as the form says; () where it says nothing."""
    found: list[str] = []
    while f"column-{len(found)}" in form.data:
        found.append(form.text(f"column-{len(found)}"))
    return tuple(found)


def _days(form: Filled) -> CompleteDays | None:
    first, last = read_day(form.text("complete_from")), read_day(form.text("complete_to"))
    return None if first is None or last is None or last < first else CompleteDays(first, last)


def _name(given: str | None) -> str:
    """Return a file's name as it may stand in sentences and in a folder of ours."""
    plain = "".join(each for each in PurePath((given or "").replace("\\", "/")).name if each.isprintable())
    return plain[-80:].strip(". ") or "file.csv"


REFERENCE: Final = sentence("Reference")
OUTCOMES: Final = {
    "added": sentence("added"),
    "moved": sentence("with another date"),
    "cancelled": sentence("called off"),
    "done": sentence("done"),
    "restored": sentence("live again"),
    "changed": sentence("changed otherwise"),
    "unchanged": sentence("unchanged"),
    "older version": sentence("older than what is stored"),
    "gone": sentence("missing from the file, so removed"),
}
EFFECTS: Final = {
    "planned": sentence("planned"),
    "moved": sentence("moved"),
    "refreshed": sentence("refreshed"),
    "cancelled": sentence("cancelled"),
    "stopping": sentence("stopped if they do not get through"),
    "reopened": sentence("that go again"),
    "useless": sentence("of no use any more"),
    "without_sender": sentence("without a sender"),
}
