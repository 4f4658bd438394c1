"""A reminder must say the occasion's present day and time, and no day that is false; in both languages."""

import pytest

from jobs.gates import says_truth
from jobs.gates.contract import Block, Pass, Verdict
from tests.unit.jobs.facts_builders import at, make_about, make_draft, make_facts, make_job, make_person, make_terms

TWO_DAYS_BEFORE = "2026-11-29 15:00"
DAY_BEFORE = "2026-11-30 15:00"
SAME_DAY = "2026-12-01 08:00"
"""The appointment of these tests is on Tuesday 2026-12-01 at 9:30 in Toronto."""


def verdict(text: str, language: str = "en", now: str = TWO_DAYS_BEFORE, **changes: object) -> Verdict:
    return says_truth.gate(make_draft(text, language=language), make_facts(**changes), at(now))


def reason(text: str, language: str = "en", now: str = TWO_DAYS_BEFORE, **changes: object) -> str:
    found = verdict(text, language, now, **changes)
    assert isinstance(found, Block), text
    return found.reason


@pytest.mark.parametrize(
    ("text", "now"),
    [
        ("Your appointment is Tuesday, December 1 at 9:30 a.m.", TWO_DAYS_BEFORE),
        ("December 1, 9:30 a.m.", TWO_DAYS_BEFORE),
        ("Dec 1 at 9:30am", TWO_DAYS_BEFORE),
        ("December 1st at 09:30", TWO_DAYS_BEFORE),
        ("December 1, 2026 at 9:30 AM", TWO_DAYS_BEFORE),
        ("2026-12-01 09:30", TWO_DAYS_BEFORE),
        ("See you tomorrow at 9:30 a.m.", DAY_BEFORE),
        ("See you today at 9:30 a.m.", SAME_DAY),
        ("See you this morning at 9:30 a.m.", SAME_DAY),
        ("See you the day after tomorrow at 9:30 a.m.", TWO_DAYS_BEFORE),
        ("Arrive at 9:15 a.m. on December 1 for 9:30 a.m.", TWO_DAYS_BEFORE),
        ("December 1, 9:30 a.m., 2000 Peel St.", TWO_DAYS_BEFORE),
    ],
)
def test_an_english_text_that_says_when_passes(text: str, now: str) -> None:
    assert verdict(text, "en", now) == Pass()


@pytest.mark.parametrize(
    ("text", "now"),
    [
        ("Votre rendez-vous est mardi 1er décembre à 09 h 30", TWO_DAYS_BEFORE),
        ("le 1er décembre à 9h30", TWO_DAYS_BEFORE),
        ("le 1er déc. à 9 h 30", TWO_DAYS_BEFORE),
        ("le 1er décembre 2026 à 9 heures 30", TWO_DAYS_BEFORE),
        ("À demain, 9 h 30", DAY_BEFORE),
        ("On vous attend aujourd'hui à 9 h 30", SAME_DAY),
        ("On vous attend aujourd\u2019hui à 9 h 30", SAME_DAY),
        ("Ce matin à 9h30", SAME_DAY),
        ("après-demain, 9 h 30", TWO_DAYS_BEFORE),
    ],
)
def test_a_french_text_that_says_when_passes(text: str, now: str) -> None:
    assert verdict(text, "fr", now) == Pass()


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Reply today to confirm: December 1 at 9:30 a.m.", "en"),
        ("Please call us today at 514-555-0100 about December 1, 9:30 a.m.", "en"),
        ("Call us back before tomorrow. December 1 at 9:30 a.m.", "en"),
        ("Call us tomorrow at 10:00. Your appointment: December 1 at 9:30 a.m.", "en"),
        ("As of today you are booked for December 1 at 9:30 a.m.", "en"),
        ("Questions? We are open today until 5 p.m. December 1 at 9:30 a.m.", "en"),
        ("Répondez aujourd'hui pour confirmer: 1er décembre, 9 h 30", "fr"),
        ("Appelez-nous demain. Rendez-vous le 1er décembre à 9 h 30", "fr"),
        ("Confirmez avant demain: 1er décembre, 9 h 30", "fr"),
        ("À compter d'aujourd'hui, nouvelle adresse. 1er décembre, 9 h 30", "fr"),
        ("Le lendemain, 2 décembre, est férié. Rendez-vous: 1er décembre, 9 h 30", "fr"),
        ("Bonjour Sam, 1er décembre à 9 h 30", "fr"),
    ],
)
def test_when_to_act_is_no_false_alarm(text: str, language: str) -> None:
    assert verdict(text, language) == Pass()


def test_a_name_that_is_a_day_is_no_false_alarm() -> None:
    person = make_person(name="Sophie Demain", first_name="Sophie")
    assert verdict("Mme Sophie Demain, 1er décembre, 9 h 30", "fr", contact=person) == Pass()
    terms = make_terms(name="Today Law", starts_with="Today Law: ")
    assert verdict("Today Law: December 1 at 9:30 a.m.", terms=terms) == Pass()
    about = make_about(fields={"place": "Centre Demain"})
    assert verdict("Centre Demain, 1er décembre, 9 h 30", "fr", occasion=about) == Pass()


def test_a_field_that_says_a_false_day_is_one() -> None:
    about = make_about(fields={"place": "tomorrow at the back door"})
    assert reason("December 1 at 9:30 a.m., tomorrow at the back door", occasion=about).startswith("says tomorrow")


@pytest.mark.parametrize(
    ("text", "language", "now", "said"),
    [
        ("Your appointment is Tuesday, December 1 at 10:00.", "en", TWO_DAYS_BEFORE, "Tuesday 10:00"),
        ("Tuesday, December 1 at 9:30 p.m.", "en", TWO_DAYS_BEFORE, "Tuesday 9:30 p.m."),
        ("December 1 at 19:30", "en", TWO_DAYS_BEFORE, "19:30"),
        ("Monday, December 1 at 9:30 a.m.", "en", TWO_DAYS_BEFORE, "Monday, December 1"),
        ("Tuesday at 9:30 a.m.", "en", TWO_DAYS_BEFORE, "Tuesday 9:30 a.m. without the date"),
        ("December 15 at 9:30 a.m.", "en", TWO_DAYS_BEFORE, "9:30 a.m. without the date"),
        ("December 1, 2027 at 9:30 a.m.", "en", TWO_DAYS_BEFORE, "9:30 a.m. without the date"),
        ("Tuesday, December 1", "en", TWO_DAYS_BEFORE, "Tuesday without the time"),
        ("December 1", "en", TWO_DAYS_BEFORE, "the day but no time"),
        ("Thank you.", "en", TWO_DAYS_BEFORE, "no day and no time"),
        ("See you tomorrow at 9:30 a.m.", "en", TWO_DAYS_BEFORE, "tomorrow"),
        ("See you tomorrow, December 1, at 9:30 a.m.", "en", TWO_DAYS_BEFORE, "tomorrow"),
        ("Confirm tomorrow's appointment: December 1, 9:30 a.m.", "en", TWO_DAYS_BEFORE, "tomorrow"),
        ("This is to confirm tomorrow at 9:30 a.m.", "en", TWO_DAYS_BEFORE, "tomorrow"),
        ("Today at 9:30 a.m.", "en", DAY_BEFORE, "Today"),
        ("Tonight at 9:30 a.m.", "en", DAY_BEFORE, "Tonight"),
        ("mardi 1er décembre à 10 h 00", "fr", TWO_DAYS_BEFORE, "mardi 10 h 00"),
        ("lundi 1er décembre à 9 h 30", "fr", TWO_DAYS_BEFORE, "lundi 1er decembre"),
        ("21 décembre à 9 h 30", "fr", TWO_DAYS_BEFORE, "9 h 30 without the date"),
        ("Votre rendez-vous est demain à 9 h 30", "fr", SAME_DAY, "demain"),
        ("Votre rendez-vous est ce soir", "fr", DAY_BEFORE, "ce soir"),
        ("See you tomorrow / à demain, 9:30", "fr", SAME_DAY, "tomorrow"),
    ],
)
def test_a_text_that_does_not_say_when_is_blocked(text: str, language: str, now: str, said: str) -> None:
    assert reason(text, language, now) == f"says {said}, the appointment is Tuesday December 1 9:30"


def test_a_kind_dated_by_day_needs_no_time() -> None:
    payment = make_about(kind="payment", start="2026-12-01")
    assert verdict("Your payment is due December 1.", occasion=payment) == Pass()
    assert reason("Your payment is due today.", occasion=payment) == "says today, the payment is Tuesday December 1"


def test_the_day_is_that_of_the_zone_in_which_it_takes_place() -> None:
    vancouver = make_about(start="2026-12-01T23:00", timezone="America/Vancouver")
    text = "Tuesday, December 1 at 11:00 p.m."
    assert verdict(text, occasion=vancouver) == Pass()
    assert verdict("tomorrow at 11:00 p.m.", now="2026-12-01 02:00", occasion=vancouver) == Pass()


def test_a_remote_occasion_is_told_in_the_recipients_stated_zone() -> None:
    about, person = make_about(remote=True), make_person(timezone="Europe/Paris")
    assert verdict("December 1 at 3:30 p.m. (Paris)", occasion=about, contact=person) == Pass()
    assert isinstance(verdict("December 1 at 9:30 a.m.", occasion=about, contact=person), Block)


def test_a_step_dated_by_a_field_must_tell_that_field() -> None:
    about = make_about(fields={"expires": "2027-01-05"})
    job = make_job(anchor="2027-01-05")
    assert verdict("Your permit expires January 5.", occasion=about, job=job) == Pass()
    assert isinstance(verdict("See you December 1 at 9:30 a.m.", occasion=about, job=job), Block)


@pytest.mark.parametrize(
    ("text", "passes"), [("las 9:30 de la mañana del 1 de diciembre", True), ("mañana, 9:30", False)]
)
def test_a_spanish_morning_is_no_tomorrow(text: str, *, passes: bool) -> None:
    assert isinstance(verdict(text, "es"), Pass if passes else Block)
