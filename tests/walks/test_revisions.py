"""Rules from the desk to what is published and back, by the words of the command line: two desks, one database."""

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.walks.installation import Installation, free_port, later, wait_until

RULES = "rules/harbour/visits.yaml"
STARTED = "rules/harbour/.revision"


@dataclass(frozen=True, slots=True)
class Desks:
    """Ana's folder and Ben's, both over one database."""

    ana: Installation
    ben: Installation

    @classmethod
    def under(cls, root: Path) -> "Desks":
        """Return the desks whose folders and database lie under a folder."""
        settings = {"QUIETBELL_DATABASE_URL": f"sqlite:///{root / 'q.db'}"}
        return cls(Installation(root / "ana", settings), Installation(root / "ben", settings))


@pytest.fixture(scope="module")
def laid(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Publish Ana's rules, take visits in, and give Ben what is published; once, to be copied."""
    root = tmp_path_factory.mktemp("desks")
    desks = Desks.under(root)
    desks.ben.folder.mkdir()
    desks.ana.write_practice()
    desks.ana.write_contacts()
    desks.ana.write_visits([later(3), later(4)])
    for words in (["apply", "--yes"], ["import", "contacts", "contacts.csv"], ["import", "appointments", "visits.csv"]):
        done = desks.ana.run(*words)
        assert done.code == 0, done.err
    pulled = desks.ben.run("pull")
    assert pulled.code == 0, pulled.err
    return root


@pytest.fixture
def desks(laid: Path, tmp_path: Path) -> Desks:
    """Give a copy of both desks and their database, this test's own."""
    return Desks.under(Path(shutil.copytree(laid, tmp_path / "here")))


def edit(desk: Installation, old: str, new: str) -> None:
    """Change the words of the desk's rule file."""
    path = desk.folder / RULES
    before = path.read_text(encoding="utf-8")
    assert old in before
    path.write_text(before.replace(old, new), encoding="utf-8")


def started(desk: Installation) -> str:
    """Return the revision that the desk's files began with."""
    return (desk.folder / STARTED).read_text(encoding="utf-8").strip()


def test_a_pull_gives_another_desk_the_same_files(desks: Desks) -> None:
    assert (desks.ben.folder / RULES).read_bytes() == (desks.ana.folder / RULES).read_bytes()
    assert started(desks.ben) == started(desks.ana)
    assert "are the same" in desks.ben.run("diff").out


def test_a_plan_is_shown_and_published_by_its_id(desks: Desks) -> None:
    edit(desks.ana, '"10:00"', '"11:00"')
    [plan] = desks.ana.run("plan", "--list", "--json").json()["plans"]
    assert [effect["what"] for effect in plan["effects"]] == ["moved", "moved"]
    assert plan["base"] == plan["started_from"] == started(desks.ana)
    done = desks.ana.run("apply", "--plan", plan["id"], "--yes", "--json")
    assert done.code == 0, done.err
    [applied] = done.json()["applied"]
    assert (applied["plan"], applied["jobs"]["moved"]) == (plan["id"], 2)
    assert started(desks.ana) == plan["revision"]


def test_the_second_of_two_admins_sees_a_diff_and_loses_nothing(desks: Desks) -> None:
    edit(desks.ana, '"10:00"', '"11:00"')
    edit(desks.ben, "if_late: send_now", "if_late: skip")
    assert desks.ana.run("apply", "--yes").code == 0
    mine = (desks.ben.folder / RULES).read_text(encoding="utf-8")
    refused = desks.ben.run("apply", "--yes")
    assert refused.code == 1
    assert '+      - {id: day-before, before: 1 day, at: "11:00"' in refused.err
    assert "was published meanwhile" in refused.err.splitlines()[-1]
    assert (desks.ben.folder / RULES).read_text(encoding="utf-8") == mine
    assert desks.ben.run("pull").code == 1  # his edits are not overwritten
    edit(desks.ben, '"10:00"', '"11:00"')
    taken_over = desks.ben.run("apply", "--yes", "--onto", started(desks.ana))
    assert taken_over.code == 0, taken_over.err
    assert desks.ana.run("pull").code == 0
    assert "skip" in (desks.ana.folder / RULES).read_text(encoding="utf-8")


def test_edits_go_only_where_that_is_wished(desks: Desks) -> None:
    edit(desks.ben, '"10:00"', '"11:00"')
    shown = desks.ben.run("diff").out
    assert '+      - {id: day-before, before: 1 day, at: "11:00"' in shown
    assert desks.ben.run("pull").code == 1
    forced = desks.ben.run("pull", "--force")
    assert forced.code == 0, forced.err
    assert '"11:00"' in forced.err
    assert "are the same" in desks.ben.run("diff").out


def test_one_command_goes_back_to_an_earlier_revision(desks: Desks) -> None:
    first = started(desks.ana)
    edit(desks.ana, '"10:00"', '"11:00"')
    assert desks.ana.run("apply", "--yes", "--note", "later is kinder").code == 0
    second = started(desks.ana)
    back = desks.ana.run("return", first[:6], "--yes", "--json")
    assert back.code == 0, back.err
    assert back.json()["returned"]["jobs"]["moved"] == 2
    history = desks.ana.run("history", "--json").json()
    assert history["current"] == first
    assert [each["revision"] for each in history["publishings"]] == [first, second, first]
    assert [each["note"] for each in history["publishings"]] == [f"return to {first}", "later is kinder", ""]
    assert desks.ana.run("diff", first, second, "--json").json()["diff"].count("\n+ ") == 1
    assert "(current)" in desks.ana.run("history").out


def test_files_that_do_not_say_where_they_began_are_refused_with_a_way_out(desks: Desks) -> None:
    (desks.ben.folder / STARTED).unlink()
    edit(desks.ben, '"10:00"', '"11:00"')
    refused = desks.ben.run("apply", "--yes")
    assert refused.code == 1
    assert f"--onto {started(desks.ana)}" in refused.err
    assert desks.ben.run("apply", "--yes", "--onto", started(desks.ana)).code == 0


def test_a_refused_rulebook_leaves_the_published_one_and_all_jobs(desks: Desks) -> None:
    before = desks.ana.run("jobs", "--json").json(), desks.ana.run("history", "--json").json()
    edit(desks.ana, "template: visit", "template: vist")
    for words in (
        ["apply", "--yes"],
        ["plan"],
        ["apply", "--plan", "p-00000000", "--yes"],
        ["return", "r-0000", "--yes"],
    ):
        assert desks.ana.run(*words).code == 1, words
    assert (desks.ana.run("jobs", "--json").json(), desks.ana.run("history", "--json").json()) == before


def test_where_a_process_runs_the_file_it_brings_the_jobs_in_line(desks: Desks) -> None:
    running = desks.ana.start("serve", QUIETBELL_PORT=str(free_port()))
    try:
        wait_until(lambda: "serving" in running.said(), what="serve")
        edit(desks.ana, '"10:00"', '"11:00"')
        done = desks.ana.run("apply", "--yes", "--json")
        assert done.code == 0, done.err
        assert done.json()["applied"][0]["jobs"]["moved"] == 2
    finally:
        assert running.stop() == 0, running.said()


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["apply", "harbour", "--plan", "p-1"], 2, "give no PATH"),
        (["return", "r-ffffffffffff", "--yes"], 1, "no revision"),
        (["diff", "nothing"], 1, "no revision"),
        (["pull", "nowhere"], 1, "nothing was published for nowhere"),
        (["apply", "--yes", "--onto", "r-ffffffffffff"], 0, ""),
    ],
)
def test_what_was_asked_wrongly_is_one_line(desks: Desks, words: list[str], code: int, said: str) -> None:
    done = desks.ana.run(*words)
    assert done.code == code, done.err
    assert said in (done.err.splitlines() or [""])[-1]
    assert "Traceback" not in done.err
