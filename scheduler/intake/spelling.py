"""The nearest right spelling of a wrong word, as intake's sentences have it. Pure."""

from collections.abc import Iterable

from scheduler.rulebook.spelling import nearest


def suggestion(word: str, known: Iterable[str]) -> str:
    """Return ` (did you mean 'x'?)`, or nothing where no known word is near; case does not count."""
    found = nearest(word, known)
    return "" if found is None else f" (did you mean {found!r}?)"
