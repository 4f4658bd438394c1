"""The table of commands and the files that hold them; only the file of the command asked for is loaded."""

import importlib
import importlib.metadata
from collections.abc import Callable, Sequence
from typing import Annotated

import typer

HELP = "Appointment and payment reminders by text: declared as rules, sent once, explained for ever."
COMMANDS: dict[str, str] = {
    "demo": "running",
    "serve": "running",
    "server": "running",
    "ticker": "running",
    "worker": "running",
    "migrate": "running",
    "check": "rules",
    "plan": "publishing",
    "apply": "publishing",
    "pull": "revisions",
    "diff": "revisions",
    "history": "revisions",
    "return": "revisions",
    "import": "importing",
    "calendars": "calendars",
    "send": "sending",
    "jobs": "job_list",
    "conversations": "conversing",
    "consent": "consenting",
    "mute": "muting",
    "unmute": "muting",
    "pause": "pausing",
    "resume": "pausing",
    "why": "whys",
    "simulate": "simulating",
    "proof": "proving",
    "users": "identifying",
    "keys": "key_orders",
    "people": "people",
    "audit": "audit_view",
    "segments": "segmenting",
    "endpoints": "endpoints",
    "carrier": "carrying",
    "doctor": "doctor",
}
"""Each command and the module in this folder whose `register` adds it, in the order of the help."""


def build(words: Sequence[str] = ()) -> Callable[..., object]:
    """Return the command line, ready to be called: whole, or only the command that the words begin with."""
    app = typer.Typer(
        name="quietbell",
        help=HELP,
        no_args_is_help=True,
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    app.callback()(_top)
    asked = COMMANDS.get(words[0]) if words else None
    for module in dict.fromkeys(COMMANDS.values() if asked is None else [asked]):
        importlib.import_module(f"scheduler.processes.cli.{module}").register(app)
    return typer.main.get_command(app)


def _show_version(wanted: bool) -> None:  # noqa: FBT001 - typer hands an option's value on by position
    if wanted:
        typer.echo(f"quietbell {importlib.metadata.version('quietbell')}")
        raise typer.Exit


def _top(
    *,
    _version: Annotated[
        bool, typer.Option("--version", help="Say which version this is.", callback=_show_version, is_eager=True)
    ] = False,
) -> None:
    pass
