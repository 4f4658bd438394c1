"""The first line of a file whose columns are called otherwise: names in, what each probably is, and a new first line.

Bytes come in and go out; nothing but the first line is changed, and no database is asked.
"""

import csv
import shutil
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO, Final

from scheduler.intake.csv_file import DELIMITERS, LONGEST_LINE
from scheduler.intake.rows import Columns
from scheduler.rulebook.spelling import nearest

SAMPLES: Final = 3
"""Rows that are shown beside a column's name."""
MOST_COLUMNS: Final = 400
_MARK: Final = b"\xef\xbb\xbf"
_SPOKEN: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "ref": ("id", "reference", "référence", "number", "numéro", "no", "dossier", "client id", "patient id", "key"),
        "name": ("full name", "nom", "nom complet", "client", "patient"),
        "first_name": ("first", "given name", "prénom"),
        "phone": ("telephone", "téléphone", "mobile", "cell", "cellulaire", "cell phone", "phone number"),
        "language": ("lang", "langue"),
        "owner": ("responsible", "responsable", "lawyer", "avocat", "practitioner"),
        "contact": ("contact ref", "client", "client id", "patient", "patient id"),
        "start": ("date", "begins", "début", "starts at", "date and time", "date et heure", "when", "appointment"),
        "end": ("fin", "ends", "ends at"),
        "date": ("due", "due date", "échéance", "day", "jour"),
        "status": ("state", "statut", "état"),
        "case_ref": ("case", "file", "matter", "dossier"),
        "timezone": ("time zone", "fuseau", "fuseau horaire", "tz"),
        "amount": ("montant", "total", "sum"),
        "balance": ("solde",),
        "type": ("kind", "genre"),
        "place": ("location", "lieu", "room", "salle", "address", "adresse"),
    }
)
"""What practices call our columns, in English and French."""


@dataclass(frozen=True, slots=True)
class Header:
    """The columns of a file as it names them, the first values of each, and what separates them.

    `is_text` False: it is no UTF-8 text, and nothing of it can be read.
    """

    names: tuple[str, ...]
    samples: tuple[tuple[str, ...], ...]
    delimiter: str
    is_text: bool = True


def read_header(file: BinaryIO) -> Header:
    """Return the columns of a file that is open at its beginning."""
    lines = [file.readline(LONGEST_LINE).removeprefix(_MARK), *(file.readline(LONGEST_LINE) for _ in range(SAMPLES))]
    try:
        texts = [line.decode() for line in lines if line]
    except UnicodeDecodeError:
        return Header((), (), ",", is_text=False)
    if not texts or any("\0" in text for text in texts):
        return Header((), (), ",", is_text=not texts)
    delimiter = max(DELIMITERS, key=texts[0].count)
    rows = [_cells(text, delimiter) for text in texts]
    names = tuple(cell.strip() for cell in rows[0])[:MOST_COLUMNS]
    samples = tuple(tuple(row[at].strip() for row in rows[1:] if at < len(row)) for at in range(len(names)))
    return Header(names, samples, delimiter)


def guesses(header: Header, columns: Columns) -> tuple[str, ...]:
    """Return which of our columns each of a file's is, "" where it is none; each of ours once."""
    found = [""] * len(header.names)
    for look in (_same, _spoken, _near):
        for at, name in enumerate(header.names):
            free = [known for known in columns.names if known not in found]
            if not found[at] and name:
                found[at] = look(name, free)
    return tuple(found)


def rename(source: Path, target: Path, names: Sequence[str], delimiter: str) -> None:
    """Copy a file with another first line: `names` of our columns, "" for what is passed over."""
    with source.open("rb") as old, target.open("wb") as new:
        old.readline(LONGEST_LINE)
        new.write(delimiter.join(names).encode() + b"\n")
        shutil.copyfileobj(old, new)


def _cells(text: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([text.rstrip("\r\n")], delimiter=delimiter), [])
    except csv.Error:
        return []


def _plain(name: str) -> str:
    bare = "".join(each for each in unicodedata.normalize("NFD", name.casefold()) if not unicodedata.combining(each))
    return "_".join(bare.replace("-", " ").replace("_", " ").split())


def _same(name: str, free: Sequence[str]) -> str:
    return _plain(name) if _plain(name) in free else ""


def _spoken(name: str, free: Sequence[str]) -> str:
    plain = _plain(name)
    return next((known for known in free if plain in map(_plain, _SPOKEN.get(known, ()))), "")


def _near(name: str, free: Sequence[str]) -> str:
    return nearest(_plain(name), free) or ""
