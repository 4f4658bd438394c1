"""What inbound texts mean: a table of them, and what holds of any text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.replies import Meaning, Reading, answer_of, plain, read
from jobs.replies.words import HELP, OPT_IN, OPT_OUT
from jobs.terms import Answer, ReplyTerms
from scheduler.publishing.checks import reply_words

REPLIES: dict[Answer, ReplyTerms] = {
    "confirmed": ReplyTerms(words=("C", "OUI", "1", "c'est bon")),
    "wants_move": ReplyTerms(words=("R", "2", "déplacer")),
    "declined": ReplyTerms(words=("N", "01")),
}

OPT_OUTS = [
    # 47 CFR 64.1200(a)(10): each of these words is a revocation by itself.
    "stop",
    "QUIT",
    "end",
    "Revoke",
    "opt out",
    "cancel",
    "unsubscribe",
    # Twilio's default words.
    "STOPALL",
    "Stop all",
    "OPTOUT",
    "opt-out",
    # The Canadian short code guidelines, section 3.9, and AWS's list.
    "ARRET",
    "Arrêt",
    "arrêt.",
    "« ARRÊT »",
    "remove",
    "TD",
    # As people type them.
    " stop ",
    "Stop.",
    "STOP!!!",
    '"STOP"',
    "“Stop”",
    "stop 🛑",
    "s t o p",
    "S.T.O.P.",
    "\uff33\uff34\uff2f\uff30",
    "st\u200bop",
    "\u202aSTOP\u202c",
    "stop\n",
    "arre\u0302t",
    "Arrêter",
    "ARRÊTE",
    "désabonner",
    "stopper",
    "baja",
    "Parar",
    "ALTO",
    "cancelar",
]

FLAGGED_OPT_OUTS = [
    "STOP STOP STOP",
    "Stop please",
    "please stop",
    "STOP, thank you",
    "stop svp",
    "por favor baja",
    "please stop texting me",
    "Stop sending me these messages!",
    "stop it",
    "quit messaging me",
    "don't text me again",
    "Do not contact me",
    "dont send me any more texts",
    "I don't want any more texts",
    "no more texts please",
    "remove me",
    "Take me off your list",
    "please remove my number",
    "unsubscribe me from this",
    "I want to opt out",
    "I withdraw my consent",
    "leave me alone",
    "SPAM?",
    "arrêtez de m'envoyer des textos",
    "Arrêtez vos messages",
    "cessez de m'écrire svp",
    "ne m'envoyez plus de textos",
    "ne me contactez plus",
    "je ne veux plus recevoir de messages",
    "plus de textos svp",
    "désabonnez-moi",
    "Retirez mon numéro",
    "laissez-moi tranquille",
    "deje de enviarme mensajes",
    "no me envíe más mensajes",
    "no quiero recibir mensajes",
    "no más",
    "darme de baja",
]

AMBIGUOUS = [
    "I can't stop by tomorrow",
    "no more",
    "Is there a bus stop near you?",
    "l'arrêt d'autobus est loin",
    "why did you stop texting me?",
    "don't stop sending these, they help",
    "wrong number",
    "Not interested",
    "please don't text me before 9",
    "I quit my job",
    "pourquoi arrêtez-vous de m'écrire?",
]

UNCLEAR = [
    "cancel my appointment",
    "I need to cancel",
    "annuler mon rendez-vous",
    "yes",
    "Can I come at 3?",
    "see you in the end",
    "",
    "👍",
    "Merci beaucoup",
    "ok",
    "01 02",
    "Liked “Northlight: see you Tuesday. Reply STOP to opt out.”",
    "A aimé « Répondez ARRET pour cesser »",
    "I am driving right now",
    "remove the first item from my file",
    "C or R?",
]

ANSWERS = [
    ("C", Meaning.CONFIRMED),
    ("c", Meaning.CONFIRMED),
    (" C. ", Meaning.CONFIRMED),
    ("oui!", Meaning.CONFIRMED),
    ("« Oui »", Meaning.CONFIRMED),
    ("1", Meaning.CONFIRMED),
    ("1️⃣", Meaning.CONFIRMED),
    ("C, thanks!", Meaning.CONFIRMED),
    ("C’est bon", Meaning.CONFIRMED),
    ("2", Meaning.WANTS_MOVE),
    ("r", Meaning.WANTS_MOVE),
    ("DEPLACER", Meaning.WANTS_MOVE),
    ("01", Meaning.DECLINED),
    ("n", Meaning.DECLINED),
]


@pytest.mark.parametrize("text", OPT_OUTS)
def test_a_word_that_carriers_or_the_law_know_is_an_opt_out(text: str) -> None:
    found = read(text, REPLIES)
    assert (found.meaning, found.flagged) == (Meaning.OPT_OUT, False)


@pytest.mark.parametrize("text", FLAGGED_OPT_OUTS)
def test_what_a_reasonable_person_understands_is_an_opt_out_that_staff_hear_of(text: str) -> None:
    found = read(text, REPLIES)
    assert (found.meaning, found.flagged) == (Meaning.OPT_OUT, True)


@pytest.mark.parametrize("text", AMBIGUOUS)
def test_what_may_be_an_opt_out_is_left_to_a_person(text: str) -> None:
    assert read(text, REPLIES) == Reading(Meaning.AMBIGUOUS, flagged=True)


@pytest.mark.parametrize("text", UNCLEAR)
def test_anything_else_is_unclear(text: str) -> None:
    assert read(text, REPLIES) == Reading(Meaning.UNCLEAR, flagged=True)


@pytest.mark.parametrize(("text", "meaning"), ANSWERS)
def test_the_practices_words_are_answers(text: str, meaning: Meaning) -> None:
    assert read(text, REPLIES) == Reading(meaning)


@pytest.mark.parametrize("text", ["START", "start.", "Unstop", "« start »"])
def test_start_takes_an_opt_out_back(text: str) -> None:
    assert read(text).meaning is Meaning.OPT_IN


def test_yes_takes_an_opt_out_back_only_from_who_is_opted_out() -> None:
    assert read("Yes!", opted_out=True).meaning is Meaning.OPT_IN
    assert read("Yes!").meaning is Meaning.UNCLEAR


@pytest.mark.parametrize("text", ["HELP", "help?", "Aide", "INFO", "ayuda"])
def test_help_asks_for_help(text: str) -> None:
    assert read(text).meaning is Meaning.HELP


@pytest.mark.parametrize(
    ("text", "language"),
    [("STOP", "en"), ("ARRÊT", "fr"), ("baja", "es"), ("arrêtez de m'écrire", "fr"), ("no me escriban más", "es")],
)
def test_an_opt_out_tells_its_language(text: str, language: str) -> None:
    assert read(text).language == language


def test_a_word_as_it_was_written_goes_before_one_that_is_alike() -> None:
    replies: dict[Answer, ReplyTerms] = {
        "confirmed": ReplyTerms(words=("ÉTÉ",)),
        "declined": ReplyTerms(words=("été",)),
    }
    assert answer_of("été", replies) == "declined"


def test_carriers_words_go_before_the_practices() -> None:
    assert read("STOP", {"confirmed": ReplyTerms(words=("STOP",))}).meaning is Meaning.OPT_OUT


def test_the_words_that_a_rulebook_may_not_use_are_those_that_are_understood() -> None:
    assert set(OPT_OUT) == reply_words.OPT_OUT
    assert set(OPT_IN) < reply_words.OPT_IN
    assert set(HELP) >= reply_words.HELP


_NOISE = st.text(alphabet=" .!?,;:-_*«»“”\"'()🙂🛑❤️\u200b\u200d\u202a\t\n", max_size=6)


@given(word=st.sampled_from(sorted(OPT_OUT)), before=_NOISE, after=_NOISE, upper=st.booleans())
def test_signs_around_an_opt_out_word_change_nothing(word: str, before: str, after: str, *, upper: bool) -> None:
    assert read(before + (word.upper() if upper else word) + after).meaning is Meaning.OPT_OUT


@given(st.text(max_size=400))
def test_any_text_has_a_meaning_and_comparing_it_twice_is_comparing_it_once(text: str) -> None:
    assert read(text, REPLIES).meaning in Meaning
    assert plain(plain(text)) == plain(text)


@given(
    st.lists(
        st.sampled_from(["stop", "texting", "me", "please", "don't", "ever", "C", "yes", "arrêtez", "de"]), max_size=8
    )
)
def test_a_text_with_stop_in_it_is_never_merely_unclear(words: list[str]) -> None:
    text = " ".join(words)
    if "stop" in words:
        assert read(text).meaning in {Meaning.OPT_OUT, Meaning.AMBIGUOUS}
