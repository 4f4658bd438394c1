"""YAML as data with positions: YAML 1.2's core schema, duplicate keys, and everything that must be refused."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.rulebook.data import read_yaml, resolve
from scheduler.rulebook.positions import plain_data, position_of


def data_of(text: str) -> object:
    found = read_yaml(text.encode(), "f.yaml")
    assert found.problems == ()
    assert found.node is not None
    return plain_data(found.node)


def problems_of(content: bytes) -> list[str]:
    return [str(problem) for problem in read_yaml(content, "f.yaml").problems]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        # YAML 1.2.2 section 10.3.2: what YAML 1.1 took for booleans, sexagesimals and dates is text.
        ("on", "on"),
        ("NO", "NO"),
        ("yes", "yes"),
        ("10:00", "10:00"),
        ("2026-12-24", "2026-12-24"),
        ("1_000", "1_000"),
        (".inf", ".inf"),
        ("true", True),
        ("FALSE", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("12", 12),
        ("-7", -7),
        ("01", 1),
        ("0o17", 15),
        ("0x1F", 31),
        ("0.1", Decimal("0.1")),
        ("5.0", 5),
        ("1e3", 1000),
        ("9" * 40, "9" * 40),
        ("0.12345678901234567", "0.12345678901234567"),
    ],
)
def test_a_bare_word_means_what_yaml_1_2_says(written: str, meant: object) -> None:
    assert resolve(written) == meant
    assert type(resolve(written)) is type(meant)


def test_a_quoted_word_is_text() -> None:
    assert data_of("a: '1'\nb: \"true\"\n") == {"a": "1", "b": "true"}


def test_keys_are_text_as_written() -> None:
    assert data_of("on: 1\n1: 2\ntrue: 3\n") == {"on": 1, "1": 2, "true": 3}


def test_a_number_keeps_its_exact_value() -> None:
    assert data_of("[0.0079, 1.38]") == [Decimal("0.0079"), Decimal("1.38")]


def test_every_value_knows_its_place() -> None:
    found = read_yaml(b"rules:\n  - id: a\n    steps: [{at: x}]\n", "f.yaml")
    assert found.node is not None
    assert str(position_of(found.node, ("rules", 0, "steps", 0, "at"))) == "f.yaml:3:18"


def test_a_place_that_is_missing_takes_its_parent_s() -> None:
    found = read_yaml(b"rules:\n  - id: a\n", "f.yaml")
    assert found.node is not None
    assert str(position_of(found.node, ("rules", 0, "steps"))) == "f.yaml:2:5"


def test_a_duplicate_key_is_told_with_both_places() -> None:
    assert problems_of(b"a: 1\nb: 2\na: 3\n") == [
        "f.yaml:3:1: the key `a` stands here a second time (first in line 1). Remove one of them",
    ]


def test_every_duplicate_key_is_told() -> None:
    assert len(problems_of(b"a: 1\na: 2\nb: {c: 1, c: 2}\n")) == 2


def test_an_alias_repeats_what_was_anchored() -> None:
    assert data_of("a: &x [1]\nb: *x\n") == {"a": [1], "b": [1]}


def test_a_byte_order_mark_is_no_part_of_the_text() -> None:
    assert data_of("\ufeffa: 1") == {"a": 1}


BILLION_LAUGHS = "a: &a [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{chr(98 + level)}: &{chr(98 + level)} [{','.join(['*' + chr(97 + level)] * 9)}]\n" for level in range(9)
)


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (BILLION_LAUGHS.encode(), "f.yaml:5:14: aliases expand to more than 30,000 values. Write the values out"),
        (
            b"a: &a 1\nb: [" + b"*a," * 60 + b"]",
            "f.yaml:2:155: more than 50 aliases (`*name`). Write the values out",
        ),
        (b"a: &a [*a]", "f.yaml:1:8: the alias `*a` names nothing written before it. Write the value out"),
        (b"a: *b", "f.yaml:1:4: the alias `*b` names nothing written before it. Write the value out"),
        (b"a: " + b"[" * 5000 + b"]" * 5000, "f.yaml:1:27: nested more than 24 levels deep. Make it flatter"),
        (b"{a: " * 5000, "f.yaml:1:97: nested more than 24 levels deep. Make it flatter"),
        (
            b"a: " + b"x" * 10_000_000,
            "f.yaml:1:1: the file is larger than 1,000,000 bytes. Split it, or check that it is the right file",
        ),
        (
            b"[" + b"1," * 400_000 + b"]",
            "f.yaml:1:60000: more than 30,000 values in one file. Split it into several files",
        ),
        (bytes(range(256)), "f.yaml:2:118: this is not text in UTF-8. Save the file as UTF-8"),
        (
            b"a: \x00",
            (
                "f.yaml:1:4: the character U+0000 does not belong in a text file. "
                "Remove it, or check that it is the right file"
            ),
        ),
        (b'a: "\\0"', "f.yaml:1:4: the value holds the control character U+0000. Remove it"),
        ("a: 1".encode("utf-16"), "f.yaml:1:1: this is not text in UTF-8. Save the file as UTF-8"),
        (
            b"%YAML 1.1\n---\na: 1",
            "f.yaml:1:1: directives (`%YAML`, `%TAG`) are not allowed. Remove the line that starts with `%`",
        ),
        (
            b"a: !!python/object:os.system 1",
            "f.yaml:1:4: the tag `tag:yaml.org,2002:python/object:os.syste` is not allowed. Write the value without it",
        ),
        (
            b"a: 1\n---\nb: 2\n",
            "f.yaml:2:1: a second document starts here. Remove the line `---`, or put the rest into a file of its own",
        ),
        (
            b"a:\n\t- b",
            ("f.yaml:2:1: this is not well-formed YAML: a tab stands here. Indent with spaces only"),
        ),
        (
            b"a: b: c",
            (
                "f.yaml:1:5: this is not well-formed YAML: this colon does not fit here. "
                "Indent keys alike, write a space after a colon, quote a value that holds one"
            ),
        ),
        (
            b"a: [1, 2\nb: 3",
            (
                "f.yaml:1:4: this is not well-formed YAML: the bracket that opens here is not closed. "
                "Add what closes it, or a comma between two values"
            ),
        ),
        (
            b"{a: 1}: 2",
            "f.yaml:1:1: a key must be a word, not a list or a mapping. Quote a value that holds braces",
        ),
    ],
)
def test_what_is_no_honest_rule_file_is_refused_where_it_goes_wrong(content: bytes, line: str) -> None:
    found = read_yaml(content, "f.yaml")
    assert found.node is None
    assert [str(problem) for problem in found.problems] == [line]


@given(st.binary(max_size=300))
def test_whatever_the_bytes_reading_ends_in_data_or_a_problem(content: bytes) -> None:
    found = read_yaml(content, "f.yaml")
    assert found.node is None or found.node.position.line >= 1
