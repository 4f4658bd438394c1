"""How texts are encoded and billed, and what folding them would save."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.segments import Segments, as_json, fold, measure, normalise_spaces, saving

TEN = "1234567890"
FLAG = "\U0001f1ee\U0001f1f9"
RAINBOW = "\U0001f3f3\ufe0f\u200d\U0001f308"
WINK = "\U0001f61c"
GRIN = "\U0001f600"

# Sources: TwilioDevEd/message-segment-calculator@a50230f, tests/index.test.js (MIT).
TWILIO_CASES = [
    (TEN * 16, "GSM-7", (160,)),
    (TEN * 16 + "1", "GSM-7", (153, 8)),
    (TEN * 30 + "1234567", "GSM-7", (153, 153, 1)),
    (WINK + "x" * 68, "UCS-2", (70,)),
    (WINK + "x" * 69, "UCS-2", (67, 4)),
    (WINK + "x" * 133, "UCS-2", (67, 67, 1)),
    (FLAG + "x" * 66, "UCS-2", (70,)),
    (FLAG + "x" * 67, "UCS-2", (67, 4)),
    (RAINBOW + "x" * 64, "UCS-2", (70,)),
    (RAINBOW + "x" * 65, "UCS-2", (67, 4)),
    *((extension + "x" * 158, "GSM-7", (160,)) for extension in "|^€{}[]~\\\f"),
    *((extension + "x" * 159, "GSM-7", (153, 8)) for extension in "|^€{}[]~\\\f"),
    *((letter * 70, "UCS-2", (70,)) for letter in "ÁÚúçíÍóÓ"),
    *((letter * 71, "UCS-2", (67, 4)) for letter in "ÁÚúçíÍóÓ"),
    (GRIN + "]" * 68, "UCS-2", (70,)),
    (GRIN + "]" * 69, "UCS-2", (67, 4)),
    ("\rabcde\r\n123", "GSM-7", (11,)),
    ("\nabcde\n\n123\n", "GSM-7", (12,)),
    ("e\u0301\u0301\u0301", "UCS-2", (4,)),
    ("e\u0301\u0301\u0301" + "a" * 66, "UCS-2", (70,)),
    ("e\u0301\u0301\u0301" + "a" * 67, "UCS-2", (67, 4)),
]
# Source: output of the npm package sms-segments-calculator 1.3.0 (Twilio).
ORACLE_CASES = [
    ("a" * 161, "GSM-7", (153, 8)),
    ("a" * 307, "GSM-7", (153, 153, 1)),
    ("a" * 460, "GSM-7", (153, 153, 153, 1)),
    ("a" * 151 + "€" + "a" * 20, "GSM-7", (153, 20)),
    ("€" * 81, "GSM-7", (152, 10)),
    ("€" * 152, "GSM-7", (152, 152)),
    ("€" * 153, "GSM-7", (152, 152, 2)),
    ("é" * 160, "GSM-7", (160,)),
    ("à" * 160, "GSM-7", (160,)),
    ("Ç" * 160, "GSM-7", (160,)),
    ("ê" * 70, "UCS-2", (70,)),
    *((letter, "UCS-2", (1,)) for letter in "îûœÀ`\u00a0\u2019…"),
    ("É", "GSM-7", (1,)),
    ("¿¡", "GSM-7", (2,)),
    ("€", "GSM-7", (2,)),
    ("ΔΦΓΛΩΠΨΣΘΞ", "GSM-7", (10,)),
    ("您好,您的预约时间是明天上午9点。", "UCS-2", (17,)),
    ("a" * 69 + GRIN, "UCS-2", (67, 4)),
    ("a" * 65 + GRIN + "a" * 10, "UCS-2", (67, 10)),
    ("a" * 66 + GRIN + "a" * 10, "UCS-2", (66, 12)),
    (GRIN * 36, "UCS-2", (66, 6)),
    (GRIN * 67, "UCS-2", (66, 66, 2)),
    ("\U0001f1e8\U0001f1e6" * 17, "UCS-2", (68,)),
    ("Don\u2019t forget: \u201cBring your passport\u201d \u2013 10\u00a0am…", "UCS-2", (44,)),
    (
        (
            "Bonjour, votre rendez-vous est confirmé pour le 3 décembre à 14 h 30. "
            "Répondez OUI pour confirmer ou ARRET pour vous désabonner."
        ),
        "GSM-7",
        (128,),
    ),
]

# The alphabet once more, by another way than the code has it: from Python's names of the characters' code points.
# Source: 3GPP TS 23.038, section 6.2.1 and 6.2.1.1.
GREEK = ("DELTA", "PHI", "GAMMA", "LAMDA", "OMEGA", "PI", "PSI", "SIGMA", "THETA", "XI")
GSM_ONE = (
    set(map(chr, range(0x20, 0x7F))) - set("[\\]^`{|}~")
    | set("\n\r£¥èéùìòÇØøÅåÆæßÉ¤¡ÄÖÑÜ§¿äöñüà")
    | {unicodedata.lookup(f"GREEK CAPITAL LETTER {name}") for name in GREEK}
)
GSM_TWO = set("\f^{}\\[~]|€")

TEXTS = st.text(
    st.one_of(
        st.characters(codec="utf-16"), st.sampled_from(sorted(GSM_ONE | GSM_TWO)), st.sampled_from("€[😀ê\u00a0")
    ),
    max_size=400,
)
GSM_TEXTS = st.text(st.sampled_from(sorted(GSM_ONE | GSM_TWO)), max_size=500)


def oracle(text: str) -> list[list[int]]:
    """Return the size of each character in each part, packed one character after another."""
    gsm = all(character in GSM_ONE | GSM_TWO for character in text)
    alone, part = (160, 153) if gsm else (70, 67)
    sizes = [
        (2 if character in GSM_TWO else 1) if gsm else len(character.encode("utf-16-le")) // 2 for character in text
    ]
    if not sizes or sum(sizes) <= alone:
        return [sizes] if sizes else []
    parts: list[list[int]] = [[]]
    for size in sizes:
        if sum(parts[-1]) + size > part:
            parts.append([])
        parts[-1].append(size)
    return parts


@pytest.mark.parametrize(("text", "encoding", "parts"), TWILIO_CASES + ORACLE_CASES)
def test_a_text_is_billed_as_carriers_bill_it(text: str, encoding: str, parts: tuple[int, ...]) -> None:
    measured = measure(text)
    assert (measured.encoding, measured.units_per_segment) == (encoding, parts)
    assert (measured.units, measured.segments) == (sum(parts), len(parts))


def test_the_empty_text_has_no_segment_since_nothing_is_sent() -> None:
    # Twilio's calculator bills it as one; no provider accepts it (Twilio error 21602), so that it costs nothing here.
    assert measure("") == Segments("GSM-7", 0, 0, (), ())


def test_each_forcing_character_is_named_once_and_in_order() -> None:
    assert measure("œuf… œuf… été ê").forcing == ("œ", "…", "ê")


def test_a_text_in_gsm_has_no_forcing_character() -> None:
    assert measure("Rendez-vous à 14 h 30, 5 € [été]").forcing == ()


def test_a_lone_surrogate_is_measured_and_raises_nothing() -> None:
    assert measure("a\ud83d").units_per_segment == (2,)


@given(TEXTS)
def test_parts_are_packed_one_character_after_another(text: str) -> None:
    assert list(measure(text).units_per_segment) == [sum(part) for part in oracle(text)]


@given(GSM_TEXTS)
def test_escape_pairs_are_packed_whole(text: str) -> None:
    assert list(measure(text).units_per_segment) == [sum(part) for part in oracle(text)]


@given(TEXTS)
def test_no_segment_exceeds_its_limit(text: str) -> None:
    measured = measure(text)
    alone, part = (160, 153) if measured.encoding == "GSM-7" else (70, 67)
    limit = alone if measured.segments == 1 else part
    assert all(0 < units <= limit for units in measured.units_per_segment)


@given(st.integers(0, 80), st.integers(1, 40))
def test_a_surrogate_pair_never_lies_across_two_segments(before: int, pairs: int) -> None:
    measured = measure("ê" * before + GRIN * pairs)
    ends = [sum(measured.units_per_segment[: index + 1]) for index in range(measured.segments)]
    assert all(end <= before or (end - before) % 2 == 0 for end in ends)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("14\u202fh\u00a030", "14 h 30"),
        ("\u201cOui\u201d, l\u2019été \u2013 à bientôt…", '"Oui", l\'été - à bientot...'),
        ("« Être »", '" Etre "'),
        ("cœur, Œuvre", "coeur, OEuvre"),
        ("Ça va, François, où ça\u00a0?", "Ça va, Francois, où ca ?"),
        ("n° 5, N° 6", "no 5, No 6"),
        ("e\u0301te\u0301", "été"),
        ("o\u0302te", "ote"),
        ("Zażółć Łódź", "Zazolc Lodz"),
        ("tiếng Việt", "tieng Viet"),
        ("`code`", "'code'"),
        ("a\tb\u200b", "a b"),
    ],
)
def test_folding_gives_the_plain_form(text: str, folded: str) -> None:
    assert fold(text) == folded


@pytest.mark.parametrize("text", ["Привет, й", "您好。", "😀 👨\u200d👩\u200d👧", "مرحبا", "καλημέρα", "21 °C"])
def test_what_has_no_plain_form_stays_untouched(text: str) -> None:
    assert fold(text) == text


@given(GSM_TEXTS)
def test_folding_leaves_a_text_in_gsm_alone(text: str) -> None:
    assert fold(text) == text


@given(TEXTS)
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize("space", "\u00a0\u202f\u2009\u2007\u2003\u3000")
def test_a_special_space_becomes_one_plain_space(space: str) -> None:
    assert normalise_spaces(f"2{space}h") == "2 h"


@pytest.mark.parametrize("mark", "\u200f\u200e\u061c\u2067\u2069\ufeff\u200b")
def test_an_invisible_mark_is_dropped(mark: str) -> None:
    assert normalise_spaces(f"3:30{mark} pm") == "3:30 pm"


def test_normalising_spaces_keeps_accents_and_the_joiners_of_emoji() -> None:
    assert normalise_spaces("Être là 👨\u200d👩\u200d👧") == "Être là 👨\u200d👩\u200d👧"


def test_a_narrow_space_in_a_time_costs_a_second_segment_that_folding_saves() -> None:
    text = "Rappel : rendez-vous le mardi 3 novembre 2026 à 14\u202fh\u202f30 au 400, rue Saint-Jacques."
    offered = saving(text)
    assert (offered.segments_now, offered.segments_folded, offered.saves) == (2, 1, 1)


def test_a_fold_that_would_cost_more_says_so() -> None:
    assert saving("😀" + "…" * 60).saves == -2


def test_the_printed_measure_has_what_forces_ucs2_and_what_a_fold_saves() -> None:
    assert as_json("Être à 9\u202fh") == {
        "encoding": "UCS-2",
        "units": 10,
        "segments": 1,
        "units_per_segment": [10],
        "forcing": ["Ê", "\u202f"],
        "folded": {"text": "Etre à 9 h", "segments": 1, "saves": 0},
    }
