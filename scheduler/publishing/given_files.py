"""A practice's files as somebody gives them by path, read as if they lay in its folders: files in, a desk out.

They are laid into a folder of their own, which is gone afterwards; problems name the paths as they were given.
"""

import re
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from jobs.errors import InputError
from scheduler.rulebook.desk import Desk
from scheduler.rulebook.folder import LARGEST_TOTAL, MOST_FILES
from scheduler.rulebook.positions import Problem
from scheduler.rulebook.reader import read_desk

MOST_GIVEN: Final = 10 * MOST_FILES
_RULES: Final = re.compile(r"rules/([a-z0-9][a-z0-9_-]{0,59})/[A-Za-z0-9][A-Za-z0-9._ -]{0,80}\.yaml")
_TEMPLATE: Final = re.compile(
    r"templates_sms/(?:([a-z0-9][a-z0-9_-]{0,59})/)?[a-z][a-z0-9_]{0,59}\.[a-z]{2,3}(?:_[A-Z]{2})?\.txt\.j2"
)


def read_given(practice: str, files: Mapping[str, str]) -> tuple[Desk, str]:
    """Return the desk of these files, and the folder in which they lay while they were read.

    Raises:
        InputError: a path is no place for one of the practice's files, or they are too many or too large.

    """
    _must_be_places(practice, files)
    with tempfile.TemporaryDirectory(prefix="quietbell-") as name:
        root = Path(name)
        for path, text in files.items():
            place = root / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(text.encode("utf-8", "surrogatepass"))
        desk = read_desk(root / "rules", root / "templates_sms", practice)
    return desk, f"{name}/"


def as_given(problems: tuple[Problem, ...], lay_in: str) -> Iterator[Problem]:
    """Yield problems under the paths as they were given."""
    for problem in problems:
        file, text = problem.position.file, problem.text
        file, text = file.removeprefix(lay_in), text.replace(lay_in, "")
        yield replace(problem, position=replace(problem.position, file=file), text=text)


def _must_be_places(practice: str, files: Mapping[str, str]) -> None:
    if len(files) > MOST_GIVEN:
        message = f"these are {len(files):,} files, {MOST_GIVEN:,} are allowed"
        raise InputError(message)
    if sum(map(len, files.values())) > LARGEST_TOTAL:
        message = f"the files together are larger than {LARGEST_TOTAL:,} characters"
        raise InputError(message)
    for path in files:
        rules, template = _RULES.fullmatch(path), _TEMPLATE.fullmatch(path)
        whose = rules[1] if rules else template[1] if template else ""
        if whose not in {None, practice}:
            message = (
                f"{path[:120]!r} is no place for a file of {practice}: give `rules/{practice}/<name>.yaml`, "
                f"`templates_sms/<name>.<language>.txt.j2` or `templates_sms/{practice}/<name>.<language>.txt.j2`"
            )
            raise InputError(message)
