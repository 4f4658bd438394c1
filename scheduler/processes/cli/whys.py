"""`quietbell why`: the life of a job, or of an occasion's reminders with and without jobs, in sentences."""

from typing import Annotated, Protocol

import typer

from scheduler.processes.cli.desk import JsonOption, PracticeOption, choose_practice, opened
from scheduler.processes.cli.job_rows import find_job, kind_and_ref
from scheduler.processes.cli.screen import say, show_json
from scheduler.why import why_job, why_occasion


class Life(Protocol):
    """What happened and what happens next, in order."""

    @property
    def sentences(self) -> tuple[str, ...]:
        """Return it for people."""
        ...

    def as_json(self) -> object:
        """Return it for programs."""
        ...


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("why")(why)


def why(
    job: Annotated[
        str | None, typer.Argument(metavar="JOB", help="Its id, or at least the last 6 characters of it.")
    ] = None,
    *,
    occasion: Annotated[str | None, typer.Option(help="An occasion's ref; KIND/REF where two kinds share it.")] = None,
    practice: PracticeOption = None,
    json: JsonOption = False,
) -> None:
    """Say why a text went, goes or does not go."""
    if (job is None) == (occasion is None):
        message = "name a JOB, or an occasion with --occasion REF"
        raise typer.BadParameter(message)
    with opened() as (settings, database), database.read() as connection:
        chosen, now = choose_practice(connection, settings, practice), database.moment(connection)
        if job is not None:
            life: Life = why_job(connection, chosen, find_job(connection, chosen, job)["id"], now)
        else:
            kind, ref = kind_and_ref(occasion or "")
            life = why_occasion(connection, chosen, kind, ref, now)
        if json:
            show_json(life.as_json())
            return
        for sentence in life.sentences:
            say(sentence)
