"""`quietbell plan` and `apply`: from the files of a practice to its published revision, shown beforehand."""

from dataclasses import dataclass
from typing import Annotated, NoReturn

import typer
from sqlalchemy import Connection

from jobs.database import Database
from jobs.errors import RefusedError
from jobs.store.values import person
from scheduler.asking.publishes import note_publish
from scheduler.identities.audit import Signed
from scheduler.planning.basis import Replanned
from scheduler.processes.cli.desk import JsonOption, asker, opened
from scheduler.processes.cli.desk_folders import desk_folder, note_revision, settings_folder
from scheduler.processes.cli.diff_view import explaining
from scheduler.processes.cli.plan_view import plan_as_json, replanned_in_words, show_plan
from scheduler.processes.cli.progress import bar
from scheduler.processes.cli.rule_folders import Folder, check_folder, find_folders
from scheduler.processes.cli.rules import PathsArgument, must_pass
from scheduler.processes.cli.screen import can_ask, remark, say, show_json
from scheduler.processes.in_line import bring_in_line
from scheduler.publishing.applying import Applied, must_begin_with_current, publish_plan
from scheduler.publishing.keeping import Draft, KeptPlan, keep_plan, load_plan
from scheduler.publishing.plans import PublishPlan
from scheduler.publishing.pulling import local_files, started_from
from scheduler.publishing.replanning import wish_of
from scheduler.publishing.revisions import Signature, current_revision
from scheduler.rulebook.content import content_of, revision_id
from scheduler.settings import Settings

YesOption = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
CountOption = Annotated[
    int | None,
    typer.Option(min=0, help="So many texts are new or moved, as the plan shows; needed with --yes for many."),
]
NoteOption = Annotated[str, typer.Option(help="Why; kept with the publish.")]
AuthorOption = Annotated[str | None, typer.Option(help="Who publishes; by default the account.")]
ListOption = Annotated[bool, typer.Option("--list", help="List each text that is new, moved or cancelled.")]


@dataclass(frozen=True, slots=True)
class Way:
    """How a publish is to go: over which revision, whether to ask, who signs, and whether JSON is wanted.

    `count` is the number of new and moved texts that a person agreed to beforehand, None where none was named.
    """

    signed: Signature
    onto: str | None = None
    yes: bool = False
    json: bool = False
    count: int | None = None


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("plan")(plan)
    app.command("apply")(apply)


def plan(paths: PathsArgument = None, *, lists: ListOption = False, json: JsonOption = False) -> None:
    """Show what publishing would do, and keep that with an id; nothing is changed."""
    with opened(may_create=True) as (settings, database):
        plans = [keep_plan(database, draft_of(folder, database)) for folder in find_folders(settings, paths or [])]
        wishes = [wish_of(database, kept.draft.practice) for kept in plans]
    if json:
        show_json({"plans": [plan_as_json(kept, lists=lists) for kept in plans]})
        return
    for kept, wish in zip(plans, wishes, strict=True):
        show_plan(kept, lists=lists)
        if wish is not None and not wish.is_ended:
            done = f"{wish.done:,} of {wish.total:,} occasions are done"
            remark(f"Its jobs are still being brought in line with what was published: {done}.", "warn")
        sends, most = _sends(kept)
        if sends > most:
            asks = f"{sends:,} new and moved texts, more than confirm_above ({most:,})"
            remark(f"{asks}: `apply` asks for that number, or takes it as --count {sends} beside --yes.", "warn")
        if kept.plan.id is not None:
            say(f"This is the plan {kept.id}: `quietbell apply --plan {kept.id}` publishes it.", "calm")
        if _is_stale(kept):
            began = kept.plan.started_from or "no revision that is known"
            remark(f"These files began with {began}, but {kept.plan.base} is current: `apply` refuses them.", "warn")


def apply(  # noqa: PLR0913 - a command has as many parameters as options
    paths: PathsArgument = None,
    *,
    plan_id: Annotated[str | None, typer.Option("--plan", metavar="ID", help="Publish what this plan showed.")] = None,
    onto: Annotated[str | None, typer.Option(metavar="REVISION", help="Publish over this current revision.")] = None,
    yes: YesOption = False,
    count: CountOption = None,
    note: NoteOption = "",
    author: AuthorOption = None,
    json: JsonOption = False,
) -> None:
    """Publish rules: show what that does, ask, and bring the jobs in line."""
    if plan_id is not None and paths:
        message = "--plan names what is to be published: give no PATH with it"
        raise typer.BadParameter(message)
    way = Way(Signature(asker(author), note), onto, yes, json, count)
    with opened(may_create=True) as (settings, database), explaining():
        if plan_id is not None:
            done = [_apply_plan(settings, database, plan_id, way)]
        else:
            drafts = [(folder, draft_of(folder, database)) for folder in find_folders(settings, paths or [])]
            done = [_apply_folder(settings, database, folder, draft, way) for folder, draft in drafts]
    if json:
        show_json({"applied": done})


def draft_of(folder: Folder, database: Database) -> Draft:
    """Return a folder's rulebook, checked beside the published one, with its files and the revision they began with.

    Raises:
        InputError: there is something that forbids publishing it.

    """
    checked = check_folder(folder, database)
    rulebook = must_pass(folder, checked)
    began_with = started_from(desk_folder(folder))
    return Draft(rulebook, checked.desk.files, began_with, asker())


def publish_kept(settings: Settings, database: Database, kept: KeptPlan, way: Way) -> dict[str, object]:
    """Show a plan, ask, publish it and bring the jobs in line; return what was done as plain data."""
    practice, planned = kept.draft.practice, kept.plan
    if not way.json:
        show_plan(kept)
    applied: Applied | None = None
    if not planned.changes_nothing:
        _confirm(kept, way)
        applied = publish_plan(database, kept, way.signed, onto=way.onto)
        _note(database, practice, applied, way.signed)
    before = wish_of(database, practice)
    is_behind = before is not None and not before.is_ended
    with bar("Planning") as tell:
        wish = bring_in_line(settings, database, practice, tell) if is_behind else before
    changed = wish.changed if wish is not None and is_behind else Replanned()
    if not way.json:
        _tell(practice, planned, applied, changed)
    return {
        "practice": practice,
        "plan": planned.id,
        "revision": planned.revision,
        "base": planned.base,
        "changed": applied is not None and applied.published.changed,
        "jobs": changed.counts(),
        "differences": {} if applied is None else applied.differences.counts(),
    }


def _note(database: Database, practice: str, applied: Applied, signature: Signature) -> None:
    """Note a publish in the audit log, right after its own transaction."""

    def work(connection: Connection) -> None:
        signed = Signed(practice, person(signature.author), database.moment(connection))
        note_publish(connection, signed, applied.published)

    database.write(work)


def _tell(practice: str, planned: PublishPlan, applied: Applied | None, changed: Replanned) -> None:
    if applied is not None:
        otherwise = f" Otherwise than shown: {applied.differences}." if str(applied.differences) else ""
        say(f"{practice}: {planned.revision} is published. {replanned_in_words(changed)}{otherwise}", "good")
    elif any(changed.counts().values()):
        words = replanned_in_words(changed)
        say(f"{practice}: its jobs were not in line with it yet and are now. {words}")


def _apply_folder(settings: Settings, database: Database, folder: Folder, draft: Draft, way: Way) -> dict[str, object]:
    if not _is_current(database, draft):
        must_begin_with_current(database, draft, way.onto)
    done = publish_kept(settings, database, keep_plan(database, draft), way)
    note_revision(desk_folder(folder), str(done["revision"]))
    return done


def _apply_plan(settings: Settings, database: Database, plan_id: str, way: Way) -> dict[str, object]:
    with database.read() as connection:
        kept = load_plan(connection, plan_id)
    done = publish_kept(settings, database, kept, way)
    folder = settings_folder(settings, kept.draft.practice)
    if local_files(folder, kept.draft.files) == dict(kept.draft.files):
        note_revision(folder, kept.plan.revision)
    return done


def _is_current(database: Database, draft: Draft) -> bool:
    with database.read() as connection:
        return current_revision(connection, draft.practice) == revision_id(content_of(draft.rulebook))


def _is_stale(kept: KeptPlan) -> bool:
    """Tell whether `apply` would refuse what was planned, since it began with another revision than the current one."""
    planned = kept.plan
    return planned.base is not None and not planned.changes_nothing and planned.started_from != planned.base


def _sends(kept: KeptPlan) -> tuple[int, int]:
    """Return how many texts a plan makes go that would not, or at another time, and how many need no number typed."""
    total = kept.plan.total
    return total.new + total.moved, kept.draft.rulebook.practice.confirm_above


def _confirm(kept: KeptPlan, way: Way) -> None:
    """Ask before publishing; above the practice's `confirm_above` the number of new and moved texts must be given.

    Raises:
        RefusedError: nobody can be asked, the number is another one, or the answer was no.

    """
    practice, planned = kept.draft.practice, kept.plan
    sends, most = _sends(kept)
    if way.count is not None and way.count != sends:
        _refuse(practice, f"--count says {way.count:,}, but this plans {sends:,} new and moved texts")
    is_agreed = way.count is not None or sends <= most
    if way.yes and not is_agreed:
        more = f"this plans {sends:,} new and moved texts, more than confirm_above ({most:,})"
        _refuse(practice, f"{more}: look at the plan, then give --yes --count {sends}")
    if way.yes:
        return
    if not can_ask():
        _refuse(practice, "nobody to ask here; --yes publishes without asking")
    if not _agrees(f"{practice} {planned.revision}", sends, by_number=not is_agreed):
        _refuse(practice, "not confirmed")


def _agrees(what: str, sends: int, *, by_number: bool) -> bool:
    """Ask a person, who answers with the number where it is a large one."""
    if not by_number:
        return typer.confirm(f"Publish {what}?", default=False, err=True)
    asked = f"This plans {sends} new and moved texts. Type that number to publish"
    typed: str = typer.prompt(asked, default="", err=True)
    return typed.strip().replace(",", "").replace(" ", "") == str(sends)


def _refuse(practice: str, why: str) -> NoReturn:
    message = f"{practice}: {why}. Nothing was published"
    raise RefusedError(message)
