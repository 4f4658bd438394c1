"""In French: the time machine."""

from collections.abc import Mapping
from typing import Final

FRENCH: Final[Mapping[str, str]] = {
    "A draft over the past": "Un brouillon sur le passé",
    "Appointments, payments and people are taken as they are stored now, and as live until they ended.": (
        "Rendez-vous, paiements et personnes sont pris tels qu’ils sont enregistrés maintenant, et comme "
        "actifs jusqu’à leur fin."
    ),
    "By the draft": "Selon le brouillon",
    "By {revision}, if nothing changes and providers accept:": (
        "Selon {revision}, si rien ne change et que les fournisseurs acceptent :"
    ),
    "Contact (ref); empty: the whole practice": "Contact (réf.); vide : tout le cabinet",
    "Draft or revision": "Brouillon ou révision",
    "For": "Pour",
    "From": "À partir du",
    "How the texts compare": "Comparaison des textes",
    "Look": "Regarder",
    "Look at most a year ahead or back.": "Regardez au plus un an en avant ou en arrière.",
    "No rule sent a text in that time, so there is nothing to compare with.": (
        "Aucune règle n’a envoyé de texte pendant ce temps; il n’y a rien à comparer."
    ),
    "Nothing is published yet, so nothing would be sent.": "Rien n’est encore publié, donc rien ne serait envoyé.",
    "Nothing would be sent in these days.": "Rien ne serait envoyé ces jours-là.",
    "Really": "Réellement",
    "Text and why": "Texte et raison",
    "The first {most} of {total} are shown: look at fewer days, or at one contact.": (
        "Les {most} premiers sur {total} sont montrés : regardez moins de jours, ou un seul contact."
    ),
    "The words are hidden from your role.": "Les mots sont cachés à votre rôle.",
    "There are too many occasions for a page: `quietbell simulate` looks at all of them.": (
        "Il y a trop d’événements pour une page : `quietbell simulate` les examine tous."
    ),
    "There is no such contact.": "Ce contact n’existe pas.",
    "This day has passed: what was sent then is compared with a draft, under the other tab.": (
        "Ce jour est passé : ce qui a été envoyé se compare à un brouillon, sous l’autre onglet."
    ),
    "This day lies ahead: a draft is compared with what was sent.": (
        "Ce jour est à venir : un brouillon se compare à ce qui a été envoyé."
    ),
    "This is no day.": "Ce n’est pas une date.",
    "What would be sent": "Ce qui serait envoyé",
    "What would happen": "Ce qui se passerait",
    "Your draft has errors: mend them first, then it can be run.": (
        "Votre brouillon a des erreurs : corrigez-les d’abord, puis essayez-le."
    ),
    "at another time": "à un autre moment",
    "cannot be told": "indéterminé",
    "in other words": "en d’autres mots",
    "no text": "pas de texte",
    "only by the draft": "seulement selon le brouillon",
    "only really": "seulement en réalité",
    "the same": "identique",
    "{revision} beside what was sent:": "{revision} à côté de ce qui a été envoyé :",
}

FRENCH_MANY: Final[Mapping[str, tuple[str, str]]] = {
    "{count} days": ("{count} jour", "{count} jours"),
    "{count} differences": ("{count} différence", "{count} différences"),
}
