"""Lets only small, flat, honest YAML through: bytes come in, parser events go out, or the first reason to refuse.

Size, depth, count of nodes and aliases are bounded here, so that nothing behind it can be made slow or big.
"""

import re
from collections.abc import Iterator
from typing import NoReturn

import yaml

from jobs.errors import QuietbellError
from scheduler.rulebook.positions import Position, Problem

LARGEST_FILE = 1_000_000
"""Bytes a rule file may have."""
DEEPEST = 24
MOST_NODES = 30_000
MOST_ALIASES = 50

_NOT_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_OPENING = (yaml.MappingStartEvent, yaml.SequenceStartEvent)
_CLOSING = (yaml.MappingEndEvent, yaml.SequenceEndEvent)


class UnreadableError(QuietbellError):
    """A file cannot be read as a rule file; `problem` says where and why."""

    def __init__(self, problem: Problem) -> None:
        """Keep the problem; its line is the message."""
        super().__init__(str(problem))
        self.problem = problem


def read_text(content: bytes, file: str, *, largest: int = LARGEST_FILE) -> str:
    """Return the file's text.

    Raises:
        UnreadableError: it is too big, not UTF-8, or holds control characters.

    """
    if len(content) > largest:
        text = f"the file is larger than {largest:,} bytes. Split it, or check that it is the right file"
        raise UnreadableError(Problem(Position(file), text))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        where = _place(content[: error.start].decode("utf-8", "replace"), file)
        raise UnreadableError(Problem(where, "this is not text in UTF-8. Save the file as UTF-8")) from None
    found = _NOT_TEXT.search(text)
    if found:
        what = f"the character U+{ord(found[0]):04X} does not belong in a text file"
        where = _place(text[: found.start()], file)
        raise UnreadableError(Problem(where, f"{what}. Remove it, or check that it is the right file"))
    return text


def guarded_events(text: str, file: str) -> Iterator[yaml.Event]:
    """Yield the YAML events of `text`, one document without directives and tags.

    Raises:
        UnreadableError: at the first breach of a limit, or where the YAML is not well formed.

    """
    watch = _Watch(file)
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            watch.see(event)
            yield event
    except yaml.MarkedYAMLError as error:
        raise UnreadableError(_syntax_problem(error, file, text)) from None
    except yaml.reader.ReaderError as error:
        where = _place(text[: error.position], file)
        raise UnreadableError(Problem(where, "a character here is not allowed in YAML. Remove it")) from None


class _Watch:
    """Counts what goes by and refuses at the first breach."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._depth = self._nodes = self._aliases = self._documents = 0

    def see(self, event: yaml.Event) -> None:
        if isinstance(event, yaml.DocumentStartEvent):
            self._see_document(event)
        elif isinstance(event, yaml.AliasEvent):
            self._aliases += 1
            if self._aliases > MOST_ALIASES:
                self._refuse(event, f"more than {MOST_ALIASES} aliases (`*name`). Write the values out")
        elif isinstance(event, yaml.NodeEvent):
            self._see_node(event)
        elif isinstance(event, _CLOSING):
            self._depth -= 1

    def _see_document(self, event: yaml.DocumentStartEvent) -> None:
        self._documents += 1
        if event.version or event.tags:
            self._refuse(event, "directives (`%YAML`, `%TAG`) are not allowed. Remove the line that starts with `%`")
        if self._documents > 1:
            self._refuse(
                event, "a second document starts here. Remove the line `---`, or put the rest into a file of its own"
            )

    def _see_node(self, event: yaml.NodeEvent) -> None:
        self._nodes += 1
        if self._nodes > MOST_NODES:
            self._refuse(event, f"more than {MOST_NODES:,} values in one file. Split it into several files")
        tag = getattr(event, "tag", None)
        if tag:
            self._refuse(event, f"the tag `{str(tag)[:40]}` is not allowed. Write the value without it")
        if isinstance(event, _OPENING):
            self._depth += 1
            if self._depth > DEEPEST:
                self._refuse(event, f"nested more than {DEEPEST} levels deep. Make it flatter")
        elif isinstance(event, yaml.ScalarEvent) and (found := _NOT_TEXT.search(event.value)):
            self._refuse(event, f"the value holds the control character U+{ord(found[0]):04X}. Remove it")

    def _refuse(self, event: yaml.Event, text: str) -> NoReturn:
        raise UnreadableError(Problem(position_of_mark(event.start_mark, self._file), text))


def position_of_mark(mark: object, file: str) -> Position:
    """Return the position of a mark of PyYAML's, which counts from 0."""
    return Position(file, getattr(mark, "line", 0) + 1, getattr(mark, "column", 0) + 1)


def _place(before: str, file: str) -> Position:
    """Return the position right after the text `before`."""
    line_start = before.rfind("\n") + 1
    return Position(file, before.count("\n") + 1, len(before) - line_start + 1)


_OPENED = "is not closed. Add what closes it, or a comma between two values"
_SYNTAX: tuple[tuple[str, str], ...] = (
    ("no-break space", "a space here or in the line before is a no-break one. Type the spaces anew"),
    ("tab character", "a tab stands here. Indent with spaces only"),
    ("expected ',' or '}'", f"the brace that opens here {_OPENED}"),
    ("expected ',' or ']'", f"the bracket that opens here {_OPENED}"),
    ("unexpected end of stream", "the quote that opens here is not closed. Close it with the same sign"),
    ("expected '-' indicator", "this line is no entry of the list above. Begin it with a hyphen, or indent it deeper"),
    ("expected key", "this line does not fit its neighbours. Indent keys that belong together alike, with spaces"),
    (
        "mapping values are not allowed",
        "this colon does not fit here. Indent keys alike, write a space after a colon, quote a value that holds one",
    ),
    (
        "expected alphabetic or numeric character",
        "a `*` or `&` stands here. Begin an entry of a list with a hyphen, and quote a value that begins so",
    ),
    ("could not find expected ':'", "a key has no colon here or in the line before. Write `key: value`"),
)
"""What the parser says, and how people understand it."""
_AT_OPENING = ("expected ',' or", "unexpected end of stream")


def _syntax_problem(error: yaml.MarkedYAMLError, file: str, text: str) -> Problem:
    """Return the problem in plain words; what is not closed stands where it opens."""
    what = str(error.problem or "not well formed")
    mark = error.problem_mark or error.context_mark
    if any(words in what for words in _AT_OPENING):
        mark = error.context_mark or mark
    where = position_of_mark(mark, file)
    lines = ["", *text.split("\n"), ""]
    line = lines[min(where.line, len(lines) - 1)]
    if "cannot start any token" in what and "\t" in line[: where.column + 1]:
        what = "tab character"
    if "\u00a0" in lines[min(where.line, len(lines) - 1) - 1] + line:
        what = "no-break space"
    known = next((words for said, words in _SYNTAX if said in what), None)
    if known is None:
        sign = line[where.column - 1 : where.column]
        known = (
            f"a value cannot begin with `{sign}`. Put it in quotes"
            if "cannot start any token" in what and sign.strip()
            else f"{what}. Check indentation, quotes and brackets here and on the line before"
        )
    return Problem(where, f"this is not well-formed YAML: {known}")
