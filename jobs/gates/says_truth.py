"""Gate: a text must tell the occasion's present day, its time where it has one, and no today or tomorrow that is false.

Pure. Days and times are those of the zone in which the text prints. A text that tells a move may show the old day too;
other corrections, and texts for a change (`on:`), need not say when it is, but nothing false.
"""

import datetime as dt
from collections.abc import Sequence

from jobs.corrections import What
from jobs.drafts import About, Facts
from jobs.gates.contract import Block, Draft, Pass, Verdict
from jobs.mentions import plain, relative_days, says_date, says_time, times, weekdays, wrong_weekday
from jobs.printing import Moment, Printing, printing_for, read_moment, wall_text, zone_printed
from jobs.states import Origin
from jobs.windows.sending import zone_of

_QUOTED = 3


def gate(draft: Draft, facts: Facts, now: dt.datetime) -> Verdict:
    """Pass a text that says when the occasion is; block one that does not, or that says another day."""
    about = facts.occasion
    if about is None:
        return Pass()
    when = _when(about, facts)
    if when is None:
        return Block(f"the {about.kind} has no date")
    zone, _ = zone_printed(about, facts.contact, facts.terms.timezone)
    how = printing_for(draft.language, facts.terms.country, now.astimezone(zone))
    moments = [each.astimezone(zone) if isinstance(each, dt.datetime) else each for each in (when, *_old(about, facts))]
    text = plain(_without_names(draft.text, facts, how))
    wrong = _false(text, moments, how)
    if wrong is None and _must_say_when(facts):
        wrong = _missing(text, moments[0], how)
    return Pass() if wrong is None else Block(f"says {wrong}, the {about.kind} is {_in_words(moments[0], how)}")


def _must_say_when(facts: Facts) -> bool:
    job = facts.job
    if job.origin is Origin.CORRECTION:
        return (job.rule_step or "").endswith(f"/{What.MOVED}")
    return job.anchor is None or not job.anchor.isdecimal()


def _old(about: About, facts: Facts) -> list[Moment]:
    """Return the start that the contact was told before, which a correction may show."""
    return [] if facts.told is None else [read_moment(facts.told.start, _zone(about, facts))]


def _zone(about: About, facts: Facts) -> dt.tzinfo:
    return zone_of(about.timezone or facts.terms.timezone)


def _when(about: About, facts: Facts) -> Moment | None:
    """Return what the step is dated by: the field that its anchor came from (`from`), else the start."""
    zone = _zone(about, facts)
    anchor = facts.job.anchor
    given = about.start
    if anchor is not None and wall_text(given, zone) != anchor:
        fields = (value for value in about.fields.values() if wall_text(value, zone) == anchor)
        given = next((value for value in fields if isinstance(value, str)), given)
    return None if given is None else read_moment(given, zone)


def _false(text: str, moments: Sequence[Moment], how: Printing) -> str | None:
    """Return what the text says of a day that is none of the moments', or None."""
    ahead = {(_day(moment) - how.now.date()).days for moment in moments}
    false = [said.word for said in relative_days(text, how.language) if said.ahead not in ahead]
    if false:
        return false[0]
    return next((wrong for moment in moments if (wrong := wrong_weekday(text, moment, how))), None)


def _missing(text: str, moment: Moment, how: Printing) -> str | None:
    """Return what the text says where it does not say when it is; None when it does."""
    ahead = (_day(moment) - how.now.date()).days
    relative = relative_days(text, how.language)
    shows_day = any(said.ahead == ahead for said in relative) or says_date(text, moment, how)
    shows_time = not isinstance(moment, dt.datetime) or says_time(text, moment, how)
    return None if shows_day and shows_time else _said(text, how, relative[0].word if relative else "", shows_day)


def _said(text: str, how: Printing, relative: str, shows_day: bool) -> str:  # noqa: FBT001 - one of two halves found
    """Return what the text says of a day and a time, in its own words."""
    days = [relative] if relative else list(dict.fromkeys(weekdays(text, how)))
    spoken = list(dict.fromkeys(said.words for said in times(text)))
    words = " ".join((*days[:_QUOTED], *spoken[:_QUOTED]))
    if not days and not spoken:
        return "the day but no time" if shows_day else "no day and no time"
    if not shows_day:
        return f"{words} without the date"
    return words if spoken else f"{words} without the time"


def _in_words(moment: Moment, how: Printing) -> str:
    """Return the moment as the reason names it: `Tuesday December 1 9:30`."""
    words = f"{moment:%A %B} {moment.day}"
    if abs((_day(moment) - how.now.date()).days) > 180:  # noqa: PLR2004 - from then on the year matters
        words += f" {moment.year}"
    return words if not isinstance(moment, dt.datetime) else f"{words} {moment.hour}:{moment:%M}"


def _day(moment: Moment) -> dt.date:
    return moment.date() if isinstance(moment, dt.datetime) else moment


def _without_names(text: str, facts: Facts, how: Printing) -> str:
    """Return the text without names that hold a relative word: the firm Today Law, Mme Demain, a place."""
    person, about = facts.contact, facts.occasion
    names: list[object] = [facts.terms.starts_with, facts.terms.name, *facts.terms.first_text_adds.values()]
    names += [person.name, person.first_name] if person else []
    fields = list(about.fields.values()) if about else []
    names += [value for value in fields if isinstance(value, str) and _is_a_name(value, how)]
    for name in sorted({name.strip() for name in names if isinstance(name, str)}, key=len, reverse=True):
        if name and relative_days(plain(name), how.language):
            text = text.replace(name, " ")
    return text


def _is_a_name(value: str, how: Printing) -> bool:
    """Tell a name that holds a relative word (Centre Demain) from words that say one (tomorrow at the back door)."""
    return all(said.word[0].isupper() for said in relative_days(plain(value), how.language))
