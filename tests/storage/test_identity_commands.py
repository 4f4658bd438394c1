"""`quietbell users`, `keys` and `audit` by their words, for people and for programs."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jobs.clock import SystemClock
from scheduler.identities.doorkeeper import whose
from scheduler.identities.signing_in import Attempt, SignedIn, sign_in
from scheduler.processes.cli import main
from tests.storage.intake_practice import Desk, make_rulebook, opened

pytestmark = pytest.mark.usefixtures("logs_kept")


@pytest.fixture
def desk(sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """Give a practice that lets its reception send."""
    url = f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'q.db')}"
    monkeypatch.setenv("QUIETBELL_DATABASE_URL", url)
    monkeypatch.delenv("QUIETBELL_PRACTICE", raising=False)
    with opened(url, make_rulebook(practice={"who_may_send": {"texts": ["admin", "reception"]}})) as desk:
        desk.clock.jump_to(SystemClock().now())
        yield desk


def said(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> str:
    """Run a command and return what it said: to stdout, or to stderr where it failed."""
    assert main(words) == code
    shown = capsys.readouterr()
    return shown.err if code else shown.out


def facts(capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    return json.loads(said(capsys, *words, "--json"))


def test_the_first_admin_signs_in_with_the_password_shown_once(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    head, password = said(capsys, "users", "add", "Maya", "--role", "admin", "--generate").splitlines()
    assert head == "maya may sign in to northlight as admin."
    outcome = sign_in(desk.database, Attempt("northlight", "maya", password.strip()))
    assert isinstance(outcome, SignedIn)
    assert outcome.user.must_change
    assert password.strip() not in said(capsys, "users", "list")
    assert password.strip() not in said(capsys, "audit", "--json")


@pytest.mark.usefixtures("desk")
def test_a_role_of_the_practices_own_is_given_by_its_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert facts(capsys, "users", "add", "kim", "--role", "reception")["role"] == "reception"
    assert "there is no role 'boss'" in said(capsys, "users", "role", "kim", "boss", code=1)
    assert said(capsys, "users", "role", "kim", "staff") == "kim is staff now.\n"
    assert said(capsys, "users", "disable", "kim") == "kim may sign in no more; their sessions have ended.\n"
    assert "disabled" in said(capsys, "users", "list")
    assert said(capsys, "users", "enable", "kim") == "kim may sign in again.\n"
    assert said(capsys, "users", "disable", "lee", code=1) == (
        "quietbell: there is no user 'lee' in practice northlight\n"
    )


def test_a_new_password_takes_the_place_of_the_old_one(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    old = facts(capsys, "users", "add", "maya", "--role", "admin")["password"]
    new = facts(capsys, "users", "password", "maya", "--drop-code")["password"]
    assert not isinstance(sign_in(desk.database, Attempt("northlight", "maya", old)), SignedIn)
    assert isinstance(sign_in(desk.database, Attempt("northlight", "maya", new)), SignedIn)


def test_a_key_is_made_rotated_and_revoked(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    first = facts(capsys, "keys", "add", "immcase", "--scope", "records:write,texts:send", "--expires", "in 30 days")
    second = facts(capsys, "keys", "rotate", "immcase", "--overlap", "2")
    ask = whose(desk.database, desk.clock)
    assert [ask(made["key"]) is not None for made in (first, second)] == [True, True]
    assert [key["standing"] for key in facts(capsys, "keys", "list")["keys"]] == ["open", "ending"]
    assert "texts:send" in said(capsys, "keys", "list")
    assert said(capsys, "keys", "revoke", "immcase") == "immcase: 2 keys revoked.\n"
    assert said(capsys, "keys", "revoke", "immcase") == "immcase was revoked before: nothing changed.\n"


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize(
    ("words", "code", "sentence"),
    [
        (("keys", "add", "immcase", "--scope", "everything"), 1, "unknown scope 'everything'"),
        (("keys", "add", "immcase"), 2, "Missing option '--scope'"),
        (("keys", "add", "Imm Case", "--scope", "jobs:read"), 1, "'Imm Case' names no key"),
        (("keys", "add", "x", "--scope", "jobs:read", "--expires", "2020-01-01 10:00"), 1, "expired already"),
        (("keys", "rotate", "immcase"), 1, "there is no key 'immcase' in practice northlight to rotate"),
        (("users", "add", "maya"), 2, "Missing option '--role'"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...], code: int, sentence: str
) -> None:
    line = said(capsys, *words, code=code)
    assert sentence in line
    assert line.count("\n") == 1


@pytest.mark.usefixtures("desk")
def test_the_audit_log_tells_who_did_what_and_goes_on_below_an_entry(capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, "audit") == "Nothing is noted that fits.\n"
    said(capsys, "users", "add", "maya", "--role", "admin", "--author", "root", "--json")
    said(capsys, "users", "add", "kim", "--role", "staff", "--author", "maya", "--json")
    said(capsys, "users", "role", "kim", "ops", "--author", "maya")

    shown = said(capsys, "audit", "--by", "maya", "--action", "user.role_changed")
    assert "user/kim" in shown
    assert "role staff → ops" in " ".join(shown.split())
    page = facts(capsys, "audit", "--limit", "2", "--subject", "user")
    assert [act["action"] for act in page["acts"]] == ["user.role_changed", "user.added"]
    rest = facts(capsys, "audit", "--before", str(page["next_before"]))
    assert [(act["by"], act["subject"]["id"]) for act in rest["acts"]] == [("person:root", "maya")]
