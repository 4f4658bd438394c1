"""From a draft to what is published: its differences and problems, the plan, and the publish that names the plan."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy import Connection

from jobs.errors import NotFoundError, RefusedError
from scheduler.asking.publishes import note_publish
from scheduler.identities.audit import signed_by
from scheduler.publishing.applying import Applied, NotAsShownError, OtherRevisionError, publish_plan
from scheduler.publishing.differing import Side, unified
from scheduler.publishing.drafts import Edit, drop_edit, find_edit, keep_edit
from scheduler.publishing.keeping import Draft, KeptPlan, keep_plan, load_plan
from scheduler.publishing.replanning import wish_of
from scheduler.publishing.revisions import Signature, current_revision
from scheduler.web.forms import CheckedForm
from scheduler.web.notices import Notice, go_on
from scheduler.web.people import Person
from scheduler.web.place import Here, WebPlace
from scheduler.web.rules.desk import Editor, Looked, Room, enter, look_over, page_of
from scheduler.web.rules.diffs import lines_of
from scheduler.web.showing import show
from scheduler.web.words import sentence

router = APIRouter()

LONGEST_NOTE: Final = 1_000
MOST_LISTED: Final = 100


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is wrong with a publish's form; a sentence as `t` takes it, or one that is told as it is."""

    count: str = ""
    told: str = ""
    diff: str = ""


NOTHING_WRONG: Final = Wrong()
COUNT_MISSING: Final = sentence("Type the number of new and moved texts, to show that you have seen it.")
COUNT_OTHER: Final = sentence("This is not the number of new and moved texts.")


@router.get("/rules/changes")
def changes(request: Request, here: Here, person: Editor) -> HTMLResponse:
    """Show how the draft differs from what it began with, and what is wrong with it."""
    room = enter(here, person)
    return _show_changes(request, room, look_over(request, person, room.edit.files))


@router.post("/rules/plan")
def plan(_form: CheckedForm, request: Request, here: Here, person: Editor) -> Response:
    """Plan what publishing the draft would do, and show it; what is wrong with it comes first."""
    room = enter(here, person)
    if room.is_behind:
        return go_on(request, "/rules/merge")
    looked = look_over(request, person, room.edit.files)
    rulebook = looked.rulebook()
    if rulebook is None:
        return _show_changes(request, room, looked, refused=True)
    kept = keep_plan(here.database, Draft(rulebook, looked.desk.files, room.edit.base, person.caller.name))
    if kept.plan.id is None:
        said = sentence("The draft says the same as what is published: there is nothing to publish.")
        return go_on(request, "/rules/changes", Notice(said, tone="warning"))
    return go_on(request, f"/rules/plans/{kept.id}")


@router.get("/rules/plans/{plan_id}")
def one_plan(request: Request, plan_id: str, here: Here, person: Editor, note: str = "") -> HTMLResponse:
    """Show what publishing would do."""
    return _show_plan(request, here, _load(here, person, plan_id), note=note[:LONGEST_NOTE])


@router.post("/rules/plans/{plan_id}")
def publish(form: CheckedForm, request: Request, plan_id: str, here: Here, person: Editor) -> Response:
    """Publish what the plan showed; above the practice's limit only with the number typed."""
    kept = _load(here, person, plan_id)
    note, typed = form.text("note")[:LONGEST_NOTE], form.text("count")
    wrong = _count_wrong(kept, typed)
    if wrong:
        return _show_plan(request, here, kept, note=note, typed=typed, wrong=Wrong(count=wrong))
    try:
        applied = publish_plan(here.database, kept, Signature(person.caller.name, note))
    except OtherRevisionError as error:
        return _show_plan(request, here, kept, note=note, wrong=Wrong(told=str(error), diff=error.diff))
    except (NotAsShownError, RefusedError) as error:
        return _show_plan(request, here, kept, note=note, wrong=Wrong(told=str(error)))
    here.database.write(lambda connection: _follow_up(connection, here, person, kept, applied))
    said = sentence("{revision} is published. Jobs that are due later are brought in line within minutes.")
    return go_on(request, "/rules", Notice(said, {"revision": applied.published.revision}))


def _follow_up(connection: Connection, here: WebPlace, person: Person, kept: KeptPlan, applied: Applied) -> None:
    """Note the publish; the draft is done with, unless it holds more than was published."""
    signed = signed_by(person.caller, here.database.moment(connection))
    note_publish(connection, signed, applied.published)
    edit = find_edit(connection, person.practice, person.caller.name)
    if edit is None:
        return
    published = kept.draft.files
    unused = {path: text for path, text in edit.files.items() if path not in published}
    if {path: text for path, text in edit.files.items() if path in published} != dict(published):
        return  # it was written on since, or another revision came back: it is shown beside what is current
    if not unused:
        drop_edit(connection, person.practice, person.caller.name)
        return
    keep_edit(connection, Edit(edit.practice, edit.by, applied.published.revision, edit.files), signed.at)


def _show_changes(request: Request, room: Room, looked: Looked, *, refused: bool = False) -> HTMLResponse:
    diff = unified(Side(room.edit.base or "nothing", room.base_files), Side("draft", room.edit.files))
    return show(
        request,
        "rules/changes.html.j2",
        status=422 if refused else 200,
        room=room,
        looked=looked,
        refused=refused,
        diff=lines_of(diff),
        page_of=page_of,
    )


def _show_plan(  # noqa: PLR0913 - what was typed is shown again with what is wrong with it
    request: Request,
    here: WebPlace,
    kept: KeptPlan,
    *,
    note: str = "",
    typed: str = "",
    wrong: Wrong = NOTHING_WRONG,
) -> HTMLResponse:
    sends, most = _sends(kept), kept.draft.rulebook.practice.confirm_above
    with here.database.read() as connection:
        current = current_revision(connection, kept.draft.practice)
    wish = wish_of(here.database, kept.draft.practice)
    return show(
        request,
        "rules/plan.html.j2",
        status=409 if wrong.told else 422 if wrong.count else 200,
        kept=kept,
        plan=kept.plan,
        rows=_rows(kept),
        sends=sends,
        most=most,
        asks=sends > most,
        is_stale=kept.plan.base != current or (current is not None and kept.draft.started_from != current),
        wish=None if wish is None or wish.is_ended else wish,
        listed=kept.plan.listed[:MOST_LISTED],
        note=note,
        typed=typed,
        wrong=wrong,
        diff=lines_of(wrong.diff),
    )


def _rows(kept: KeptPlan) -> Mapping[str, object]:
    return {rule: counts for rule, counts in kept.plan.by_rule.items() if any(vars_of(counts))}


def vars_of(counts: object) -> list[int]:
    """Return the counts of a row."""
    names = ("new", "moved", "cancelled", "unchanged", "already_sent", "too_late", "superseded")
    return [int(getattr(counts, name)) for name in names]


def _sends(kept: KeptPlan) -> int:
    return kept.plan.total.new + kept.plan.total.moved


def _count_wrong(kept: KeptPlan, typed: str) -> str:
    """Return what is wrong with the number typed, where one is asked for; empty where nothing is."""
    sends = _sends(kept)
    if sends <= kept.draft.rulebook.practice.confirm_above:
        return ""
    plain = "".join(each for each in typed if each.isdigit())
    if not plain:
        return COUNT_MISSING
    return "" if plain == str(sends) else COUNT_OTHER


def _load(here: WebPlace, person: Person, plan_id: str) -> KeptPlan:
    with here.database.read() as connection:
        kept = load_plan(connection, plan_id)
    if kept.draft.practice != person.practice:
        message = f"there is no plan {plan_id[:80]!r}"
        raise NotFoundError(message)
    return kept
