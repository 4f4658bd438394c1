"""In French: settings."""

from collections.abc import Mapping
from typing import Final

FRENCH: Final[Mapping[str, str]] = {
    "90 days": "90 jours",
    "A beginning that ends in a full stop finds all that begins so: user. finds user.added.": (
        "Un début qui finit par un point trouve tout ce qui commence ainsi : user. trouve user.added."
    ),
    "A test text is on its way from {sender}; as things stand it goes {when}.": (
        "Un texto d’essai est en route depuis {sender}; en l’état, il part {when}."
    ),
    "API keys": "Clés d’API",
    "Add": "Ajouter",
    "Add a user": "Ajouter un utilisateur",
    "Add an endpoint": "Ajouter une destination",
    "Address": "Adresse",
    "Ask for no code either: the phone is lost": "Ne plus demander de code non plus : le téléphone est perdu",
    "Audit log": "Journal d’audit",
    "Cap of texts by people": "Plafond des textos des personnes",
    "Caps stand in practice.yaml, and are published like rules.": (
        "Les plafonds sont dans practice.yaml et se publient comme les règles."
    ),
    "Check the providers": "Vérifier les fournisseurs",
    "Counts against the cap": "Compte dans le plafond",
    "Did": "Action",
    "Disable": "Désactiver",
    "Disable {name}": "Désactiver {name}",
    "Ends": "Fin",
    "Event": "Évènement",
    "Event endpoints": "Destinations des évènements",
    "Events go nowhere yet: add the address of your case system, or a mail address of the staff.": (
        "Les évènements ne vont encore nulle part : ajoutez l’adresse de votre système de dossiers, ou une adresse de "
        "courriel du personnel."
    ),
    "Events go to {url} again.": "Les évènements vont de nouveau à {url}.",
    "Events go to {url} now.": "Les évènements vont maintenant à {url}.",
    "Every month": "Tous les mois",
    "Everything was delivered.": "Tout a été livré.",
    "Expected": "Prévu",
    "Give": "Donner",
    "How you sign in": "Votre connexion",
    "In doubt": "Incertain",
    "It goes through every check as any other text, and costs as much.": (
        "Il passe par toutes les vérifications comme tout autre texto, et coûte autant."
    ),
    "It is shown only now, and is to be changed at the next sign-in. Their earlier sessions have ended.": (
        "Il n’est montré que maintenant, et doit être changé à la prochaine connexion. Les sessions "
        "précédentes sont closes."
    ),
    "It is shown only now: give it to the system that calls, as a bearer token.": (
        "Elle n’est montrée que maintenant : donnez-la au système qui appelle, comme jeton « bearer »."
    ),
    "It is shown only now: posts are signed with it, so that the receiver knows they are ours.": (
        "Il n’est montré que maintenant : les envois sont signés avec lui, pour que le destinataire les sache de nous."
    ),
    "It opens for": "Elle ouvre pendant",
    "Kinds of events": "Genres d’évènements",
    "Last used": "Dernier usage",
    "Let in again": "Réadmettre",
    "Mail": "Courriel",
    "Mail, if any": "Courriel, s’il y en a un",
    "Make a key": "Créer une clé",
    "Make another": "En créer une autre",
    "Make it": "Créer",
    "May": "Peut",
    "New password": "Nouveau mot de passe",
    "New secret": "Nouveau secret",
    "No cap is set: say under spending in practice.yaml what a month may cost.": (
        "Aucun plafond : dites sous spending dans practice.yaml ce qu’un mois peut coûter."
    ),
    "No sender uses a provider.": "Aucun expéditeur n’utilise de fournisseur.",
    "None ticked: all; to a mail address, what needs a person.": (
        "Aucun coché : tous; à une adresse de courriel, ce qui demande quelqu’un."
    ),
    "Not delivered": "Non livrés",
    "Nothing goes to {url} until you resume it; what happens meanwhile is kept.": (
        "Rien ne va à {url} jusqu’à la reprise; ce qui se passe entre-temps est conservé."
    ),
    "Nothing has cost anything yet.": "Rien n’a encore rien coûté.",
    "Nothing is noted that fits.": "Rien de noté ne correspond.",
    "Nothing more goes there, and what was not delivered is forgotten.": (
        "Plus rien n’y va, et ce qui n’a pas été livré est oublié."
    ),
    "Nothing: ask an admin for another role.": "Rien : demandez un autre rôle à un administrateur.",
    "One is made and shown once; their sessions end.": (
        "Il est créé et montré une seule fois; les sessions prennent fin."
    ),
    "Pause and resume": "Suspendre et reprendre",
    "Price of a segment": "Prix d’un segment",
    "Providers": "Fournisseurs",
    "Really, as far as known": "Réel, autant que connu",
    "Remove": "Retirer",
    "Revoke": "Révoquer",
    "Revoke {name}": "Révoquer {name}",
    "Role": "Rôle",
    "Role of {name}": "Rôle de {name}",
    "Rotate": "Remplacer",
    "Send a test text": "Envoyer un texto d’essai",
    "Send again": "Renvoyer",
    "Send all that was given up again": "Renvoyer tout ce qui a été abandonné",
    "Send it": "Envoyer",
    "Senders are named in practice.yaml, and published like rules.": (
        "Les expéditeurs sont nommés dans practice.yaml et se publient comme les règles."
    ),
    "Sent again: {count} deliveries go out now.": "Renvoi : {count} livraisons partent maintenant.",
    "Signs in by": "Se connecte par",
    "Signs in with the practice’s identity provider: no password": (
        "Se connecte par le fournisseur d’identité du cabinet : sans mot de passe"
    ),
    "Small letters and digits, - . _ + or @": "Minuscules et chiffres, - . _ + ou @",
    "Spending": "Dépenses",
    "Test text from {practice}, by Quietbell.": "Texto d’essai de {practice}, par Quietbell.",
    "Texts by people at the cap": "Textos des personnes au plafond",
    "Texts by rules at the cap": "Textos des règles au plafond",
    "Texts by rules to a number a day": "Textos des règles par numéro et par jour",
    "That of the system that calls, in small letters: immcase": "Celui du système qui appelle, en minuscules : immcase",
    "The key": "La clé",
    "The key {name} opens nothing any more, within seconds.": (
        "La clé {name} n’ouvre plus rien, d’ici quelques secondes."
    ),
    "The old one opens beside it for": "L’ancienne ouvre aussi pendant",
    "The old one signs nothing more: the receiver needs the new one at once.": (
        "L’ancien ne signe plus rien : il faut tout de suite le nouveau au destinataire."
    ),
    "The password of": "Le mot de passe de",
    "The secret of": "Le secret de",
    "There is no key yet: a case system needs one to call the API.": (
        "Il n’y a pas encore de clé : un système de dossiers en a besoin pour appeler l’API."
    ),
    "There is nothing to check.": "Il n’y a rien à vérifier.",
    "There was nothing to send again.": "Il n’y avait rien à renvoyer.",
    "This month": "Ce mois-ci",
    "To what": "Sur quoi",
    "To: your own number, or a contact’s ref": "À : votre propre numéro, ou la référence d’un contact",
    "Users": "Utilisateurs",
    "What came of it": "Ce qu’il en est advenu",
    "What changed": "Ce qui a changé",
    "What each role may do": "Ce que chaque rôle permet",
    "What it may do": "Ce qu’elle permet",
    "What you may do": "Ce que vous pouvez faire",
    "Whoever calls with this key is let in no more. It cannot be undone.": (
        "Qui appelle avec cette clé n’est plus admis. C’est irréversible."
    ),
    "Without a price yet": "Encore sans prix",
    "Words": "Texte",
    "You sign in with your practice’s identity provider.": (
        "Vous vous connectez par le fournisseur d’identité du cabinet."
    ),
    "Yourself": "Vous-même",
    "a day": "un jour",
    "a delivery report says that a text arrived": "un accusé dit qu’un texto est arrivé",
    "a number opted out: it gets no more texts": "un numéro s’est désabonné : il ne reçoit plus de textos",
    "a person confirmed, declined or wants another date": "une personne a confirmé, décliné ou veut une autre date",
    "a provider closed the account or a sender: its texts wait": (
        "un fournisseur a fermé le compte ou un expéditeur : ses textos attendent"
    ),
    "a text came due and did not reach its person: refused, forbidden or not delivered": (
        "un texto dû n’a pas atteint sa personne : refusé, interdit ou non livré"
    ),
    "a text did not go while it was of use": "un texto n’est pas parti tant qu’il était utile",
    "a text that was due waits for a later moment": "un texto dû attend un moment ultérieur",
    "a week": "une semaine",
    "a year": "un an",
    "add, change and remove contacts and occasions": "ajouter, modifier et retirer des contacts et des évènements",
    "again {time}": "de nouveau à {time}",
    "all": "tous",
    "answer, assign, link, note and mark conversations": (
        "répondre aux conversations, les attribuer, lier, annoter et marquer"
    ),
    "are blocked": "sont bloqués",
    "asked for at each sign-in": "demandés à chaque connexion",
    "cancel, reschedule, reopen and settle jobs": "annuler, déplacer, rouvrir et trancher des envois",
    "closed": "fermée",
    "disabled": "désactivé",
    "ending": "en fin de vie",
    "export and erase what is kept of a contact": "exporter et effacer ce qui est conservé d’un contact",
    "fail": "échec",
    "given up": "abandonné",
    "go with a warning": "partent avec un avertissement",
    "has a password to change": "a un mot de passe à changer",
    "https://… to post to, or mailto:… for the staff": "https://… pour un envoi, ou mailto:… pour le personnel",
    "identity provider": "fournisseur d’identité",
    "known here": "connu ici",
    "manage the endpoints that events go to": "gérer les destinations des évènements",
    "manage users and API keys": "gérer les utilisateurs et les clés d’API",
    "never": "jamais",
    "no": "non",
    "no text has told a person the present start: they are to be phoned": (
        "aucun texto n’a donné à une personne la date actuelle : il faut l’appeler"
    ),
    "no time": "aucun temps",
    "nobody knows whether a text was sent": "nul ne sait si un texto est parti",
    "not asked for": "non demandés",
    "ok": "bon",
    "password": "mot de passe",
    "password and code": "mot de passe et code",
    "pause and resume": "suspendre et reprendre",
    "plan and publish rules and templates": "planifier et publier des règles et des modèles",
    "read conversations": "lire les conversations",
    "read the audit log": "lire le journal d’audit",
    "revoked": "révoquée",
    "see contacts and occasions": "voir les contacts et les évènements",
    "see jobs, texts, their timelines and costs": "voir les envois, les textos, leur parcours et leurs coûts",
    "see rules, templates and revisions": "voir les règles, les modèles et les révisions",
    "see whole phone numbers and words in the views of operations": (
        "voir les numéros et les textes entiers dans les vues d’exploitation"
    ),
    "send texts in a named person's name": "envoyer des textos au nom d’une personne nommée",
    "send texts in nobody's name: those of the case system itself": (
        "envoyer des textos au nom de personne : ceux du système de dossiers lui-même"
    ),
    "send texts in quiet hours, with a reason": "envoyer des textos aux heures calmes, avec un motif",
    "somebody wrote to the practice": "quelqu’un a écrit au cabinet",
    "the provider accepted a text": "le fournisseur a accepté un texto",
    "two years": "deux ans",
    "unknown here": "inconnu ici",
    "until it is revoked": "jusqu’à révocation",
    "warn": "à voir",
    "when it is revoked": "à sa révocation",
    "yes": "oui",
    "{name} has the role {role} now.": "{name} a maintenant le rôle {role}.",
    "{name} is let in no more, and their sessions end. What they did keeps their name.": (
        "{name} n’est plus admis, et ses sessions prennent fin. Ce qui a été fait garde son nom."
    ),
    "{name} may sign in again.": "{name} peut de nouveau se connecter.",
    "{name} may sign in no more; their sessions have ended.": (
        "{name} ne peut plus se connecter; ses sessions sont closes."
    ),
    "{name} may sign in with the practice’s identity provider.": (
        "{name} peut se connecter par le fournisseur d’identité du cabinet."
    ),
    "{spent} of {cap}, what is reserved for texts in doubt included.": (
        "{spent} sur {cap}, y compris ce qui est réservé pour les textos incertains."
    ),
    "{spent}; there is no cap.": "{spent}; il n’y a pas de plafond.",
    "{url} was removed, with what had not been delivered there.": (
        "{url} est retirée, avec ce qui n’y avait pas été livré."
    ),
}

FRENCH_MANY: Final[Mapping[str, tuple[str, str]]] = {
    "{count} attempts": ("{count} tentative", "{count} tentatives"),
}
