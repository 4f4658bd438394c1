"""What becomes of a late step, and of steps close to one another.

Restated from the worked cases of the rule language.
"""

from scheduler.planning.decisions import Reason
from tests.unit.scheduler.planning.worked_case import Case, job

CASES = (
    Case(
        "late-skip",
        "its moment passed before the start was recorded",
        steps=[{"id": "s", "before": "1 day", "at": "16:00"}],
        now="2026-12-01T09:05",
        occasion={"start": "2026-12-01T10:00"},
        expect={"s": Reason.TOO_LATE},
    ),
    Case(
        "late-opening",
        "late and recorded at 21:00: the next opening",
        steps=[{"id": "s", "before": "1 day", "at": "16:00", "if_late": "send_now"}],
        now="2026-11-30T21:00",
        occasion={"start": "2026-12-01T10:00"},
        expect={"s": job("2026-12-01T14:00Z", "2026-12-01T15:00Z")},
    ),
    Case(
        "late-five-minutes",
        "5 minutes are not more than 5 minutes: not late, though past",
        steps=[{"id": "s", "before": "1 day", "at": "16:00"}],
        now="2026-11-30T16:05",
        occasion={"start": "2026-12-01T10:00"},
        expect={"s": job("2026-11-30T21:00Z", "2026-12-01T15:00Z")},
    ),
    Case(
        "late-two",
        "of two late send_now steps the latest goes",
        steps=[
            {"id": "week", "before": "7 days", "at": "10:00", "if_late": "send_now"},
            {"id": "day", "before": "1 day", "at": "16:00", "if_late": "send_now"},
        ],
        now="2026-12-01T09:05",
        occasion={"start": "2026-12-01T10:00"},
        expect={"week": Reason.SUPERSEDED, "day": job("2026-12-01T14:05Z", "2026-12-01T15:00Z")},
    ),
    Case(
        "late-until-next",
        "useful until the next step still ahead",
        steps=[
            {"id": "week", "before": "7 days", "at": "10:00", "if_late": "send_now"},
            {"id": "day", "before": "1 day", "at": "16:00"},
        ],
        now="2026-11-27T12:00",
        occasion={"start": "2026-12-01T10:00"},
        expect={
            "week": job("2026-11-27T17:00Z", "2026-11-30T21:00Z"),
            "day": job("2026-11-30T21:00Z", "2026-12-01T15:00Z"),
        },
    ),
    Case(
        "late-earlier-shift",
        (
            "booked Sat 19:00: Sun 16:00 is still ahead, so not late; Sat 17:30 would lie before the booking: the"
            " next opening, Mon 09:00"
        ),
        steps=[{"id": "s", "before": "1 day", "at": "16:00", "in_quiet_hours": "earlier"}],
        now="2026-12-05T19:00",
        occasion={"start": "2026-12-07T10:00"},
        expect={"s": job("2026-12-07T14:00Z", "2026-12-07T15:00Z")},
    ),
    Case(
        "late-later-shift",
        (
            "late is judged by the step's own moment: Sun 16:00 lies before the Sunday 20:00 booking, though "
            "later would go Mon 09:00"
        ),
        steps=[{"id": "s", "before": "1 day", "at": "16:00", "in_quiet_hours": "later"}],
        now="2026-12-06T20:00",
        occasion={"start": "2026-12-07T10:00"},
        expect={"s": Reason.TOO_LATE},
    ),
    Case(
        "late-after-repeats",
        "first seen 10 days overdue: two repeats passed, the latest goes, the third stands",
        steps=[{"id": "s", "after": "2 days", "every": "7 days", "times": 3, "at": "10:00", "if_late": "send_now"}],
        kind="payment",
        now="2026-12-11T12:00",
        occasion={"date": "2026-12-01"},
        expect={
            "s": Reason.SUPERSEDED,
            "s#2": job("2026-12-11T17:00Z", "2026-12-14T17:00Z"),
            "s#3": job("2026-12-17T15:00Z", "2026-12-20T15:00Z"),
        },
    ),
    Case(
        "late-minutes-before-next",
        "recorded 15:55: the late week-before is superseded by the day-before 5 minutes later",
        steps=[
            {"id": "week", "before": "7 days", "at": "10:00", "if_late": "send_now"},
            {"id": "day", "before": "1 day", "at": "16:00"},
        ],
        now="2026-11-30T15:55",
        occasion={"start": "2026-12-01T10:00"},
        expect={"week": Reason.SUPERSEDED, "day": job("2026-11-30T21:00Z", "2026-12-01T15:00Z")},
    ),
    Case(
        "late-hhmm",
        "its own HH:MM holds: Nov 30 23:00",
        steps=[{"id": "s", "before": "1 day", "at": "16:00", "if_late": "send_now", "useful_until": "23:00"}],
        now="2026-11-30T18:00",
        occasion={"start": "2026-12-01T10:00"},
        expect={"s": job("2026-11-30T23:00Z", "2026-12-01T04:00Z")},
    ),
    Case(
        "late-steps-ahead-only",
        "until the next step still ahead: the late week-before between them does not count",
        steps=[
            {"id": "fortnight", "before": "2 weeks", "at": "10:00", "if_late": "send_now"},
            {"id": "week", "before": "7 days", "at": "10:00"},
            {"id": "day", "before": "1 day", "at": "16:00"},
        ],
        now="2026-11-27T12:00",
        occasion={"start": "2026-12-01T10:00"},
        expect={
            "fortnight": job("2026-11-27T17:00Z", "2026-11-30T21:00Z"),
            "week": Reason.TOO_LATE,
            "day": job("2026-11-30T21:00Z", "2026-12-01T15:00Z"),
        },
    ),
    Case(
        "late-skip-first",
        "skip is judged before lateness: 21:00 is in quiet hours",
        steps=[{"id": "s", "before": "1 day", "at": "21:00", "in_quiet_hours": "skip", "if_late": "send_now"}],
        now="2026-12-01T09:05",
        occasion={"start": "2026-12-01T14:00"},
        expect={"s": Reason.QUIET_HOURS},
    ),
    Case(
        "late-unuseful",
        ("the latest that can still go: the day-before ends at 08:00, before 09:00 opens, so the week-before goes"),
        steps=[
            {"id": "week", "before": "7 days", "at": "10:00", "if_late": "send_now"},
            {"id": "day", "before": "1 day", "at": "16:00", "if_late": "send_now", "useful_until": "2 hours before"},
        ],
        now="2026-12-01T08:30",
        occasion={"start": "2026-12-01T10:00"},
        expect={"week": job("2026-12-01T14:00Z", "2026-12-01T15:00Z"), "day": Reason.NO_OPEN_HOUR},
    ),
    Case(
        "over-rules-late",
        "the latest late step of all rules goes",
        steps=[{"id": "week", "before": "7 days", "at": "10:00", "if_late": "send_now"}],
        more=[{"id": "q", "steps": [{"id": "day", "before": "1 day", "at": "16:00", "if_late": "send_now"}]}],
        now="2026-12-01T09:05",
        occasion={"start": "2026-12-01T10:00"},
        expect={"week": Reason.SUPERSEDED, "q/day": job("2026-12-01T14:05Z", "2026-12-01T15:00Z")},
    ),
    Case(
        "over-rules-persons",
        "superseded is judged per person: the interpreter's late text goes as well",
        steps=[{"id": "week", "before": "7 days", "at": "10:00", "if_late": "send_now"}],
        more=[
            {
                "id": "q",
                "to": ["interpreter"],
                "steps": [{"id": "day", "before": "1 day", "at": "16:00", "if_late": "send_now"}],
            }
        ],
        now="2026-12-01T09:05",
        occasion={"start": "2026-12-01T10:00", "people": {"contact": "C1", "interpreter": "C7"}},
        expect={
            "week": job("2026-12-01T14:05Z", "2026-12-01T15:00Z"),
            "q/day@interpreter": job("2026-12-01T14:05Z", "2026-12-01T15:00Z"),
        },
    ),
    Case(
        "over-rules-created-late",
        "another rule's created text silences the late one",
        steps=[{"id": "day", "before": "1 day", "at": "16:00", "if_late": "send_now"}],
        more=[{"id": "q", "steps": [{"id": "booked", "on": "created"}]}],
        now="2026-12-01T09:05",
        occasion={"start": "2026-12-01T10:00"},
        expect={"day": Reason.SUPERSEDED, "q/booked": job("2026-12-01T14:05Z", "2026-12-01T15:00Z")},
    ),
    Case(
        "over-rules-created-other",
        "a created text for another person supersedes nothing of this one's",
        steps=[{"id": "day", "before": "1 day", "at": "16:00"}],
        more=[{"id": "q", "to": ["interpreter"], "steps": [{"id": "booked", "on": "created"}]}],
        now="2026-11-30T15:30",
        occasion={"start": "2026-12-01T10:00", "people": {"contact": "C1", "interpreter": "C7"}},
        expect={
            "day": job("2026-11-30T21:00Z", "2026-12-01T15:00Z"),
            "q/booked@interpreter": job("2026-11-30T20:30Z", "2026-12-01T15:00Z"),
        },
    ),
    Case(
        "late-hour-exactly",
        "60 minutes are within the hour",
        steps=[
            {"id": "week", "before": "7 days", "at": "10:00", "if_late": "send_now"},
            {"id": "day", "before": "1 day", "at": "16:00"},
        ],
        now="2026-11-30T15:00",
        occasion={"start": "2026-12-01T10:00"},
        expect={"week": Reason.SUPERSEDED, "day": job("2026-11-30T21:00Z", "2026-12-01T15:00Z")},
    ),
    Case(
        "late-hour-opening",
        "the hour counts from when the late one would go: 09:00, half an hour before the two-hours text",
        steps=[
            {"id": "week", "before": "7 days", "at": "10:00", "if_late": "send_now"},
            {"id": "two", "before": "2 hours"},
        ],
        now="2026-11-30T21:00",
        occasion={"start": "2026-12-01T11:30"},
        expect={"week": Reason.SUPERSEDED, "two": job("2026-12-01T14:30Z", "2026-12-01T16:30Z")},
    ),
    Case(
        "wait-hour",
        "a created text with a wait supersedes a before step within the hour after it goes (15:45)",
        steps=[{"id": "docs", "on": "created", "wait": "2 hours"}, {"id": "day", "before": "1 day", "at": "16:00"}],
        now="2026-11-30T13:45",
        occasion={"start": "2026-12-01T10:00"},
        expect={"docs": job("2026-11-30T20:45Z", "2026-12-01T15:00Z"), "day": Reason.SUPERSEDED},
    ),
    Case(
        "late-after-61",
        "the next repeat is 61 minutes after the late one: both go",
        steps=[{"id": "s", "after": "1 day", "every": "2 days", "times": 2, "at": "10:01", "if_late": "send_now"}],
        kind="payment",
        now="2026-12-06T12:00",
        occasion={"date": "2026-12-04"},
        expect={
            "s": job("2026-12-07T14:00Z", "2026-12-07T15:01Z"),
            "s#2": job("2026-12-07T15:01Z", "2026-12-10T15:01Z"),
        },
    ),
    Case(
        "late-created-wait",
        "a late before step and a created text with a wait both go at 09:00: a before step yields to it",
        steps=[
            {"id": "docs", "on": "created", "wait": "1 hour"},
            {"id": "day", "before": "1 day", "at": "16:00", "if_late": "send_now"},
        ],
        now="2026-11-30T21:00",
        occasion={"start": "2026-12-01T14:00"},
        expect={"docs": job("2026-12-01T14:00Z", "2026-12-01T19:00Z"), "day": Reason.SUPERSEDED},
    ),
    Case(
        "ahead-hour-exactly",
        "60 minutes are within the hour: the three-hours text yields to the two-hours one",
        steps=[{"id": "three", "before": "3 hours"}, {"id": "two", "before": "2 hours"}],
        occasion={"start": "2026-12-01T14:00"},
        expect={"three": Reason.SUPERSEDED, "two": job("2026-12-01T17:00Z", "2026-12-01T19:00Z")},
    ),
    Case(
        "ahead-other-rule",
        "only a step of the same rule: two rules half an hour apart both go",
        steps=[{"id": "half", "before": "150 minutes"}],
        more=[{"id": "q", "steps": [{"id": "two", "before": "2 hours"}]}],
        occasion={"start": "2026-12-01T14:00"},
        expect={
            "half": job("2026-12-01T16:30Z", "2026-12-01T19:00Z"),
            "q/two": job("2026-12-01T17:00Z", "2026-12-01T19:00Z"),
        },
    ),
    Case(
        "ahead-yields-to-after",
        (
            "a before step yields to an after step of its rule: Wed 09:30, a day before pay_by, and Wed 10:00, a "
            "day after the date"
        ),
        steps=[
            {"id": "due", "before": "1 day", "from": "pay_by", "at": "09:30"},
            {"id": "over", "after": "1 day", "at": "10:00"},
        ],
        practice={"kinds": {"payment": {"fields": {"pay_by": "day"}}}},
        kind="payment",
        occasion={"date": "2026-12-01", "pay_by": "2026-12-03"},
        expect={"due": Reason.SUPERSEDED, "over": job("2026-12-02T15:00Z", "2026-12-05T15:00Z")},
    ),
    Case(
        "ahead-repeats-hour",
        "repeats of a before step within the hour yield each to the next",
        steps=[{"id": "s", "before": "3 hours", "every": "1 hour", "times": 2}],
        occasion={"start": "2026-12-01T14:00"},
        expect={"s": Reason.SUPERSEDED, "s#2": job("2026-12-01T17:00Z", "2026-12-01T19:00Z")},
    ),
    Case(
        "ahead-shifted-before",
        (
            "Sun 16:00 (earlier: Sat 17:30) would go 15 minutes before Sat 17:45, which stays useful by its own "
            "word: the shifted one yields"
        ),
        steps=[
            {"id": "two", "before": "2 days", "at": "17:45", "useful_until": "1 hour before"},
            {"id": "one", "before": "1 day", "at": "16:00"},
        ],
        occasion={"start": "2026-12-07T10:00"},
        expect={"two": job("2026-12-05T22:45Z", "2026-12-07T14:00Z"), "one": Reason.SUPERSEDED},
    ),
)
