"""How the command line shows things: calm lists within 80 columns, JSON for programs, one line for what went wrong.

Values come in, text goes out: data to stdout, remarks and errors to stderr. Colour only on a terminal; NO_COLOR counts.
"""

import datetime as dt
import json
import os
import sys
import textwrap
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from uuid import UUID
from zoneinfo import ZoneInfo

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

WIDTH = 80
TONES = {
    "good": "green",
    "calm": "dim",
    "warn": "yellow",
    "bad": "red",
    "strong": "bold",
}
# Characters that turn the writing direction: a name that holds them could make a line read as something else.
TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a list: its title, whether it takes what room is left, and on which side it stands."""

    title: str
    grows: bool = False
    to_the_right: bool = False


def console() -> Console:
    """Return the console for data; 80 columns where no terminal says otherwise."""
    return Console(file=sys.stdout, highlight=False, markup=False, emoji=False, width=_width(sys.stdout))


def remarks() -> Console:
    """Return the console for what is not data: progress, questions, errors."""
    return Console(file=sys.stderr, highlight=False, markup=False, emoji=False, width=_width(sys.stderr))


def say(sentence: str = "", tone: str = "") -> None:
    """Print a sentence of data: wrapped under its own indent on a terminal, one line elsewhere."""
    _print(console(), sentence, tone)


def remark(sentence: str, tone: str = "calm") -> None:
    """Print a sentence that is not data to stderr, likewise."""
    _print(remarks(), sentence, tone)


def complain(sentence: str) -> None:
    """Print what went wrong to stderr: one line, however long, so that it can be searched and quoted."""
    line = " ".join(clean(sentence).split())
    remarks().print(Text.assemble(("quietbell: ", TONES["bad"]), line), soft_wrap=True)


def show_json(value: object) -> None:
    """Print a value as JSON: moments as ISO 8601 with offset, decimals and ids as text."""
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, default=_as_json) + "\n")


def show_list(columns: Sequence[Column], rows: Sequence[Sequence[str | Text]]) -> None:
    """Print rows under their columns' titles; what does not fit wraps in the growing column, else is cut."""
    table = Table(box=box.SIMPLE_HEAD if console().is_terminal else None, pad_edge=False, padding=(0, 1, 0, 0))
    for column in columns:
        table.add_column(
            column.title,
            header_style=TONES["strong"],
            justify="right" if column.to_the_right else "left",
            overflow="fold" if column.grows else "ellipsis",
            no_wrap=not column.grows,
            ratio=1 if column.grows else None,
        )
    table.expand = any(column.grows for column in columns)
    for row in rows:
        table.add_row(*(cell if isinstance(cell, Text) else Text(clean(cell)) for cell in row))
    console().print(table)


def toned(text: str, tone: str) -> Text:
    """Return a cell in a tone: good, calm, warn, bad, strong."""
    return Text(clean(text), style=TONES.get(tone, ""))


def clean(text: str) -> str:
    """Return the text without what would steer a terminal: control and direction characters become a mark."""
    return "".join(_shown(character) for character in text)


def moment(value: dt.datetime | None, zone: ZoneInfo, now: dt.datetime) -> str:
    """Return a moment as people say it in `zone`: `Tue 1 Dec 16:00`, with the year where it is not this one."""
    if value is None:
        return "-"
    local = value.astimezone(zone)
    year = f" {local.year}" if local.year != now.astimezone(zone).year else ""
    return f"{local:%a} {local.day} {local:%b}{year} {local:%H:%M}"


def zone_line(zone: ZoneInfo) -> str:
    """Return the sentence that names the zone under a list of moments."""
    return f"Times are in {zone.key}."


def is_watched() -> bool:
    """Tell whether a person sees stderr as it is written (else no progress bar is drawn)."""
    return sys.stderr.isatty()


def can_ask() -> bool:
    """Tell whether a person can be asked: both ends of the conversation are a terminal."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def quiet_pipe() -> None:
    """Let what is still buffered for a reader that went away (`| head`) vanish without a word."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())


def _print(shown: Console, sentence: str, tone: str) -> None:
    text = clean(sentence)
    if shown.is_terminal:
        indent = " " * (len(text) - len(text.lstrip(" ")))
        lines = text.splitlines() or [""]
        filled = (_filled(line, indent, shown.width) for line in lines)
        text = "\n".join(filled)
    shown.print(Text(text, style=TONES.get(tone, "")), soft_wrap=True)


def _filled(line: str, indent: str, width: int) -> str:
    return textwrap.fill(
        line.strip(" "),
        width,
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _width(stream: object) -> int | None:
    """Return a fixed width for what is no terminal; None lets rich ask the terminal."""
    watched = getattr(stream, "isatty", lambda: False)()
    return None if watched else WIDTH


def _shown(character: str) -> str:
    if character in "\n\t":
        return character
    steering = unicodedata.category(character) in {"Cc", "Cs"} or character in TURNING
    return "\N{REPLACEMENT CHARACTER}" if steering else character


def _as_json(value: object) -> object:
    if isinstance(value, dt.datetime | dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, Decimal | UUID | Path):
        return str(value)
    if isinstance(value, set | frozenset):
        return sorted(value)
    message = f"no JSON for {type(value).__name__}"
    raise TypeError(message)
