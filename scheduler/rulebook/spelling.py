"""The nearest right spelling, for the second half of every error. Pure."""

import difflib
from collections.abc import Iterable

_MOST_LISTED = 12
_LONGEST_WORD = 80


def nearest(word: str, choices: Iterable[str]) -> str | None:
    """Return the choice most like `word` (case does not count), or None when none is near.

    Of equally near ones the one of the same letters (`CAD` for `CDA`), then of the same first letter.
    """
    folded = word[:_LONGEST_WORD].casefold()
    by_folded = {choice.casefold(): choice for choice in choices}
    found = difflib.get_close_matches(folded, by_folded, n=5, cutoff=0.6)

    def likeness(candidate: str) -> tuple[float, bool, bool]:
        ratio = difflib.SequenceMatcher(None, candidate, folded).ratio()
        return ratio, sorted(candidate) == sorted(folded), candidate[:1] == folded[:1]

    return by_folded[max(found, key=likeness)] if found else None


def suggestion(word: str, choices: Iterable[str]) -> str:
    """Return a sentence that helps: the nearest choice, else all of them where they are few."""
    known = sorted(set(choices))
    found = nearest(word, known)
    if found is not None:
        return f"Did you mean `{found}`?"
    if not known:
        return "There are none"
    listed = ", ".join(f"`{choice}`" for choice in known[:_MOST_LISTED])
    return f"There are {listed}{' and more' if len(known) > _MOST_LISTED else ''}"


def list_of(choices: Iterable[str]) -> str:
    """Return choices as `a`, `b` or `c`."""
    quoted = [f"`{choice}`" for choice in choices]
    return quoted[0] if len(quoted) == 1 else f"{', '.join(quoted[:-1])} or {quoted[-1]}"
