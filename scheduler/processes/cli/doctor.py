"""`quietbell doctor`: looks at everything an installation needs and says what to do about what is missing."""

import typer

from scheduler.processes.cli.checkup import check_up
from scheduler.processes.cli.desk import JsonOption
from scheduler.processes.cli.findings import Finding, Level
from scheduler.processes.cli.screen import Column, say, show_json, show_list, toned

TONES = {Level.OK: "good", Level.WARN: "warn", Level.FAIL: "bad"}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("doctor")(doctor)


def doctor(*, json: JsonOption = False) -> None:
    """Check this installation: ok, warn or fail, and what to do."""
    findings = check_up()
    if json:
        show_json({"findings": [finding.as_json() for finding in findings]})
    else:
        _show(findings)
    if any(finding.level is Level.FAIL for finding in findings):
        raise typer.Exit(1)


def _show(findings: list[Finding]) -> None:
    columns = (Column(""), Column("what"), Column("found", grows=True))
    rows = [
        (toned(finding.level.value, TONES[finding.level]), finding.what, _sentence(finding)) for finding in findings
    ]
    show_list(columns, rows)
    failed = sum(finding.level is Level.FAIL for finding in findings)
    warned = sum(finding.level is Level.WARN for finding in findings)
    if not failed:
        say("All is well." if not warned else f"It runs; {warned} to look at.", "good" if not warned else "warn")
    else:
        say(f"{failed} to mend before it runs.", "bad")


def _sentence(finding: Finding) -> str:
    return f"{finding.found}. {finding.advice}" if finding.advice else finding.found
