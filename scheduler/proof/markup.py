"""Pieces of a page: plain values in, HTML out. Pure.

Every value is escaped and set apart, so that what somebody was named or wrote cannot look like a word of ours.
"""

import html
from collections.abc import Iterable
from typing import Any, Final

NOTHING: Final = "None."

Fact = tuple[str, str]
"""What a fact is called, and its value as HTML."""


def title(text: str) -> str:
    """Return the heading of one entry."""
    return f"<h3>{shown(text)}</h3>\n"


def table(facts: Iterable[Fact]) -> str:
    """Return facts as a table of two columns."""
    rows = "".join(f"<tr><th>{html.escape(name)}</th><td>{value}</td></tr>\n" for name, value in facts)
    return f"<table>\n{rows}</table>\n"


def items(lines: Iterable[str], caption: str = "", kind: str = "ul") -> str:
    """Return a list under its caption; without one an empty one says that there is none."""
    rows = "".join(f"<li>{shown(line)}</li>\n" for line in lines)
    if not rows:
        return "" if caption else f"<p>{NOTHING}</p>\n"
    said = f"<p>{shown(caption)}</p>\n" if caption else ""
    return f"{said}<{kind}>\n{rows}</{kind.split(' ', maxsplit=1)[0]}>\n"


def shown(value: Any) -> str:  # noqa: ANN401 - any JSON value
    """Return a value as text of its own: escaped, and unable to turn the direction of what stands beside it."""
    if isinstance(value, list | tuple):
        value = ", ".join(map(str, value))
    return f"<bdi>{html.escape('none' if value is None else str(value))}</bdi>"


def anchor(kind: str, key: str) -> str:
    """Return the name of a place in the page."""
    return f"{kind}-{html.escape(''.join(letter if letter.isalnum() else '-' for letter in key))}"
