"""Plain text in, places of card, bank account and identity numbers out. Pure; it decides nothing about sending.

Expects text as `sensitive_content` prepares it: ASCII digits, no accents, one kind of space and dash.
"""

import re
from collections.abc import Callable, Iterator
from typing import Final, NamedTuple, TypeAlias

from stdnum import iban, luhn
from stdnum.ca import sin
from stdnum.fr import nir
from stdnum.us import itin, ssn


class Place(NamedTuple):
    """Where something sensitive stands, as offsets, and what it is in words ("a card number")."""

    start: int
    end: int
    what: str


_DIGIT_CHAIN: Final = re.compile(r"(?<!\w)\d+(?:[ .\-]{1,3}\d+)*(?!\w)")
# Issuer prefixes with the lengths in use (ISO/IEC 7812, the networks' public ranges): Visa, Mastercard, American
# Express, Diners Club, Discover, JCB, UnionPay, Maestro.
_ISSUER: Final = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})"
    r"|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}"
    r"|3[47]\d{13}"
    r"|3(?:0[0-59]|[689]\d)\d{11}"
    r"|(?:6011|64[4-9]\d|65\d\d)\d{12,15}"
    r"|35(?:2[89]|[3-8]\d)\d{12,15}"
    r"|62\d{14,17}"
    r"|(?:5018|5020|5038|5893|6304|6759|676[1-3])\d{9,15}"
)
_SHORTEST_CARD: Final = 13
_LONGEST_CARD: Final = 19
_SMALLEST_GROUP: Final = 4
_MOST_GROUPS: Final = 5


def find_cards(text: str) -> Iterator[Place]:
    """Yield card numbers: 13 to 19 digits of an issuer's range with a right Luhn digit, whole or in fours.

    One number in ten passes Luhn, hence the issuer's prefix and length as well; phone numbers come in smaller groups.
    """
    for chain in _DIGIT_CHAIN.finditer(text):
        groups = [(found.group(), found.span()) for found in re.finditer(r"\d+", chain.group())]
        for first, (_, (start, _)) in enumerate(groups):
            last = _card_end([digits for digits, _ in groups[first : first + _MOST_GROUPS]])
            if last is not None:
                end = groups[first + last][1][1]
                yield Place(chain.start() + start, chain.start() + end, "a card number")
                break


def _card_end(groups: list[str]) -> int | None:
    """Return the index of the group with which a card number that starts at the first group ends, or None."""
    digits = ""
    for index, group in enumerate(groups):
        digits += group
        if len(digits) > _LONGEST_CARD:
            return None
        if len(digits) >= _SHORTEST_CARD and _ISSUER.fullmatch(digits) and luhn.is_valid(digits):
            return index
        if len(group) < _SMALLEST_GROUP:
            return None
    return None


_IBAN: Final = re.compile(r"(?<!\w)[A-Z]{2}\d{2}(?: ?[A-Z0-9]){11,30}(?!\w)", re.IGNORECASE)
_SHORTEST_IBAN: Final = 15
_GROUPED_SIN: Final = re.compile(r"(?<![\w\-])(?<!\d )\d{3}([ .\-])\d{3}\1\d{3}(?![\w\-]|[ .]\d)")
_DASHED_SSN: Final = re.compile(r"(?<![\w\-])\d{3}-\d{2}-\d{4}(?![\w\-])")
_NIR: Final = re.compile(
    r"(?<!\w)[12] ?\d\d ?(?:0[1-9]|1[0-2]|[2-9]\d) ?(?:\d\d|2[AB]) ?\d{3} ?\d{3} ?\d\d(?!\w)", re.IGNORECASE
)
_SIN_WORD: Final = r"(?:SIN|NAS|S\.I\.N\.|N\.A\.S\.|social insurance|assurance[ -]sociale)"
_SSN_WORD: Final = r"(?:SSN|ITIN|social security|securite sociale|seguro social)"
_NINE: Final = r"\d{3}[ .\-]?\d{3}[ .\-]?\d{3}"
_SSN_DIGITS: Final = r"\d{3}[ \-]?\d{2}[ \-]?\d{4}"


def _beside(word: str, number: str) -> re.Pattern[str]:
    """Return a pattern of a number after its word, with no other thing named between, or said to be it just before."""
    return re.compile(
        rf"(?<!\w){word}(?!\w)(?:(?!\b(?:and|et|y|or|ou)\b)(?:[^\d\n,;.]|(?<=\bno)\.)){{0,25}}(?<!\w)({number})(?!\w)"
        rf"|(?<!\w)({number})(?: (?:is|est|es)(?: (?:your|my|the|votre|mon|le|su|el))? | ?[(=] ?){word}(?!\w)",
        re.IGNORECASE,
    )


_NAMED_SIN: Final = _beside(_SIN_WORD, _NINE)
_NAMED_SSN: Final = _beside(_SSN_WORD, _SSN_DIGITS)
# What, right before a number, says that it is something else.
_OTHER_LABEL: Final = re.compile(
    r"(?<!\w)(?:file|case|ref|reference|dossier|facture|invoice|receipt|recu|permit|permis|form|formulaire|letter|lettre"
    r"|notice|avis|room|salle|suite|unit|bureau|flight|vol|visa|uci|iuc|a(?=[ \-]?(?:number|#))|alien|client|account"
    r"|compte|matter|order|commande|application|demande|claim|quote|confirmation|booking|reservation|convocation"
    r"|appointment|siren|siret|tva|tps|tvq|gst|hst|qst|neq|bn|zoom|teams|meeting|reunion|webinar|conference|tracking"
    r"|suivi|policy|police|expediente|factura|id|identifiant)"
    r"[ \-]?(?:number|numero|no|num|nb|nr|id|n°|#)?(?: (?:is|est|es))?[ .]{0,2}[:#=(\-]{0,2} ?$",
    re.IGNORECASE,
)
_LABEL_REACH: Final = 32


def _is_sin(written: str) -> bool:
    """Tell whether the digits are a Canadian social insurance number that is in use."""
    return sin.is_valid(_digits(written))


def _is_ssn(written: str) -> bool:
    """Tell whether the digits may be a US social security or taxpayer number."""
    digits = _digits(written)
    return ssn.is_valid(digits) or itin.is_valid(digits)


def _digits(written: str) -> str:
    """Return only the digits."""
    return re.sub(r"\D", "", written)


_SIN: Final = "a social insurance number"
_SSN: Final = "a social security number"
# Beside its word Luhn is enough for a SIN: stdnum refuses ranges that are in use as examples (046 454 286).
_Check: TypeAlias = Callable[[str], bool]
_NAMED: Final[tuple[tuple[re.Pattern[str], _Check, str], ...]] = (
    (_NAMED_SIN, luhn.is_valid, _SIN),
    (_NAMED_SSN, _is_ssn, _SSN),
)
_GROUPED: Final[tuple[tuple[re.Pattern[str], _Check, str], ...]] = (
    (_GROUPED_SIN, _is_sin, _SIN),
    (_DASHED_SSN, _is_ssn, _SSN),
    (_NIR, nir.is_valid, _SSN),
)


def find_ibans(text: str) -> Iterator[Place]:
    """Yield IBANs whose country's structure and check digits (ISO 13616, mod 97) are right."""
    for found in _IBAN.finditer(text):
        ends = [match.end() for match in re.finditer(r"[A-Z0-9]", found.group(), re.IGNORECASE)]
        compact = found.group().replace(" ", "")
        for length in range(len(compact), _SHORTEST_IBAN - 1, -1):
            if iban.is_valid(compact[:length]):
                yield Place(found.start(), found.start() + ends[length - 1], "a bank account number (IBAN)")
                break


def find_identity_numbers(text: str) -> Iterator[Place]:
    """Yield social insurance (CA), social security (US) and French NIR numbers, by check digit and context.

    Of random nine digits 8 % pass as a SIN and 89 % as an SSN, so that a number counts only in its own grouping or
    beside its own word, and a grouped one not where its label says that it is a file, an invoice, a meeting.
    """
    for pattern, is_valid, what in _NAMED:
        for found in pattern.finditer(text):
            group = 1 if found.group(1) else 2
            if is_valid(_digits(found.group(group))):
                yield Place(*found.span(group), what)
    for pattern, is_valid, what in _GROUPED:
        for found in pattern.finditer(text):
            if is_valid(found.group()) and not is_otherwise_labelled(text, found.start()):
                yield Place(*found.span(), what)


def is_otherwise_labelled(text: str, start: int) -> bool:
    """Tell whether the words right before `start` name another kind of number."""
    return _OTHER_LABEL.search(text[max(0, start - _LABEL_REACH) : start]) is not None
