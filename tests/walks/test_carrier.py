"""`quietbell serve` with Twilio's SDK against the stand-in carrier over real sockets: out, receipts, replies, doubt."""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scheduler.carrier import RunningCarrier
from tests.carriers import running_carrier
from tests.walks.installation import PRACTICE, Installation, Running, free_port, wait_until

SENDER = "+15145550100"
PERSON = "+14165550100"


class World:
    """A practice that sends through the carrier, and the program that runs it."""

    def __init__(self, folder: Path, carrier: RunningCarrier) -> None:
        """Publish the practice and take its contact in."""
        self.carrier, self.port = carrier, free_port()
        address = f"http://127.0.0.1:{self.port}"
        self.here = Installation(
            folder,
            {
                "QUIETBELL_PORT": str(self.port),
                "QUIETBELL_PUBLIC_URL": address,
                "QUIETBELL_TWILIO_ACCOUNT_SID": carrier.account_sid,
                "QUIETBELL_TWILIO_AUTH_TOKEN": carrier.auth_token,
                "QUIETBELL_TWILIO_BASE_URL": carrier.url,
            },
        )
        carrier.set_inbound_url(f"{address}/callbacks/twilio/inbound")
        self.here.write_practice(PRACTICE.replace("provider: terminal", "provider: twilio"))
        self.here.write_contacts(1)
        for words in (["apply", "--yes"], ["import", "contacts", "contacts.csv"]):
            done = self.here.run(*words)
            assert done.code == 0, done.err

    def serve(self) -> Running:
        """Start the program and wait until it serves."""
        running = self.here.start("serve")
        wait_until(lambda: "serving" in running.said(), what="serve")
        return running

    def send(self, text: str) -> None:
        """Send a text of somebody's own words."""
        done = self.here.run("send", "--to", "C-1", "--text", text)
        assert done.code == 0, done.err

    def jobs(self) -> list[dict[str, Any]]:
        """Return all jobs as the command line tells them."""
        found: list[dict[str, Any]] = json.loads(self.here.run("jobs", "--json").out)["jobs"]
        return found

    def states(self) -> list[str]:
        """Return the states of all jobs."""
        return sorted(job["state"] for job in self.jobs())


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with running_carrier(ledger=tmp_path / "carrier.jsonl", seed=1) as carrier:
        yield World(tmp_path / "here", carrier)


@pytest.fixture
def served(world: World) -> Iterator[World]:
    running = world.serve()
    try:
        yield world
    finally:
        assert running.stop() == 0, running.said()


def test_a_text_goes_out_and_its_receipt_comes_back(served: World) -> None:
    served.send("Your file is ready.")
    wait_until(lambda: served.states() == ["delivered"], what="a delivered text")
    [text] = served.carrier.accepted()
    assert (text.to_number, text.from_number, text.body) == (PERSON, SENDER, "Your file is ready.")


def test_whoever_says_stop_gets_nothing_more(served: World) -> None:
    assert served.carrier.send_inbound(PERSON, SENDER, "STOP") == 200
    served.send("Your file is ready.")
    wait_until(lambda: "blocked" in served.states(), what="a blocked text")
    assert [text.body for text in served.carrier.accepted() if "file is ready" in text.body] == []


def test_a_text_that_was_accepted_while_the_line_went_dead_is_settled_and_not_sent_again(served: World) -> None:
    served.carrier.set_receipts(manual=True)
    served.carrier.mishap("accept_then_reset", count=1)
    served.send("Your file is ready.")
    wait_until(lambda: served.states() == ["sent"], what="a settled text")
    assert len(served.carrier.accepted()) == 1


def test_a_forged_callback_changes_nothing(served: World) -> None:
    served.carrier.set_receipts(manual=True)
    served.send("Your file is ready.")
    wait_until(lambda: served.states() == ["sent"], what="a sent text")
    [text] = served.carrier.accepted()
    form = f"MessageSid={text.id}&MessageStatus=delivered".encode()
    forged = urllib.request.Request(
        f"http://127.0.0.1:{served.port}/callbacks/twilio/receipt", data=form, headers={"X-Twilio-Signature": "AAAA"}
    )
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(forged, timeout=10)  # noqa: S310 - our own server
    refused.value.close()
    assert refused.value.code == 403
    assert served.states() == ["sent"]


def test_an_opt_out_that_only_the_carrier_knew_is_kept_and_start_brings_back_what_it_blocked(served: World) -> None:
    served.carrier.mishap("refuse", code=21610, count=1)
    served.send("Your file is ready.")
    wait_until(lambda: served.states() == ["blocked"], what="a blocked text")
    served.send("Your visa has come.")
    wait_until(lambda: served.states() == ["blocked", "blocked"], what="another one that was not asked for")
    assert [job["reason"].partition(" (")[0] for job in served.jobs() if "carrier" not in job["reason"]] == []
    assert served.carrier.accepted() == []
    assert served.carrier.send_inbound(PERSON, SENDER, "START") == 200
    wait_until(lambda: served.states() == ["delivered", "delivered"], what="both texts")
    assert len(served.carrier.accepted()) == 2


def test_an_opt_out_in_words_that_the_carrier_does_not_know_is_confirmed_once(served: World) -> None:
    for words in ("ARRET", "Arrêt!", "arret svp"):
        assert served.carrier.send_inbound(PERSON, SENDER, words) == 200
    served.send("Your file is ready.")
    wait_until(lambda: served.states() == ["blocked", "delivered"], what="the confirmation, and a blocked text")
    [confirmation] = served.carrier.accepted()
    assert confirmation.body.startswith("Vous ne recevrez plus")
