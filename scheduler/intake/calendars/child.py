"""The child process that parses a calendar: one line of JSON and the calendar on stdin, one JSON value on stdout.

It limits its own memory and time before it reads a byte, opens nothing and knows no secret.
"""

import json
import resource
import sys

from scheduler.intake.calendars.events import UnreadableCalendarError, Wanted
from scheduler.intake.calendars.guard import check_calendar

TOO_MUCH = "it needs too much memory to be read: let it hold less"


def main(seconds: int, most_bytes: int) -> None:
    """Read stdin, answer on stdout: `{"events": […]}` or `{"problem": sentence}`."""
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (most_bytes, most_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        answer = _answer()
    except UnreadableCalendarError as error:
        answer = {"problem": str(error)}
    except MemoryError:
        answer = {"problem": TOO_MUCH}
    except Exception as error:  # noqa: BLE001 - whatever a hostile file makes a library raise is the file's fault
        answer = {"problem": f"it cannot be read ({type(error).__name__})"}
    json.dump(answer, sys.stdout)


def _answer() -> dict[str, object]:
    wanted = Wanted.of_json(json.loads(sys.stdin.buffer.readline()))
    text = check_calendar(sys.stdin.buffer.read())
    # The libraries are loaded only for what the guard let through, and after memory is limited.
    from scheduler.intake.calendars.expanding import expand  # noqa: PLC0415

    return {"events": [event.as_json() for event in expand(text, wanted)]}


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
