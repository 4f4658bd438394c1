"""How a diff, and effects that a plan did not show, are printed: data to stdout, what explains a refusal to stderr."""

import contextlib
from collections.abc import Iterator

from rich.console import Console
from rich.text import Text

from scheduler.processes.cli.screen import TONES, clean, console, remark, remarks
from scheduler.publishing.applying import NotAsShownError, OtherRevisionError
from scheduler.publishing.pulling import LocalEditsError

_TONES = {"+": "good", "-": "bad", "@": "calm"}


def show_diff(diff: str) -> None:
    """Print a diff to stdout."""
    _print(console(), diff)


def remark_diff(diff: str) -> None:
    """Print a diff to stderr."""
    _print(remarks(), diff)


@contextlib.contextmanager
def explaining() -> Iterator[None]:
    """Print what a refusal of the block carries with it, before its sentence."""
    try:
        yield
    except (OtherRevisionError, LocalEditsError) as refusal:
        remark_diff(refusal.diff)
        raise
    except NotAsShownError as refusal:
        for each in refusal.differences.named:
            remark(f"  not shown: {each.what} {each.step} for {each.occasion} {each.contact}", "warn")
        raise


def _print(shown: Console, diff: str) -> None:
    for line in diff.splitlines():
        tone = "strong" if line.startswith(("---", "+++")) else _TONES.get(line[:1], "")
        shown.print(Text(clean(line), style=TONES.get(tone, "")), soft_wrap=True)
