"""In French: rules and templates."""

from collections.abc import Mapping
from typing import Final

FRENCH: Final[Mapping[str, str]] = {
    "A file of rules": "Un fichier de règles",
    "A text, in every language": "Un texte, dans chaque langue",
    "Action": "Action",
    "Add a file or a text": "Ajouter un fichier ou un texte",
    "Add it to the draft": "L’ajouter au brouillon",
    "After the end": "Après la fin",
    "Another revision was published since this plan was made: look at both sides, then plan again.": (
        "Une autre révision a été publiée depuis ce plan : regardez les deux côtés, puis refaites le plan."
    ),
    "As a form": "En formulaire",
    "As text": "En texte",
    "Ask for the number above": "Demander le nombre au-delà de",
    "At (HH:MM)": "À (HH:MM)",
    "At its longest {segments} of {budget} segments, {units} units.": (
        "Au plus long : {segments} segments sur {budget}, {units} unités."
    ),
    "Before the start": "Avant le début",
    "Begin": "Commencer",
    "Both sides": "Les deux côtés",
    "By rule": "Par règle",
    "Check and plan": "Vérifier et planifier",
    "Choose a side for each file that both of you changed.": (
        "Choisissez un côté pour chaque fichier que vous avez modifié tous les deux."
    ),
    "Choose a side.": "Choisissez un côté.",
    "Comes over from them: {files}.": "Repris de l’autre côté : {files}.",
    "Compare with the current one": "Comparer avec l’actuelle",
    "Differences": "Différences",
    "Discard it": "L’abandonner",
    "Discard the draft": "Abandonner le brouillon",
    "Draft": "Brouillon",
    "Draft kept": "Brouillon conservé",
    "Every text starts with": "Chaque texte commence par",
    "File": "Fichier",
    "For a typical contact.": "Pour un contact typique.",
    "For the contact (ref)": "Pour le contact (réf.)",
    "For {name}, with what they have coming.": "Pour {name}, avec ce qui est prévu.",
    "Hours for corrections": "Heures des rectificatifs",
    "Hours in which texts may go": "Heures d’envoi permises",
    "How the texts read": "Comment se lisent les textes",
    "If it is late already": "Si c’est déjà trop tard",
    "In quiet hours": "En heures de silence",
    "It leaves your draft. What is published keeps it until you publish.": (
        "Il quitte votre brouillon. Ce qui est publié le garde jusqu’à votre publication."
    ),
    "Its phone": "Son téléphone",
    ("Jobs are still being brought in line with what was published before: {done} of {total} occasions are done."): (
        "Les envois sont encore mis en accord avec la publication précédente : {done} événements sur {total}."
    ),
    "Keep and check": "Conserver et vérifier",
    "Keep and go on to publish": "Conserver et passer à la publication",
    "Keep in the draft": "Conserver dans le brouillon",
    "Keep it": "Le garder",
    "Keeping…": "Enregistrement…",
    "Languages": "Langues",
    "Later": "Plus tard",
    "Lay my draft upon {revision}": "Poser mon brouillon sur {revision}",
    "Letters, digits and hyphens; of a text small letters, digits and underscores.": (
        "Lettres, chiffres et traits d’union; pour un texte, minuscules, chiffres et traits de soulignement."
    ),
    "More than {most} texts would go that did not, or at another time: {sends}.": (
        "Plus de {most} textes partiraient en plus ou à un autre moment : {sends}."
    ),
    "Name of the practice": "Nom du cabinet",
    "New texts as they would read": "Les nouveaux textes tels qu’ils se liraient",
    "No rule uses it: it is published once one does.": "Aucune règle ne l’utilise : il sera publié dès qu’une le fera.",
    "No text to show: the rules here name none, or cannot be read yet.": (
        "Aucun texte à montrer : les règles d’ici n’en nomment pas ou ne se lisent pas encore."
    ),
    "Not kept: no connection. What you typed stays here.": (
        "Non conservé : pas de connexion. Ce que vous avez écrit reste ici."
    ),
    "Note": "Note",
    "Nothing is published yet.": "Rien n’est encore publié.",
    "Nothing is published yet. Begin with a small practice, and change it to yours.": (
        "Rien n’est encore publié. Commencez par un petit cabinet et adaptez-le au vôtre."
    ),
    "Nothing is wrong here.": "Rien à signaler ici.",
    "Nothing would be sent in the next 14 days.": "Rien ne serait envoyé dans les 14 prochains jours.",
    "Only the 2,000 occasions that begin first were looked at.": (
        "Seuls les 2 000 premiers événements ont été examinés."
    ),
    "Plan": "Plan",
    "Plan the publish": "Planifier la publication",
    "Plan {id}": "Plan {id}",
    "Publish": "Publier",
    "Publish plan {id}": "Publier le plan {id}",
    "Published": "Publiée",
    "Return to it": "Y revenir",
    "Return to {revision}": "Revenir à {revision}",
    "Revision": "Révision",
    "Revisions": "Révisions",
    "Rules": "Règles",
    "Run it over the past": "L’essayer sur le passé",
    "See both sides": "Voir les deux côtés",
    "See the differences": "Voir les différences",
    "Settings and rules": "Réglages et règles",
    "Settings of the practice": "Réglages du cabinet",
    "Somebody published meanwhile": "Quelqu’un a publié entre-temps",
    "Somebody published {revision} since your draft began with {base}. Nothing of yours is lost.": (
        "Quelqu’un a publié {revision} depuis que votre brouillon a commencé avec {base}. Rien de votre "
        "travail n’est perdu."
    ),
    "Stays as you wrote it: {files}.": "Reste tel que vous l’avez écrit : {files}.",
    "Step": "Étape",
    "Take it out": "Le retirer",
    "Take the file out": "Retirer le fichier",
    "Text": "Texte",
    "Text in {language}": "Texte en {language}",
    "Text of {file}": "Texte de {file}",
    "Texts": "Textes",
    "Texts that read otherwise: {names}.": "Textes qui se lisent autrement : {names}.",
    "The check finds nothing wrong.": "La vérification ne trouve rien à redire.",
    "The draft has errors: once they are mended, what it would send is shown here.": (
        "Le brouillon a des erreurs : une fois corrigées, ce qu’il enverrait s’affiche ici."
    ),
    "The draft says the same as what is published: there is nothing to publish.": (
        "Le brouillon dit la même chose que ce qui est publié : il n’y a rien à publier."
    ),
    "The first revision": "La première révision",
    "The form changes the same text, and nothing else of it: comments and order stay.": (
        "Le formulaire modifie le même texte, et rien d’autre : les commentaires et l’ordre restent."
    ),
    "The nearest ones": "Les plus proches",
    "The next reminders by this draft": "Les prochains rappels selon ce brouillon",
    "The plan shows them.": "Le plan les montre.",
    "The text is as it was.": "Le texte est inchangé.",
    "Their note: {note}": "Sa note : {note}",
    "Their text of {file}": "Son texte de {file}",
    "Theirs, published": "L’autre, publié",
    "There is no contact {ref}; this is for a typical one.": (
        "Il n’y a pas de contact {ref}; voici pour un contact typique."
    ),
    "There is no difference.": "Il n’y a aucune différence.",
    "These characters force UCS-2, 70 to a segment:": "Ces caractères imposent UCS-2, 70 par segment :",
    "They took it out.": "L’autre l’a retiré.",
    "This draft cannot be planned: mend the errors first.": (
        "Ce brouillon ne peut pas être planifié : corrigez d’abord les erreurs."
    ),
    "This file has no form: it is edited as text.": "Ce fichier n’a pas de formulaire : il se modifie en texte.",
    (
        "This file was changed in another window meanwhile. What you typed is below; this is what stands "
        "there now. Bring them together, then keep it."
    ): (
        "Ce fichier a été modifié dans une autre fenêtre. Votre texte est ci-dessous; voici ce qui s’y "
        "trouve maintenant. Réunissez les deux, puis conservez."
    ),
    "This is not the number of new and moved texts.": "Ce n’est pas le nombre de textes nouveaux et déplacés.",
    "This makes {revision} current in place of {base}.": "{revision} devient l’actuelle à la place de {base}.",
    "This plan was published": "Ce plan a été publié",
    "This revision is the current one.": "Cette révision est l’actuelle.",
    "Type how many texts are new or moved": "Tapez combien de textes sont nouveaux ou déplacés",
    "Type the number of new and moved texts, to show that you have seen it.": (
        "Tapez le nombre de textes nouveaux et déplacés, pour montrer que vous l’avez vu."
    ),
    "Used by {steps}.": "Utilisé par {steps}.",
    "What": "Quoi",
    "What differs from {base}": "Ce qui diffère de {base}",
    "What it may name": "Ce qu’il peut nommer",
    "What publishing would do": "Ce que ferait la publication",
    "What stands there now": "Ce qui s’y trouve maintenant",
    "What the check says": "Ce que dit la vérification",
    "What they changed": "Ce que l’autre a changé",
    "What you wrote since the last publish is gone then. What is published stays.": (
        "Ce que vous avez écrit depuis la dernière publication disparaît alors. Ce qui est publié reste."
    ),
    "Whom": "À qui",
    "Why (kept with the revision)": "Pourquoi (gardé avec la révision)",
    "You have a draft, kept": "Vous avez un brouillon, conservé",
    "You took it out.": "Vous l’avez retiré.",
    "Your draft": "Votre brouillon",
    "Your draft began with {base}. {author} published {revision} since, and your draft is kept as it is.": (
        "Votre brouillon a commencé avec {base}. {author} a publié {revision} depuis, et votre brouillon "
        "est gardé tel quel."
    ),
    "Your draft is gone; what is published stands as it was.": (
        "Votre brouillon a disparu; ce qui est publié reste tel quel."
    ),
    "Your draft is kept.": "Votre brouillon est conservé.",
    "Your draft is kept. Nothing is published by that.": "Votre brouillon est conservé. Rien n’est publié pour autant.",
    "Your draft lies upon {revision} now. Look it over, then plan it.": (
        "Votre brouillon repose maintenant sur {revision}. Relisez-le, puis planifiez."
    ),
    "Your text of {file}; it may be changed here": "Votre texte de {file}; il peut être modifié ici",
    "Yours": "Le vôtre",
    "a correction": "un rectificatif",
    "a reminder": "un rappel",
    "already sent": "déjà envoyés",
    "an acknowledgement": "un accusé de réception",
    "an automatic answer": "une réponse automatique",
    "as published": "comme publié",
    "as they are": "inchangés",
    "as usual": "comme d’habitude",
    "becomes": "devient",
    "cancelled texts": "annulés",
    "changed": "modifié",
    "current": "actuelle",
    "error": "erreur",
    "filters": "filtres",
    "made": "établi",
    "moved": "déplacé",
    "new": "nouveau",
    "new texts": "nouveaux textes",
    "new texts, about": "nouveaux textes, environ",
    "not used": "inutilisé",
    "other": "autres",
    "removed": "retiré",
    "the practice's settings": "les réglages du cabinet",
    "too late": "trop tard",
    "warning": "avertissement",
    "was": "était",
    "{file} as a form": "{file} en formulaire",
    "{file} is in your draft.": "{file} est dans votre brouillon.",
    "{file} is taken out of your draft.": "{file} est retiré de votre brouillon.",
    "{file}: both of you changed it": "{file} : modifié des deux côtés",
    "{revision} is published. Jobs that are due later are brought in line within minutes.": (
        "{revision} est publiée. Les envois plus lointains sont mis en accord en quelques minutes."
    ),
    "{units} units": "{units} unités",
}

FRENCH_MANY: Final[Mapping[str, tuple[str, str]]] = {
    "Plain letters save {count} segments.": (
        "Des lettres simples épargnent {count} segment.",
        "Des lettres simples épargnent {count} segments.",
    ),
    "and {count} more of them": ("et {count} de plus", "et {count} de plus"),
    "{count} files differ from what is published.": (
        "{count} fichier diffère de ce qui est publié.",
        "{count} fichiers diffèrent de ce qui est publié.",
    ),
    "{count} more in other files of the draft": (
        "{count} autre dans d’autres fichiers",
        "{count} autres dans d’autres fichiers",
    ),
    "{count} reminders in the next 14 days, by this draft.": (
        "{count} rappel dans les 14 prochains jours, selon ce brouillon.",
        "{count} rappels dans les 14 prochains jours, selon ce brouillon.",
    ),
    "{count} segments": ("{count} segment", "{count} segments"),
    "{count} things to look at": ("{count} point à regarder", "{count} points à regarder"),
}
