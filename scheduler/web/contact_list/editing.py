"""Contacts added and changed by a form; what is wrong stands at its field, and what was typed is kept."""

import secrets
from collections.abc import Callable
from typing import Annotated, Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy import Connection

from jobs.errors import InputError, NotFoundError
from jobs.phone import mask
from scheduler.asking.diary import contact_of, refs_of
from scheduler.asking.records import take_record
from scheduler.identities.audit import signed_by
from scheduler.identities.rights import Right
from scheduler.intake.reading import What, what_of
from scheduler.intake.rows import CONTACTS
from scheduler.intake.values import read_line
from scheduler.intake.wholes import RefusedWholeError, Taken
from scheduler.publishing.revisions import Current
from scheduler.web.calendar.drafting import WHOLE, Typed, read_change, read_new, resolver, told_of
from scheduler.web.calendar.fields import fields_of, shown_contact
from scheduler.web.calendar.occasion_page import must_have_rules
from scheduler.web.calendar.places import printable
from scheduler.web.calendar.proposing import counted, turns_of
from scheduler.web.forms import CheckedForm, Filled
from scheduler.web.notices import Notice, go_on
from scheduler.web.people import Person, signed_in
from scheduler.web.place import Here, WebPlace
from scheduler.web.showing import show
from scheduler.web.words import sentence, words_of

router = APIRouter()

Writer = Annotated[Person, signed_in(Right.WRITE_RECORDS)]
SAVED: Final = sentence("{name} is saved. Texts: {planned} planned, {moved} moved, {cancelled} cancelled.")
WARNED: Final = sentence("{name} is saved, but: {warning}")


@router.get("/contacts/-/add")
def new(request: Request, person: Writer, phone: str = "", name: str = "") -> HTMLResponse:
    """Show an empty form; a number or name may come from another page."""
    current = must_have_rules(request, person.practice)
    return _form(request, current, Typed({"phone": phone[:60], "name": name[:200]}), made_ref=_new_ref())


@router.post("/contacts/-/add")
def add(request: Request, form: CheckedForm, here: Here, person: Writer) -> Response:
    """Add a contact."""
    current = must_have_rules(request, person.practice)
    what, made = what_of(current, CONTACTS), _made_ref(form)
    with here.database.read() as connection:
        resolve = resolver(connection, person.practice, current.rulebook.practice.country, words_of(request))
        typed = read_new(form, what, resolve, made, words_of(request))
        ref = typed.values["ref"] or made
        if _is_known(connection, person.practice, ref):
            typed = typed.refused({"ref": words_of(request).t("There is one of this reference already.")})
    if not typed.values["name"] and not typed.values["phone"]:
        typed = typed.refused({"name": words_of(request).t("Give a name or a number.")})
    if typed.problems:
        return _form(request, current, typed, made_ref=made)
    return _saved(request, (here, person), typed, ref, lambda refused: _form(request, current, refused, made_ref=made))


@router.get("/contacts/-/change")
def change_form(request: Request, here: Here, person: Writer, ref: str) -> HTMLResponse:
    """Show a contact's form."""
    current = must_have_rules(request, person.practice)
    stands = _stands(here, person, ref)
    return _form(request, current, Typed(stands), ref=ref)


@router.post("/contacts/-/change")
def change(request: Request, form: CheckedForm, here: Here, person: Writer) -> Response:
    """Change a contact; fields that nobody touched stay as they are."""
    ref = form.text("ref")
    current = must_have_rules(request, person.practice)
    stands = _stands(here, person, ref)
    with here.database.read() as connection:
        resolve = resolver(connection, person.practice, current.rulebook.practice.country, words_of(request))
        typed = read_change(form, what_of(current, CONTACTS), stands, resolve)
    if typed.problems:
        return _form(request, current, typed, ref=ref)
    return _saved(request, (here, person), typed, ref, lambda refused: _form(request, current, refused, ref=ref))


def _saved(
    request: Request,
    by: tuple[WebPlace, Person],
    typed: Typed,
    ref: str,
    again: Callable[[Typed], Response],
) -> Response:
    """Take a contact in and go on to the list, or show the form again."""
    here, person = by
    what = what_of(must_have_rules(request, person.practice), CONTACTS)
    is_part = "ref" not in typed.values
    whole = typed.whole(what, ref, is_part=is_part)
    try:
        taken = turns_of(here).take(
            person.practice, lambda turn: take_record(turn, whole, signed_by(person.caller, turn.now))
        )
    except RefusedWholeError as error:
        return again(typed.refused(told_of(error)))
    except InputError as error:
        return again(typed.refused({WHOLE: str(error)}))
    return go_on(request, "/contacts", _notice(typed.values["name"] or ref, taken))


def _notice(name: str, taken: Taken) -> Notice:
    if taken.warnings:
        warning = "; ".join(each.sentence for _, each in taken.warnings)
        return Notice(WARNED, {"name": name, "warning": warning[:500]}, "warning")
    return Notice(SAVED, {"name": name, **counted(taken.jobs)})


def _stands(here: WebPlace, person: Person, ref: str) -> dict[str, str]:
    """Return what a contact's form shows; a number only to whom it may be shown.

    Raises:
        NotFoundError: there is no such contact, or it was removed.

    """
    with here.database.read() as connection:
        row = contact_of(connection, person.practice, printable(ref))
        via = refs_of(connection, [row["via_id"]]).get(row["via_id"]) if row["via_id"] else None
    if row["gone_at"] is not None:
        message = f"contact {ref!r} was removed"
        raise NotFoundError(message)
    found = shown_contact(row, via)
    return found if person.may(Right.REVEAL) else found | {"phone": mask(found["phone"]) if found["phone"] else ""}


def _is_known(connection: Connection, practice: str, ref: str) -> bool:
    try:
        return contact_of(connection, practice, ref)["gone_at"] is None
    except NotFoundError:
        return False


def _form(
    request: Request, current: Current, typed: Typed, *, made_ref: str = "", ref: str | None = None
) -> HTMLResponse:
    settings = current.rulebook.practice
    what: What = what_of(current, CONTACTS)
    fields = fields_of(what, settings.contact_fields, typed.values, typed.problems, settings.languages)
    names = {each.name for each in fields} | {"ref"}
    return show(
        request,
        "contact_list/form.html.j2",
        status=422 if typed.problems else 200,
        fields=fields,
        ref=ref,
        typed_ref=typed.values.get("ref", ""),
        ref_problem=typed.problems.get("ref", ""),
        general=" ".join(said for name, said in typed.problems.items() if name not in names),
        made_ref=made_ref,
    )


def _new_ref() -> str:
    return f"P-{secrets.token_hex(4)}"


def _made_ref(form: Filled) -> str:
    try:
        return read_line(form.text("made_ref"), 60) or _new_ref()
    except ValueError:
        return _new_ref()
