"""Checks of reply words: none that carriers take, none that means two answers. A subject in, problems out."""

from collections.abc import Iterator

from scheduler.publishing.checks.reply_words import HELP, OPT_IN, OPT_OUT, plain_word
from scheduler.publishing.checks.subject import Subject, error
from scheduler.rulebook.desk import PlacedRule
from scheduler.rulebook.positions import Problem


def check_replies(subject: Subject) -> Iterator[Problem]:
    """Check every reply word of every rule."""
    for placed in subject.desk.rules:
        yield from _word_problems(placed)


def _word_problems(placed: PlacedRule) -> Iterator[Problem]:
    meaning: dict[str, str] = {}
    for name, reply in placed.rule.replies.by_name().items() if placed.rule.replies else ():
        for index, written in enumerate(reply.words):
            where, word = placed.at("replies", name, "words", index), plain_word(written)
            taken = _taken(word)
            if not word:
                yield error(where, f"`{written}` has no letter and no digit. Write a word that people can answer with")
            elif taken is not None:
                yield error(where, f"{taken.format(written)}. Write another word, such as `C`, `OUI` or `1`")
            elif meaning.get(word) == name:
                text = f"`{written}` stands here twice, since case, accents and signs do not count"
                yield error(where, f"{text}. Remove one of them")
            elif word in meaning:
                text = f"`{written}` means `{meaning[word]}` already, and one answer cannot be two"
                yield error(where, f"{text}. Write another word")
            meaning.setdefault(word, name)


def _taken(word: str) -> str | None:
    """Return what carriers take a word for; an opt-out also where it is one word of several (`CANCEL PLEASE`)."""
    if not OPT_OUT.isdisjoint((*word.split(), word.replace(" ", ""))):
        return "carriers and we take `{}` as an opt-out: who answers so gets no text any more"
    if word in OPT_IN:
        return "carriers take `{}` as the end of an opt-out, whatever it was meant to answer"
    return "carriers answer `{}` themselves" if word in HELP else None
