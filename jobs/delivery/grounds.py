"""What a text rests on when its request may go out, as its attempt keeps it for a court: facts in, plain values out.

Pure. Window, consent, the template's hash and who caused it; the words of the rules themselves are in the revision.
"""

import datetime as dt
from collections.abc import Mapping

from jobs.drafts import Draft, Facts
from jobs.store.outcomes import Grounds, text_hash
from jobs.store.values import Job


def grounds_of(draft: Draft, facts: Facts, job: Job, word: str | None) -> Grounds:
    """Return what an intent rests on; `word` is the number's newest on the job's purpose, read with the intent."""
    return Grounds(
        template_hash=_template_hash(draft, facts),
        consent={"purpose": facts.job.purpose, "asked_for": _asked_for(facts), "word": word},
        caused_by=_caused_by(job),
    )


def window_of(facts: Facts, ends: dt.datetime, now: dt.datetime, day: str | None) -> dict[str, object]:
    """Return the window that a text relies on: its zones, its end, whose hours they are, the day it counts on.

    `hours` is `sending` (the sending window), `corrections` (that for corrections), or `ignored` (a person's wish).
    """
    return {"zones": list(facts.zones), "ends": ends.isoformat(), "hours": _hours(facts, now), "day": day}


def _template_hash(draft: Draft, facts: Facts) -> str | None:
    """Return the hash of the template's source in the revision and language of the draft; None for own words."""
    template = facts.terms.templates.get(draft.template or "")
    source = None if template is None or facts.job.text is not None else template.sources.get(draft.language)
    return None if source is None else text_hash(source)


def _asked_for(facts: Facts) -> str:
    """Return what consent the practice asks for before such a text: assumed, implied or express."""
    terms = facts.terms
    return terms.consent_commercial if facts.job.purpose == "commercial" else terms.consent_service


def _hours(facts: Facts, now: dt.datetime) -> str:
    if facts.job.ignore_quiet_hours:
        return "ignored"
    return "sending" if facts.window.is_open(now, facts.zones) else "corrections"


def _caused_by(job: Job) -> Mapping[str, object]:
    """Return who or what caused a text: a rule's step by its name of this moment, or a person's one-off."""
    caused: dict[str, object] = {"origin": job.origin.value, "planned_under": job.revision}
    if job.rule is not None:
        caused |= {"rule": job.rule, "step": job.step, "repeat": job.repeat}
    if job.sent_by is not None:
        caused["sent_by"] = dict(job.sent_by)
    return caused
