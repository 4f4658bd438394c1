"""A job's life with and without the words of its texts: what `why` tells comes in, what may be shown goes out. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

_ITS_WORDS: Final = "It said: "
"""How the sentence begins that holds a text's words."""


def without_words(sentences: Iterable[str]) -> list[str]:
    """Return a life's sentences but those that hold a text's words."""
    return [sentence for sentence in sentences if not sentence.startswith(_ITS_WORDS)]


def attempts_without_words(attempts: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return a life's attempts with no body."""
    return [{**each, "body": None} for each in attempts]
