"""Plain text in, places of passwords and one-time codes out. Pure; it decides nothing about sending.

Expects text as `sensitive_content` prepares it: no accents, straight quotes. Postal, dress and door codes are none of
its business.
"""

import re
from collections.abc import Iterator
from typing import Final

from jobs.sensitive_numbers import Place

_NAME: Final = (
    r"(?:pass[ \-]?(?:word|phrase)|pwd|mots? de passe|mdp|phrase de passe|contrasena|clave (?:secreta|de acceso))"
)
_IS: Final = r"(?:is|est|es|was|reste|remains)"
_QUOTED: Final = r"(?:[\"'(<\[] ?)?"
_VALUE: Final = r"([^\s\"'<>()\[\],;\x00]+)"
# What follows a colon or an equals sign.
_DECLARED: Final = re.compile(rf"(?<!\w){_NAME} ?[:=]+ ?{_QUOTED}{_VALUE}", re.IGNORECASE)
# As in: your password for the portal is Maple42; password hunter2.
_TOLD: Final = re.compile(rf"(?<!\w){_NAME}(?:[^.!?:=\n]{{0,40}}?(?: {_IS} |[:=]) ?| ){_QUOTED}{_VALUE}", re.IGNORECASE)
# A first word after "password:" that begins a sentence about a password instead of being one.
_SENTENCE_WORD: Final = re.compile(
    r"(?:"
    r"see|ask|call|sent|same|use|using|your|the|a|an|on|in|by|will|is|must|may|can|not|none|please|reset|"
    r"forgotten|required|needed|unchanged|provided|from|at|to|if|visit|contact|text|email|reply|ready|"
    r"expired|voir|demandez|demander|appelez|appeler|envoye|transmis|meme|inchange|utilisez|votre|le|la|"
    r"les|un|une|sur|dans|par|sera|doit|pas|aucun|veuillez|reinitialise|oublie|requis|obligatoire|fourni|"
    r"si|visitez|contactez|selon|chez|en|vea|llame|su|el|por|no"
    r")(?!\w)",
    re.IGNORECASE,
)

_CODE: Final = (
    r"(?:(?:verification|security|access|log-?in|sign-?in|authentication|one[ \-]time|activation|two[ \-]factor|2fa|sms"
    r"|pin|nip) (?:pass)?code|pass ?code|one[ \-]time (?:password|pin)"
    r"|code (?:de (?:verification|securite|connexion|validation)|d'(?:acces|authentification|activation|identification)"
    r"|a usage unique|secret|pin|nip)|codigo de (?:verificacion|acceso|seguridad))"
)
_PIN: Final = r"(?:PIN|NIP|OTP)"
_SHORT_NUMBER: Final = r"\d{4,8}|\d{3}[ \-]\d{3}"
_CODE_VALUE: Final = (
    rf"([A-Za-z]-\d{{4,8}}|{_SHORT_NUMBER}|(?=[A-Za-z\-]*\d)[A-Za-z0-9][A-Za-z0-9\-]{{3,11}})(?!\w|[:/]\d|-\d)"
)
_UP_TO_VALUE: Final = rf"(?:(?P<between>[^.!?:=\n\d]{{0,40}}?(?:\([^)\n]{{0,30}}\))?)(?: {_IS} | ?[:=] ?)| ){_QUOTED}"
_CODE_TOLD: Final = re.compile(rf"(?<!\w)(?:{_CODE}){_UP_TO_VALUE}{_CODE_VALUE}", re.IGNORECASE)
_PIN_TOLD: Final = re.compile(rf"(?<!\w){_PIN}(?: {_IS} | ?[:=#]? ?){_QUOTED}(\d{{4,8}})(?![\w:/])")
# As in: your Northlight code is 482910; a brand's words have capitals, and "your parking code" is no secret.
_BRAND: Final = r"(?:(?!QR )[A-Z][\w&\-]* ){0,3}"
_YOUR_CODE: Final = re.compile(
    rf"(?<!\w)(?:[Yy]our|[Vv]otre|[Tt]on|[Ss]u) {_BRAND}code(?: {_IS})? ?:? ?({_SHORT_NUMBER})(?![\w:/\-])"
)
_IS_YOUR_CODE: Final = re.compile(
    rf"(?<!\w)([A-Z]-\d{{4,8}}|{_SHORT_NUMBER}) {_IS} (?:your|the|votre|ton|le|su|el) (?:"
    rf"(?:[\w'&\-]+ ){{0,3}}?(?:(?i:{_CODE}|{_NAME})|{_PIN})|{_BRAND}code)(?!\w)"
)
# Directions to a place, not a key to an account.
_DOOR: Final = re.compile(
    r"(?<!\w)(?:door|building|gate|entry|entrance|parking|garage|elevator|lobby|porte|immeuble|edifice|batiment"
    r"|stationnement|ascenseur|entree|barriere|puerta|edificio)(?!\w)",
    re.IGNORECASE,
)
_DOOR_REACH: Final = 20

_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d|\d\d-\d\d-\d{4}")
_ORDINARY_VALUE: Final = re.compile(
    r"\d{4}-\d\d-\d\d|\d{1,2}[:h]\d{0,2}(?:am|pm)?|\d{1,2}(?:am|pm)|[+(]?[\d().\-]{10,17}|\d{1,2}[/.]\d{1,2}[/.]\d{2,4}"
    r"|[$€£]?\d[\d.,]*[$€£]?|\d+(?:st|nd|rd|th|e|er|eme)?",
    re.IGNORECASE,
)
_SHORTEST_NUMBER: Final = 4


def find_codes(text: str) -> Iterator[Place]:
    """Yield passwords and access, verification and PIN codes that a text gives away together with their name."""
    yield from _find_passwords(text)
    for found in _CODE_TOLD.finditer(text):
        if not _DATE.fullmatch(found.group(2)) and not _opens_a_door(text, found):
            yield Place(*found.span(2), "an access code")
    for pattern in (_PIN_TOLD, _YOUR_CODE, _IS_YOUR_CODE):
        for found in pattern.finditer(text):
            yield Place(*found.span(1), "an access code")


def _find_passwords(text: str) -> Iterator[Place]:
    """Yield what stands after the word: anything after its colon, elsewhere what looks chosen."""
    for found in _DECLARED.finditer(text):
        if not _SENTENCE_WORD.match(found.group(1)):
            yield Place(*found.span(1), "a password")
    for found in _TOLD.finditer(text):
        if _looks_chosen(found.group(1)):
            yield Place(*found.span(1), "a password")


def _looks_chosen(value: str) -> bool:
    """Tell whether a word looks like a password: digits among letters, four digits, signs or capitals inside."""
    value = value.rstrip(".!?:")
    if value.isdigit():
        return len(value) >= _SHORTEST_NUMBER
    if len(value) < _SHORTEST_NUMBER or _ORDINARY_VALUE.fullmatch(value):
        return False
    has_digit = any(character.isdigit() for character in value)
    has_sign = any(character in "!@#$%^&*_+=" for character in value)
    has_inner_capital = not value.isupper() and any(character.isupper() for character in value[1:])
    return has_digit or has_sign or has_inner_capital


def _opens_a_door(text: str, found: re.Match[str]) -> bool:
    """Tell whether the words around a code say that it opens a building."""
    before = text[max(0, found.start() - _DOOR_REACH) : found.start()]
    after = text[found.end() : found.end() + _DOOR_REACH]
    return any(_DOOR.search(words) for words in (before, found.group("between") or "", after))
