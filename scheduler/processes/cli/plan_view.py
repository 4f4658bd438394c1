"""How a publish plan is shown: what would be new, moved and cancelled by rule, money, and texts as they would read."""

import datetime as dt
from dataclasses import asdict
from zoneinfo import ZoneInfo

from scheduler.planning.basis import Replanned
from scheduler.processes.cli.screen import Column, moment, say, show_list
from scheduler.publishing.effects import Counts
from scheduler.publishing.keeping import KeptPlan
from scheduler.publishing.plans import PublishPlan

COLUMNS = (
    Column("rule", grows=True),
    Column("new", to_the_right=True),
    Column("moved", to_the_right=True),
    Column("cancelled", to_the_right=True),
    Column("same", to_the_right=True),
    Column("sent", to_the_right=True),
    Column("too late", to_the_right=True),
    Column("superseded", to_the_right=True),
)
MOST_MOVES = 10


def show_plan(kept: KeptPlan, *, lists: bool = False) -> None:
    """Print what publishing would do; `lists` each of the nearest effects."""
    planned, zone = kept.plan, ZoneInfo(kept.draft.rulebook.practice.timezone)
    practice = kept.draft.practice
    if planned.changes_nothing:
        say(f"{practice}: {planned.revision} is published already, nothing to do.")
        return
    say(f"{practice}: {planned.base or 'nothing yet'} -> {planned.revision}", "strong")
    rows = [_row(rule, counts) for rule, counts in planned.by_rule.items()]
    show_list(COLUMNS, [*rows, _row("in all", planned.total)])
    _show_money(planned)
    _show_texts(planned)
    if lists:
        _show_effects(planned, zone)
    else:
        _show_moves(planned, zone)
    _show_samples(planned, zone)


def plan_as_json(kept: KeptPlan, *, lists: bool = False) -> dict[str, object]:
    """Return the plan as plain data."""
    planned = kept.plan
    plain: dict[str, object] = {
        "practice": kept.draft.practice,
        "id": planned.id,
        "base": planned.base,
        "started_from": planned.started_from,
        "revision": planned.revision,
        "planned_at": planned.planned_at,
        "changes_nothing": planned.changes_nothing,
        "asks": planned.asks,
        "total": asdict(planned.total),
        "by_rule": {rule: asdict(counts) for rule, counts in planned.by_rule.items()},
        "moves": [asdict(move) for move in planned.moves],
        "texts_changed": list(planned.texts_changed),
        "waiting_with_changed_texts": planned.waiting_with_changed_texts,
        "costs": dict(planned.costs or {}),
        "samples": [asdict(sample) for sample in planned.samples],
    }
    return plain | {"effects": [asdict(each) for each in planned.listed]} if lists else plain


def replanned_in_words(replanned: Replanned) -> str:
    """Return what happened to jobs in one sentence."""
    told = [f"{count:,} {name.replace('_', ' ')}" for name, count in replanned.counts().items() if count]
    return f"Jobs: {', '.join(told)}." if told else "No job changed."


def _row(rule: str, counts: Counts) -> list[str]:
    numbers = (
        counts.new,
        counts.moved,
        counts.cancelled,
        counts.unchanged,
        counts.already_sent,
        counts.too_late,
        counts.superseded,
    )
    return [rule or "(other)", *(f"{number:,}" if number else "-" for number in numbers)]


def _show_money(planned: PublishPlan) -> None:
    if not planned.total.new:
        return
    costs = ", ".join(f"{amount:.2f} {currency}" for currency, amount in sorted((planned.costs or {}).items()))
    money = f", about {costs}" if costs else ""
    say(f"New texts: about {planned.total.segments:,} segments{money}.")


def _show_texts(planned: PublishPlan) -> None:
    if planned.texts_changed:
        names = ", ".join(planned.texts_changed)
        say(f"Texts changed: {names}; {planned.waiting_with_changed_texts:,} waiting jobs will read otherwise.")


def _show_moves(planned: PublishPlan, zone: ZoneInfo) -> None:
    for move in planned.moves[:MOST_MOVES]:
        was, becomes = _when(move.was, zone), moment(move.becomes, zone, move.was)
        say(f"  moved {move.step} for {move.occasion}: {was} -> {becomes}")
    rest = planned.total.moved - min(len(planned.moves), MOST_MOVES)
    if planned.moves and rest > 0:
        say(f"  and {rest:,} more", "calm")


def _show_samples(planned: PublishPlan, zone: ZoneInfo) -> None:
    for sample in planned.samples:
        when = _when(sample.planned_for, zone)
        words = sample.text or f"cannot be written: {sample.problem}"
        say(f"  {sample.step} for {sample.occasion}, {when}: {words}", "calm" if sample.text else "bad")


def _show_effects(planned: PublishPlan, zone: ZoneInfo) -> None:
    """Print the nearest effects, one a line, and how many more there are."""
    for each in planned.listed:
        now = each.moment
        moments = " -> ".join(moment(value, zone, now) for value in (each.was, each.becomes) if value is not None)
        say(f"  {each.what} {each.step} for {each.occasion}, {each.contact or 'nobody'}: {moments}")
    rest = planned.total.new + planned.total.moved + planned.total.cancelled - len(planned.listed)
    if rest > 0:
        say(f"  and {rest:,} later ones", "calm")


def _when(value: dt.datetime, zone: ZoneInfo) -> str:
    return moment(value, zone, value)
