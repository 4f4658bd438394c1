"""Gate: is it inside the sending window, in every zone the recipient may be in? Pure.

Who has just written is answered at any hour.
"""

import datetime as dt
from typing import Final

from jobs.corrections import hours_of
from jobs.gates.contract import Draft, End, Facts, Hold, Pass, Verdict
from jobs.states import State
from jobs.windows.sending import zone_of

AWAKE: Final = dt.timedelta(minutes=15)
"""How long after a person's text its acknowledgement goes at any hour."""


def gate(_draft: Draft, facts: Facts, now: dt.datetime) -> Verdict:
    """Hold a text to the next opening, or end it where that comes too late to be useful."""
    hours = hours_of(facts, now)
    if facts.job.ignore_quiet_hours or hours.is_open(now, facts.zones) or now < awake_until(facts, now):
        return Pass()
    opening = hours.next_opening(now, facts.zones)
    if opening is None:
        return End(State.EXPIRED, "the sending window never opens in all zones this person may be in: state their zone")
    local = opening.astimezone(zone_of(facts.zones[0]))
    words = f"quiet hours: the sending window opens {local:%a %b} {local.day} {local:%H:%M} ({facts.zones[0]})"
    if opening >= facts.job.useful_until:
        return End(State.EXPIRED, f"{words}, when the text is no longer useful")
    return Hold(opening, words)


def awake_until(facts: Facts, now: dt.datetime) -> dt.datetime:
    """Return until when the person counts as awake since they have just written; `now` where they have not."""
    received_at = facts.job.received_at
    return now if received_at is None else max(now, received_at + AWAKE)
