"""The sentences of the pages in the reader's language. A sentence's id is the sentence in English.

In templates: `{{ t("Sign in") }}`, `{{ t("Signed in as {name}.", name=person.name) }}`,
`{{ many(count, "{count} job", "{count} jobs") }}`. In Python the same by `words_of(request)`; a sentence that stands in
a table is wrapped in `sentence("…")`, so that the test of untranslated ones finds it. French is in `french.py`.
"""

from dataclasses import dataclass
from typing import Final

from fastapi import Request

from scheduler.web import cookies
from scheduler.web.french import FRENCH, FRENCH_MANY

ENGLISH_TAG: Final = "en"
FRENCH_TAG: Final = "fr"
LANGUAGES: Final = {ENGLISH_TAG: "English", FRENCH_TAG: "Français"}
_MOST_WISHES: Final = 20


@dataclass(frozen=True, slots=True)
class Words:
    """Says sentences in one language."""

    language: str = ENGLISH_TAG

    def t(self, english: str, /, **values: object) -> str:
        """Return a sentence in this language, with its values in place; one without translation stays English."""
        said = FRENCH.get(english, english) if self.language == FRENCH_TAG else english
        return said.format_map(values) if values else said

    def many(self, count: int, one: str, more: str, /, **values: object) -> str:
        """Return the sentence that fits a count, which stands in it as `{count}`; in French 0 and 1 are one."""
        if self.language == FRENCH_TAG:
            one, more = FRENCH_MANY.get(more, (one, more))
            is_one = abs(count) < 2  # noqa: PLR2004 - French counts so (CLDR plural rules)
        else:
            is_one = count == 1
        return (one if is_one else more).format_map({"count": count, **values})


def sentence(english: str) -> str:
    """Return it as it is: marks a sentence that `t` says later."""
    return english


def words_of(request: Request) -> Words:
    """Return the words of whoever asks: in the language they chose, else the first of their browser's that we speak."""
    chosen = cookies.read(request, cookies.LANGUAGE)
    return Words(chosen if chosen in LANGUAGES else _wanted(request.headers.get("accept-language", "")))


def _wanted(header: str) -> str:
    wishes = []
    for part in header.split(",")[:_MOST_WISHES]:
        tag, _, weight = part.strip().partition(";q=")
        wishes.append((-_weight(weight), tag.partition("-")[0].lower()))
    return next((tag for _, tag in sorted(wishes, key=lambda wish: wish[0]) if tag in LANGUAGES), ENGLISH_TAG)


def _weight(written: str) -> float:
    try:
        return float(written) if written else 1.0
    except ValueError:
        return 0.0
