"""Occasions added, changed, moved, called off, muted and removed: forms in; the plan first, then what was saved out."""

import secrets
import uuid
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from jobs.errors import InputError
from scheduler.asking.diary import occasion_of
from scheduler.identities.rights import Right
from scheduler.intake.finding import occasions_by_ref
from scheduler.intake.muting import Muting
from scheduler.intake.notes import read_reason
from scheduler.intake.reading import What, what_of
from scheduler.intake.values import read_line
from scheduler.intake.wholes import RefusedWholeError
from scheduler.publishing.revisions import Current
from scheduler.rulebook.schema import kinds_of
from scheduler.web.calendar.cards import Card, cards_of
from scheduler.web.calendar.drafting import NEW, NEW_NAMES, WHOLE, Typed, read_change, read_new, resolver, told_of
from scheduler.web.calendar.fields import fields_of, types_of
from scheduler.web.calendar.occasion_page import must_have_rules, occasion_page, shown
from scheduler.web.calendar.proposing import (
    DifferentError,
    Order,
    Proposal,
    carry_out,
    counted,
    muting,
    propose,
    removing,
    taking,
)
from scheduler.web.forms import CheckedForm, Filled
from scheduler.web.notices import Notice, go_on
from scheduler.web.people import Person, signed_in
from scheduler.web.place import Here, WebPlace
from scheduler.web.showing import show
from scheduler.web.words import sentence, words_of

router = APIRouter()

Writer = Annotated[Person, signed_in(Right.WRITE_RECORDS)]
SAVE: Final = "save"
SAVED: Final = sentence("Saved. Texts: {planned} planned, {moved} moved, {cancelled} cancelled.")


@dataclass(frozen=True, slots=True)
class Bench:
    """What a change works with: the call, who asks, the practice's rules, and what is changed (None: it is new)."""

    request: Request
    here: WebPlace
    person: Person
    current: Current
    what: What
    card: Card | None = None

    @property
    def stands(self) -> dict[str, str]:
        """Return what the fields of a stored occasion show."""
        return {} if self.card is None else shown(self.what, self.card.row, self.card)


@router.get("/calendar/add")
def new(  # noqa: PLR0913 - what the address says
    request: Request, here: Here, person: Writer, *, kind: str = "", contact: str = "", day: str = ""
) -> HTMLResponse:
    """Show an empty form."""
    bench = _bench(request, here, person, kind)
    date = "date" if bench.what.kind is not None and bench.what.kind.dated == "day" else "start"
    status = "" if bench.what.kind is None else bench.what.kind.status.live[0]
    values = {"contact": contact, "status": status, date: day if date == "date" else f"{day}T09:00" if day else ""}
    return _form(bench, Typed(values), made_ref=_new_ref())


@router.post("/calendar/add")
def add(request: Request, form: CheckedForm, here: Here, person: Writer) -> Response:
    """Show what adding an occasion leads to, or add it."""
    bench = _bench(request, here, person, form.text("kind"))
    made = _made_ref(form)
    with here.database.read() as connection:
        resolve = resolver(connection, person.practice, bench.current.rulebook.practice.country, words_of(request))
        typed = read_new(form, bench.what, resolve, f"{made}-P", words_of(request))
        ref = typed.values["ref"] or made
        known = occasions_by_ref(connection, person.practice, bench.what.name, [ref]).get(ref)
    if known is not None and known["gone_at"] is None:
        typed = typed.refused({"ref": words_of(request).t("There is one of this reference already.")})
    return _answer(bench, form, typed, (ref, made))


@router.get("/calendar/{occasion_id:uuid}/change")
def change_form(request: Request, here: Here, person: Writer, occasion_id: uuid.UUID) -> HTMLResponse:
    """Show an occasion's form."""
    bench = _bench_of(request, here, person, occasion_id)
    return _form(bench, Typed(bench.stands))


@router.post("/calendar/{occasion_id:uuid}/change")
def change(request: Request, form: CheckedForm, here: Here, person: Writer, occasion_id: uuid.UUID) -> Response:
    """Show what a change leads to, or make it; fields that the form lacks stay as they are."""
    bench = _bench_of(request, here, person, occasion_id)
    with here.database.read() as connection:
        resolve = resolver(connection, person.practice, bench.current.rulebook.practice.country, words_of(request))
        typed = read_change(form, bench.what, bench.stands, resolve)
    return _answer(bench, form, typed, (bench.card.row["ref"] if bench.card else "", ""))


@router.get("/calendar/{occasion_id:uuid}/remove")
def remove_form(request: Request, here: Here, person: Writer, occasion_id: uuid.UUID) -> Response:
    """Show what removing an occasion leads to."""
    return _confirmed(_bench_of(request, here, person, occasion_id), None, REMOVAL, [])


@router.post("/calendar/{occasion_id:uuid}/remove")
def remove(request: Request, form: CheckedForm, here: Here, person: Writer, occasion_id: uuid.UUID) -> Response:
    """Remove an occasion."""
    return _confirmed(_bench_of(request, here, person, occasion_id), form, REMOVAL, [])


@router.post("/calendar/{occasion_id:uuid}/mute")
def mute(request: Request, form: CheckedForm, here: Here, person: Writer, occasion_id: uuid.UUID) -> Response:
    """Show what turning reminders off or on leads to, or do it."""
    bench = _bench_of(request, here, person, occasion_id)
    try:
        read_reason(form.text("because"))
    except InputError as error:
        return occasion_page(request, here, person, occasion_id, (form.text("because"), str(error)))
    names = ("mutes", "because")
    hidden = [(name, form.text(name)) for name in names] + [("rules", rule) for rule in form.texts("rules")]
    return _confirmed(bench, form, MUTING if form.text("mutes") != "off" else UNMUTING, hidden)


@dataclass(frozen=True, slots=True)
class Asking:
    """How a page asks before something is done: its path's end, heading and button."""

    path: str
    heading: str
    button: str
    is_dangerous: bool = False


REMOVAL: Final = Asking("remove", sentence("Remove an occasion"), sentence("Remove it"), is_dangerous=True)
MUTING: Final = Asking("mute", sentence("Mute reminders"), sentence("Mute"))
UNMUTING: Final = Asking("mute", sentence("Unmute reminders"), sentence("Unmute"))


def _confirmed(bench: Bench, form: Filled | None, asking: Asking, hidden: list[tuple[str, str]]) -> Response:
    """Show what an order leads to, or carry it out where the form says that it was shown."""
    if bench.card is None:
        raise AssertionError
    row = bench.card.row
    about = (row["kind"], row["ref"])
    order = _order(bench, form, asking)
    is_another = False
    if form is not None and form.text("act") == SAVE:
        try:
            done = carry_out(bench.here, bench.person.practice, about, order, form.text("seen"))
            return go_on(bench.request, f"/calendar/{row['id']}", Notice(SAVED, counted(done.done.jobs)))
        except DifferentError as error:
            proposal, is_another = error.proposal, True
    else:
        proposal = propose(bench.here, bench.person.practice, about, order)
    return show(
        bench.request,
        "calendar/confirm.html.j2",
        occasion=row,
        proposal=proposal,
        is_another=is_another,
        action=f"/calendar/{row['id']}/{asking.path}",
        hidden=hidden,
        heading=asking.heading,
        button=asking.button,
        is_dangerous=asking.is_dangerous,
    )


def _order(bench: Bench, form: Filled | None, asking: Asking) -> Order:
    row = bench.card.row if bench.card else {}
    if form is None or asking is REMOVAL:
        return removing(row["kind"], row["ref"], bench.person.caller)
    return muting(
        Muting(
            practice=bench.person.practice,
            mutes=asking is MUTING,
            because=form.text("because"),
            by=bench.person.caller.name,
            occasion=row["ref"],
            kind=row["kind"],
            rules=tuple(dict.fromkeys(form.texts("rules"))),
        )
    )


def _answer(bench: Bench, form: Filled, typed: Typed, refs: tuple[str, str]) -> Response:
    """Show the plan of what was typed, save it if that was shown, or show what is wrong."""
    ref, made = refs
    if typed.problems:
        return _form(bench, typed, made_ref=made)
    order = taking(typed.whole(bench.what, ref, is_part=bench.card is not None), bench.person.caller)
    about = (bench.what.name, ref)
    try:
        if form.text("act") == SAVE:
            done = carry_out(bench.here, bench.person.practice, about, order, form.text("seen"))
            return go_on(bench.request, f"/calendar/{done.occasion_id}", Notice(SAVED, counted(done.done.jobs)))
        return _form(bench, typed, proposal=propose(bench.here, bench.person.practice, about, order), made_ref=made)
    except DifferentError as error:
        return _form(bench, typed, proposal=error.proposal, is_another=bool(form.text("seen")), made_ref=made)
    except RefusedWholeError as error:
        return _form(bench, typed.refused(told_of(error)), made_ref=made)
    except InputError as error:
        return _form(bench, typed.refused({WHOLE: str(error)}), made_ref=made)


def _form(
    bench: Bench, typed: Typed, *, proposal: Proposal | None = None, is_another: bool = False, made_ref: str = ""
) -> HTMLResponse:
    settings = bench.current.rulebook.practice
    fields = fields_of(bench.what, types_of(bench.what, {}), typed.values, typed.problems, settings.languages)
    row = None if bench.card is None else bench.card.row
    shown_names = {each.name for each in fields} | {"ref"} | {NEW + name for name in NEW_NAMES}
    others = [said for name, said in typed.problems.items() if name not in shown_names]
    return show(
        bench.request,
        "calendar/form.html.j2",
        status=422 if typed.problems else 200,
        occasion=row,
        kinds=list(kinds_of(settings)),
        kind=bench.what.name,
        fields=fields,
        values={"ref": typed.values.get("ref", "")},
        new_values={name: typed.values.get(NEW + name, "") for name in NEW_NAMES},
        new_languages=[("", "–"), *((each, each) for each in settings.languages)],
        problems={name: typed.problems.get(name, "") for name in shown_names},
        general=" ".join(others),
        proposal=proposal,
        is_another=is_another,
        made_ref=made_ref,
        action="/calendar/add" if row is None else f"/calendar/{row['id']}/change",
    )


def _bench(request: Request, here: WebPlace, person: Person, kind: str) -> Bench:
    current = must_have_rules(request, person.practice)
    kinds = kinds_of(current.rulebook.practice)
    return Bench(request, here, person, current, what_of(current, kind if kind in kinds else next(iter(kinds))))


def _bench_of(request: Request, here: WebPlace, person: Person, occasion_id: uuid.UUID) -> Bench:
    current = must_have_rules(request, person.practice)
    with here.database.read() as connection:
        row = occasion_of(connection, person.practice, occasion_id)
        (card,) = cards_of(connection, current, [row])
    return Bench(request, here, person, current, what_of(current, row["kind"]), card)


def _new_ref() -> str:
    """Return a reference for what no case system knows."""
    return f"Q-{secrets.token_hex(4)}"


def _made_ref(form: Filled) -> str:
    """Return the reference that the form was given when it was shown, so that sending it twice adds one."""
    try:
        return read_line(form.text("made_ref"), 60) or _new_ref()
    except ValueError:
        return _new_ref()
