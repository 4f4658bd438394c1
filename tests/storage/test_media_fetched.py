"""`quietbell conversations media`: from the carrier into a file, and everything that stands in the way."""

import json
import shutil
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from jobs.clock import SystemClock
from jobs.providers.contract import MOST_MEDIA_BYTES, Inbound
from scheduler.identities import audit
from scheduler.inbound import Received, receive
from scheduler.processes.cli import main
from tests.carriers import Listener, RunningCarrier, listening, running_carrier
from tests.storage.conversing import ANA, OFFICE, Talk, make_answered_rulebook, opened_talk

pytestmark = pytest.mark.usefixtures("logs_kept")


@pytest.fixture(scope="module")
def carrier() -> Iterator[RunningCarrier]:
    with running_carrier(seed=1) as running:
        yield running


@pytest.fixture
def talk(
    sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, carrier: RunningCarrier
) -> Iterator[Talk]:
    """Give a practice whose commands find Twilio at the carrier."""
    url = f"sqlite:///{shutil.copy(sqlite_template, tmp_path / 'q.db')}"
    monkeypatch.setenv("QUIETBELL_DATABASE_URL", url)
    monkeypatch.delenv("QUIETBELL_PRACTICE", raising=False)
    monkeypatch.setenv("QUIETBELL_TWILIO_ACCOUNT_SID", carrier.account_sid)
    monkeypatch.setenv("QUIETBELL_TWILIO_AUTH_TOKEN", carrier.auth_token)
    monkeypatch.setenv("QUIETBELL_TWILIO_BASE_URL", carrier.url)
    with opened_talk(url, make_answered_rulebook()) as talk:
        talk.desk.clock.jump_to(SystemClock().now())
        yield talk


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "picture"


@dataclass(frozen=True, slots=True)
class Phone:
    """Ana's, from which she writes through the carrier to the practice."""

    talk: Talk
    carrier: RunningCarrier
    listener: Listener

    def send(self, *media: object) -> str:
        """Send media, let the text be taken in as its callback brings it, and return its id."""
        self.carrier.send_inbound(ANA, OFFICE, "look at this", media=list(media))
        told = self.listener.heard[-1].fields
        count = range(int(told["NumMedia"]))
        inbound = Inbound(
            provider_id=told["MessageSid"],
            from_number=ANA,
            to_number=OFFICE,
            body=told["Body"],
            media=tuple((told[f"MediaUrl{n}"], told[f"MediaContentType{n}"]) for n in count),
        )
        received = receive(self.talk.desk.database, "twilio", inbound)
        assert isinstance(received, Received)
        (text,) = (each for each in self.talk.texts() if each["provider_id"] == inbound.provider_id)
        return str(text["id"].hex)


@pytest.fixture
def phone(talk: Talk, carrier: RunningCarrier) -> Iterator[Phone]:
    with listening() as listener:
        carrier.set_inbound_url(f"{listener.url}/inbound")
        yield Phone(talk, carrier, listener)


def said(capsys: pytest.CaptureFixture[str], *words: str, code: int = 0) -> str:
    assert main(words) == code
    shown = capsys.readouterr()
    return shown.err if code else shown.out + shown.err


def acts(talk: Talk) -> list[audit.Act]:
    with talk.desk.database.read() as connection:
        page = audit.search(connection, "northlight", audit.Search(action="media.fetched"))
    return [each.act for each in page.acts]


def test_a_picture_goes_into_a_file_of_ones_own_and_into_the_audit_log(
    phone: Phone, capsys: pytest.CaptureFixture[str], out: Path
) -> None:
    text_id = phone.send({"type": "image/png", "content": "cGljdHVyZQ=="})
    shown = said(capsys, "conversations", "media", text_id, "--out", str(out), "--author", "maya")
    assert "7 bytes, image/png" in shown
    assert out.read_bytes() == b"picture"
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    (act,) = acts(phone.talk)
    assert (act.signed.by, act.subject.id) == ("person:maya", text_id)
    assert act.after == {"nth": 1, "type": "image/png", "bytes": 7}


def test_the_list_says_that_something_came_and_how_to_fetch_it(
    phone: Phone, capsys: pytest.CaptureFixture[str], out: Path
) -> None:
    text_id = phone.send({"type": "image/png", "bytes": 5})
    shown = said(capsys, "conversations", "show", ANA)
    assert "[image/png:" in shown
    assert f"quietbell conversations media {text_id[-8:]} --out FILE" in " ".join(shown.split())
    facts = json.loads(said(capsys, "conversations", "media", text_id[-8:], "--out", str(out), "--json"))
    assert (facts["bytes"], facts["type"], facts["file"]) == (5, "image/png", str(out))


def test_of_several_one_is_named(phone: Phone, capsys: pytest.CaptureFixture[str], out: Path) -> None:
    text_id = phone.send({"content": "b25l"}, {"content": "dHdv"})
    asked = ("conversations", "media", text_id, "--out", str(out))
    assert "say which, 1 to 2" in said(capsys, *asked, code=1)
    assert "there is no number 3: 2 came" in said(capsys, *asked, "--nth", "3", code=1)
    said(capsys, *asked, "--nth", "2")
    assert out.read_bytes() == b"two"


def test_no_file_is_overwritten_unless_that_is_said(
    phone: Phone, capsys: pytest.CaptureFixture[str], out: Path
) -> None:
    text_id = phone.send({"content": "b25l"})
    asked = ("conversations", "media", text_id, "--out", str(out))
    out.write_text("mine")
    assert "--overwrite replaces it" in said(capsys, *asked, code=1)
    assert out.read_text() == "mine"
    assert acts(phone.talk) == []
    said(capsys, *asked, "--overwrite")
    assert out.read_bytes() == b"one"
    assert [each.name for each in out.parent.iterdir() if "picture" in each.name] == ["picture"]


def test_what_cannot_be_named_or_written_is_said(phone: Phone, capsys: pytest.CaptureFixture[str], out: Path) -> None:
    text_id = phone.send()
    named = {text_id: "words alone", "0" * 32: "nobody wrote", "12": "at least the last 6", "'%": "names no text"}
    for name, words in named.items():
        assert words in said(capsys, "conversations", "media", name, "--out", str(out), code=1)
    assert "that is a folder" in said(capsys, "conversations", "media", text_id, "--out", str(out.parent), code=1)
    nowhere = str(out.parent / "no" / "x")
    assert "does not exist" in said(capsys, "conversations", "media", text_id, "--out", nowhere, code=1)


def test_what_is_not_fetched_leaves_no_file_and_no_act(
    phone: Phone, capsys: pytest.CaptureFixture[str], out: Path
) -> None:
    large = phone.send({"bytes": MOST_MEDIA_BYTES + 1})
    elsewhere = phone.send("https://example.org/a.jpg")
    for text_id, words in ((large, "larger than 5 MB"), (elsewhere, "none of this Twilio account's")):
        assert words in said(capsys, "conversations", "media", text_id, "--out", str(out), code=1)
    assert not out.exists()
    assert acts(phone.talk) == []


def test_a_provider_that_cannot_be_asked_is_named(talk: Talk, capsys: pytest.CaptureFixture[str], out: Path) -> None:
    talk.write("look", media=(("https://media.example/1", "image/png"),))
    text_id = talk.texts()[-1]["id"].hex
    shown = said(capsys, "conversations", "media", text_id, "--out", str(out), code=1)
    assert "terminal cannot be asked" in shown


def test_without_the_providers_credentials_it_says_so(
    phone: Phone, capsys: pytest.CaptureFixture[str], out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text_id = phone.send({"bytes": 5})
    for name in ("ACCOUNT_SID", "AUTH_TOKEN", "BASE_URL"):
        monkeypatch.delenv(f"QUIETBELL_TWILIO_{name}")
    shown = said(capsys, "conversations", "media", text_id, "--out", str(out), code=1)
    assert "twilio is not set up here" in shown
