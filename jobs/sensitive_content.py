"""A text in, what it gives away out: card, identity and passport numbers, passwords and codes, each masked.

Pure. It never returns or logs what it found, and says nothing about whether the text may go: that is the gate's.
"""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from jobs.sensitive_codes import find_codes
from jobs.sensitive_numbers import Place, find_cards, find_ibans, find_identity_numbers
from jobs.sensitive_passports import find_mrz, find_passports

SensitiveKind: TypeAlias = Literal["cards", "identity_numbers", "passports", "passwords"]

# How much of the end a masked excerpt shows: enough to find the place, too little to be of use.
_SHOWN: Final[dict[SensitiveKind, int]] = {"cards": 4, "identity_numbers": 2, "passports": 2, "passwords": 0}
_BLANK: Final = "\x00"
_PLAIN: Final = str.maketrans(
    dict.fromkeys("\u2018\u2019\u201a\u201b\u2032", "'")
    | dict.fromkeys("\u201c\u201d\u201e«»", '"')
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-")
    | dict.fromkeys("\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff", "")
    | {"\t": " "}
)
_NOT_ASCII: Final = re.compile(r"[^\x00-\x7f]")

_URL: Final = re.compile(r"(?:https?://|www\.)\S+|(?<![\w@])(?:[a-z0-9\-]+\.)+[a-z]{2,}/\S+", re.IGNORECASE)
_AREA_AND_LINE: Final = r"(?:\+?1[ .\-]?)?(?:\(\d{3}\) ?|\d{3}[ .\-]?)\d{3}[ .\-]?\d{4}"
_AMOUNT: Final = r"\d{1,3}(?:[ ,.']?\d{3}){0,2}(?:[.,]\d{2})?"
_HARMLESS: Final = (
    # Phone numbers that stand alone, or several in a row; abroad + and at most 13 digits, so that no card hides in one.
    re.compile(
        rf"(?<![\w+\-])(?<!\d[ .]){_AREA_AND_LINE}(?:[ ,/;\-]{{1,3}}{_AREA_AND_LINE})*(?![\w\-]|[ .]\d)"
        r"|(?<!\w)\+\d(?:[ .()\-]{0,2}\d){7,12}(?![\w\-]|[ .]\d)"
    ),
    # Dates in digits, then times of day ("10:30", "14 h 30", "9 h").
    re.compile(r"(?<![\d\-/.])(?:\d{4}[\-/.]\d{2}[\-/.]\d{2}|\d{1,2}([\-/.])\d{1,2}\1(?:\d{4}|\d{2}))(?![\d\-/])"),
    re.compile(r"(?<!\d)\d{1,2}(?::\d{2}(?::\d{2})?| ?h(?: ?\d{2})?(?!\w))"),
    # Money, its sign before or behind.
    re.compile(
        rf"[$€£] ?{_AMOUNT}(?!\d)(?! \d)|(?<![\d.,\-])(?<!\d ){_AMOUNT} ?(?:[$€£]|(?:CAD|USD|EUR|GBP|dollars|euros)\b)"
    ),
)
# A known number shorter than this cannot be taken for anything sensitive, and as a group of digits would hide what is.
_SHORTEST_KNOWN: Final = 7
_LONGEST_COUNTRY_CODE: Final = 3
_DIGIT_RUN: Final = re.compile(r"(?<![\w\-])\+?\(?\d(?:[ .()/\-]{0,2}\d)*(?![\w\-])")
# Without one of these words no password or code can be found, without five digits in a row no number.
_CODE_WORD: Final = re.compile("pass|pwd|mdp|mot|phrase|code|pin|nip|otp|contrasena|clave|codigo", re.IGNORECASE)
_ENOUGH_DIGITS: Final = re.compile(r"\d(?:[ .\-]{0,3}\d){4}")
_CONTINUES: Final = re.compile(r"[\w\-]")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing a text gives away: a masked `excerpt` ("•••4242"), a `sentence` without its subject ("shows a …")."""

    kind: SensitiveKind
    excerpt: str
    sentence: str


def find_sensitive(text: str, known: frozenset[str]) -> tuple[Finding, ...]:
    """Return what the text gives away, by kind; `known` are phone numbers and references that may stand in it."""
    plain = _without_known(_plain(text), known)
    if "/" in plain or "www." in plain:
        plain = _blanked_where(_URL, plain)
    findings: list[Finding] = []
    if _CODE_WORD.search(plain):
        plain = _note(findings, "passwords", plain, find_codes(plain))
    plain = _note(findings, "identity_numbers", plain, find_ibans(plain))
    plain = _note(findings, "passports", plain, find_mrz(plain))
    for harmless in _HARMLESS:
        plain = _blanked_where(harmless, plain)
    if _ENOUGH_DIGITS.search(plain):
        plain = _note(findings, "cards", plain, find_cards(plain))
        plain = _note(findings, "identity_numbers", plain, find_identity_numbers(plain))
        _note(findings, "passports", plain, find_passports(plain))
    order = list(_SHOWN)
    return tuple(sorted(findings, key=lambda finding: order.index(finding.kind)))


def _note(findings: list[Finding], kind: SensitiveKind, text: str, places: Iterable[Place]) -> str:
    """Add what was found at the places, and return the text with them blanked, so that nothing is found twice."""
    for start, end, what in places:
        if _BLANK not in text[start:end]:
            shown = text[start:end][-_SHOWN[kind] :] if _SHOWN[kind] else ""
            excerpt = f"•••{shown}"
            findings.append(Finding(kind, excerpt, f"shows {what} ({excerpt})"))
            text = text[:start] + _BLANK * (end - start) + text[end:]
    return text


def _plain(text: str) -> str:
    """Return the text in ASCII digits, straight quotes and dashes, plain spaces and unaccented Latin letters."""
    if text.isascii():
        return text.replace("\t", " ")
    return _NOT_ASCII.sub(_plain_character, unicodedata.normalize("NFKC", text.translate(_PLAIN)))


def _plain_character(found: re.Match[str]) -> str:
    """Return one character's plain form: a digit of any script as 0 to 9, a Latin letter without its accent."""
    character = found.group()
    if character.isdecimal():
        return str(unicodedata.decimal(character))
    base = unicodedata.normalize("NFD", character)[0]
    return base if base.isascii() else character


def _blanked_where(pattern: re.Pattern[str], text: str) -> str:
    """Return the text with every match blanked, its length unchanged."""
    return pattern.sub(lambda found: _BLANK * len(found.group()), text)


def _without_known(text: str, known: frozenset[str]) -> str:
    """Return the text with the known numbers and references blanked, however grouped, and never a part of another."""
    numbers = [digits for digits in (re.sub(r"\D", "", each) for each in known) if len(digits) >= _SHORTEST_KNOWN]
    if numbers:
        text = _DIGIT_RUN.sub(lambda found: _blank_if_known(found.group(), numbers), text)
    for each in known:
        if len(each) >= _SHORTEST_KNOWN and not each.startswith("+"):
            text = _without_reference(text, each)
    return text


def _without_reference(text: str, reference: str) -> str:
    """Return the text with each place blanked where the reference stands whole, in capitals or not."""
    searched, wanted = text.lower(), reference.lower()
    at = searched.find(wanted)
    while at >= 0:
        end = at + len(wanted)
        if not _CONTINUES.match(searched[max(0, at - 1) : at]) and not _CONTINUES.match(searched[end : end + 1]):
            text = text[:at] + _BLANK * len(wanted) + text[end:]
        at = searched.find(wanted, end)
    return text


def _blank_if_known(run: str, numbers: list[str]) -> str:
    """Return blanks for digits that are a known number whole, with or without its country code or a trunk 0."""
    digits = re.sub(r"\D", "", run).lstrip("0")
    if len(digits) < _SHORTEST_KNOWN:
        return run
    same = any(number.endswith(digits) and len(number) - len(digits) <= _LONGEST_COUNTRY_CODE for number in numbers)
    return _BLANK * len(run) if same else run
