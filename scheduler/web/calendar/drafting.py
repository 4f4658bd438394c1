"""A form about a contact or an occasion: what was typed in; a record that intake can take out, or what is wrong where.

Only what somebody changed is named, so that what others changed meanwhile stays as it is.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import Connection

from scheduler.asking.diary import meant_by
from scheduler.intake.reading import What
from scheduler.intake.rows import ONLY_ROLE, VIA
from scheduler.intake.wholes import RefusedWholeError, Whole
from scheduler.web.calendar.fields import names_of
from scheduler.web.calendar.places import printable
from scheduler.web.forms import Filled
from scheduler.web.words import Words

NEW: Final = "new_"
NEW_NAMES: Final = ("name", "first_name", "phone", "language")
"""What is asked of a person who comes along with an occasion, in fields that begin with `NEW`."""
WHOLE: Final = ""
"""Under which stands what is wrong with no single field."""

Resolve = Callable[[str], str]
"""Whom words mean: their ref.

Raises:
    ValueError: nobody, or several; with the sentence that says so.

"""


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in a form's fields, by name, and what is wrong, by field; `named` is what it changes."""

    values: Mapping[str, str]
    named: Mapping[str, object] = field(default_factory=dict)
    people: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)

    def whole(self, what: What, ref: str, *, is_part: bool) -> Whole:
        """Return the record to be taken in."""
        return Whole(what, {**self.named, "ref": ref}, self.people, is_part=is_part)

    def refused(self, problems: Mapping[str, str]) -> "Typed":
        """Return it with what intake found wrong."""
        return Typed(self.values, self.named, self.people, {**self.problems, **problems})


def read_change(form: Filled, what: What, stands: Mapping[str, str], resolve: Resolve) -> Typed:
    """Return what a form changes of a record; `stands` is what its fields showed."""
    values = {name: form.text(name) if name in form.data else stands.get(name, "") for name in names_of(what)}
    changed = {name: value for name, value in values.items() if value != stands.get(name, "")}
    problems: dict[str, str] = {}
    named = _with_refs(changed, what, resolve, problems)
    return Typed(values, named, {}, problems)


def read_new(form: Filled, what: What, resolve: Resolve, made_ref: str, words: Words) -> Typed:
    """Return the record that a form describes; `made_ref` is for a person who comes along."""
    values = {"ref": printable(form.text("ref")), **{name: form.text(name) for name in names_of(what)}}
    values |= {NEW + name: form.text(NEW + name) for name in NEW_NAMES}
    problems: dict[str, str] = {}
    given = {name: values[name] for name in names_of(what) if values[name]}
    named = _with_refs(given, what, resolve, problems)
    brought: dict[str, object] = {name: values[NEW + name] for name in NEW_NAMES if values[NEW + name]}
    people: dict[str, Mapping[str, object]] = {}
    if brought and what.kind is not None:
        if values.get(ONLY_ROLE):
            problems[ONLY_ROLE] = words.t("Choose somebody, or describe a new person: not both.")
        named[ONLY_ROLE] = made_ref
        people[ONLY_ROLE] = {"ref": made_ref, **brought}
    date = None if what.kind is None else "date" if what.kind.dated == "day" else "start"
    if date is not None and date not in named:
        problems[date] = words.t("Give the date.")
    return Typed(values, named, people, problems)


def resolver(connection: Connection, practice: str, country: str, words: Words) -> Resolve:
    """Return who finds the contact that somebody's words mean."""

    def resolve(given: str) -> str:
        found = meant_by(connection, practice, printable(given), country)
        if len(found) == 1:
            ref: str = found[0]["ref"]
            return ref
        if not found:
            raise ValueError(words.t("Nobody is called {words} here.", words=given))
        several = ", ".join(f"{row['name']} ({row['ref']})" for row in found)
        raise ValueError(words.t("Several people fit; write the reference: {several}.", several=several))

    return resolve


def told_of(error: RefusedWholeError) -> dict[str, str]:
    """Return what intake found wrong, by the form's field."""
    found: dict[str, str] = {}
    for role, problem in error.problems:
        name = f"{NEW if role else ''}{problem.column or ''}" if problem.column else WHOLE
        found.setdefault(name if name != "people" else WHOLE, problem.sentence)
    return found


def _with_refs(given: Mapping[str, str], what: What, resolve: Resolve, problems: dict[str, str]) -> dict[str, object]:
    """Return what was given, with refs where people are named."""
    named: dict[str, object] = dict(given)
    for name in given:
        if given[name] and (name in {ONLY_ROLE, VIA} or name in what.columns.roles):
            try:
                named[name] = resolve(given[name])
            except ValueError as error:
                problems[name] = str(error)
    return named
