"""Where in a template a problem's words stand: a source, a line and the problem's sentence in, a position out. Pure.

Jinja's tree gives lines only. Its lexer gives the words in their order, so each is found again in the source.
"""

import functools
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from jinja2 import TemplateSyntaxError

from jobs.template_language import LARGEST_NUMBER, make_environment
from scheduler.publishing.checks.template_reading import CANNOT_BE_READ
from scheduler.rulebook.desk import PlacedTemplate
from scheduler.rulebook.positions import Position

_TOKENS_KEPT = 256
_NEWLINE = re.compile(r"\r\n|\r|\n")
_PIECE = re.compile(r"\w+|[^\w\s]")
_QUOTED = re.compile(r"`([^`]+)`")
_GOT = re.compile(r"got '([^']+)'|unexpected '([^']+)'|unknown tag '([^']+)'|no filter named '([^']+)'")
_BEGIN = frozenset({"block_begin", "variable_begin", "comment_begin"})
_END = frozenset({"block_end", "variable_end"})
_SIGNS: dict[str, frozenset[str]] = {
    "a loop ": frozenset({"for"}),
    "a macro ": frozenset({"macro"}),
    "a call ": frozenset({"("}),
    "square brackets ": frozenset({"["}),
    "a list ": frozenset({"["}),
    "a mapping ": frozenset({"{"}),
    "arithmetic ": frozenset({"+", "-", "*", "/", "//", "%", "**"}),
}
"""How a sentence begins whose culprit it does not quote, with what the culprit is written as."""
_ABOUT_FILTERS = re.compile(r"unknown filter|`\w+` takes plain values|`join` goes")
_WORDS = frozenset({"data", "string"})
_SILENT = frozenset({"data", "whitespace", "comment", "linecomment"})


@dataclass(frozen=True, slots=True)
class Token:
    """A word of Jinja's lexer as it is written; `line` and `column` count from 1."""

    kind: str
    written: str
    line: int
    column: int
    offset: int


def place_of(template: PlacedTemplate, said: str, line: int | None = None) -> Position:
    """Return where what a sentence is about stands: on that line, or on any; where it is not found, the line's begin.

    The sentence quotes the culprit in backticks, as the checks of templates do, or begins as one of theirs.
    """
    where = _from_reading(template.source, said) or _from_tokens(template.source, said, line)
    return Position(template.file, *(where or (line or 1, _first_column(template.source, line or 1))))


def words_matching(source: str, pattern: re.Pattern[str]) -> Iterator[tuple[str, int, int]]:
    """Yield (word, line, column) wherever the pattern matches in words that are printed or quoted as they stand."""
    for token in _tokens_of(source):
        if token.kind not in _WORDS:
            continue
        for match in pattern.finditer(token.written.replace("’", "'")):
            before = token.written[: match.start()]
            column = len(before) - before.rfind("\n") if "\n" in before else token.column + len(before)
            yield match[0], token.line + before.count("\n"), column


@functools.lru_cache(_TOKENS_KEPT)
def _tokens_of(source: str) -> tuple[Token, ...]:
    """Return the tokens up to where the source cannot be read any more."""
    text = "\n".join(_NEWLINE.split(source))
    starts = [0, *(match.end() for match in re.finditer("\n", text))]
    found: list[Token] = []
    offset = 0
    try:
        for _, kind, written in make_environment().lexer.tokeniter(text, None):
            # White space that `{%-` takes away is in no token: the next one is looked for from here.
            at = text.find(written, offset)
            if at < 0:
                continue
            offset = at + len(written)
            line = bisect_right(starts, at)
            found.append(Token(kind, written, line, at - starts[line - 1] + 1, at))
    except TemplateSyntaxError:
        pass
    return tuple(found)


def _from_reading(source: str, said: str) -> tuple[int, int] | None:
    """Return where a source that cannot be read goes wrong: what is not closed, or what the lexer stopped at."""
    if CANNOT_BE_READ not in said:
        return None
    tokens = _tokens_of(source)
    if "unexpected end of template" in said or (tokens and tokens[-1].kind == "comment_begin"):
        opened = _unclosed(tokens)
        return (opened.line, opened.column) if opened else None
    text, end = "\n".join(_NEWLINE.split(source)), _end_of(tokens)
    rest = text[end:].lstrip()
    before = text[: len(text) - len(rest)]
    return (before.count("\n") + 1, len(before) - before.rfind("\n")) if rest else None


def _unclosed(tokens: Sequence[Token]) -> Token | None:
    """Return the braces that stand open at the end, else the innermost `if` without its end."""
    begun: Token | None = None
    blocks: list[Token] = []
    for token in tokens:
        if token.kind in _BEGIN:
            begun = token
        elif token.kind in _END:
            begun = None
        elif token.written == "if" and begun is not None and begun.kind == "block_begin":
            blocks.append(begun)
        elif token.written == "endif" and blocks:
            blocks.pop()
    return begun or (blocks[-1] if blocks else None)


def _end_of(tokens: Sequence[Token]) -> int:
    """Return the offset right after the last token that could be read."""
    return tokens[-1].offset + len(tokens[-1].written) if tokens else 0


def _from_tokens(source: str, said: str, line: int | None) -> tuple[int, int] | None:
    tokens = [token for token in _tokens_of(source) if token.kind not in _SILENT]
    found = [at for at in _hits(tokens, said) if line is None or tokens[at].line == line]
    if not found:
        return next(((token.line, token.column) for token in tokens if token.line == line), None)
    best = max(found, key=lambda at: (_likeliness(tokens, at, said), -at))
    return tokens[best].line, tokens[best].column


def _hits(tokens: Sequence[Token], said: str) -> Iterator[int]:
    """Yield the places among the tokens at which what is told of may begin."""
    signs = next((signs for begin, signs in _SIGNS.items() if said.startswith(begin)), None)
    pieces = () if signs else _culprit(said)
    for at, token in enumerate(tokens):
        if signs is not None:
            is_it = token.written in signs
        elif said.startswith("the number "):
            is_it = token.kind in {"integer", "float"} and float(token.written.replace("_", "")) > LARGEST_NUMBER
        else:
            is_it = bool(pieces) and tuple(each.written for each in tokens[at : at + len(pieces)]) == pieces
        if is_it:
            yield at


def _culprit(said: str) -> tuple[str, ...]:
    """Return what a sentence says is wrong, in the pieces that Jinja's lexer makes of it."""
    sentence = said.partition(". ")[0]
    got = _GOT.search(sentence)
    quoted = _QUOTED.search(sentence)
    word = next(each for each in got.groups() if each) if got else quoted[1] if quoted else ""
    return tuple(_PIECE.findall(word)) if word not in {"}}", "%}"} else (word,)


def _likeliness(tokens: Sequence[Token], at: int, said: str) -> bool:
    """Tell whether a place is the likely one of several: a filter stands behind `|`, a name in front of no dot."""
    before = tokens[at - 1].written if at else ""
    if _ABOUT_FILTERS.match(said):
        return before == "|"
    after = tokens[at + 1].written if at + 1 < len(tokens) else ""
    return before != "." and not ("alone prints" in said and after == ".")


def _first_column(source: str, line: int) -> int:
    lines = _NEWLINE.split(source)
    text = lines[line - 1] if line <= len(lines) else ""
    return len(text) - len(text.lstrip()) + 1 if text.strip() else 1
