"""The command `quietbell`: its words go in; exit code 0 when fine, 1 when it failed, 2 when it was asked wrongly.

What a person can mend is said in one line; a traceback is shown only with QUIETBELL_DEBUG=1.
"""

import contextlib
import sys
import traceback
from collections.abc import Callable, Sequence

import typer
from sqlalchemy.exc import SQLAlchemyError

from jobs.errors import QuietbellError
from scheduler.processes.cli.commands import build
from scheduler.processes.cli.screen import complain, quiet_pipe
from scheduler.processes.database_trouble import trouble
from scheduler.settings import wants_debug

FINE, FAILED, USAGE, INTERRUPTED = 0, 1, 2, 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; `arguments` are those of the process by default."""
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(AttributeError, ValueError):
            # A terminal that cannot show a character gets a mark in its place, never a traceback.
            stream.reconfigure(errors="replace")  # type: ignore[union-attr]  # streams that tests put in may lack it
    words = list(sys.argv[1:] if arguments is None else arguments)
    return _guarded(lambda: _run(build(words), words))


def _run(command: Callable[..., object], words: list[str]) -> int:
    try:
        ended = command(args=words, prog_name="quietbell", standalone_mode=False)
        sys.stdout.flush()
    except typer.TyperException as wrong:
        complain(_usage(wrong))
        return USAGE
    except typer.Abort:
        return INTERRUPTED
    return ended if isinstance(ended, int) else FINE


def _guarded(run: Callable[[], int]) -> int:
    """Run and turn whatever ends it into an exit code; what nobody foresaw is one line, too."""
    try:
        return run()
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        quiet_pipe()
        return FAILED
    except QuietbellError as problem:
        _show_trace()
        complain(str(problem))
        return FAILED
    except SQLAlchemyError as problem:
        _show_trace()
        complain(f"the database {trouble(problem)}")
        return FAILED
    except Exception as surprise:  # noqa: BLE001 - the last place: a person at a terminal gets a line, not a traceback
        _show_trace()
        complain(f"unexpected: {type(surprise).__name__}: {surprise} (QUIETBELL_DEBUG=1 shows where)")
        return FAILED


def _show_trace() -> None:
    if wants_debug():
        traceback.print_exc()


def _usage(wrong: typer.TyperException) -> str:
    """Return what was asked wrongly, and where to read how to ask."""
    context = getattr(wrong, "ctx", None)
    path = context.command_path if context is not None else "quietbell"
    return f"{wrong.format_message().rstrip('.')} (see {path} --help)"
