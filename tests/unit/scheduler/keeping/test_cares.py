"""What every table keeps of a person is said of every column, and both retention and erasure follow it."""

from sqlalchemy import Column, MetaData, Table, Text

from jobs.records import metadata
from scheduler.keeping import cares
from scheduler.keeping.ageing import swept
from scheduler.keeping.cares import Care, care_of, columns_of, emptied
from scheduler.keeping.erasing import EMPTIED, REMOVED

AGES = {Care.WORDS, Care.NUMBER, Care.MENTIONS}


def test_every_column_that_can_hold_words_is_classified() -> None:
    """A new column of text, JSON or bytes is to be named in scheduler/keeping/cares.py, with what becomes of it."""
    assert cares.unclassified() == []


def test_nothing_is_classified_that_is_not_there() -> None:
    assert cares.unknown() == []


def test_a_new_column_would_be_noticed() -> None:
    table = Table("texts", MetaData(), Column("id", Text, primary_key=True), Column("translation", Text))
    assert care_of(table, "translation") is None


def test_every_column_that_ages_is_swept() -> None:
    ageing = {
        table.name: found
        for table in metadata.sorted_tables
        if (found := {care for care in AGES if columns_of(table, care)})
    }
    assert swept() == ageing


def test_every_column_that_is_erased_has_its_way_to_go() -> None:
    erased = {table.name for table in metadata.sorted_tables if columns_of(table, *AGES, Care.PERSON)}
    assert erased == {*EMPTIED, *(table.name for table in REMOVED), "consents"}


def test_what_may_not_be_null_is_emptied_to_an_empty_value() -> None:
    contacts = metadata.tables["contacts"]
    assert emptied([contacts.c.name, contacts.c.phone, contacts.c.fields]) == {"name": "", "phone": None, "fields": {}}
