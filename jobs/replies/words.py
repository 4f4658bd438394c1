"""The words and phrases after which texts stop, begin again, or are explained, with the language each is of. Pure data.

Sources of single words: Twilio's default words (docs on Advanced Opt-Out); 47 CFR 64.1200(a)(10) (FCC 24-24: stop,
quit, end, revoke, opt out, cancel, unsubscribe, and any wording that a reasonable person understands); the Canadian
short code guidelines, section 3.9 (STOP, ARRET, HELP, AIDE, INFO); AWS's list for the US and Canada (REMOVE, TD); the
usual words in French, Spanish and German. The phrases are ours. All are written as `plain` leaves them.
"""

import re
from collections.abc import Mapping
from typing import Final

OPT_OUT: Final[Mapping[str, str]] = {
    "alto": "es",
    "arret": "fr",
    "arrete": "fr",
    "arreter": "fr",
    "baja": "es",
    "cancel": "en",
    "cancelar": "es",
    "desabo": "fr",
    "desabonner": "fr",
    "end": "en",
    "optout": "en",
    "parar": "es",
    "quit": "en",
    "remove": "en",
    "revoke": "en",
    "stop": "en",
    "stopall": "en",
    "stopp": "en",
    "stopper": "fr",
    "td": "en",
    "unsubscribe": "en",
}
"""A text of this one word is an opt-out."""

OPT_IN: Final[Mapping[str, str]] = {"start": "en", "unstop": "en"}
"""A text of this one word takes an opt-out back."""

OPT_IN_AFTER_OPT_OUT: Final[Mapping[str, str]] = {"yes": "en"}
"""So does this, which means something else to whoever is not opted out."""

HELP: Final[Mapping[str, str]] = {"aide": "fr", "ayuda": "es", "help": "en", "info": "en"}

CARRIERS_ANSWER: Final = frozenset(
    {"cancel", "end", "help", "info", "optout", "quit", "revoke", "start", "stop", "stopall", "unstop", "unsubscribe"}
)
"""What a provider that answers opt-outs answers itself: Twilio's default words, exact and single only."""

POLITE: Final = frozenset(
    {
        "already",
        "bonjour",
        "buenas",
        "buenos",
        "dias",
        "favor",
        "gracias",
        "hello",
        "hi",
        "hola",
        "immediately",
        "maintenant",
        "merci",
        "now",
        "ok",
        "okay",
        "plait",
        "please",
        "pls",
        "plz",
        "por",
        "s",
        "sil",
        "sir",
        "svp",
        "thank",
        "thanks",
        "vous",
        "ya",
        "you",
    }
)
"""Words beside an opt-out word or a reply word that change nothing."""

_SENDS = r"(?:text|texts|texting|message|messages|messaging|msg|msgs|sms|send|sending|contact|contacting|spam|spamming)"
_TEXTS = r"(?:texts?|texting|messages?|msgs?|sms|reminders?|notifications?|alerts?)"
_LISTS = rf"(?:list|lists|database|system|{_TEXTS})"
_TEXTOS = r"(?:textos?|sms|messages?|rappels?|notifications?)"
_ENVOYER = r"(?:envoy\w+|envois?|ecri\w+|text\w+|contact\w+|derang\w+|messages?|sms|rappels?|notifications?)"
_MENSAJES = r"(?:mensajes?|textos?|sms|recordatorios?|avisos?)"
_ENVIAR = r"(?:envi\w+|mand\w+|escrib\w+|contact\w+|textee\w*|texte\w+|molest\w+|mensajes?|textos?|sms)"

PHRASES: Final[tuple[tuple[str, re.Pattern[str]], ...]] = tuple(
    (language, re.compile(rf"\b(?:{pattern})\b"))
    for language, pattern in (
        ("en", rf"(?:stop|quit|cease)(?: \w+){{0,2}} {_SENDS}"),
        ("en", r"stop (?:bothering|harassing|writing|calling)"),
        ("en", r"(?:don t|do not|dont|never) (?:\w+ )?(?:text|message|msg|sms|contact|write|bother)(?: to)? (?:me|us)"),
        ("en", rf"(?:don t|do not|dont|never) send (?:me |us )?(?:\w+ ){{0,2}}{_TEXTS}"),
        ("en", rf"(?:don t|do not|dont|no longer) (?:want|wish to)(?: to)?(?: \w+){{0,3}} {_TEXTS}"),
        ("en", rf"no more(?: of)?(?: \w+)? {_TEXTS}"),
        ("en", r"remove me$"),
        ("en", rf"(?:remove|delete|take) me (?:from|off)(?: of)?(?: \w+){{0,3}} {_LISTS}"),
        ("en", r"(?:remove|delete) (?:my|this) (?:cell |phone |mobile )?(?:number|phone|cell)"),
        ("en", r"(?:unsubscribe|opt(?:ing)? (?:me )?out|opt out of)"),
        ("en", r"(?:revoke|withdraw)(?: \w+)? consent"),
        ("en", r"leave me alone"),
        ("en", r"^stop (?:it|this|that|these|them|now)$"),
        ("en", r"^spam$"),
        ("fr", rf"(?:arret\w*|cess\w+|stop\w*)(?: \w{{1,5}}){{0,3}} {_ENVOYER}"),
        ("fr", r"ne (?:plus|pas)(?: \w+)? ?(?:recevoir|envoyer|texter|contacter|ecrire)"),
        ("fr", r"(?:m|me|nous) (?:envoy\w+|text\w+|contact\w+|ecri\w+|derang\w+) (?:plus|pas)"),
        ("fr", rf"(?:veux|voudrais|souhaite|desire) (?:plus|pas)(?: \w+){{0,3}} {_TEXTOS}"),
        ("fr", rf"^plus (?:de|aucun)(?: ces| vos)? {_TEXTOS}"),
        ("fr", r"(?:desabonn\w+|desinscri\w+)"),
        ("fr", r"(?:retir\w+|enlev\w+|supprim\w+|efface\w*) (?:moi|mon numero|ce numero)"),
        ("fr", r"(?:laissez|laisse|fichez) moi (?:tranquille|la paix)"),
        ("es", rf"(?:deje|dejen|deja|dejar|dejad|pare|paren|para) de(?: \w+){{0,2}} {_ENVIAR}"),
        ("es", r"no (?:me|nos) (?:envi|mand|escrib|contact|text|molest)\w+"),
        ("es", rf"no (?:quiero|deseo)(?: \w+){{0,3}} {_MENSAJES}"),
        ("es", rf"no mas(?: \w+)? {_MENSAJES}"),
        ("es", r"^no mas$"),
        ("es", r"(?:de|dar|darme|denme|deme|dame|dar me) (?:de )?baja"),
        ("es", r"(?:quit|borr|elimin|saqu)\w+me(?: de(?: \w+)? lista)?"),
        ("es", r"(?:cancel|anul)\w+ (?:mi |la )?suscripcion"),
    )
)
"""A text in which one of these stands is an opt-out too, and staff are told."""

_NOT: Final = (
    r"(?:don t|do not|dont|never|can t|cant|cannot|could not|couldn t|won t|didn t|did not|not|why|did you|have you"
    r"|when did you|if you)"
)
TURNED_ROUND: Final = re.compile(
    rf"\b(?:{_NOT} (?:you |did |ever )*(?:stop\w*|quit|cease|unsubscribe|opt)"
    r"|(?:text|message|write|contact|call)\w*(?: to)? (?:me|us)(?: \w+)?"
    r" (?:before|after|until|till|on|at|in|from|during)"
    r"|(?:ne|pas|pourquoi) (?:\w+ )?(?:arretez|cessez|stoppez)(?: \w+)? (?:pas|plus|vous)|pourquoi"
    r"|(?:por que|no) (?:\w+ )?(?:deje|dejen|paren|dejaron))\b"
)
"""Beside a phrase these turn it round or narrow it ("why did you stop texting me"): a person must look."""

AMBIGUOUS: Final = re.compile(
    r"\b(?:stop|stopp|stops|stopped|stopping|stopper|stoppez|stopall|unsubscribe\w*|revoke|optout|opt out|quit|quitting"
    r"|arret|arrets|arrete|arretez|arreter|desabo|desabonner|baja|parar|no more|no mas|wrong number|wrong person"
    r"|mauvais numero|numero equivocado|not interested|pas interesse\w*|no me interesa|ne plus|spam)\b"
)
"""What may be an opt-out: texts wait until staff have looked."""

REACTION: Final = re.compile(
    r"^\s*(?:liked|loved|disliked|laughed at|emphasi[sz]ed|questioned|reacted .{1,20} to|removed an? .{1,20} from"
    r"|a aim[ée]|a ador[ée]|n[’']a pas aim[ée]|a ri de|a mis l[’']emphase sur|a remis en question"
    r"|le gust[oó]|le encant[oó]|no le gust[oó]|se ri[oó] de)\s*[“\"«]",
    re.IGNORECASE,
)
"""How telephones send a tap on a text: they quote it, and the words quoted are ours."""
