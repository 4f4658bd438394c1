"""What is answered by itself where no template of the practice says it: a saying and its parts in, words out. Pure.

In plain GSM-7 letters, one segment where the practice's name and phone allow it; none advertises anything (47 CFR
64.1200(a)(12): one confirmation of an opt-out, within five minutes, without marketing).
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

ONE_SEGMENT: Final = 160
LANGUAGES: Final = ("en", "fr", "es")


class Saying(StrEnum):
    """What is said; the value stands in `jobs.step` of the acknowledgement."""

    OPT_OUT = "opt_out"
    OPT_IN = "opt_in"
    HELP = "help"
    WHICH_ONE = "which_one"
    CANCELLED = "cancelled"
    MOVED = "moved"


AUTO_REPLY: Final = "auto_reply"
"""What stands there of an answer outside the sending window, whose words are a template of the practice."""

_WORDS: Final[Mapping[Saying, Mapping[str, str]]] = {
    Saying.OPT_OUT: {
        "en": "You will get no more texts from {name}. Reply START to get them again.",
        "fr": "Vous ne recevrez plus de textos de {name}. Répondez START pour en recevoir à nouveau.",
        "es": "No le enviaremos otros mensajes de {name}. Responda START para recibirlos de nuevo.",
    },
    Saying.OPT_IN: {
        "en": "You will get texts from {name} again. Reply STOP to get none.",
        "fr": "Vous recevrez à nouveau les textos de {name}. Répondez ARRET pour cesser.",
        "es": "Le enviaremos de nuevo los mensajes de {name}. Responda STOP para cesar.",
    },
    Saying.HELP: {
        "en": "Reminders from {name}.{call} Reply STOP to get none.",
        "fr": "Rappels de {name}.{call} Répondez ARRET pour cesser.",
        "es": "Recordatorios de {name}.{call} Responda STOP para cesar.",
    },
    Saying.WHICH_ONE: {
        "en": "Which one do you mean? {choices}. Reply {letters}.",
        "fr": "De quel rendez-vous parlez-vous? {choices}. Répondez {letters}.",
        "es": "De cual habla? {choices}. Responda {letters}.",
    },
    Saying.CANCELLED: {
        "en": "This date no longer stands: {when} was cancelled.{call}",
        "fr": "Cette date ne tient plus: {when}, annulé.{call}",
        "es": "Esta fecha ya no vale: {when}, anulada.{call}",
    },
    Saying.MOVED: {
        "en": "The date is another now: {when}. Please answer again if that is good for you.{call}",
        "fr": "La date a changé: {when}. Répondez encore si elle vous convient.{call}",
        "es": "La fecha ha cambiado: {when}. Responda otra vez si le conviene.{call}",
    },
}
_CALL: Final[Mapping[str, str]] = {
    "en": " Questions? Call {phone}.",
    "fr": " Questions? Appelez le {phone}.",
    "es": " Preguntas? Llame al {phone}.",
}
_US: Final[Mapping[str, str]] = {"en": "us", "fr": "nous", "es": "nuestra parte"}
_OR: Final[Mapping[str, str]] = {"en": " or ", "fr": " ou ", "es": " o "}


def say(saying: Saying, language: str | None, *, name: str, phone: str | None = None, **parts: str) -> str:
    """Return the words of a saying in a language (English where there is none of it).

    `when`: the date of `CANCELLED` and `MOVED`; `choices`: those of `WHICH_ONE`, as `A: Tue Dec 1 10:00`.
    """
    chosen = language_of(language)
    call = _CALL[chosen].format(phone=phone) if phone else ""
    pattern = _WORDS[saying][chosen]
    words = pattern.format(name=name, call=call, **parts)
    return words if len(words) <= ONE_SEGMENT else pattern.format(name=_US[chosen], call=call, **parts)


def language_of(language: str | None) -> str:
    """Return the language in which something is said: the one given, or its base, or English."""
    base = (language or "").replace("-", "_").split("_")[0]
    return base if base in LANGUAGES else LANGUAGES[0]


def letters_in_words(letters: list[str], language: str | None) -> str:
    """Return letters to choose from: `A or B`, `A, B or C`."""
    *most, last = letters
    return f"{', '.join(most)}{_OR[language_of(language)]}{last}" if most else last
