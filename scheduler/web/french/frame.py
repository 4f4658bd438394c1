"""In French: what many pages say, states, times and keys."""

from collections.abc import Mapping
from typing import Final

FRENCH: Final[Mapping[str, str]] = {
    "Calendar": "Calendrier",
    "Close": "Fermer",
    "Contacts": "Contacts",
    "Conversations": "Conversations",
    "Down and up the rows": "D’une ligne à l’autre",
    "Jobs": "Envois",
    "Keys": "Raccourcis",
    "Menu": "Menu",
    "More": "Suite",
    "Overview": "Vue d’ensemble",
    "Rooms": "Rubriques",
    "Rules and templates": "Règles et modèles",
    "Search": "Rechercher",
    "Settings": "Réglages",
    "This list": "Cette liste",
    "Time machine": "Machine à remonter le temps",
    "blocked": "bloqué",
    "cancelled": "annulé",
    "claimed": "pris en charge",
    "delivered": "livré",
    "expired": "expiré",
    "failed": "échoué",
    "held": "retenu",
    "in doubt": "incertain",
    "queued": "en file",
    "retrying": "à réessayer",
    "scheduled": "planifié",
    "sending": "en cours d’envoi",
    "sent": "envoyé",
    "undelivered": "non livré",
}

FRENCH_MANY: Final[Mapping[str, tuple[str, str]]] = {}
