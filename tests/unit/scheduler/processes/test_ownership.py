"""One process owns the ticker and the worker of a SQLite file."""

import subprocess
import sys
from pathlib import Path

import pytest

from jobs.errors import ConfigurationError
from scheduler.processes.ownership import OwnedElsewhereError, lock_path, owning

HOLD = """
import sys
from pathlib import Path
from scheduler.processes.ownership import owning
with owning(Path(sys.argv[1])):
    print("owned", flush=True)
    sys.stdin.read()
"""


def test_a_second_owner_of_one_file_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "q.db"
    with owning(file), pytest.raises(OwnedElsewhereError, match="is already run by process"), owning(file):
        pass


def test_a_link_leads_to_the_same_owner(tmp_path: Path) -> None:
    (tmp_path / "link.db").symlink_to(tmp_path / "q.db")
    with owning(tmp_path / "q.db"), pytest.raises(OwnedElsewhereError), owning(tmp_path / "link.db"):
        pass


def test_two_files_have_two_owners(tmp_path: Path) -> None:
    with owning(tmp_path / "a.db"), owning(tmp_path / "b.db"):
        assert lock_path(tmp_path / "a.db") != lock_path(tmp_path / "b.db")


def test_a_file_is_free_again_when_its_owner_is_done(tmp_path: Path) -> None:
    for _ in range(2):
        with owning(tmp_path / "q.db"):
            pass
    assert lock_path(tmp_path / "q.db").read_text(encoding="ascii") == ""


def test_what_lies_in_no_file_needs_no_owner() -> None:
    with owning(None), owning(None):
        pass


def test_a_folder_that_is_not_there_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot hold a database"), owning(tmp_path / "none" / "q.db"):
        pass


def test_a_killed_owner_leaves_the_file_free(tmp_path: Path) -> None:
    file = tmp_path / "q.db"
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(file)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as owner:
        assert owner.stdout is not None
        assert owner.stdout.readline() == b"owned\n"
        with pytest.raises(OwnedElsewhereError, match=f"process {owner.pid}"), owning(file):
            pass
        owner.kill()
        owner.wait()
        with owning(file):
            pass
