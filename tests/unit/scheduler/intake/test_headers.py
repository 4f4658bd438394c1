"""The columns of a file: recognised by what practices call them, each once, and named anew in the first line."""

import io
from pathlib import Path

import pytest

from scheduler.intake.headers import guesses, read_header, rename
from scheduler.intake.rows import columns_of_contacts, columns_of_kind
from scheduler.rulebook.schema import BUILT_IN_KINDS

CONTACTS = columns_of_contacts({"tags": "words"})
VISITS = columns_of_kind("appointment", BUILT_IN_KINDS["appointment"])


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("ref,name,phone", ("ref", "name", "phone")),
        ("Référence;Nom complet;Cellulaire;Prénom", ("ref", "name", "phone", "first_name")),
        ("ID\tFull-Name\tTelephone\tTags", ("ref", "name", "phone", "tags")),
        ("ref,nmae,shoe size", ("ref", "name", "")),
        ("name,Client", ("name", "")),
    ],
)
def test_columns_are_recognised_by_what_practices_call_them(line: str, found: tuple[str, ...]) -> None:
    assert guesses(read_header(io.BytesIO(line.encode())), CONTACTS) == found


def test_a_name_means_what_it_means_for_that_kind() -> None:
    header = read_header(io.BytesIO(b"id,Patient,Date,Room"))
    assert guesses(header, VISITS) == ("ref", "contact", "start", "place")


def test_the_first_values_stand_beside_a_name() -> None:
    header = read_header(io.BytesIO(b"\xef\xbb\xbfref;name\n1;Ana\n2;Luc\n3;Zoe\n4;Wei\n"))
    assert (header.names, header.samples) == (("ref", "name"), (("1", "2", "3"), ("Ana", "Luc", "Zoe")))


@pytest.mark.parametrize("content", ["réf".encode("latin-1"), "ref,name".encode("utf-16"), b"a\0b"])
def test_what_is_no_text_is_said_to_be_none(content: bytes) -> None:
    assert not read_header(io.BytesIO(content)).is_text


def test_an_empty_file_has_no_columns() -> None:
    assert read_header(io.BytesIO(b"")).names == ()


def test_only_the_first_line_is_named_anew(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    old.write_bytes(b"No;Couleur\r\n1;red\r\n")
    rename(old, new, ["ref", ""], ";")
    assert new.read_bytes() == b"ref;\n1;red\r\n"
