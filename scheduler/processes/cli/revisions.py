"""`quietbell pull`, `diff`, `history` and `return`: published revisions, into files, compared, listed, brought back."""

from typing import Annotated

import typer
from sqlalchemy import Connection, select

from jobs.database import Database
from jobs.errors import NotFoundError
from jobs.records import practices
from scheduler.processes.cli.desk import JsonOption, PracticeOption, asker, choose_practice, look, opened
from scheduler.processes.cli.desk_folders import folder_to_write, settings_folder
from scheduler.processes.cli.diff_view import explaining, remark_diff, show_diff
from scheduler.processes.cli.publishing import AuthorOption, CountOption, NoteOption, Way, YesOption, publish_kept
from scheduler.processes.cli.rule_folders import Folder, check_folder
from scheduler.processes.cli.screen import Column, moment, remark, say, show_json, show_list, zone_line
from scheduler.publishing.differing import Side, unified
from scheduler.publishing.history import Publishing, Revision, find_revision, publishings_of
from scheduler.publishing.keeping import Draft, keep_plan
from scheduler.publishing.pulling import DeskFolder, pull, started_from
from scheduler.publishing.revisions import Signature, current_revision
from scheduler.settings import Settings

MOST_PUBLISHINGS = 50
COLUMNS = (
    Column("revision"),
    Column("published"),
    Column("by"),
    Column("plan"),
    Column("note", grows=True),
)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("pull")(pull_files)
    app.command("diff")(diff)
    app.command("history")(history)
    app.command("return")(go_back)


def pull_files(
    named: Annotated[list[str] | None, typer.Argument(metavar="[PRACTICE]...", help="All of them by default.")] = None,
    *,
    force: Annotated[bool, typer.Option("--force", help="Overwrite edits that were not published.")] = False,
    json: JsonOption = False,
) -> None:
    """Write the current revision back into the practice's files, with its id in `.revision`."""
    pulled = []
    with opened() as (settings, database), explaining():
        for practice in _practices(database, named or []):
            current = _current(database, practice)
            folder = folder_to_write(settings, current)
            base = _base(database, folder)
            done = pull(folder, current, base, force=force)
            if done.overwritten:
                remark(f"{practice}: these edits were overwritten:", "warn")
                remark_diff(done.overwritten)
            pulled.append({"practice": practice, "revision": done.revision, "written": done.written})
            pulled[-1] |= {"removed": done.removed}
            if not json:
                count = len(done.written) + len(done.removed)
                what = f"{count} file{'' if count == 1 else 's'} changed" if count else "the files were as it is"
                say(f"{practice}: {done.revision} is in {folder.rules / practice}, {what}.", "good")
    if json:
        show_json({"pulled": pulled})


def diff(
    before: Annotated[str | None, typer.Argument(metavar="[A]", help="A revision; by default the current one.")] = None,
    after: Annotated[str | None, typer.Argument(metavar="[B]", help="A revision; by default the files.")] = None,
    *,
    practice: PracticeOption = None,
    json: JsonOption = False,
) -> None:
    """Show how two revisions differ, or a revision and the files."""
    with opened() as (settings, database), database.read() as connection:
        chosen = choose_practice(connection, settings, practice)
        old = _named(connection, chosen, before)
        new = _files(settings, chosen) if after is None else _side(_named(connection, chosen, after))
    found = unified(_side(old), new)
    if json:
        show_json({"practice": chosen, "before": old.id, "after": new.name, "diff": found})
    elif found:
        show_diff(found)
    else:
        say(f"{chosen}: {old.id} and {new.name} are the same.")


def history(practice: PracticeOption = None, *, json: JsonOption = False) -> None:
    """List what was published when, by whom and why, the newest first."""
    with opened() as (settings, database), database.read() as connection:
        place = look(database, connection, settings, practice)
        current = current_revision(connection, place.practice)
        found = publishings_of(connection, place.practice, limit=MOST_PUBLISHINGS)
    if json:
        plain = [{name: getattr(each, name) for name in Publishing.__dataclass_fields__} for each in found]
        show_json({"practice": place.practice, "current": current, "publishings": plain})
        return
    rows = []
    for place_in_list, each in enumerate(found):
        mark = " (current)" if place_in_list == 0 and each.revision == current else ""
        when = moment(each.at, place.zone, place.now)
        rows.append([each.revision + mark, when, each.author, each.plan or "-", each.note])
    show_list(COLUMNS, rows)
    say(zone_line(place.zone), "calm")


def go_back(  # noqa: PLR0913 - a command has as many parameters as options
    revision: Annotated[str, typer.Argument(metavar="REVISION", help="Its id, or the beginning of it.")],
    *,
    practice: PracticeOption = None,
    yes: YesOption = False,
    count: CountOption = None,
    note: NoteOption = "",
    author: AuthorOption = None,
    json: JsonOption = False,
) -> None:
    """Publish an earlier revision again: shown beforehand like any other publish."""
    with opened() as (settings, database), explaining():
        with database.read() as connection:
            chosen = choose_practice(connection, settings, practice)
            found = _named(connection, chosen, revision)
            current = current_revision(connection, chosen)
        draft = Draft(found.rulebook(), found.files, current, asker(author))
        signed = Signature(asker(author), note or f"return to {found.id}")
        way = Way(signed, yes=yes, json=json, count=count)
        done = publish_kept(settings, database, keep_plan(database, draft), way)
        began_with = started_from(settings_folder(settings, chosen))
    if json:
        show_json({"returned": done})
    elif done["changed"] and began_with != found.id:
        say(f"The files are as they were: `quietbell pull {chosen}` writes {found.id} into them.", "calm")


def _practices(database: Database, named: list[str]) -> list[str]:
    """Return the practices that are meant: those named, else all that have a revision.

    Raises:
        NotFoundError: there is no such practice, or none at all.

    """
    with database.read() as connection:
        query = select(practices.c.id).where(practices.c.current_revision.is_not(None)).order_by(practices.c.id)
        known = list(connection.execute(query).scalars())
    unknown = [name for name in named if name not in known]
    if unknown or not known:
        message = (
            f"nothing was published for {', '.join(unknown) or 'any practice'}; there is: {', '.join(known) or 'none'}"
        )
        raise NotFoundError(message)
    return named or known


def _current(database: Database, practice: str) -> Revision:
    with database.read() as connection:
        return _named(connection, practice, None)


def _base(database: Database, folder: DeskFolder) -> Revision | None:
    """Return the revision that the folder's files began with, where it is known here."""
    began_with = started_from(folder)
    if began_with is None:
        return None
    with database.read() as connection:
        try:
            return find_revision(connection, folder.practice, began_with)
        except NotFoundError:
            return None


def _named(connection: Connection, practice: str, named: str | None) -> Revision:
    """Return the revision of that name, or the current one."""
    wanted = named or current_revision(connection, practice)
    if wanted is None:
        message = f"nothing was published for {practice}"
        raise NotFoundError(message)
    return find_revision(connection, practice, wanted)


def _side(revision: Revision) -> Side:
    return Side(revision.id, revision.files, revision.content)


def _files(settings: Settings, practice: str) -> Side:
    """Return the files as they lie in the practice's folder, right or wrong."""
    desk = check_folder(Folder(settings.rules, settings.templates, practice)).desk
    return Side("the files", desk.files)
