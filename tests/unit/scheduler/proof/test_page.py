"""The page and the data of a proof: what a person was named or wrote cannot become part of either."""

import datetime as dt
import json
from decimal import Decimal
from uuid import UUID

import pytest

from scheduler.proof.entries import plain
from scheduler.proof.entry_page import show_entry
from scheduler.proof.finding import nearest_refs
from scheduler.proof.markup import items, shown
from scheduler.proof.page import heading
from scheduler.proof.writing import as_data

EVIL = '</script><script src="https://example.com/x"></script><!-- \u202e'


def text_in(body: str | None) -> dict[str, object]:
    """Return the entry of a text that came in."""
    return {
        "kind": "in",
        "at": "2026-11-24T21:00:00+00:00",
        "local": [{"zone": "America/Toronto", "moment": "Tue 24 Nov 2026 16:00"}],
        "number": "+15145550001",
        "own_number": "+15145550100",
        "provider": "twilio",
        "provider_id": None,
        "media": None,
        "meaning": "unclear",
        "flagged": True,
        "settled_at": None,
        "settled_by": None,
        "body": body,
    }


def test_a_body_is_shown_as_text_and_never_as_markup() -> None:
    assert "<script" not in show_entry(1, text_in(EVIL))


def test_a_text_in_has_its_number_and_both_moments() -> None:
    shown_entry = show_entry(7, text_in("Merci"))
    assert "7. In, 2026-11-24T21:00:00+00:00 = Tue 24 Nov 2026 16:00 (America/Toronto)" in shown_entry
    assert "<blockquote><bdi>Merci</bdi></blockquote>" in shown_entry


def test_words_that_were_removed_are_said_to_be() -> None:
    assert "removed after their time" in show_entry(1, text_in(None))


def test_data_cannot_end_the_element_that_holds_it_and_reads_back_the_same() -> None:
    written = as_data({"body": EVIL})
    assert "<" not in written
    assert json.loads(written) == {"body": EVIL}


def test_data_is_the_same_whatever_the_order_of_its_keys() -> None:
    assert as_data({"a": 1, "b": "é"}) == as_data({"b": "é", "a": 1}) == '{"a":1,"b":"é"}'


def test_a_value_cannot_turn_the_direction_of_its_neighbours() -> None:
    assert shown("\u202eabc") == "<bdi>\u202eabc</bdi>"


def test_a_list_of_nothing_says_so() -> None:
    assert items([]) == "<p>None.</p>\n"
    assert items([], "Others:") == ""
    assert heading("Texts", 0).endswith("<p>None.</p>\n")
    assert heading("Texts", 1).endswith("</h2>\n")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (dt.datetime(2026, 1, 1, 5, tzinfo=dt.timezone(dt.timedelta(hours=-5))), "2026-01-01T10:00:00+00:00"),
        (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        (Decimal("0.0150"), "0.0150"),
        (None, None),
        ({"a": [1]}, {"a": [1]}),
    ],
)
def test_values_of_rows_become_what_json_has(value: object, expected: object) -> None:
    assert plain(value) == expected


def test_the_nearest_refs_come_from_every_part_the_likest_first() -> None:
    assert nearest_refs("c-101", [["C-900", "Z"], ["C-102", "C-10"], ["C-101"]])[:3] == ["C-101", "C-10", "C-102"]


def test_nothing_is_near_to_something_else() -> None:
    assert nearest_refs("12345", [["Smith", "Jones"]]) == []
