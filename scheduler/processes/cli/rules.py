"""`quietbell check`, `plan` and `apply`: from the files of a practice to its published revision, shown beforehand."""

from typing import Annotated

import typer

from jobs.database import Database
from jobs.errors import InputError, RefusedError
from scheduler.processes.cli.desk import JsonOption, asker, opened
from scheduler.processes.cli.plan_view import plan_as_json, replanned_in_words, show_plan
from scheduler.processes.cli.progress import bar
from scheduler.processes.cli.rule_folders import Checked, Folder, check_folder, find_folders
from scheduler.processes.cli.screen import can_ask, remark, say, show_json
from scheduler.processes.replanning import publish_desk, replan_practice
from scheduler.publishing.plans import PublishPlan, plan_publish
from scheduler.publishing.revisions import Signature
from scheduler.publishing.saying import conditions_in_words
from scheduler.rulebook.json_schema import rule_files_schema
from scheduler.rulebook.positions import Problem
from scheduler.rulebook.schema import Rulebook
from scheduler.settings import read_settings

PathsArgument = Annotated[
    list[str] | None, typer.Argument(metavar="[PATH]...", help="A practice's name or folder; all of them by default.")
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("check")(check)
    app.command("plan")(plan)
    app.command("apply")(apply)


def check(
    paths: PathsArgument = None,
    *,
    schema: Annotated[bool, typer.Option("--schema", help="Print the JSON Schema of the files instead.")] = False,
    json: JsonOption = False,
) -> None:
    """Read rules and templates and tell every problem, with file, line and column."""
    if schema:
        show_json(rule_files_schema())
        return
    results = [(folder, check_folder(folder)) for folder in find_folders(read_settings(), paths or [])]
    if json:
        show_json({"practices": [_checked_as_json(folder, checked) for folder, checked in results]})
    else:
        for folder, checked in results:
            _show_checked(folder, checked)
    if not all(checked.verdict.may_publish for _, checked in results):
        raise typer.Exit(1)


def plan(paths: PathsArgument = None, *, json: JsonOption = False) -> None:
    """Show what publishing would do; nothing is changed."""
    plans: list[tuple[Rulebook, PublishPlan]] = []
    with opened(may_create=True) as (settings, database):
        for folder in find_folders(settings, paths or []):
            rulebook = _must_pass(folder, check_folder(folder))
            plans.append((rulebook, _plan(database, rulebook)))
    if json:
        show_json({"plans": [plan_as_json(rulebook, planned) for rulebook, planned in plans]})
        return
    for rulebook, planned in plans:
        show_plan(rulebook, planned)


def apply(
    paths: PathsArgument = None,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    note: Annotated[str, typer.Option(help="Why; kept with the revision.")] = "",
    author: Annotated[str | None, typer.Option(help="Who publishes; by default the account.")] = None,
    json: JsonOption = False,
) -> None:
    """Publish rules: show what that does, ask, and bring the jobs in line."""
    done: list[dict[str, object]] = []
    with opened(may_create=True) as (settings, database):
        checked = [(folder, check_folder(folder)) for folder in find_folders(settings, paths or [])]
        rulebooks = [_must_pass(folder, found) for folder, found in checked]
        for (_, found), rulebook in zip(checked, rulebooks, strict=True):
            planned = _plan(database, rulebook)
            if not json:
                show_plan(rulebook, planned)
            if not planned.changes_nothing:
                _confirm(rulebook, planned, yes=yes)
            done.append(_publish(database, (found, rulebook, planned), Signature(asker(author), note), quiet=json))
    if json:
        show_json({"applied": done})


def _plan(database: Database, rulebook: Rulebook) -> PublishPlan:
    with database.read() as connection:
        return plan_publish(connection, rulebook, database.moment(connection))


def _publish(
    database: Database, wanted: tuple[Checked, Rulebook, PublishPlan], signed: Signature, *, quiet: bool
) -> dict[str, object]:
    """Publish where something changed; bring jobs in line either way, as a publish cut short may have left some."""
    found, rulebook, planned = wanted
    practice = rulebook.practice.practice
    published, soon = publish_desk(database, found.desk, rulebook, signed, base=planned.base)
    with bar("Planning") as tell:
        replanned = soon.plus(replan_practice(database, practice, tell))
    if not quiet:
        changed = replanned_in_words(replanned)
        if published.changed:
            say(f"{practice}: {published.revision} is published. {changed}", "good")
        elif any(replanned.counts().values()):
            say(f"{practice}: {published.revision} was published already; its jobs were not in line. {changed}")
    return {
        "practice": practice,
        "revision": published.revision,
        "base": published.base,
        "changed": published.changed,
        "jobs": replanned.counts(),
    }


def _confirm(rulebook: Rulebook, planned: PublishPlan, *, yes: bool) -> None:
    """Ask before publishing; above the practice's `confirm_above` the number of new texts must be typed.

    Raises:
        RefusedError: nobody can be asked, or the answer was no.

    """
    if yes:
        return
    practice = rulebook.practice.practice
    if not can_ask():
        message = f"{practice}: nobody to ask here; --yes publishes without asking. Nothing was published"
        raise RefusedError(message)
    if planned.asks:
        wanted = str(planned.total.new)
        typed = typer.prompt(f"This plans {wanted} new texts. Type that number to publish", default="", err=True)
        agreed = typed.strip().replace(",", "").replace(" ", "") == wanted
    else:
        agreed = typer.confirm(f"Publish {practice} {planned.revision}?", default=False, err=True)
    if not agreed:
        message = f"{practice}: not confirmed, nothing was published"
        raise RefusedError(message)


def _must_pass(folder: Folder, checked: Checked) -> Rulebook:
    """Return the rulebook; print what forbids publishing it.

    Raises:
        InputError: there is something that does.

    """
    rulebook = checked.desk.rulebook()
    if not checked.verdict.may_publish or rulebook is None:
        for problem in checked.verdict.problems:
            remark(str(problem), "")
        message = f"{folder.practice}: {_count(checked.verdict.errors)}, nothing was published"
        raise InputError(message)
    for problem in checked.verdict.warnings:
        remark(str(problem), "warn")
    return rulebook


def _show_checked(folder: Folder, checked: Checked) -> None:
    for problem in checked.verdict.problems:
        say(str(problem), "" if problem.severity == "error" else "warn")
    if not checked.verdict.may_publish:
        say(f"{folder.practice}: {_count(checked.verdict.errors)}.", "bad")
        return
    warnings = len(checked.verdict.warnings)
    rules = len(checked.desk.rules)
    also = f", {warnings} warning{'' if warnings == 1 else 's'}" if warnings else ""
    say(f"{folder.practice}: {rules} rule{'' if rules == 1 else 's'}, all is well{also}.", "good")
    for step, words in _conditions(checked).items():
        say(f"  {step}: {words}", "calm")


def _conditions(checked: Checked) -> dict[str, str]:
    """Return for each step whom it is for, in words, where the rules can be read."""
    rulebook = checked.desk.rulebook()
    return {} if rulebook is None or not checked.verdict.may_publish else conditions_in_words(rulebook)


def _count(errors: tuple[Problem, ...]) -> str:
    return f"{len(errors)} problem{'' if len(errors) == 1 else 's'}"


def _checked_as_json(folder: Folder, checked: Checked) -> dict[str, object]:
    return {
        "practice": folder.practice,
        "may_publish": checked.verdict.may_publish,
        "conditions": _conditions(checked),
        "problems": [
            {
                "file": problem.position.file,
                "line": problem.position.line,
                "column": problem.position.column,
                "severity": problem.severity,
                "text": problem.text,
            }
            for problem in checked.verdict.problems
        ],
    }
