"""The diff of two rulebooks' files."""

from scheduler.publishing.differing import NOTHING, Side, unified

SETTINGS, RULES = "rules/acme/practice.yaml", "rules/acme/a.yaml"


def test_a_changed_line_is_shown_with_its_file_and_both_names() -> None:
    found = unified(Side("r-1", {RULES: "a\nb\n"}), Side("r-2", {RULES: "a\nc\n"}))
    assert found.splitlines() == [
        f"--- {RULES} (r-1)",
        f"+++ {RULES} (r-2)",
        "@@ -1,2 +1,2 @@",
        " a",
        "-b",
        "+c",
    ]


def test_the_same_files_have_no_diff() -> None:
    assert unified(Side("r-1", {RULES: "a\n"}), Side("r-2", {RULES: "a\n"})) == ""


def test_the_settings_come_first() -> None:
    found = unified(Side("r-1", {RULES: "a\n", SETTINGS: "a\n"}), Side("r-2", {RULES: "b\n", SETTINGS: "b\n"}))
    assert found.index(SETTINGS) < found.index(RULES)


def test_a_file_that_is_new_or_gone_is_shown_whole() -> None:
    found = unified(Side("r-1", {RULES: "a\n"}), Side("r-2", {SETTINGS: "b\n"}))
    assert "--- /dev/null\n" in found
    assert "+++ /dev/null\n" in found
    assert "-a\n" in found
    assert "+b\n" in found


def test_a_last_line_without_its_end_is_told() -> None:
    found = unified(Side("r-1", {RULES: "a"}), Side("r-2", {RULES: "a\n"}))
    assert found.endswith("-a\n\\ No newline at end of file\n+a\n")


def test_where_a_side_was_published_without_files_the_contents_are_compared() -> None:
    found = unified(Side("r-1", {}, {"name": "A"}), Side("r-2", {RULES: "x\n"}, {"name": "B"}))
    assert '-  "name": "A"' in found
    assert '+  "name": "B"' in found


def test_everything_is_new_where_there_was_nothing() -> None:
    assert "+a\n" in unified(NOTHING, Side("r-1", {RULES: "a\n"}, {"name": "A"}))
