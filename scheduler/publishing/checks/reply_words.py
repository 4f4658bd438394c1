"""Words of replies: how two of them are compared, and which ones carriers take for themselves. Pure."""

import unicodedata
from typing import Final

OPT_OUT: Final = frozenset(
    {
        "alto",
        "arret",
        "arrete",
        "arreter",
        "baja",
        "cancel",
        "cancelar",
        "desabo",
        "desabonner",
        "end",
        "optout",
        "parar",
        "quit",
        "remove",
        "revoke",
        "stop",
        "stopall",
        "stopp",
        "stopper",
        "td",
        "unsubscribe",
    },
)
"""Words after which no text may go any more.

Sources: Twilio's default opt-out words; 47 CFR 64.1200(a)(10) (FCC 24-24); the Canadian short code guidelines, section
3.9 (ARRET); AWS's list for the US and Canada (REMOVE, TD); the usual words in French, Spanish and German.
"""
OPT_IN: Final = frozenset({"start", "unstop", "yes"})
"""Words that take an opt-out back. Source: Twilio's default opt-in words."""
HELP: Final = frozenset({"aide", "help", "info"})
"""Words that carriers answer themselves. Sources: Twilio's default help words, the Canadian short code guidelines."""


def plain_word(written: str) -> str:
    """Return a word as replies are compared: without case, accents, punctuation and surplus spaces; digits stay.

    `Oui!` and `OUI` are one word, `1` and `01` are two.
    """
    decomposed = unicodedata.normalize("NFKD", written).casefold()
    letters = (mark for mark in decomposed if not unicodedata.combining(mark))
    return " ".join("".join(mark if mark.isalnum() else " " for mark in letters).split())
