"""`quietbell why`: the life of a job, or of an occasion's reminders with and without jobs, in sentences."""

from collections.abc import Mapping
from typing import Annotated, Any, Protocol

import typer

from jobs.store.values import person
from scheduler.asking.revealing import attempts_without_words, without_words
from scheduler.identities.audit import Act, Signed, Subject, note
from scheduler.processes.cli.desk import JsonOption, PracticeOption, asker, choose_practice, opened
from scheduler.processes.cli.job_rows import find_job, kind_and_ref
from scheduler.processes.cli.screen import say, show_json
from scheduler.why import why_job, why_occasion


class Life(Protocol):
    """What happened and what happens next, in order."""

    @property
    def sentences(self) -> tuple[str, ...]:
        """Return it for people."""
        ...

    def as_json(self) -> Mapping[str, Any]:
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
    reveal: Annotated[bool, typer.Option("--reveal", help="Show a job's words, too; noted in the audit log.")] = False,
    practice: PracticeOption = None,
    json: JsonOption = False,
) -> None:
    """Say why a text went, goes or does not go."""
    if (job is None) == (occasion is None):
        message = "name a JOB, or an occasion with --occasion REF"
        raise typer.BadParameter(message)
    if reveal and job is None:
        message = "--reveal shows the words of one JOB"
        raise typer.BadParameter(message)
    with opened() as (settings, database):
        with database.read() as connection:
            chosen, now = choose_practice(connection, settings, practice), database.moment(connection)
            if job is not None:
                job_id = find_job(connection, chosen, job)["id"]
                life: Life = why_job(connection, chosen, job_id, now)
            else:
                kind, ref = kind_and_ref(occasion or "")
                life = why_occasion(connection, chosen, kind, ref, now)
        if reveal:
            act = Act(Signed(chosen, person(asker()), now), "job.revealed", Subject("job", job_id.hex))
            database.write(lambda connection: note(connection, act))
    if json:
        show_json(life.as_json() if reveal else _hidden(life.as_json()))
        return
    for sentence in life.sentences if reveal else without_words(life.sentences):
        say(sentence)


def _hidden(life: Mapping[str, Any]) -> dict[str, Any]:
    """Return a life for programs without the words of its texts."""
    shown = {**life, "sentences": without_words(life["sentences"])}
    if "attempts" in life:
        shown["attempts"] = attempts_without_words(life["attempts"])
    return shown
