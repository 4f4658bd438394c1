"""What only one side touched goes through; what both touched is for a person."""

from scheduler.publishing.merging import Conflict, three_way

BASE = {"a": "1", "b": "1", "c": "1"}


def test_what_one_side_touched_goes_through() -> None:
    merged = three_way(BASE, {**BASE, "a": "mine", "d": "new"}, {"a": "1", "b": "theirs"})
    assert merged.files == {"a": "mine", "b": "theirs", "d": "new"}
    assert (merged.taken, merged.kept, merged.conflicts) == (("b", "c"), ("a", "d"), ())


def test_what_both_touched_alike_is_no_conflict() -> None:
    assert three_way(BASE, {**BASE, "a": "2"}, {**BASE, "a": "2"}).conflicts == ()


def test_what_both_touched_otherwise_is_a_conflict_and_stays_ones_own() -> None:
    merged = three_way(BASE, {**BASE, "a": "mine"}, {"b": "1", "c": "1"})
    assert merged.conflicts == (Conflict("a", "1", "mine", None),)
    assert merged.files["a"] == "mine"


def test_new_files_of_one_name_are_a_conflict() -> None:
    assert [each.path for each in three_way({}, {"a": "x"}, {"a": "y"}).conflicts] == ["a"]
