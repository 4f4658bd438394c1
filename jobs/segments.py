"""Text in, billed parts out: how a carrier encodes a text, what it bills, and what a fold to GSM-7 would save.

Pure. It never changes a text on its own: `fold` and `normalise_spaces` return what they would make of it.
Sources: 3GPP TS 23.038 section 6.2.1 (alphabet, extension table), TS 23.040 section 9.2.3.24.1 (6 octets of header).
"""

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

Encoding: TypeAlias = Literal["GSM-7", "UCS-2"]

_BASE: Final = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION: Final = "\f^{}\\[~]|€"
_GSM: Final = frozenset(_BASE + _EXTENSION)
_NOT_GSM: Final = re.compile(f"[^{re.escape(_BASE + _EXTENSION)}]")
_ESCAPE: Final = "\x1b"
_ESCAPED: Final = {ord(character): _ESCAPE + character for character in _EXTENSION}
_HAS_EXTENSION: Final = re.compile(f"[{re.escape(_EXTENSION)}]")

# The upper octet of the two halves of a character beyond 16 bits (RFC 2781).
_HIGH_SURROGATES: Final = range(0xD8, 0xDC)
_LOW_SURROGATES: Final = range(0xDC, 0xE0)

GSM_ALONE: Final = 160
GSM_PART: Final = 153
UCS_ALONE: Final = 70
UCS_PART: Final = 67


@dataclass(frozen=True, slots=True)
class Segments:
    """How a text is billed: units are septets in GSM-7, UTF-16 code units in UCS-2; the empty text has no segment."""

    encoding: Encoding
    units: int
    segments: int
    units_per_segment: tuple[int, ...]
    forcing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Saving:
    """What folding a text to GSM-7 would change on the bill; it costs more where `segments_folded` is the greater."""

    folded: str
    segments_now: int
    segments_folded: int

    @property
    def saves(self) -> int:
        """Segments saved by folding; negative where folding would cost more."""
        return self.segments_now - self.segments_folded


def measure(text: str) -> Segments:
    """Return encoding, units and segments exactly as carriers bill `text`; the empty text counts 0 segments.

    GSM-7: 160 septets alone, 153 a part, extension characters two. UCS-2: 70 UTF-16 units alone, 67 a part. Neither an
    escape pair nor a surrogate pair is split, so that a part may go out one unit short.
    """
    forcing = tuple(dict.fromkeys(_NOT_GSM.findall(text)))
    parts = _ucs_parts(text) if forcing else _gsm_parts(text)
    return Segments("UCS-2" if forcing else "GSM-7", sum(parts), len(parts), parts, forcing)


def _gsm_parts(text: str) -> tuple[int, ...]:
    """Return the septets of each part of a text that GSM-7 can carry."""
    if not _HAS_EXTENSION.search(text):
        return _even_parts(len(text), GSM_ALONE, GSM_PART)
    septets = text.translate(_ESCAPED)
    if len(septets) <= GSM_ALONE:
        return (len(septets),)
    return _packed_parts(len(septets), GSM_PART, lambda at: septets[at] == _ESCAPE)


def _ucs_parts(text: str) -> tuple[int, ...]:
    """Return the UTF-16 units of each part; a lone surrogate counts one unit, as it would on the wire."""
    octets = text.encode("utf-16-be", "surrogatepass")
    units: Sequence[int] = octets[::2]
    if len(units) == len(text) or len(units) <= UCS_ALONE:
        return _even_parts(len(units), UCS_ALONE, UCS_PART)
    return _packed_parts(len(units), UCS_PART, lambda at: _opens_pair(units, at))


def _opens_pair(high_octets: Sequence[int], at: int) -> bool:
    """Tell whether the unit at `at` is a high surrogate that a low one follows."""
    following = high_octets[at + 1 : at + 2]
    return high_octets[at] in _HIGH_SURROGATES and bool(following) and following[0] in _LOW_SURROGATES


def _even_parts(units: int, alone: int, part: int) -> tuple[int, ...]:
    """Split units none of which form pairs."""
    if units <= alone:
        return (units,) if units else ()
    full, rest = divmod(units, part)
    return (part,) * full + ((rest,) if rest else ())


def _packed_parts(units: int, limit: int, opens_pair: Callable[[int], bool]) -> tuple[int, ...]:
    """Fill parts from the left, leaving the last unit of a part empty where a pair would straddle its end."""
    parts: list[int] = []
    start = 0
    while units - start > limit:
        size = limit - 1 if opens_pair(start + limit - 1) else limit
        parts.append(size)
        start += size
    parts.append(units - start)
    return tuple(parts)


# Spaces that locale data (CLDR) puts into times and money, and typographic ones: one of them doubles the bill.
_SPACES: Final = dict.fromkeys(map(ord, "\u00a0\u202f\u2007\u2008\u2009\u200a\u205f\u3000\u1680"), " ") | dict.fromkeys(
    range(0x2000, 0x2007), " "
)
# Marks without a glyph. ZWJ and ZWNJ are not among them: they change how emoji and Persian words read.
_INVISIBLE: Final = dict.fromkeys(
    [*map(ord, "\u200b\u200e\u200f\u2060\ufeff\u061c\u00ad"), *range(0x202A, 0x202F)], ""
) | (dict.fromkeys(range(0x2066, 0x206A), ""))
_PLAIN: Final = _SPACES | _INVISIBLE
_HAS_SPECIAL_SPACE: Final = re.compile(f"[{''.join(map(chr, _PLAIN))}]")


def normalise_spaces(text: str) -> str:
    """Return the text with every special space as one plain space and without invisible direction marks."""
    return text.translate(_PLAIN) if _HAS_SPECIAL_SPACE.search(text) else text


_REPLACED: Final[dict[int, str]] = _PLAIN | {
    ord(character): replacement
    for characters, replacement in (
        ("«»\u201c\u201d\u201e\u201f\u2033\u301d\u301e\uff02", '"'),
        ("\u2018\u2019\u201a\u201b\u2039\u203a\u2032\u00b4`\u02bc\u02bb\u02c8\uff07", "'"),
        ("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe63\uff0d•\u2023\u2043", "-"),
        ("…", "..."),
        ("œ", "oe"),
        ("Œ", "OE"),
        ("\t", " "),
        ("\u2028\u2029\u0085\v", "\n"),
        ("\u00d7", "x"),
        ("÷\u2044\u2215", "/"),
        ("½", "1/2"),
        ("¼", "1/4"),
        ("¾", "3/4"),
        ("©", "(c)"),
        ("®", "(r)"),
        ("™", "TM"),
        ("º", "o"),
        ("ª", "a"),
        ("¢", "c"),
        ("ł", "l"),
        ("Ł", "L"),
        ("đ", "d"),
        ("ĐÐ", "D"),
        ("ð", "d"),
        ("ħ", "h"),
        ("\u0131", "i"),
        ("þ", "th"),
        ("Þ", "Th"),
        ("ﬁ", "fi"),
        ("ﬂ", "fl"),
    )
    for character in characters
}
# "n°" and "N°" (French for "no."): elsewhere the degree sign has no plain form and stays.
_NUMERO: Final = re.compile("(?<=[nN])°")
# A Latin letter that GSM-7 lacks, or any Latin letter followed by combining marks.
_LETTER: Final = re.compile("[A-Za-z\u00c0-\u024f\u1e00-\u1eff][\u0300-\u036f]*")


def fold(text: str) -> str:
    """Return the text in the plainest letters that still read the same; what has no plain form stays untouched.

    Special spaces become one space, typographic quotes, dashes and ellipses their plain forms, œ becomes oe, and an
    accented Latin letter that GSM-7 lacks its base letter. Accents that GSM-7 has are kept.
    """
    if not _NOT_GSM.search(text):
        return text
    return _LETTER.sub(_fold_letter, _NUMERO.sub("o", text.translate(_REPLACED)))


def _fold_letter(found: re.Match[str]) -> str:
    """Return one letter with its marks as GSM-7 can carry it, or as it was."""
    letter = found.group()
    if letter in _GSM:
        return letter
    composed = unicodedata.normalize("NFC", letter)
    if composed in _GSM:
        return composed
    base = unicodedata.normalize("NFD", letter)[0]
    return base if base in _GSM else letter


def saving(text: str) -> Saving:
    """Return the folded text and its segments beside those of the text as it stands."""
    folded = fold(text)
    return Saving(folded, measure(text).segments, measure(folded).segments)


def as_json(text: str) -> dict[str, object]:
    """Return what `quietbell segments TEXT --json` prints: the measure, and under `folded` what a fold would save."""
    measured = measure(text)
    offered = saving(text)
    return {
        "encoding": measured.encoding,
        "units": measured.units,
        "segments": measured.segments,
        "units_per_segment": list(measured.units_per_segment),
        "forcing": list(measured.forcing),
        "folded": {"text": offered.folded, "segments": offered.segments_folded, "saves": offered.saves},
    }
