"""The table of commands: each group registers its own, in the order in which `--help` shows them."""

import importlib.metadata
from collections.abc import Callable
from typing import Annotated

import typer

from scheduler.processes.cli import (
    doctor,
    importing,
    job_list,
    rules,
    running,
    segmenting,
    sending,
    whys,
)

HELP = "Appointment and payment reminders by text: declared as rules, sent once, explained for ever."
GROUPS = (running, rules, importing, sending, job_list, whys, segmenting, doctor)


def build() -> Callable[..., object]:
    """Return the whole command line, ready to be called with its words."""
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
    for group in GROUPS:
        group.register(app)
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
