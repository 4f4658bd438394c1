"""Looks at a calendar before a library parses it: bytes in, text out, or why it is none or would never end.

Pure, and linear in the length: encoding, pairs of BEGIN and END, depth, counts, and every recurrence rule.
"""

import re
from collections.abc import Iterator
from typing import Final

from scheduler.intake.calendars.events import MOST_EVENTS, UnreadableCalendarError

MOST_COMPONENTS: Final = 50_000
DEEPEST: Final = 8
MOST_IN_A_RULE: Final = 400
MOST_INTERVAL: Final = 1_000
FREQUENCIES: Final = frozenset({"DAILY", "WEEKLY", "MONTHLY", "YEARLY"})
"""Of RFC 5545 section 3.3.10; a reminder of what happens hourly or more often is not what anybody wants."""
WEB_PAGE: Final = "it is a web page, not a calendar: is it the address of a page to sign in at?"

_RULE: Final = re.compile(r"(?:RRULE|EXRULE)[;:]", re.IGNORECASE)
_EXPANDED: Final = frozenset({"VEVENT", "VTIMEZONE"})
_TAIL: Final = 200
_WIDE: Final = (b"\xff\xfe", b"\xfe\xff")


def check_calendar(body: bytes) -> str:
    """Return the calendar's text.

    Raises:
        UnreadableCalendarError: saying why it cannot be read whole.

    """
    text = _decoded(body).lstrip("\ufeff \t\r\n")
    if text.startswith("<"):
        raise UnreadableCalendarError(WEB_PAGE)
    if not text[:15].upper().startswith("BEGIN:VCALENDAR"):
        _refuse("it is no iCalendar file: it does not begin with BEGIN:VCALENDAR")
    if not text[-_TAIL:].rstrip().upper().endswith("END:VCALENDAR"):
        _refuse("it ends in the middle: END:VCALENDAR is missing at its end, so it is not complete")
    _Pairs().check(text)
    return text


def check_rule(value: str) -> str | None:
    """Return why a recurrence rule is not expanded; None where it is."""
    parts = [part.partition("=") for part in value.upper().split(";") if part]
    rule = {name.strip(): given.strip() for name, _, given in parts}
    if len(rule) != len(parts):
        return "names a part twice"
    if rule.get("FREQ") not in FREQUENCIES:
        return f"repeats {rule.get('FREQ', 'at no frequency')!r}: only DAILY, WEEKLY, MONTHLY and YEARLY are read"
    interval = rule.get("INTERVAL", "1")
    if not (interval.isascii() and interval.isdecimal() and 1 <= int(interval[:9]) <= MOST_INTERVAL):
        return f"has the interval {interval[:20]!r}: only 1 to {MOST_INTERVAL:,} is read"
    if "BYMINUTE" in rule or "BYSECOND" in rule:
        return "names minutes or seconds: only days and hours are read"
    if sum(given.count(",") + 1 for given in rule.values()) > MOST_IN_A_RULE:
        return f"names more than {MOST_IN_A_RULE} days or hours"
    return None


class _Pairs:
    """The pairs of BEGIN and END that are open at a line, and what was counted so far."""

    def __init__(self) -> None:
        self.open: list[str] = []
        self.events = 0
        self.components = 0

    def check(self, text: str) -> None:
        for number, line in _lines(text):
            head = line[:6].upper()
            if head == "BEGIN:":
                self._begin(line[6:].strip().upper(), number)
            elif head.startswith("END:"):
                self._end(line[4:].strip().upper(), number)
            elif not self.open:
                _refuse(f"line {number} stands outside of BEGIN:VCALENDAR and END:VCALENDAR")
            elif _RULE.match(line) and not _EXPANDED.isdisjoint(self.open):
                wrong = check_rule(line.partition(":")[2])
                if wrong is not None:
                    _refuse(f"the recurrence rule on line {number} {wrong}")
        if self.open:
            _refuse(f"END:{self.open[-1]} is missing, so it is not complete")

    def _begin(self, name: str, number: int) -> None:
        if (name == "VCALENDAR") is bool(self.open):
            _refuse(f"line {number} begins {name[:40]} where it does not belong")
        self.open.append(name)
        self.components += 1
        self.events += name == "VEVENT"
        if len(self.open) > DEEPEST:
            _refuse(f"line {number} is nested more than {DEEPEST} deep")
        if self.events > MOST_EVENTS:
            _refuse(f"it has more than {MOST_EVENTS:,} events: let it hold only what is ahead")
        if self.components > MOST_COMPONENTS:
            _refuse(f"it has more than {MOST_COMPONENTS:,} parts")

    def _end(self, name: str, number: int) -> None:
        if not self.open or self.open.pop() != name:
            _refuse(f"line {number} ends {name[:40]}, which was not begun")


def _decoded(body: bytes) -> str:
    if body.startswith(_WIDE):
        _refuse("it is not in UTF-8 but in UTF-16: export it as UTF-8")
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        message = f"it is not text in UTF-8 (byte {error.start + 1:,} of {len(body):,})"
        raise UnreadableCalendarError(message) from error
    if not text.strip():
        _refuse("it is empty")
    if "\0" in text:
        _refuse("it is not text: it has a zero byte in it")
    return text


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """Yield each content line, unfolded (RFC 5545 section 3.1), with the number of its first line; empty ones not."""
    begun, parts = 0, list[str]()
    for number, line in enumerate(re.split(r"\r\n|\r|\n", text), 1):
        if line[:1] in {" ", "\t"} and parts:
            parts.append(line[1:])
            continue
        if parts:
            yield begun, "".join(parts)
        begun, parts = number, [line] if line else []
    if parts:
        yield begun, "".join(parts)


def _refuse(sentence: str) -> None:
    raise UnreadableCalendarError(sentence)
