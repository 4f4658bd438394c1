"""Plain text in, places of passport numbers and machine-readable lines out. Pure; it decides nothing about sending.

Expects text as `sensitive_content` prepares it: ASCII digits, no accents, one kind of space and dash.
"""

import re
from collections.abc import Iterator
from typing import Final

from jobs.sensitive_numbers import Place, is_otherwise_labelled

_PASSPORT: Final = r"(?:passe?ports?|pasaportes?)"
_PASSPORT_WORD: Final = re.compile(_PASSPORT, re.IGNORECASE)
# Shapes in use, letters and digits mixed: CA AB123456 and A123456AB, US A12345678, FR 12AB34567, IN A1234567,
# IT AB1234567.
_MIXED_NUMBER: Final = re.compile(
    r"(?<![\w\-])(?:[A-Z]{2} ?\d{6,7}|[A-Z]\d{6}[A-Z]{2}|[A-Z]\d{7,8}|\d{2} ?[A-Z]{2} ?\d{5}"
    r"|[a-z]{2}\d{6,7}|[a-z]\d{6}[a-z]{2}|[a-z]\d{7,8}|\d{2}[a-z]{2}\d{5})(?![\w\-])"
)
_BARE_NUMBER: Final = re.compile(r"(?<![\w\-])(?<!\d )\d{3} ?\d{3} ?\d{3}(?![\w\-]| \d)")
_NUMBER_WORD: Final = r"(?:numbers?|nos?\.?|num\.?|numeros?|n°|nº|#)"
# The same sentence names a passport, and a sign, a verb or "number" leads from it to the number.
_NEAR_BEFORE: Final = re.compile(
    rf"{_PASSPORT}(?:(?:[^.!?\n]|(?<=\bno)\.|(?<=\bnum)\.){{0,40}}?"
    rf"(?:[:,(=\"\-]|(?<!\w){_NUMBER_WORD}| (?:is|was|est|es)))? ?$",
    re.IGNORECASE,
)
_RIGHT_BEFORE: Final = re.compile(
    rf"{_PASSPORT}(?: (?:book|card|canadien|canadian|us|american|british|francais|french))?"
    rf"(?:[^\d.!?\n]{{0,25}}{_NUMBER_WORD})?(?: (?:is|was|est|es|de|of))?[ :#=,(\-]{{0,4}}$",
    re.IGNORECASE,
)
_RIGHT_AFTER: Final = re.compile(
    rf"(?: (?:is|est|es) (?:(?:your|the|my|votre|le|mon|su|el|mi) )?| ?\()(?:{_NUMBER_WORD} (?:of|de) )?{_PASSPORT}\b",
    re.IGNORECASE,
)
_REACH: Final = 64

_MRZ_WEIGHTS: Final = (7, 3, 1)
# ICAO 9303-4 to -6. Lower line of passports (TD3, TD2): number, check, state, birth, check, sex, expiry, check. Cards
# (TD1) have the number in their upper line and the dates in the middle one.
_MRZ_NUMBER_LINE: Final = re.compile(r"([A-Z0-9<]{9})(\d)[A-Z<]{3}(\d{6})(\d)[MFX<](\d{6})(\d)")
_MRZ_DATES_LINE: Final = re.compile(r"(?<![A-Z0-9<])(\d{6})(\d)[MFX<](\d{6})(\d)[A-Z<]{3}")
_MRZ_CARD_LINE: Final = re.compile(r"(?<![A-Z0-9<])[IAC][A-Z<][A-Z<]{3}([A-Z0-9<]{9})(\d)[A-Z0-9<]{15}(?![A-Z0-9<])")
_MRZ_NAME_LINE: Final = re.compile(r"(?<![A-Z0-9<])[PIAC][A-Z0-9<][A-Z<]{3}[A-Z]+<<?[A-Z<]{2,}<<")
_MRZ_CHARACTERS: Final = "[A-Z0-9<]*"


def find_mrz(text: str) -> Iterator[Place]:
    """Yield lines of a travel document's machine-readable zone, by its check digits (7-3-1 mod 10) or its name line."""
    for pattern in (_MRZ_NUMBER_LINE, _MRZ_CARD_LINE, _MRZ_DATES_LINE):
        for found in pattern.finditer(text):
            fields = found.groups()
            if all(_mrz_check(field) == int(digit) for field, digit in zip(fields[::2], fields[1::2], strict=True)):
                yield _whole_line(text, found)
    for found in _MRZ_NAME_LINE.finditer(text):
        yield _whole_line(text, found)


def _whole_line(text: str, found: re.Match[str]) -> Place:
    """Return the place up to where the zone's characters end."""
    tail = re.compile(_MRZ_CHARACTERS).match(text, found.end())
    return Place(found.start(), tail.end() if tail else found.end(), "the machine-readable lines of a travel document")


def _mrz_check(field: str) -> int:
    """Return the check digit of a field: digits as they are, A to Z as 10 to 35, < as 0 (ICAO 9303-3, section 4.9)."""
    values = (0 if character == "<" else int(character, 36) for character in field)
    return sum(value * _MRZ_WEIGHTS[index % 3] for index, value in enumerate(values)) % 10


def find_passports(text: str) -> Iterator[Place]:
    """Yield passport numbers near their word in English, French or Spanish; they have no check digit of their own.

    Nine bare digits count only right beside the word; letters with digits within 40 characters of the same sentence,
    unless their own label says that they are something else.
    """
    if not _PASSPORT_WORD.search(text):
        return
    for pattern, context in ((_MIXED_NUMBER, _NEAR_BEFORE), (_BARE_NUMBER, _RIGHT_BEFORE)):
        for found in pattern.finditer(text):
            before = text[max(0, found.start() - _REACH) : found.start()]
            beside = context.search(before) or _RIGHT_AFTER.match(text, found.end())
            if beside and not is_otherwise_labelled(text, found.start()):
                yield Place(*found.span(), "a passport number")
