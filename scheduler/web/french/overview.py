"""In French: the overview."""

from collections.abc import Mapping
from typing import Final

FRENCH: Final[Mapping[str, str]] = {
    "Being counted …": "Compte en cours…",
    "Can go": "Peuvent partir",
    "Closed by its provider: {what}": "Fermé par son fournisseur : {what}",
    "How texts stand": "Où en sont les textos",
    "If this lasts until {time}:": "Si cela dure jusqu’à {time} :",
    "Its texts wait; one is tried every half minute.": (
        "Ses textos attendent; un essai est fait toutes les trente secondes."
    ),
    "Kept: {name} was phoned about {occasion}.": "Noté : {name} a été appelé au sujet de {occasion}.",
    "Look and resume": "Voir et reprendre",
    "Missed, 24 h": "Non parvenus, 24 h",
    "Needs a person": "À voir par quelqu’un",
    "No rules were published yet, so nothing is sent.": "Aucune règle n’est encore publiée : rien ne part.",
    "No rules were published yet, so nothing is sent. An admin does that under Rules and templates.": (
        "Aucune règle n’est encore publiée : rien ne part. Un administrateur s’en charge sous Règles et modèles."
    ),
    "No sender: nothing can be sent. Name one in practice.yaml.": (
        "Aucun expéditeur : rien ne peut partir. Nommez-en un dans practice.yaml."
    ),
    "No text has told these people their date, and it is still ahead.": (
        "Aucun texto n’a donné leur date à ces personnes, et elle est encore à venir."
    ),
    "Nobody: whoever has a date ahead and should have been told was told.": (
        "Personne : tous ceux qui ont une date à venir et devaient être avisés l’ont été."
    ),
    "Nothing in doubt, nobody unknown has written, nothing is blocked or closed.": (
        "Rien d’incertain, aucun inconnu n’a écrit, rien n’est bloqué ni fermé."
    ),
    "Of the month’s cap": "Part du plafond du mois",
    "Pace": "Cadence",
    "Phoned": "Appelé",
    "Phoned already": "Déjà appelés",
    "Senders and providers": "Expéditeurs et fournisseurs",
    "Show all of it now": "Tout afficher maintenant",
    "Some parts come later by script.": "Certaines parties viennent ensuite par script.",
    "Stands": "État",
    "Texts and money a day": "Textos et dépenses par jour",
    "Texts due by hour as bars, quiet hours shaded, what can go as a line; the table below says the same.": (
        "Textos dus par heure en barres, heures calmes ombrées, et ce que les expéditeurs peuvent envoyer en ligne; "
        "le tableau ci-dessous dit la même chose."
    ),
    "The next 24 hours": "Les 24 prochaines heures",
    "The same in a table": "La même chose en tableau",
    "This month: {spent} of {cap}.": "Ce mois-ci : {spent} sur {cap}.",
    "This month: {spent}; there is no cap.": "Ce mois-ci : {spent}; il n’y a pas de plafond.",
    "To be phoned": "À appeler",
    "Went, 24 h": "Partis, 24 h",
    "Window": "Plage d’envoi",
    "Write a few words on what was said: they are kept.": (
        "Écrivez quelques mots sur ce qui a été dit : ils sont conservés."
    ),
    "Write the first rules": "Écrire les premières règles",
    "Your password and codes": "Votre mot de passe et vos codes",
    "Your role {role} may see nothing here: ask an admin for another one.": (
        "Votre rôle {role} ne permet de rien voir ici : demandez-en un autre à un administrateur."
    ),
    "answers": "répond",
    "blocked for what they say, in a week": "bloqués pour leur contenu, en une semaine",
    "can go": "peuvent partir",
    "close to the cap": "près du plafond",
    "does not answer": "ne répond pas",
    "due": "dus",
    "here": "ici",
    "hour": "heure",
    "in doubt: sent or not, nobody knows": "incertains : partis ou non, nul ne le sait",
    "late at most, {share} % of the last {count} texts": (
        "de retard au plus, pour {share} % des {count} derniers textos"
    ),
    "may want no more texts: their texts wait": "ne veulent peut-être plus de textos : les leurs attendent",
    "nobody is named": "personne n’est nommé",
    "nothing is due and waiting": "rien de dû n’attend",
    "of {owner}": "de {owner}",
    "open": "ouvert",
    "quiet hours": "heures calmes",
    "ready": "prêt",
    "since": "depuis",
    "slowed until {time}": "ralenti jusqu’à {time}",
    "the cap is reached": "le plafond est atteint",
    "written to by unknown numbers": "ont écrit de numéros inconnus",
    "{busy} of {room} on the way": "{busy} sur {room} en route",
    "{count} segments a second": "{count} segments par seconde",
    "{provider} does not answer.": "{provider} ne répond pas.",
}

FRENCH_MANY: Final[Mapping[str, tuple[str, str]]] = {
    "All {count} of them": ("Voir la liste", "Voir les {count}"),
    "No text has told {count} people their date, and it is still ahead.": (
        "Aucun texto n’a donné sa date à {count} personne, et elle est encore à venir.",
        "Aucun texto n’a donné leur date à {count} personnes, et elle est encore à venir.",
    ),
    "late, the oldest of {count} that are due": (
        "de retard, pour le seul texto dû",
        "de retard, pour le plus ancien des {count} textos dus",
    ),
    "{count} not at all": ("{count} pas du tout", "{count} pas du tout"),
    "{count} people are told late": (
        "{count} personne est avisée en retard",
        "{count} personnes sont avisées en retard",
    ),
    "{count} texts are due.": ("{count} texto est dû.", "{count} textos sont dus."),
}
