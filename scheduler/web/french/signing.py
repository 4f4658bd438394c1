"""In French: signing in, errors, and the frame around every page."""

from collections.abc import Mapping
from typing import Final

FRENCH: Final[Mapping[str, str]] = {
    "A code is asked for at each sign-in.": "Un code est demandé à chaque connexion.",
    "Ask me for codes from now on": "Me demander des codes désormais",
    "Ask me for no code any more": "Ne plus me demander de code",
    "Begin again": "Recommencer",
    "Change the password": "Changer le mot de passe",
    "Code": "Code",
    "Codes from your phone": "Codes de votre téléphone",
    "Give this secret to an app that makes codes, then write the code that it shows.": (
        "Donnez ce secret à une application qui crée des codes, puis écrivez le code qu’elle affiche."
    ),
    "In which practice?": "Dans quel cabinet ?",
    "Language": "Langue",
    "Name": "Nom",
    "New password, 12 characters or more": "Nouveau mot de passe, 12 caractères ou plus",
    "New password, once more": "Nouveau mot de passe, encore une fois",
    "Not signed in": "Pas de connexion",
    "Open it in an app on this device": "L’ouvrir dans une application de cet appareil",
    "Password": "Mot de passe",
    "Practice": "Cabinet",
    "Present password": "Mot de passe actuel",
    "Sign in": "Se connecter",
    "Sign in with a password": "Se connecter par mot de passe",
    "Sign in with {provider}": "Se connecter avec {provider}",
    "Sign out": "Se déconnecter",
    "Six digits": "Six chiffres",
    "Something broke here. It has been noted; nothing was half done. Try again in a moment.": (
        "Une erreur s’est produite ici. Elle a été notée ; rien n’a été fait à moitié. Réessayez dans un instant."
    ),
    "Something in this address or form is not as it should be.": (
        "Quelque chose dans cette adresse ou ce formulaire n’est pas correct."
    ),
    "Somebody else made your present password: choose one of your own.": (
        "Votre mot de passe actuel a été créé par quelqu’un d’autre : choisissez le vôtre."
    ),
    "That took too long. Please begin again.": "Cela a pris trop de temps. Veuillez recommencer.",
    "The code from your phone": "Le code de votre téléphone",
    "The name or the password is wrong.": "Le nom ou le mot de passe est incorrect.",
    "The new password is the present one.": "Le nouveau mot de passe est le mot de passe actuel.",
    "The new password was not written the same twice.": "Les deux nouveaux mots de passe ne sont pas identiques.",
    "The place where you sign in cannot be reached just now. Try again in a moment, or use a password.": (
        "Le service de connexion est injoignable en ce moment. Réessayez dans un instant, ou utilisez un mot de passe."
    ),
    "The present password is wrong.": "Le mot de passe actuel est incorrect.",
    "There is no such page, or nothing of yours at this address.": (
        "Cette page n’existe pas, ou rien ne vous appartient à cette adresse."
    ),
    "There were too many attempts. Try again in {seconds} seconds.": (
        "Il y a eu trop de tentatives. Réessayez dans {seconds} secondes."
    ),
    "This code is not right, or was used before. Write the one that the phone shows now.": (
        "Ce code est incorrect ou a déjà servi. Écrivez celui que le téléphone affiche maintenant."
    ),
    "This code is not right: check the phone’s clock, and write the code that it shows now.": (
        "Ce code est incorrect : vérifiez l’heure du téléphone, et écrivez le code qu’il affiche maintenant."
    ),
    "This did not work": "Cela n’a pas fonctionné",
    "This form is too old, or did not come from these pages. Go back, load the page again, and retry.": (
        "Ce formulaire est trop ancien, ou ne vient pas de ces pages. Revenez, rechargez la page et réessayez."
    ),
    "This is too much for one form.": "C’est trop pour un seul formulaire.",
    "This sign-in was begun too long ago, or in another browser. Please begin again.": (
        "Cette connexion a été commencée il y a trop longtemps, ou dans un autre navigateur. Veuillez recommencer."
    ),
    "To the content": "Aller au contenu",
    "To the first page": "Retour à l’accueil",
    "What came back from there cannot be trusted, so nobody was signed in. Please tell whoever runs this.": (
        "La réponse reçue n’est pas digne de confiance : personne n’a été connecté. Avertissez votre administrateur."
    ),
    "You are not a user here yet. Ask an admin of your practice to add you.": (
        "Vous n’avez pas encore d’accès ici. Demandez à un administrateur de votre cabinet de vous ajouter."
    ),
    "You were not signed in there. Please begin again.": "La connexion n’a pas abouti. Veuillez recommencer.",
    "Your address is not confirmed there. Confirm it, then sign in again.": (
        "Votre adresse n’y est pas confirmée. Confirmez-la, puis reconnectez-vous."
    ),
    "Your password": "Votre mot de passe",
    "Your role does not allow this.": "Votre rôle ne le permet pas.",
    "{name}, {practice}": "{name}, {practice}",
}

FRENCH_MANY: Final[Mapping[str, tuple[str, str]]] = {}
"""By the English sentence for more than one: the French for 0 and 1, and for more."""
