"""What people write instead of a time, a duration, a language or a key, and what they mean by it. Pure.

Words of daily life and of French in, the rulebook's own word out, or None: it only suggests and accepts nothing.
"""

import functools
import re

from babel import Locale

from scheduler.rulebook.spelling import list_of

_TIME = re.compile(r"(\d{1,2})(?:[:h.](\d{2})|h)?\s*(am|pm|a\.m\.|p\.m\.)?", re.IGNORECASE)
_TIMES = {"noon": "12:00", "midi": "12:00", "midnight": "00:00", "minuit": "00:00"}
_QUOTES = "\"'“”\u2018’«» \u00a0"
_HOURS, _MINUTES, _NOON, _TWO_ENDS = 24, 60, 12, 2
_COUNT = re.compile(r"(\d{1,5}|an?|one|une?|two|deux|three|trois)\s*([a-zéèû. -]+)", re.IGNORECASE)
_COUNTS = {"a": 1, "an": 1, "one": 1, "un": 1, "une": 1, "two": 2, "deux": 2, "three": 3, "trois": 3}
_UNITS = {
    **dict.fromkeys(("m", "min", "mins", "mn", "minute", "minutes"), "minute"),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours", "heure", "heures"), "hour"),
    **dict.fromkeys(("d", "day", "days", "j", "jour", "jours", "calendar day", "calendar days"), "day"),
    **dict.fromkeys(("w", "wk", "week", "weeks", "semaine", "semaines"), "week"),
    **dict.fromkeys(("mo", "month", "months", "mois"), "month"),
    **dict.fromkeys(
        (
            *("business day", "business days", "bd", "working day", "working days", "workday", "workdays", "weekdays"),
            *("jour ouvrable", "jours ouvrables", "jour ouvré", "jours ouvrés"),
        ),
        "business day",
    ),
}
_YEARS, _MONTHS = frozenset({"y", "yr", "year", "years", "an", "ans", "année", "années"}), 12
_OFTEN = {
    **dict.fromkeys(("daily", "every day", "quotidien"), "1 day"),
    **dict.fromkeys(("weekly", "every week", "hebdomadaire"), "1 week"),
    **dict.fromkeys(("monthly", "every month", "mensuel"), "1 month"),
}
_SIDES = re.compile(r"\s+(before|after|prior|earlier|later|ahead|avant|après)$", re.IGNORECASE)
_LANGUAGES = {
    **dict.fromkeys(("english", "anglais", "eng"), "en"),
    **dict.fromkeys(("french", "français", "francais", "fra", "fre"), "fr"),
    **dict.fromkeys(("spanish", "español", "espanol", "espagnol"), "es"),
}
_KEYS = {
    **dict.fromkeys(("when", "quand", "send", "timing"), ("before", "after", "on")),
    **dict.fromkeys(("avant", "prior"), ("before",)),
    **dict.fromkeys(("après", "apres"), ("after",)),
    **dict.fromkeys(("time", "hour", "heure", "à"), ("at",)),
    **dict.fromkeys(("text", "message", "sms", "body", "texte", "modele", "modèle", "gabarit"), ("template",)),
    **dict.fromkeys(("if", "when_status", "condition", "conditions", "si", "where", "filter"), ("only_if",)),
    **dict.fromkeys(("except", "not_if", "sauf", "exclude"), ("unless",)),
    **dict.fromkeys(("nom", "title", "label", "name"), ("name", "id")),
    **dict.fromkeys(("kind", "type", "about", "pour"), ("for",)),
    **dict.fromkeys(("reminders", "rappels", "étapes", "etapes"), ("steps",)),
    **dict.fromkeys(("recipients", "recipient", "send_to", "roles", "destinataires"), ("to",)),
    **dict.fromkeys(("canceled", "annulé", "annule"), ("cancelled",)),
    **dict.fromkeys(("repeat", "repeats", "count"), ("times", "every")),
    **dict.fromkeys(("delay", "after_minutes", "délai", "delai"), ("wait",)),
    **dict.fromkeys(("language", "langue", "langues", "langs"), ("languages",)),
    **dict.fromkeys(("pays", "region"), ("country",)),
    **dict.fromkeys(("quiet_hours", "hours", "heures"), ("sending_window",)),
    **dict.fromkeys(("zone", "tz", "time_zone"), ("timezone",)),
    **dict.fromkeys(("greater_than", "more_than", "above", "gt", "min", "plus_de"), ("over",)),
    **dict.fromkeys(("less_than", "below", "lt", "max", "moins_de"), ("under",)),
    **dict.fromkeys(("is_not", "other_than", "sauf_si"), ("not",)),
}


_TYPES = {
    **dict.fromkeys(("string", "str", "texte", "free_text", "char"), "text"),
    **dict.fromkeys(("date",), "day"),
    **dict.fromkeys(("datetime", "timestamp", "time"), "moment"),
    **dict.fromkeys(("bool", "boolean", "yesno", "flag"), "yes_no"),
    **dict.fromkeys(("int", "integer", "float", "decimal", "numeric"), "number"),
    **dict.fromkeys(("currency", "amount", "price", "montant"), "money"),
    **dict.fromkeys(("list", "tags", "choices"), "words"),
    **dict.fromkeys(("choice", "enum", "select"), "word"),
}
_DAYS = {
    **dict.fromkeys(("monday", "lundi", "lun"), "mon"),
    **dict.fromkeys(("tuesday", "mardi", "mar", "tues"), "tue"),
    **dict.fromkeys(("wednesday", "mercredi", "mer"), "wed"),
    **dict.fromkeys(("thursday", "jeudi", "jeu", "thur", "thurs"), "thu"),
    **dict.fromkeys(("friday", "vendredi", "ven"), "fri"),
    **dict.fromkeys(("saturday", "samedi", "sam"), "sat"),
    **dict.fromkeys(("sunday", "dimanche", "dim"), "sun"),
    **dict.fromkeys(("weekdays", "workdays", "weekday", "semaine"), "mon-fri"),
    **dict.fromkeys(("weekend", "weekends"), "sat-sun"),
    **dict.fromkeys(("holiday", "fériés", "feries", "jours fériés"), "holidays"),
    **dict.fromkeys(("daily", "all", "every day", "everyday"), "mon-sun"),
}
_NEVER = frozenset({"none", "no", "off", "never", "close", "fermé", "ferme", "-"})


def type_meant(written: str) -> str | None:
    """Return the type of a field that `string`, `date` or `bool` mean."""
    return _TYPES.get(written.strip(_QUOTES).lower())


def days_meant(written: str) -> str | None:
    """Return the days of a sending window that `Monday`, `lundi-vendredi` or `weekdays` mean."""
    parts = [part.strip(_QUOTES).lower() for part in written.split("-")]
    meant = [_DAYS.get(part, part) for part in parts]
    found = "-".join(meant)
    known = {*_DAYS.values()} | {"mon", "tue", "wed", "thu", "fri", "sat", "sun"}
    return found if meant != parts and all(part in known for part in meant) else None


def span_meant(written: str) -> str | None:
    """Return the hours that `9am-5pm`, `9:00 - 17:00` or `none` mean."""
    if written.strip(_QUOTES).lower() in _NEVER:
        return "closed"
    ends = [time_meant(end) for end in re.split(r"\s*(?:-|–|to|à)\s*", written.strip(_QUOTES))]
    first, last = ends if len(ends) == _TWO_ENDS else (None, None)
    if first and last and last < first and re.fullmatch(r"\d+\s*-\s*\d+", written.strip(_QUOTES)):
        last = time_meant(f"{int(last[:2])}pm")  # `9-5` is an office's day
    return f"{first}-{last}" if first and last else None


def country_meant(written: str) -> str | None:
    """Return the code of a country by its name in English or French; of `UK` too."""
    bare = written.strip(_QUOTES).casefold()
    if bare in {"uk", "great britain", "england"}:
        return "GB"
    if bare in {"usa", "u.s.", "u.s.a.", "america"}:
        return "US"
    return _countries().get(bare)


@functools.cache
def _countries() -> dict[str, str]:
    """Return the two-letter codes by the names that Unicode's CLDR has for them."""
    names: dict[str, str] = {}
    for language in ("fr", "en"):
        territories = Locale.parse(language).territories
        names.update({name.casefold(): code for code, name in territories.items() if re.fullmatch("[A-Z]{2}", code)})
    return names


def time_meant(written: str) -> str | None:
    """Return the time of day, `HH:MM`, that `4pm`, `16h30`, `9:30` or `noon` mean."""
    bare = written.strip(_QUOTES).lower()
    if bare in _TIMES:
        return _TIMES[bare]
    match = _TIME.fullmatch(bare) or re.fullmatch(r"(\d{1,2})(\d{2})()", bare)
    if match is None:
        return None
    hour, minute, half = int(match[1]), int(match[2] or 0), (match[3] or "")[:1]
    if half and 1 <= hour <= _NOON:
        hour = hour % _NOON + (_NOON if half == "p" else 0)
    return f"{hour:02}:{minute:02}" if hour < _HOURS and minute < _MINUTES else None


def duration_meant(written: str) -> str | None:
    """Return the duration that `1 days before`, `24h`, `one day` or `2 jours ouvrables` mean."""
    bare = _SIDES.sub("", written.strip(_QUOTES).lower())
    if bare in _OFTEN:
        return _OFTEN[bare]
    match = _COUNT.fullmatch(bare)
    if match is None:
        return None
    count, word = _COUNTS.get(match[1]) or int(match[1]), re.sub(r"[\s-]+", " ", match[2].strip(". "))
    if word in _YEARS:
        return f"{_MONTHS * count} months"
    unit = _UNITS.get(word)
    if unit is None:
        return None
    return f"{count} {unit}" if count == 1 else f"{count} {unit}s"


def language_meant(written: str) -> str | None:
    """Return the code that `English`, `fr-CA` or `fr_ca` mean."""
    bare = written.strip(_QUOTES)
    code = re.fullmatch(r"([a-z]{2,3})[-_ ]([a-z]{2})", bare, re.IGNORECASE)
    return f"{code[1].lower()}_{code[2].upper()}" if code else _LANGUAGES.get(bare.lower())


def key_meant(written: str, known: tuple[str, ...]) -> str | None:
    """Return the known key that people mean by another word, the likeliest first, as a sentence's end: `before`."""
    meant = [key for key in _KEYS.get(written.lower(), ()) if key in known]
    return list_of(meant) if meant else None
