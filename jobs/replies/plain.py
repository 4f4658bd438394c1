"""How inbound words are compared: a text in; its letters and digits out, no case, accents, signs and emoji. Pure."""

import unicodedata

_MARKS_AND_FORMATS = frozenset({"Mn", "Me", "Cf"})
"""Accents, enclosing marks (a keycap's), zero-width and direction characters: they part no word."""


def plain(text: str) -> str:
    """Return a text as it is compared: `« Arrêt ! »` is `arret`; what is no letter and no digit parts words."""
    decomposed = unicodedata.normalize("NFKD", text).casefold()
    kept = (mark for mark in decomposed if unicodedata.category(mark) not in _MARKS_AND_FORMATS)
    return " ".join("".join(mark if mark.isalnum() else " " for mark in kept).split())


def joined(words: str) -> str:
    """Return plain words as one where somebody spelled one out: `s t o p`, `opt out`, `stop all`."""
    return words.replace(" ", "")
