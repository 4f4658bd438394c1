"""How a simulation is shown: a list for a practice, every text with its reasons for one contact, JSON for programs."""

from collections import Counter
from collections.abc import Iterator

from rich.text import Text

from jobs.states import WAITING, State
from scheduler.planning.decisions import Decision
from scheduler.processes.cli.desk import Place
from scheduler.processes.cli.screen import Column, moment, say, show_list, toned, zone_line
from scheduler.simulate import Fate, Simulation, Untexted
from scheduler.why.words import how_computed, why_none

COLUMNS = (Column("when"), Column("what"), Column("contact"), Column("about", grows=True))
TONES = {State.SENT: "good", State.HELD: "warn", State.BLOCKED: "bad", State.FAILED: "bad", State.EXPIRED: "warn"}


def show_simulation(found: Simulation, place: Place, limit: int) -> None:
    """Print what would happen to a practice's texts, at most `limit` of them."""
    _show_heading(found, place)
    if not found.fates:
        return
    show_list(COLUMNS, [_row(fate, place) for fate in found.fates[:limit]])
    total = len(found.fates)
    more = "" if total <= limit else f" {limit:,} of {total:,} shown (--limit, or --contact REF for one person)."
    say(zone_line(place.zone) + more, "calm")


def show_contact(found: Simulation, place: Place) -> None:
    """Print what one contact would get and when, how it came about, and what they would not get and why."""
    _show_heading(found, place)
    told = [(each.at, _of_fate(each, found, place)) for each in found.fates]
    told += [(each.at, _of_untexted(each, place)) for each in found.untexted]
    for _, lines in sorted(told, key=lambda each: each[0]):
        first, *rest = lines
        say(first, "strong")
        for line in rest:
            say(f"    {line}")


def simulation_as_json(found: Simulation) -> dict[str, object]:
    """Return a simulation as plain data."""
    return {
        "practice": found.practice,
        "revision": found.revision,
        "timezone": found.timezone,
        "from": found.period.since,
        "until": found.period.until,
        "counts": dict(Counter(fate.state.value for fate in found.fates)),
        "texts": [_fate_as_json(fate) for fate in found.fates],
        "none": [_untexted_as_json(each) for each in found.untexted],
    }


def _show_heading(found: Simulation, place: Place) -> None:
    first, last = (moment(each, place.zone, place.now) for each in (found.period.since, found.period.until))
    say(f"{found.practice} {found.revision}, {first} to {last}, if nothing changes and providers accept:", "strong")
    counts = Counter(fate.state for fate in found.fates)
    told = [f"{count:,} {'waiting' if state is State.SCHEDULED else _word(state)}" for state, count in counts.items()]
    say(f"{', '.join(told)}." if told else "Nothing would be sent.")


def _row(fate: Fate, place: Place) -> list[str | Text]:
    about = toned(_about(fate), "")
    said = fate.body if fate.state is State.SENT else _why(fate)
    for line in (*(_wait(wait, place) for wait in fate.waits if fate.state is State.SENT), said):
        if line:
            about.append("\n").append_text(toned(line, "calm"))
    what = toned(_word(fate.state), TONES.get(fate.state, ""))
    return [moment(fate.at, place.zone, place.now), what, fate.named.contact or "-", about]


def _of_fate(fate: Fate, found: Simulation, place: Place) -> Iterator[str]:
    yield f"{moment(fate.at, place.zone, place.now)}  {_word(fate.state)}: {_about(fate)}"
    if fate.decision is not None and fate.job.occasion_id in found.dated_at:
        yield from how_computed(fate.decision, found.dated_at[fate.job.occasion_id], place.zone.key)
    if fate.job.pinned:
        yield "A person moved it; it stays there until the date moves."
    for wait in fate.waits:
        yield _wait(wait, place)
    if fate.state is not State.SENT:
        yield _why(fate)
    for warning in fate.warnings:
        yield f"Warning: {warning}."
    if fate.body is not None:
        yield f"{'It says' if fate.state is State.SENT else 'It would say'}: {fate.body}"


def _of_untexted(each: Untexted, place: Place) -> Iterator[str]:
    about = f"{each.named.kind} {each.named.occasion} {each.decision.rule}/{each.decision.step}"
    yield f"{moment(each.at, place.zone, place.now)}  no text: {about}"
    yield from how_computed(each.decision, each.dated_at, place.zone.key)
    yield _why_none(each.decision)


def _why_none(decision: Decision) -> str:
    if decision.is_job:
        return "No text: its moment had passed when its job would have begun, or there is no sender."
    return why_none(decision)


def _about(fate: Fate) -> str:
    job = fate.job
    if job.rule is None:
        return job.origin.replace("_", "-")
    repeat = f" #{job.repeat}" if job.repeat > 1 else ""
    return f"{fate.named.kind} {fate.named.occasion} {job.rule}/{job.step}{repeat}"


def _why(fate: Fate) -> str:
    reason = fate.job.reason or ("it waits for its turn" if fate.state in WAITING else "")
    return f"{reason[0].upper()}{reason[1:]}." if reason else ""


def _wait(wait: object, place: Place) -> str:
    at, until = (moment(getattr(wait, name), place.zone, place.now) for name in ("at", "until"))
    return f"Held {at} until {until}: {getattr(wait, 'reason', '')}."


def _word(state: State) -> str:
    return "waiting" if state is State.SCHEDULED else state.replace("_", " ")


def _fate_as_json(fate: Fate) -> dict[str, object]:
    job, draft, decision = fate.job, fate.draft, fate.decision
    return {
        "job": job.id,
        "identity": job.identity,
        "state": fate.state,
        "at": fate.at,
        "reason": job.reason,
        "origin": job.origin,
        "rule": job.rule,
        "step": job.step,
        "repeat": job.repeat,
        "kind": fate.named.kind,
        "occasion": fate.named.occasion,
        "contact": fate.named.contact,
        "planned_for": job.planned_for,
        "useful_until": job.useful_until,
        "shift": None if decision is None else decision.shift,
        "own_moment": None if decision is None else decision.own_moment,
        "pinned": job.pinned,
        "sender": job.sender,
        "held": [{"at": wait.at, "until": wait.until, "reason": wait.reason} for wait in fate.waits],
        "warnings": list(fate.warnings),
        "text": fate.body,
        "language": None if draft is None else draft.language,
        "segments": None if draft is None else draft.segments,
        "cost": None if draft is None else draft.cost,
        "currency": None if draft is None else draft.currency,
    }


def _untexted_as_json(each: Untexted) -> dict[str, object]:
    return {
        "at": each.at,
        "rule": each.decision.rule,
        "step": each.decision.step,
        "repeat": each.decision.repeat,
        "kind": each.named.kind,
        "occasion": each.named.occasion,
        "contact": each.named.contact,
        "reason": each.decision.reason,
        "detail": each.decision.detail,
        "sentence": _why_none(each.decision),
    }
