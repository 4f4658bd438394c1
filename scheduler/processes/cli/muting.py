"""`quietbell mute` and `unmute`: reminders of an occasion or to a contact off and on, or rules muted for an occasion.

Through intake, in one transaction with the planning; the reason is kept with the order.
"""

from typing import Annotated

import typer

from jobs.errors import InputError
from jobs.store.values import person
from scheduler.asking.acts import mute_noted
from scheduler.intake.muting import Muted, Muting
from scheduler.intake.turns import Turns
from scheduler.processes.cli.desk import JsonOption, PracticeOption, asker, choose_practice, opened
from scheduler.processes.cli.job_rows import kind_and_ref
from scheduler.processes.cli.screen import remark, say, show_json
from scheduler.publishing.revisions import load_current

OccasionOption = Annotated[str | None, typer.Option(help="An occasion's ref; KIND/REF where two kinds share it.")]
ContactOption = Annotated[str | None, typer.Option(help="A contact's ref: all reminders to this person.")]
RuleOption = Annotated[
    list[str] | None, typer.Option("--rule", help="Only this rule, of the occasion; may be repeated.")
]
BecauseOption = Annotated[str, typer.Option("--because", help="Why; kept.")]
AuthorOption = Annotated[str | None, typer.Option("--author", help="Who orders it; by default the account.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("mute")(mute)
    app.command("unmute")(unmute)


def mute(  # noqa: PLR0913 - a command has as many parameters as options
    *,
    because: BecauseOption,
    occasion: OccasionOption = None,
    contact: ContactOption = None,
    rule: RuleOption = None,
    author: AuthorOption = None,
    practice: PracticeOption = None,
    json: JsonOption = False,
) -> None:
    """Turn reminders off for an occasion or a contact, or mute rules for an occasion; no opt-out is recorded."""
    _carry_out((occasion, contact), tuple(rule or ()), (because, author, practice), mutes=True, json=json)


def unmute(  # noqa: PLR0913 - a command has as many parameters as options
    *,
    because: BecauseOption,
    occasion: OccasionOption = None,
    contact: ContactOption = None,
    rule: RuleOption = None,
    author: AuthorOption = None,
    practice: PracticeOption = None,
    json: JsonOption = False,
) -> None:
    """Turn reminders on again; texts that are still of use wait again."""
    _carry_out((occasion, contact), tuple(rule or ()), (because, author, practice), mutes=False, json=json)


def _carry_out(
    about: tuple[str | None, str | None],
    rules: tuple[str, ...],
    order: tuple[str, str | None, str | None],
    *,
    mutes: bool,
    json: bool,
) -> None:
    occasion, contact = about
    because, author, practice = order
    if (occasion is None) == (contact is None):
        message = "name an occasion with --occasion REF, or a contact with --contact REF"
        raise typer.BadParameter(message)
    if contact is not None and rules:
        message = "--rule mutes a rule for one occasion: name it with --occasion REF"
        raise typer.BadParameter(message)
    if not because.strip():
        message = "--because needs words: they are kept"
        raise InputError(message)
    kind, ref = (None, None) if occasion is None else kind_and_ref(occasion)
    with opened() as (settings, database):
        with database.read() as connection:
            chosen = choose_practice(connection, settings, practice)
        muting = Muting(
            practice=chosen,
            mutes=mutes,
            because=because,
            by=person(asker(author)),
            occasion=ref,
            kind=kind,
            contact=contact,
            rules=rules,
        )
        done = Turns(database, load_current).take(chosen, lambda turn: mute_noted(turn, muting))
    if json:
        show_json(_facts(done))
        return
    say(_sentence(done, rules, mutes=mutes))
    for line in _jobs(done):
        say(line)
    for line in (*_still(done, rules, mutes=mutes), *done.warnings):
        remark(line)


def _sentence(done: Muted, rules: tuple[str, ...], *, mutes: bool) -> str:
    about = f"{done.kind or 'contact'} {done.ref}"
    stands = "muted" if mutes else "not muted"
    if rules:
        what = f"{', '.join(rules)} {'is' if len(rules) == 1 else 'are'} {stands} for {about}"
    else:
        what = f"Reminders are {'off' if mutes else 'on'} for {about}"
    return f"{what}." if done.changed else f"{what} already: nothing changed."


def _jobs(done: Muted) -> list[str]:
    """Say what happened to texts."""
    counts = (
        (done.jobs.cancelled, "cancelled"),
        (done.jobs.stopping, "already going out: may have been sent, not tried again"),
        (done.jobs.reopened + done.jobs.planned, "waiting (again)"),
        (done.jobs.useless, "of no use any more: not sent"),
        (done.jobs.without_sender, "not planned: the practice has no sender for them"),
    )
    return [f"    {count} {'text' if count == 1 else 'texts'} {what}." for count, what in counts if count]


def _still(done: Muted, rules: tuple[str, ...], *, mutes: bool) -> list[str]:
    """Say what else keeps texts back, where somebody expects them to go."""
    if mutes:
        return []
    lines = []
    if rules and done.reminders_off:
        lines.append("All its reminders are off: quietbell unmute without --rule turns them on.")
    if not rules and done.skip:
        lines.append(f"Still muted for it: {', '.join(done.skip)}. quietbell unmute --rule ID lifts that.")
    return lines


def _facts(done: Muted) -> dict[str, object]:
    return {
        "kind": done.kind,
        "ref": done.ref,
        "reminders_off": done.reminders_off,
        "skip": list(done.skip),
        "changed": done.changed,
        "jobs": done.jobs.counts(),
        "warnings": list(done.warnings),
    }
