"""`quietbell proof` by its words: a text goes out, its proof is one file that can be checked, and no second one."""

import stat
from pathlib import Path

import pytest

from tests.walks.installation import Installation, free_port, soon, wait_until


@pytest.fixture(scope="module")
def texted(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """Give an installation from which a reminder and a one-off went to C-1."""
    here = Installation(tmp_path_factory.mktemp("texted"))
    here.write_practice()
    here.write_contacts()
    here.write_visits([soon()])
    for words in (["apply", "--yes"], ["import", "contacts", "contacts.csv"], ["import", "appointments", "visits.csv"]):
        done = here.run(*words)
        assert done.code == 0, done.err
    assert here.run("send", "--to", "C-1", "--text", "Your file is ready.", "--author", "Zoé").code == 0
    running = here.start("serve", QUIETBELL_PORT=str(free_port()))
    try:
        wait_until(lambda: here.run("jobs", "--state", "sent", "--json").json()["total"] == 2, what="two sent texts")
    finally:
        assert running.stop() == 0, running.said()
    return here


def test_a_proof_holds_the_texts_with_rule_and_author_and_can_be_checked(texted: Installation) -> None:
    done = texted.run("proof", "--contact", "C-1", "--out", "one.html")
    assert done.code == 0, done.err
    assert done.out.startswith("2 texts out (2 requests), 0 in.")
    file = texted.folder / "one.html"
    written = file.read_text(encoding="utf-8")
    assert "Pat, your visit is on" in written
    assert "Your file is ready." in written
    assert "id: day-before" in written
    assert "Zoé" in written
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    checked = texted.run("proof", "--check", "one.html")
    assert (checked.code, "is as it was written" in checked.out) == (0, True)
    file.write_text(written.replace("Your file is ready.", "Your file is reedy."), encoding="utf-8")
    changed = texted.run("proof", "--check", "one.html")
    assert (changed.code, "was changed since" in changed.err) == (1, True)


def test_an_empty_period_is_a_file_too_and_a_second_one_needs_force(texted: Installation) -> None:
    words = ("proof", "--contact", "C-1", "--to", "2020-01-01", "--out", "empty.html")
    first, second = texted.run(*words), texted.run(*words)
    assert (first.code, "No text went to C-1" in first.out) == (0, True)
    assert (second.code, "--force replaces it" in second.err) == (1, True)
    assert texted.run(*words, "--force", "--json").json()["out"] == 0


def test_an_unknown_contact_is_one_line_with_the_nearest_refs(texted: Installation) -> None:
    done = texted.run("proof", "--contact", "C-11")
    assert done.code == 1
    assert done.err.strip() == "quietbell: there is no contact 'C-11' in practice harbour; the nearest are: C-1"
    assert not Path(texted.folder / "proof-C-11.html").exists()


def test_it_is_asked_for_a_contact_or_a_check_and_for_a_period_that_has_a_length(texted: Installation) -> None:
    assert texted.run("proof").code == 2
    assert texted.run("proof", "--contact", "C-1", "--check", "x").code == 2
    backwards = texted.run("proof", "--contact", "C-1", "--from", "2026-02-01", "--to", "2026-01-01")
    assert (backwards.code, "is not after" in backwards.err) == (1, True)
