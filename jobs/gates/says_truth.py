"""Gate: a text must tell the occasion's present day, its time where it has one, and no today or tomorrow that is false.

Pure. Days and times are those of the zone in which the text prints.
"""

import datetime as dt

from jobs.drafts import About, Facts
from jobs.gates.contract import Block, Draft, Pass, Verdict
from jobs.mentions import plain, relative_days, says_date, says_time, times, weekdays, wrong_weekday
from jobs.printing import Moment, Printing, printing_for, read_moment, wall_text, zone_printed
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
    moment = when.astimezone(zone) if isinstance(when, dt.datetime) else when
    text = plain(_without_names(draft.text, facts, how))
    wrong = _wrong(text, moment, how)
    return Pass() if wrong is None else Block(f"says {wrong}, the {about.kind} is {_in_words(moment, how)}")


def _when(about: About, facts: Facts) -> Moment | None:
    """Return what the step is dated by: the field that its anchor came from (`from`), else the start."""
    zone = zone_of(about.timezone or facts.terms.timezone)
    anchor = facts.job.anchor
    given = about.start
    if anchor is not None and wall_text(given, zone) != anchor:
        fields = (value for value in about.fields.values() if wall_text(value, zone) == anchor)
        given = next((value for value in fields if isinstance(value, str)), given)
    return None if given is None else read_moment(given, zone)


def _wrong(text: str, moment: Moment, how: Printing) -> str | None:
    """Return what the text says that is not so, or that it does not say when; None when it tells the truth."""
    ahead = (_day(moment) - how.now.date()).days
    relative = relative_days(text, how.language)
    false = [said.word for said in relative if said.ahead != ahead]
    if false:
        return false[0]
    mislabelled = wrong_weekday(text, moment, how)
    if mislabelled:
        return mislabelled
    shows_day = bool(relative) or says_date(text, moment, how)
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
