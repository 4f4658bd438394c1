"""`quietbell segments TEXT`: how a text is billed, what forces UCS-2 and what plainer letters would save."""

import sys
from typing import Annotated

import typer

from jobs.segments import Segments, as_json, measure, saving
from scheduler.processes.cli.screen import say, show_json

FROM_STDIN = "-"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("segments")(segments)


def segments(
    text: Annotated[str, typer.Argument(help="The text; `-` reads it from standard input.")],
    *,
    json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Say how many segments a text is billed as, and why."""
    written = sys.stdin.read().rstrip("\n") if text == FROM_STDIN else text
    if json:
        show_json(as_json(written))
        return
    measured = measure(written)
    unit = "septets" if measured.encoding == "GSM-7" else "UTF-16 units"
    say(f"{_count(measured.segments, 'segment')}: {measured.units} {unit} in {measured.encoding}", "strong")
    if measured.segments > 1:
        say(f"Parts hold {', '.join(map(str, measured.units_per_segment))}.")
    if measured.forcing:
        _show_forcing(written, measured)


def _show_forcing(written: str, measured: Segments) -> None:
    say(f"These characters force UCS-2: {'  '.join(_named(character) for character in measured.forcing)}")
    offered = saving(written)
    if offered.saves > 0:
        say(f"In plainer letters it is {_count(offered.segments_folded, 'segment')}: {offered.folded}", "good")
    else:
        say("Plainer letters would save nothing.", "calm")


def _named(character: str) -> str:
    return f"{character} (U+{ord(character):04X})"


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"
