"""Words that no reply word may be, and how two are compared: those by which `jobs.replies` reads texts. Pure.

What a check lets pass and what a person's text is taken for cannot drift apart: the words stand in one place.
"""

from typing import Final

from jobs.replies import plain as plain_word
from jobs.replies import words

OPT_OUT: Final = frozenset(words.OPT_OUT)
"""Words after which no text may go any more."""
OPT_IN: Final = frozenset({*words.OPT_IN, *words.OPT_IN_AFTER_OPT_OUT})
"""Words that take an opt-out back, be it only for whoever opted out."""
HELP: Final = frozenset(words.HELP)
"""Words that carriers or we answer."""

__all__ = ["HELP", "OPT_IN", "OPT_OUT", "plain_word"]
