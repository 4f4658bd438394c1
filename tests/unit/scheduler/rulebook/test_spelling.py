"""The nearest right spelling."""

from scheduler.rulebook.spelling import list_of, nearest, suggestion


def test_the_nearest_choice_is_found_whatever_its_case() -> None:
    assert nearest("america/torono", ["America/Toronto", "Europe/Paris"]) == "America/Toronto"


def test_nothing_near_is_none() -> None:
    assert nearest("zzz", ["alpha"]) is None


def test_a_suggestion_names_the_nearest() -> None:
    assert suggestion("tempalte", ["template", "times"]) == "Did you mean `template`?"


def test_without_a_near_one_all_are_named() -> None:
    assert suggestion("zzz", ["b", "a"]) == "There are `a`, `b`"


def test_many_choices_are_cut_short() -> None:
    assert suggestion("zzz", [f"word{number:02}" for number in range(20)]).endswith("`word11` and more")


def test_choices_are_listed_with_or() -> None:
    assert list_of(["a", "b", "c"]) == "`a`, `b` or `c`"
