"""Gate: is the job still wanted and useful, and dated by the rule in force? Pure; it does not look at the text."""

import datetime as dt
from typing import Final

from jobs.corrections import choose, present_of, untrue
from jobs.drafts import About, Person
from jobs.gates.contract import Draft, End, Facts, Hold, Pass, Verdict
from jobs.printing import wall_text
from jobs.states import Origin, State
from jobs.windows.sending import zone_of

REPLAN_WITHIN: Final = dt.timedelta(minutes=1)
"""How long a job waits for planning before it looks again; planning makes it due at once."""
HEARD_AGAIN_IN: Final = dt.timedelta(seconds=30)
"""How long a correction waits for an attempt that is under way before it looks again."""


def gate(_draft: Draft | None, facts: Facts, now: dt.datetime) -> Verdict:
    """End a job that is unwanted or useless; hold one whose rule changed until it is planned again."""
    job = facts.job
    if job.stop_wanted:
        return End(State.CANCELLED, "it was asked to stop")
    if now >= job.useful_until:
        return End(State.EXPIRED, f"it was useful until {job.useful_until:%Y-%m-%d %H:%M} UTC")
    if job.origin is Origin.CORRECTION:
        return _corrects(facts, now)
    if job.origin is not Origin.REMINDER:
        return Pass()
    muted = _muted(facts)
    if muted is not None:
        return End(State.CANCELLED, muted)
    outdated = _outdated(facts)
    return Pass() if outdated is None else Hold(now + REPLAN_WITHIN, outdated, being_replanned=True)


def _corrects(facts: Facts, now: dt.datetime) -> Verdict:
    """Hold a correction for a text under way, whose outcome says what was told; end one that corrects nothing."""
    about, job = facts.occasion, facts.job
    off = _turned_off(about, facts.contact)
    if off is not None or about is None:
        return End(State.CANCELLED, off or "the occasion is gone")
    if facts.being_told:
        return Hold(now + HEARD_AGAIN_IN, "another text about it is going out to this person right now")
    if facts.terms.sender(job.sender) is None:
        return Hold(now + REPLAN_WITHIN, "its sender is gone and it is being planned again", being_replanned=True)
    unneeded, is_otherwise = _corrected(about, facts)
    if unneeded is not None:
        return End(State.CANCELLED, unneeded)
    if is_otherwise:
        return Hold(now + REPLAN_WITHIN, "what it corrects changed and it is being planned again", being_replanned=True)
    return Pass()


def _corrected(about: About, facts: Facts) -> tuple[str | None, bool]:
    """Return why there is nothing to correct, if so, and whether something else is to be told than the job does."""
    if facts.told is None:
        return "this person was told nothing that could be corrected", False
    differing = untrue(facts.told, present_of(about, facts.terms.kinds.get(about.kind), facts.terms.timezone))
    if not differing.whats():
        return "all that this person was told is so", False
    rule_id, _, what = (facts.job.rule_step or "").partition("/")
    rule = facts.terms.rule(rule_id)
    chosen = None if rule is None else choose(differing, (rule,))
    return None, chosen is None or chosen[0] != what


def _outdated(facts: Facts) -> str | None:
    """Return why the job waits for planning, or None: its rule is another now, or its occasion is."""
    job = facts.job
    if job.rule_step is not None and facts.terms.plan_hashes.get(job.rule_step) != job.plan_hash:
        return "its rule changed and it is being planned again"
    if facts.terms.sender(job.sender) is None:
        return "its sender is gone and it is being planned again"
    return None if _is_of_the_date(facts) else "its occasion moved and it is being planned again"


def _muted(facts: Facts) -> str | None:
    """Return why nobody is to be reminded, or None."""
    about, person, job = facts.occasion, facts.contact, facts.job
    if about is None or about.gone:
        return "the occasion is gone"
    off = _turned_off(about, person)
    if off is not None:
        return off
    if job.rule_step is not None and job.rule_step.partition("/")[0] in about.muted_rules:
        return "this rule is muted for this occasion"
    return None


def _turned_off(about: About | None, person: Person | None) -> str | None:
    """Return why no text that nobody asked for goes to this person about it, or None."""
    if about is None:
        return "the occasion is gone"
    if person is None or person.gone:
        return "the contact is gone"
    if person.reminders_off or about.reminders_off:
        return f"reminders are turned off for this {'contact' if person.reminders_off else 'occasion'}"
    return None


def _is_of_the_date(facts: Facts) -> bool:
    """Tell whether the job is about the occasion's present date, or that of one of its fields (`from`)."""
    about, anchor = facts.occasion, facts.job.anchor
    if about is None or anchor is None or anchor.isdecimal():  # a count: the change that an `on:` step is for
        return True
    zone = zone_of(about.timezone or facts.terms.timezone)
    return any(wall_text(given, zone) == anchor for given in (about.start, *about.fields.values()))
