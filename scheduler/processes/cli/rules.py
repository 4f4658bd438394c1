"""`quietbell check`: every problem of a practice's files, with its place."""

from typing import Annotated

import typer

from jobs.errors import InputError
from scheduler.processes.cli.desk import JsonOption
from scheduler.processes.cli.rule_folders import Checked, Folder, check_folder, find_folders
from scheduler.processes.cli.screen import remark, say, show_json
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


def must_pass(folder: Folder, checked: Checked) -> Rulebook:
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
