"""How a back-test is shown: a table of rules by how their texts compare, then every difference; JSON for programs."""

from collections import Counter

from rich.text import Text

from scheduler.processes.cli.desk import Place
from scheduler.processes.cli.screen import Column, moment, say, show_list, toned, zone_line
from scheduler.simulate import BackTest, Compared, Likeness, counts_by_rule

TITLES = {
    Likeness.SAME: "same",
    Likeness.OTHER_TIME: "other time",
    Likeness.OTHER_WORDS: "other words",
    Likeness.ONLY_REALLY: "only really",
    Likeness.ONLY_DRAFT: "only draft",
    Likeness.CHANGED_SINCE: "unclear",
}
COLUMNS = (Column("rule", grows=True), *(Column(title, to_the_right=True) for title in TITLES.values()))
DIFFERENCES = (Column("what"), Column("contact"), Column("about", grows=True))
TONES = {Likeness.ONLY_REALLY: "bad", Likeness.ONLY_DRAFT: "warn", Likeness.CHANGED_SINCE: "calm"}


def show_back_test(found: BackTest, place: Place, limit: int) -> None:
    """Print how a draft compares with what was sent, with at most `limit` differences."""
    first, last = (moment(each, place.zone, place.now) for each in (found.period.since, found.period.until))
    say(f"{found.practice}: the draft {found.draft} beside what was sent, {first} to {last}", "strong")
    if found.base == found.draft:
        say("The draft is the revision in force.", "calm")
    if not found.was_sent:
        _say_nothing_to_compare(found)
    if not found.compared:
        return
    rows = [_counts(rule, counts) for rule, counts in counts_by_rule(found.compared).items()]
    show_list(COLUMNS, [*rows, _counts("in all", Counter(each.likeness for each in found.compared))])
    different = [each for each in found.compared if each.likeness is not Likeness.SAME]
    if different:
        show_list(DIFFERENCES, [_difference(each, place) for each in different[:limit]])
    more = "" if len(different) <= limit else f" {limit:,} of {len(different):,} differences shown (--limit)."
    say(zone_line(place.zone) + more, "calm")
    say("Appointments, payments and people are taken as they are stored now, and as live until they ended.", "calm")


def _say_nothing_to_compare(found: BackTest) -> None:
    also = "the draft would have sent nothing either" if not found.compared else "what follows is the draft's alone"
    say(f"No rule sent a text in that time, so there is nothing to compare with: {also}.", "warn")
    say("`quietbell plan PATH` shows what publishing the draft would do to what is stored now.")
    say("`quietbell simulate` shows what will be sent as things are; `--against PATH --from DAY` looks further back.")


def back_test_as_json(found: BackTest) -> dict[str, object]:
    """Return a back-test as plain data."""
    by_rule = counts_by_rule(found.compared)
    return {
        "practice": found.practice,
        "base": found.base,
        "draft": found.draft,
        "timezone": found.timezone,
        "from": found.period.since,
        "until": found.period.until,
        "was_sent": found.was_sent,
        "counts": _named(Counter(each.likeness for each in found.compared)),
        "by_rule": {rule: _named(counts) for rule, counts in by_rule.items()},
        "texts": [_compared_as_json(each) for each in found.compared],
    }


def _named(counts: Counter[Likeness]) -> dict[str, int]:
    return {likeness.name.lower(): counts[likeness] for likeness in TITLES}


def _counts(rule: str, counts: Counter[Likeness]) -> list[str]:
    return [rule, *(f"{counts[likeness]:,}" if counts[likeness] else "-" for likeness in TITLES)]


def _difference(each: Compared, place: Place) -> list[str | Text]:
    key = each.key
    repeat = f" #{key.repeat}" if key.repeat > 1 else ""
    about = toned(f"{each.named.kind} {each.named.occasion} {key.rule}/{key.step}{repeat}", "")
    for who, said in (("really", each.really), ("draft", each.draft)):
        if said is not None:
            words = f": {said.body}" if said.body and each.likeness is not Likeness.OTHER_TIME else ""
            about.append("\n").append_text(toned(f"{who} {moment(said.at, place.zone, place.now)}{words}", "calm"))
    if each.why:
        one_side = "draft: " if each.draft is None else "really: " if each.really is None else ""
        about.append("\n").append_text(toned(f"{one_side}{each.why}", "calm"))
    return [toned(each.likeness, TONES.get(each.likeness, "")), each.named.contact or "-", about]


def _compared_as_json(each: Compared) -> dict[str, object]:
    return {
        "likeness": each.likeness.name.lower(),
        "rule": each.key.rule,
        "step": each.key.step,
        "repeat": each.key.repeat,
        "anchor": each.key.anchor,
        "role": each.key.role,
        "kind": each.named.kind,
        "occasion": each.named.occasion,
        "contact": each.named.contact,
        "really": None if each.really is None else {"at": each.really.at, "text": each.really.body},
        "draft": None if each.draft is None else {"at": each.draft.at, "text": each.draft.body},
        "why": each.why,
    }
