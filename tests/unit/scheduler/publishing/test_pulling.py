"""A revision written back into the folder: whole, with its id, and never over edits without being told to."""

import datetime as dt
from collections.abc import Mapping
from pathlib import Path

import pytest

from jobs.errors import RefusedError
from scheduler.publishing.history import Revision
from scheduler.publishing.pulling import DeskFolder, LocalEditsError, note_started, pull, started_from

SETTINGS, RULES = "rules/acme/practice.yaml", "rules/acme/visits.yaml"
SHARED, OWN = "templates_sms/visit.en.txt.j2", "templates_sms/acme/visit.en.txt.j2"
FILES = {SETTINGS: "name: A\n", RULES: "rules: []\n", SHARED: "See you\n"}


@pytest.fixture
def folder(tmp_path: Path) -> DeskFolder:
    """Give the two folders, empty."""
    return DeskFolder(tmp_path / "rules", tmp_path / "templates_sms", "acme")


def make_revision(revision: str = "r-2", files: Mapping[str, str] = FILES) -> Revision:
    return Revision("acme", revision, {}, files, "ana", "", dt.datetime(2026, 12, 1, tzinfo=dt.UTC))


def write(folder: DeskFolder, files: Mapping[str, str]) -> None:
    for path, text in files.items():
        place = folder.rules.parent / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8", newline="")


def on_disk(folder: DeskFolder) -> dict[str, str]:
    root = folder.rules.parent
    files = (path for path in root.rglob("*") if path.is_file())
    return {path.relative_to(root).as_posix(): path.read_bytes().decode() for path in files}


def test_an_empty_folder_gets_every_file_and_the_id(folder: DeskFolder) -> None:
    done = pull(folder, make_revision(), None)
    assert on_disk(folder) == {**FILES, "rules/acme/.revision": "r-2\n"}
    assert done.written == tuple(sorted(FILES))
    assert started_from(folder) == "r-2"


def test_files_that_were_not_edited_follow_the_current_revision(folder: DeskFolder) -> None:
    old = make_revision("r-1", {**FILES, SETTINGS: "name: old\n", "rules/acme/gone.yaml": "rules: []\n"})
    pull(folder, old, None)
    done = pull(folder, make_revision(), old)
    assert on_disk(folder) == {**FILES, "rules/acme/.revision": "r-2\n"}
    assert (done.written, done.removed, done.overwritten) == ((SETTINGS,), ("rules/acme/gone.yaml",), "")


@pytest.mark.parametrize(
    "edit",
    [
        {SETTINGS: "name: mine\n"},
        {"rules/acme/more.yaml": "rules: []\n"},
        {SHARED: "Until then\n"},
        {OWN: "Until then\n"},
    ],
)
def test_edits_are_not_overwritten_but_shown(folder: DeskFolder, edit: dict[str, str]) -> None:
    old = make_revision("r-1", {**FILES, RULES: "rules: [] # old\n"})
    pull(folder, old, None)
    write(folder, edit)
    before = on_disk(folder)
    with pytest.raises(LocalEditsError, match="--force") as refusal:
        pull(folder, make_revision(), old)
    assert on_disk(folder) == before
    assert f"+{next(iter(edit.values())).strip()}" in refusal.value.diff


def test_edits_are_overwritten_where_that_is_wished_and_shown_once_more(folder: DeskFolder) -> None:
    pull(folder, make_revision(), None)
    write(folder, {SETTINGS: "name: mine\n", "rules/acme/more.yaml": "rules: []\n"})
    done = pull(folder, make_revision(), make_revision(), force=True)
    assert on_disk(folder) == {**FILES, "rules/acme/.revision": "r-2\n"}
    assert "+name: mine" in done.overwritten


def test_a_removed_rule_file_is_an_edit(folder: DeskFolder) -> None:
    pull(folder, make_revision(), None)
    (folder.rules / "acme/visits.yaml").unlink()
    with pytest.raises(LocalEditsError):
        pull(folder, make_revision(), make_revision())


def test_files_of_which_nobody_knows_where_they_began_are_edits(folder: DeskFolder) -> None:
    write(folder, {**FILES, SETTINGS: "name: mine\n"})
    with pytest.raises(LocalEditsError):
        pull(folder, make_revision(), None)


def test_files_that_are_already_as_the_revision_only_get_its_id(folder: DeskFolder) -> None:
    write(folder, FILES)
    assert pull(folder, make_revision(), None).written == ()
    assert started_from(folder) == "r-2"


def test_a_template_that_other_practices_share_is_left_and_written_beside_it(folder: DeskFolder) -> None:
    old = make_revision("r-1", {**FILES, SHARED: "Hello\n"})
    pull(folder, old, None)
    done = pull(folder, make_revision(), old)
    assert done.written == (SHARED,)
    found = on_disk(folder)
    assert (found[SHARED], found[OWN]) == ("Hello\n", "See you\n")


def test_a_template_that_is_not_in_the_folder_is_no_edit(folder: DeskFolder) -> None:
    old = make_revision("r-1")
    pull(folder, old, None)
    (folder.templates / "visit.en.txt.j2").unlink()
    pull(folder, make_revision(), old)
    assert on_disk(folder)[SHARED] == "See you\n"


def test_line_ends_are_kept(folder: DeskFolder) -> None:
    pull(folder, make_revision(files={SETTINGS: "name: A\r\n"}), None)
    assert on_disk(folder)[SETTINGS] == "name: A\r\n"


@pytest.mark.parametrize(
    "path",
    [
        "../x.yaml",
        "rules/other/practice.yaml",
        "rules/acme/../../x.yaml",
        "/etc/x.yaml",
        "templates_sms/b/visit.en.txt.j2",
    ],
)
def test_a_path_that_leads_elsewhere_is_refused_before_anything_is_written(folder: DeskFolder, path: str) -> None:
    with pytest.raises(RefusedError, match="no place"):
        pull(folder, make_revision(files={**FILES, path: "x"}), None)
    assert on_disk(folder) == {}


def test_a_revision_without_files_says_so(folder: DeskFolder) -> None:
    with pytest.raises(RefusedError, match="without files"):
        pull(folder, make_revision(files={}), None)


def test_a_folder_without_an_id_does_not_say_where_it_began(folder: DeskFolder) -> None:
    assert started_from(folder) is None
    note_started(folder, "r-9")
    assert started_from(folder) == "r-9"
