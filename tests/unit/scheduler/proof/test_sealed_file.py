"""A sealed file: whole or not there, for its owner's eyes, and every later change is seen."""

import stat
from pathlib import Path

import pytest

from jobs.errors import InputError, RefusedError
from scheduler.proof.sealed_file import check_seal, sealed_file, spooled_beside


def write(target: Path, *pieces: str, force: bool = False) -> str:
    with sealed_file(target, force=force) as sheet:
        for piece in pieces or ("<p>words</p>\n",):
            sheet.write(piece)
        return sheet.seal()


def break_off(target: Path, *, force: bool = False) -> None:
    """Begin a file and break off."""
    with sealed_file(target, force=force) as sheet:
        sheet.write("half")
        raise ZeroDivisionError


def be_late(target: Path) -> None:
    """Write a file while somebody else writes one of that name."""
    with sealed_file(target, force=False) as sheet:
        sheet.seal()
        target.write_text("theirs", encoding="utf-8")


def test_a_file_is_as_it_was_written(tmp_path: Path) -> None:
    digest = write(tmp_path / "a.html", "one", "two é\ud800")
    assert check_seal(tmp_path / "a.html").digest == digest
    assert check_seal(tmp_path / "a.html").is_whole


def test_only_its_owner_may_read_it(tmp_path: Path) -> None:
    write(tmp_path / "a.html")
    assert stat.S_IMODE((tmp_path / "a.html").stat().st_mode) == 0o600


@pytest.mark.parametrize("place", [0, 5, -80])
def test_a_changed_byte_is_seen(tmp_path: Path, place: int) -> None:
    file = tmp_path / "a.html"
    write(file)
    content = bytearray(file.read_bytes())
    content[place] ^= 1
    file.write_bytes(content)
    assert not check_seal(file).is_whole


def test_a_byte_more_at_the_end_is_seen(tmp_path: Path) -> None:
    file = tmp_path / "a.html"
    write(file)
    file.write_bytes(file.read_bytes() + b"x")
    with pytest.raises(InputError, match="does not end in the seal"):
        check_seal(file)


@pytest.mark.parametrize("content", ["", "no proof", "x" * 5000])
def test_another_file_is_no_proof(tmp_path: Path, content: str) -> None:
    (tmp_path / "a.html").write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match="does not end in the seal"):
        check_seal(tmp_path / "a.html")


def test_a_file_that_is_not_there_cannot_be_checked(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        check_seal(tmp_path / "a.html")


def test_what_breaks_in_between_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError):
        break_off(tmp_path / "a.html")
    assert list(tmp_path.iterdir()) == []


def test_what_breaks_in_between_leaves_the_former_file_as_it_was(tmp_path: Path) -> None:
    write(tmp_path / "a.html", "first")
    with pytest.raises(ZeroDivisionError):
        break_off(tmp_path / "a.html", force=True)
    assert check_seal(tmp_path / "a.html").is_whole


def test_a_file_that_came_meanwhile_is_not_replaced(tmp_path: Path) -> None:
    target = tmp_path / "a.html"
    with pytest.raises(RefusedError, match="exists already"):
        be_late(target)
    assert [each.read_text(encoding="utf-8") for each in tmp_path.iterdir()] == ["theirs"]


def test_a_link_to_nowhere_counts_as_a_file(tmp_path: Path) -> None:
    (tmp_path / "a.html").symlink_to(tmp_path / "nowhere")
    with pytest.raises(RefusedError, match="exists already"):
        write(tmp_path / "a.html")


def test_a_folder_that_is_not_there_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be written: no such file or directory"):
        write(tmp_path / "no" / "a.html")


def test_a_folder_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is a folder: name a file"):
        write(tmp_path, force=True)


def test_what_was_spooled_is_counted_into_the_digest(tmp_path: Path) -> None:
    target = tmp_path / "a.html"
    with sealed_file(target, force=False) as sheet, spooled_beside(target) as spool:
        spool.write(b"later")
        sheet.write("first ")
        sheet.append(spool)
        digest = sheet.seal()
    assert target.read_bytes().startswith(b"first later<footer")
    assert check_seal(target).digest == digest
