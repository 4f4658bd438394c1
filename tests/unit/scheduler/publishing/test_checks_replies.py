"""Checks of reply words: those that carriers take, those that mean two answers, what acknowledges them."""

from pathlib import Path

import pytest

from scheduler.publishing.checks.reply_words import plain_word
from tests.unit.scheduler.desks import VISIT, Folder, read_folder, told

TEXTS = {"visit.en.txt.j2": VISIT, "thanks.en.txt.j2": "Thank you, {{ contact.first_name }}."}


def told_of(root: Path, replies: str) -> list[str]:
    text = (
        "rules:\n  - id: a\n    for: appointment\n"
        f"    replies: {replies}\n"
        "    steps: [{id: s, before: 1 day, template: visit}]\n"
    )
    found = told(read_folder(root, Folder(rules={"r.yaml": text}, templates=TEXTS)), root)
    return [line.removeprefix("rules/acme/r.yaml:") for line in found]


@pytest.mark.parametrize(
    "replies",
    [
        "{confirm: {words: [C, OUI, 1], say: thanks}, reschedule: {words: [R, 2], say: thanks}}",
        "{confirm: {words: [1]}, reschedule: {words: [01]}, decline: {words: [001]}}",
        "{decline: {words: [NO, NON, N]}}",
        "{confirm: {words: [I will come]}}",
    ],
)
def test_words_of_ones_own_have_no_problem(tmp_path: Path, replies: str) -> None:
    assert told_of(tmp_path, replies) == []


# Twilio's default opt-out words, the FCC's per se words, and the French ones of the Canadian short code guidelines.
@pytest.mark.parametrize(
    "word",
    [
        *("STOP", "UNSUBSCRIBE", "END", "QUIT", "STOPALL", "REVOKE", "OPTOUT", "CANCEL", "OPT OUT", "OPT-OUT"),
        *("ARRET", "ARRÊT", "arrêter", "Stop!", "CANCEL PLEASE", "REMOVE", "BAJA"),
    ],
)
def test_a_word_that_carriers_take_as_an_opt_out_is_refused(tmp_path: Path, word: str) -> None:
    assert told_of(tmp_path, f"{{decline: {{words: ['{word}']}}}}") == [
        (
            f"4:33: carriers and we take `{word}` as an opt-out: who answers so gets no text any more. "
            "Write another word, such as `C`, `OUI` or `1`"
        ),
    ]


@pytest.mark.parametrize("word", ["START", "YES", "UNSTOP", "yes."])
def test_a_word_that_carriers_take_as_an_opt_in_is_refused(tmp_path: Path, word: str) -> None:
    assert told_of(tmp_path, f"{{confirm: {{words: [C, '{word}']}}}}") == [
        (
            f"4:36: carriers take `{word}` as the end of an opt-out, whatever it was meant to answer. "
            "Write another word, such as `C`, `OUI` or `1`"
        ),
    ]


@pytest.mark.parametrize("word", ["HELP", "INFO", "AIDE"])
def test_a_word_that_carriers_answer_is_refused(tmp_path: Path, word: str) -> None:
    assert told_of(tmp_path, f"{{confirm: {{words: [{word}]}}}}") == [
        f"4:33: carriers answer `{word}` themselves. Write another word, such as `C`, `OUI` or `1`",
    ]


def test_a_word_cannot_mean_two_answers(tmp_path: Path) -> None:
    assert told_of(tmp_path, "{confirm: {words: [C, 1]}, decline: {words: [c]}}") == [
        "4:59: `c` means `confirm` already, and one answer cannot be two. Write another word",
    ]


def test_a_word_stands_once(tmp_path: Path) -> None:
    assert told_of(tmp_path, "{confirm: {words: [OUI, 'Oui!']}}") == [
        "4:38: `Oui!` stands here twice, since case, accents and signs do not count. Remove one of them",
    ]


def test_a_word_has_a_letter_or_a_digit(tmp_path: Path) -> None:
    assert told_of(tmp_path, "{confirm: {words: ['!']}}") == [
        "4:33: `!` has no letter and no digit. Write a word that people can answer with",
    ]


def test_the_acknowledgement_exists(tmp_path: Path) -> None:
    assert told_of(tmp_path, "{confirm: {words: [C], say: thank}}") == [
        "4:42: unknown template `thank`. Did you mean `thanks`?",
    ]


@pytest.mark.parametrize(
    ("one", "other"),
    [("OUI", "oui"), ("Oui!", "OUI"), ("DÉPLACER", "deplacer"), ("  C ", "c"), ("ok,  merci", "OK merci")],
)
def test_case_accents_signs_and_spaces_do_not_count(one: str, other: str) -> None:
    assert plain_word(one) == plain_word(other)


@pytest.mark.parametrize(("one", "other"), [("1", "01"), ("1", "11"), ("C", "CC"), ("no", "non")])
def test_words_as_written_are_different_words(one: str, other: str) -> None:
    assert plain_word(one) != plain_word(other)
