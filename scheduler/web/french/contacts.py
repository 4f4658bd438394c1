"""In French: contacts."""

from collections.abc import Mapping
from typing import Final

FRENCH: Final[Mapping[str, str]] = {
    "wants another time": "veut un autre moment",
    "Ahead": "À venir",
    "By way of": "Par l’entremise de",
    "Cancel this text": "Annuler ce texto",
    "Change or cancel": "Changer ou annuler",
    "Consents": "Consentements",
    "Conversation": "Conversation",
    "Cost": "Coût",
    "Earlier ones": "Plus anciens",
    "Give it this moment": "Lui donner ce moment",
    "It will go at its new moment.": "Il partira à son nouveau moment.",
    "Month": "Mois",
    "New moment ({zone})": "Nouveau moment ({zone})",
    "New text to {name}": "Nouveau texto à {name}",
    "No occasion is theirs.": "Aucun rendez-vous ni échéance.",
    "No text is ahead.": "Aucun texto à venir.",
    "No word on texts is recorded.": "Rien n’est consigné au sujet des textos.",
    "Nothing was said to or by them yet.": "Rien n’a encore été dit.",
    "Nothing was spent yet.": "Rien n’a encore été dépensé.",
    "Occasions": "Rendez-vous et échéances",
    "Reference": "Référence",
    "Say why: the reason is kept with the text.": "Dites pourquoi : la raison est gardée avec le texto.",
    "Texts": "Textos",
    "This was not done: {why}": "Ceci n’a pas été fait : {why}",
    "Write the day and the time when it is to go.": "Écrivez le jour et l’heure où il doit partir.",
    "Zone": "Fuseau",
    "consented": "a consenti",
    "no number": "pas de numéro",
    "not known": "inconnu",
    "opted in": "veut des textos",
    "opted out": "ne veut pas de textos",
    "reached by way of {ref}": "par l’entremise de {ref}",
    "reminders are off": "rappels désactivés",
    "removed": "retiré",
    "withdrew": "a retiré son consentement",
    "written by {name}": "écrit par {name}",
}

FRENCH_MANY: Final[Mapping[str, tuple[str, str]]] = {
    "{count} texts that will not go": (
        "{count} texto qui ne partira pas",
        "{count} textos qui ne partiront pas",
    ),
}
