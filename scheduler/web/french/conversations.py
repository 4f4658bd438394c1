"""In French: conversations, and the box that a text is written in."""

from collections.abc import Mapping
from typing import Final

FRENCH: Final[Mapping[str, str]] = {
    "Inbox": "Boîte de réception",
    "Waits for an answer": "Attend une réponse",
    "Unread": "Non lues",
    "Nobody's number": "Numéros inconnus",
    "Assigned to me": "À moi",
    "Snoozed": "En veille",
    "The texts of this number are {contact}'s now; their phone stays as it was.": (
        "Les textos de ce numéro sont maintenant ceux de {contact}; son téléphone reste tel quel."
    ),
    "Done: nothing waits here any more.": "C’est fait : plus rien n’attend ici.",
    "There is no such person here.": "Cette personne n’existe pas ici.",
    "{name} sees to it now.": "{name} s’en occupe maintenant.",
    "Assigned to nobody.": "Attribuée à personne.",
    "Back in the inbox.": "De retour dans la boîte de réception.",
    "Choose a moment ahead until which it is out of the inbox.": (
        "Choisissez un moment à venir jusqu’auquel elle quitte la boîte de réception."
    ),
    "Out of the inbox until then, or until they write.": (
        "Hors de la boîte de réception jusque-là, ou jusqu’au prochain texto reçu."
    ),
    "A note has 1 to 2,000 characters.": "Une note compte de 1 à 2 000 caractères.",
    "Noted. Only the staff see it.": "C’est noté. Seul le personnel le voit.",
    "Give a contact's reference or a case's.": "Donnez la référence d’un contact ou d’un dossier.",
    "Linked to the case.": "Liée au dossier.",
    "There is no contact {contact}.": "Il n’y a pas de contact {contact}.",
    "The text is on its way.": "Le texto est en route.",
    "The text waits: it will go {moment}.": "Le texto attend : il partira {moment}.",
    "The text will go {moment}.": "Le texto partira {moment}.",
    "This template cannot be filled in here. Choose what it is about, or another template.": (
        "Ce modèle ne peut pas être rempli ici. Choisissez ce dont il parle, ou un autre modèle."
    ),
    "Write something first.": "Écrivez d’abord quelque chose.",
    "Write a day and a time, or leave it empty for now.": (
        "Écrivez un jour et une heure, ou laissez vide pour maintenant."
    ),
    "This moment has passed: choose a later one, or leave it empty for now.": (
        "Ce moment est passé : choisissez-en un autre, ou laissez vide pour maintenant."
    ),
    "Say why it must go now: the reason is kept with the text.": (
        "Dites pourquoi il doit partir maintenant : la raison est gardée avec le texto."
    ),
    "Your role may not send in quiet hours.": "Votre rôle ne permet pas d’envoyer pendant les heures calmes.",
    "Look at the warning below, and say whether it is to go all the same.": (
        "Lisez l’avertissement, et dites s’il doit partir malgré tout."
    ),
    "It was not sent.": "Il n’a pas été envoyé.",
    "This box was sent before with other words. Load the page again to write another text.": (
        "Ce formulaire a déjà été envoyé avec d’autres mots. Rechargez la page pour écrire un autre texto."
    ),
    "Nothing can be sent before rules are published.": "Rien ne peut être envoyé avant la publication de règles.",
    "Your role may read here, and not send texts.": "Votre rôle permet de lire ici, non d’envoyer des textos.",
    "This person wants no texts ({how}). Nothing may go to this number until they write START.": (
        "Cette personne ne veut pas de textos ({how}). Rien ne peut aller à ce numéro avant qu’elle écrive START."
    ),
    "No text can go there.": "Aucun texto ne peut y aller.",
    "Your role may not send texts.": "Votre rôle ne permet pas d’envoyer des textos.",
    "Your role may not text a number that is no contact's.": (
        "Votre rôle ne permet pas d’écrire à un numéro qui n’est à aucun contact."
    ),
    "Your role may not text a number abroad.": "Votre rôle ne permet pas d’écrire à un numéro à l’étranger.",
    "The month's spending cap is reached: your role may not send past it.": (
        "Le plafond de dépenses du mois est atteint : votre rôle ne permet pas de le dépasser."
    ),
    "Your role may not send sensitive content.": "Votre rôle ne permet pas d’envoyer un contenu sensible.",
    "Say whom it is for: a phone number, or a contact's reference.": (
        "Dites à qui il s’adresse : un numéro de téléphone, ou la référence d’un contact."
    ),
    "Why no text can be sent": "Pourquoi aucun texto ne peut être envoyé",
    "Who can help: {names}.": "Qui peut aider : {names}.",
    "Phone them, or write a letter.": "Téléphonez-lui, ou écrivez une lettre.",
    "Begin with a template": "Commencer par un modèle",
    "Template": "Modèle",
    "About which appointment, where it names one": "De quel rendez-vous, s’il en nomme un",
    "Put into the box": "Mettre dans le texto",
    "To: a phone number, or a contact's reference": "À : un numéro de téléphone, ou la référence d’un contact",
    "For whom of this number": "Pour qui, parmi ceux de ce numéro",
    "Text": "Texto",
    "I have looked: send it all the same": "J’ai vérifié : l’envoyer quand même",
    "Send later{more}": "Envoyer plus tard{more}",
    ", or in quiet hours": ", ou pendant les heures calmes",
    "When ({zone}); empty for now": "Quand ({zone}); vide pour maintenant",
    "Send it even in quiet hours": "L’envoyer même pendant les heures calmes",
    "Why it cannot wait": "Pourquoi il ne peut pas attendre",
    "Send": "Envoyer",
    "nobody's number": "numéro inconnu",
    "We:": "Nous :",
    "waits for an answer": "attend une réponse",
    "snoozed until {moment}": "en veille jusqu’au {moment}",
    "No conversation fits. Look in another folder, or search for less.": (
        "Aucune conversation ne correspond. Voyez un autre dossier, ou cherchez plus large."
    ),
    "Nobody has written yet. What people write back appears here.": (
        "Personne n’a encore écrit. Ce que les gens répondent apparaît ici."
    ),
    "Nothing here.": "Rien ici.",
    "Older ones": "Plus anciennes",
    "about {sum}": "environ {sum}",
    "{characters} needs the longer alphabet": "{characters} demande le grand alphabet",
    "It would not go:": "Il ne partirait pas :",
    "Quiet hours: it will go {moment}.": "Heures calmes : il partira {moment}.",
    "It will wait until {moment}: {why}": "Il attendra jusqu’au {moment} : {why}",
    "Mark as read": "Marquer comme lue",
    "Nothing to answer": "Rien à répondre",
    "People of this number": "Personnes de ce numéro",
    "What was said": "Ce qui a été dit",
    "Texts, the newest last": "Textos, le plus récent à la fin",
    "Contact": "Contact",
    "Seen to by": "Suivi par",
    "nobody": "personne",
    "Who sees to it": "Qui s’en occupe",
    "Assign to": "Attribuer à",
    "nobody in particular": "personne en particulier",
    "Assign": "Attribuer",
    "Snooze": "Mettre en veille",
    "Back to the inbox": "Remettre dans la boîte",
    "1 hour": "1 heure",
    "Tomorrow 9:00": "Demain 9 h",
    "1 week": "1 semaine",
    "It comes back at that time, or when they write.": "Elle revient à ce moment, ou dès qu’un texto arrive.",
    "Note for the staff": "Note pour le personnel",
    "Note": "Note",
    "Note it": "Noter",
    "Whose it is": "À qui elle est",
    "Contact's reference": "Référence du contact",
    "Link": "Lier",
    "Not sent yet": "Pas encore envoyés",
    "A new text has come.": "Un nouveau texto est arrivé.",
    "Tell me of new texts": "M’avertir des nouveaux textos",
    "New text": "Nouveau texto",
    "Folders": "Dossiers",
    "Name, reference or number": "Nom, référence ou numéro",
    "on its way": "en route",
    "not delivered": "non livré",
    "Note by {name}, for the staff alone": "Note de {name}, pour le personnel seulement",
    "by rule": "par règle",
    "answered by itself": "réponse automatique",
    "(words not shown to your role)": "(texte non montré à votre rôle)",
    "Came with it: {kind}": "Venu avec : {kind}",
    "Why: the life of this text": "Pourquoi : la vie de ce texto",
    "why": "pourquoi",
}

FRENCH_MANY: Final[Mapping[str, tuple[str, str]]] = {
    "{count} new ones": ("{count} nouveau", "{count} nouveaux"),
    "{count} segments": ("{count} segment", "{count} segments"),
    "plainer letters save {count} segments": (
        "des lettres simples épargnent {count} segment",
        "des lettres simples épargnent {count} segments",
    ),
}
