"""Ordinary reminders of a law office and a clinic, English and French, from templates: nothing in them is sensitive.

The same seed makes the same texts. They hold what looks like a secret from afar: phones, cases, amounts, door codes.
"""

import datetime as dt
import random
from dataclasses import dataclass

ENGLISH = (
    "Northlight: Hi {name}, your {kind} is {weekday}, {date_en} at {time_en}. Reply C to confirm or R to reschedule.",
    "Reminder: {kind} on {iso} at {clock}, {street} Street, suite {suite}. Questions? Call {phone}.",
    "{name}, bring your passport and two photos to the {kind} on {date_en}, {time_en}. File {imm}.",
    "Northlight: please bring your passport, form IMM 5645 and {money} to room {room} on {date_en}. Ref {case}.",
    "Your passport is ready for pick-up at {street} Street from {date_en}, {clock}. File no. {number}.",
    "Payment of {money} for invoice {invoice} is due {iso}. Pay at https://pay.example.com/i/{token} or call {phone}.",
    "Balance {money} for matter {matter} was due {slashes}. If you have paid, thank you. {phone}",
    "Your hearing is {weekday} {date_en} at {time_en}, IRB file {irb}. Dress code: business.",
    "Video {kind} {date_en} {time_en}: https://zoom.us/j/{meeting}?pwd={token}. Meeting ID: {grouped}.",
    "Join by phone: {toll_free}, conference ID {grouped}, on {iso} at {clock}. {name}, see you there.",
    "Door code {suite}#, then suite {room}, {street} Street, {postal}. See you {weekday} at {time_en}.",
    "Hi {name}, your confirmation number is {number}. {kind} on {date_en} at {time_en}. Text {phone} with questions.",
    "Biometrics {date_en} {clock} at {street} Ave, {postal}. Bring passport, letter {case} and your appointment page.",
    "Reminder for {name}: deadline {iso} to send {count} documents for application {imm}. Call {phone} ext. {suite}.",
    "Postal code {postal}, area code 514: please check your address before {date_en}. Northlight, {phone}.",
    "We moved! {street} Street, unit {suite}, from {date_en}. Parking code {room}, spot {count}. Tel. {phone}.",
    "{name}: interpreter booked for {weekday} {time_en}. Case {case}, court file {court}.",
    "Instalment {count} of 6: {money}, due {slashes}. Total paid so far {money}. Invoice {invoice}.",
    "Forgot your password to the portal? Call {phone} before your {kind} on {date_en} at {clock}.",
    "Your access code will be sent by mail before {date_en}. Questions: {phone} or {phone}.",
    "Test results are discussed {weekday} {date_en} {time_en} with Dr {name}. Bring your health card. {phone}",
    "Flight AC{suite} lands {clock}; your {kind} moved to {date_en}, {time_en}. Ref. {case}",
    "Password: see the letter we mailed on {date_en}. Portal opens {iso} {clock}. Help {phone}.",
    "Courier {tracking} arrives {date_en}, {clock}. Please have someone at {street} Street, apt {suite}.",
    "Hi {name}, work permit file {imm}: we need {count} pay stubs of {money} by {slashes}, {clock}. {intl}",
)
FRENCH = (
    "Northlight : Bonjour {name}, votre {kind_fr} est le {weekday_fr} {date_fr} à {time_fr}. Répondez C pour oui.",
    "Rappel : {kind_fr} le {iso} à {time_fr}, {street}, rue Saint-Jacques, bureau {suite}. Questions ? {phone}",
    "{name}, apportez votre passeport et deux photos à la {kind_fr} du {date_fr}, {time_fr}. Dossier {imm}.",
    "Apportez votre passeport, le formulaire IMM 5645 et {money_fr} à la salle {room} le {date_fr}. Réf. {case}",
    "Votre passeport est prêt : {street}, rue Sherbrooke, dès le {date_fr} à {time_fr}. Dossier n° {number}.",
    "Paiement de {money_fr} pour la facture {invoice} attendu le {iso}. Payez ici : https://payer.example.com/f/{token}",
    "Le solde de {money_fr} du dossier {matter} était dû le {slashes}. Si c\u2019est fait, merci. {phone}",
    "Votre audience est le {weekday_fr} {date_fr} à {time_fr}, CISR {irb}. Code vestimentaire : tenue de ville.",
    "Rencontre vidéo le {date_fr} à {time_fr} : https://zoom.us/j/{meeting}?pwd={token}. ID de réunion : {grouped}.",
    "Par téléphone : {toll_free}, conférence n° {grouped}, le {iso} à {time_fr}. À bientôt, {name}.",
    "Code de la porte {suite}#, puis bureau {room}, {street}, rue Guy, {postal}. À {weekday_fr}, {time_fr}.",
    "Bonjour {name}, votre numéro de confirmation est le {number}. {kind_fr} le {date_fr} à {time_fr}.",
    "Biométrie le {date_fr} à {time_fr}, {street}, av. du Parc, {postal}. Passeport et lettre {case} à apporter.",
    "Rappel pour {name} : date limite {iso} pour envoyer {count} pièces, demande {imm}. {phone} poste {suite}",
    "Code postal {postal}, indicatif 514 : vérifiez votre adresse avant le {date_fr}. Northlight, {phone}.",
    "Nous déménageons : {street}, rue Peel, bureau {suite}, dès le {date_fr}. Stationnement {room}. Tél. {phone}",
    "{name} : interprète réservé {weekday_fr} à {time_fr}. Dossier {case}, numéro de cour {court}.",
    "Versement {count} de 6 : {money_fr}, dû le {slashes}. Déjà payé : {money_fr}. Facture {invoice}.",
    "Mot de passe oublié ? Appelez le {phone} avant votre {kind_fr} du {date_fr} à {time_fr}.",
    "Votre code d\u2019accès sera posté avant le {date_fr}. Questions : {phone} ou {phone}.",
    "Vos résultats : {weekday_fr} {date_fr}, {time_fr}, Dre {name}. Apportez votre carte-soleil. {phone}",
    "Vol AC{suite} à {time_fr} ; votre {kind_fr} passe au {date_fr}, {time_fr}. Réf. {case}",
    "Mot de passe : voir la lettre postée le {date_fr}. Le portail ouvre le {iso} à {time_fr}. Aide : {phone}",
    "Colis {tracking} prévu le {date_fr}, {time_fr}. Soyez au {street}, rue Cartier, app. {suite}.",
    "Bonjour {name}, permis de travail {imm} : {count} talons de {money_fr} avant le {slashes}, {time_fr}. {intl}",
)

_NAMES = ("Amélie", "Chidi", "José", "Mei", "Oksana", "Priya", "Youssef", "Zoë", "Renée O'Neil", "Jean-Guy Côté")
_KINDS = ("consultation", "interview", "hearing", "follow-up", "biometrics appointment")
_KINDS_FR = ("consultation", "rencontre", "séance", "audience", "entrevue")
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_WEEKDAYS_FR = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_MONTHS = ("January", "Feb.", "March", "April", "May", "June", "July", "August", "Sept.", "October", "Nov", "Dec.")
_MONTHS_FR = (
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "sept.", "octobre", "novembre", "décembre"),
)
_ALPHABET = "abcdefghjkmnpqrstuvwxyzABCDEFGHJKMNPQRSTUVWXYZ23456789"


@dataclass(frozen=True, slots=True)
class Dice:
    """Draws that look as in real life."""

    draw: random.Random

    def digits(self, count: int) -> str:
        """Return so many digits, the first not 0."""
        return str(self.draw.randrange(10 ** (count - 1), 10**count))

    def phone(self) -> str:
        """Return a North American number in one of the usual ways of writing it."""
        area = self.draw.choice(("416", "438", "450", "514", "613", "647", "819", "867"))
        line = f"0{self.draw.randrange(100, 200)}"
        ways = (
            "{} 555-{}",
            "({}) 555-{}",
            "{}-555-{}",
            "{}.555.{}",
            "+1 {} 555 {}",
            "1-{}-555-{}",
            "{} 555 {}",
            "+1{}555{}",
        )
        return self.draw.choice(ways).format(area, line)

    def money(self, *, french: bool) -> str:
        """Return an amount as each language writes it."""
        amount = self.draw.randrange(500, 1_250_000) / 100
        if french:
            return f"{amount:,.2f}".replace(",", "\u202f").replace(".", ",") + "\u00a0$"
        return self.draw.choice(("${:,.2f}", "{:,.2f} CAD", "${:.0f}")).format(amount)

    def values(self) -> dict[str, object]:
        """Return one value for each word in the templates."""
        draw = self.draw
        day = dt.date(2026, 1, 1) + dt.timedelta(days=draw.randrange(730))
        hour, minute = draw.randrange(8, 20), draw.choice((0, 15, 30, 45))
        noon = 12
        letter = draw.choice("ABCEGHJKLMNPRSTVXY")
        return {
            "name": draw.choice(_NAMES),
            "kind": draw.choice(_KINDS),
            "kind_fr": draw.choice(_KINDS_FR),
            "weekday": _WEEKDAYS[day.weekday()],
            "weekday_fr": _WEEKDAYS_FR[day.weekday()],
            "date_en": f"{_MONTHS[day.month - 1]} {day.day}, {day.year}",
            "date_fr": f"{day.day} {_MONTHS_FR[day.month - 1]} {day.year}",
            "iso": day.isoformat(),
            "slashes": f"{day:%d/%m/%Y}",
            "clock": f"{hour:02}:{minute:02}",
            "time_en": f"{hour % noon or noon}:{minute:02} {'a.m.' if hour < noon else 'p.m.'}",
            "time_fr": f"{hour}\u00a0h\u00a0{minute:02}" if minute else f"{hour}\u202fh",
            "phone": self.phone(),
            "toll_free": f"1 800 555 0{draw.randrange(100, 200)}",
            "intl": draw.choice(("+33 1 42 68 53 00", "+44 20 7946 0958", "+49 1522 3433333", "+52 55 1234 5678")),
            "money": self.money(french=False),
            "money_fr": self.money(french=True),
            "street": str(draw.randrange(1, 9999)),
            "suite": str(draw.randrange(100, 2000)),
            "room": f"{draw.randrange(1, 30)}{draw.randrange(10, 99)}{draw.choice(('', 'A', 'B'))}",
            "postal": f"{letter}{draw.randrange(10)}{letter} {draw.randrange(10)}{letter}{draw.randrange(10)}",
            "imm": f"IMM-{self.digits(4)}-{draw.randrange(20, 28)}",
            "case": draw.choice(
                (f"NL-{self.digits(6)}", f"AB{self.digits(6)}", f"2026-{self.digits(5)}", self.digits(9))
            ),
            "matter": f"{self.digits(5)}-{self.digits(3)}",
            "invoice": draw.choice((f"F{self.digits(7)}", f"INV-{self.digits(5)}", self.digits(8))),
            "irb": f"TB{draw.randrange(6)}-{self.digits(5)}",
            "court": f"500-17-{self.digits(6)}-{self.digits(3)}",
            "number": self.digits(9),
            "meeting": self.digits(11),
            "grouped": f"{self.digits(3)} {self.digits(3)} {self.digits(3)}",
            "token": "".join(draw.choices(_ALPHABET, k=22)),
            "tracking": draw.choice((f"1Z{self.digits(6)}0{self.digits(9)}", f"RN{self.digits(9)}CA")),
            "count": str(draw.randrange(2, 7)),
        }


def ordinary_reminders(each: int, seed: int = 7) -> list[str]:
    """Return every template of both languages filled in `each` times."""
    dice = Dice(random.Random(seed))  # noqa: S311 - texts to test with, the same every time
    return [template.format_map(dice.values()) for template in (*ENGLISH, *FRENCH) for _ in range(each)]
