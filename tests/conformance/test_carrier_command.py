"""`quietbell carrier` as a process of its own: its control door, and a ledger that outlives a kill."""

import base64
import contextlib
import json
import signal
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.carriers import read_ledger

COMMAND = Path(sys.executable).with_name("quietbell")
ME, PERSON = "+14165550100", "+14165550101"


@contextlib.contextmanager
def started(*options: str) -> Iterator[tuple[subprocess.Popen[str], dict[str, str]]]:
    """Run the command; yield its process and what it said of itself."""
    running = subprocess.Popen(
        [COMMAND, "carrier", "--port", "0", "--json", *options], stdout=subprocess.PIPE, text=True
    )
    assert running.stdout is not None
    said = ""
    while not said.endswith("}\n"):
        line = running.stdout.readline()
        assert line, "it ended before it said where it answers"
        said += line
    try:
        yield running, json.loads(said)
    finally:
        running.terminate()
        running.wait()
        running.stdout.close()


def send(carrier: dict[str, str], body: str) -> int:
    basic = base64.b64encode(f"{carrier['account_sid']}:{carrier['auth_token']}".encode()).decode()
    form = urllib.parse.urlencode({"To": PERSON, "From": ME, "Body": body}).encode()
    url = f"{carrier['url']}/2010-04-01/Accounts/{carrier['account_sid']}/Messages.json"
    return asked(url, form, {"Authorization": f"Basic {basic}"})[0]


def control(carrier: dict[str, str], path: str, said: object = None) -> tuple[int, Any]:
    return asked(carrier["url"] + path, None if said is None else json.dumps(said).encode(), {})


def asked(url: str, body: bytes | None, headers: dict[str, str]) -> tuple[int, Any]:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body, headers)) as answer:  # noqa: S310 - our carrier
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as problem:
        with problem:
            return problem.code, json.loads(problem.read())


def test_what_was_answered_for_is_in_the_ledger_after_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "ledger"
    with started("--ledger", str(path)) as (running, carrier):
        assert [send(carrier, f"text {number}") for number in range(20)] == [201] * 20
        running.send_signal(signal.SIGKILL)
        running.wait()
    accepted = [row["text"]["body"] for row in read_ledger(path) if row["what"] == "accepted"]
    assert accepted == [f"text {number}" for number in range(20)]
    with started("--ledger", str(path)) as (_, carrier):
        texts = control(carrier, "/control/accepted")[1]["texts"]
        assert [text["body"] for text in texts] == accepted


def test_mishaps_are_commanded_at_the_start_and_over_the_door() -> None:
    with started("--mishap", "throttle,count=1", "--seed", "1") as (_, carrier):
        assert send(carrier, "first") == 429
        assert send(carrier, "second") == 201
        assert control(carrier, "/control", {"mishaps": [{"kind": "error_after", "share": 1}]})[0] == 200
        assert send(carrier, "third") == 500
        assert control(carrier, "/control")[1]["accepted"] == 2
        assert control(carrier, "/control", {"clear": True})[0] == 200
        assert send(carrier, "fourth") == 201


def test_a_command_that_cannot_be_is_refused_with_a_reason() -> None:
    with started() as (_, carrier):
        status, said = control(carrier, "/control", {"mishaps": [{"kind": "hiccup"}]})
        assert status == 400
        assert "no such kind" in said["error"]
        assert control(carrier, "/control", {"inbound_url": "nowhere"})[0] == 400
        assert control(carrier, "/control", {"mishap": 1})[0] == 400
        assert control(carrier, "/control", {"clear": "all"})[0] == 400
        assert control(carrier, "/control/advance", {"status": 1})[0] == 400


def test_people_write_and_receipts_move_over_the_door() -> None:
    with started() as (_, carrier):
        assert control(carrier, "/control", {"receipts": "manual"})[0] == 200
        send(carrier, "Hello")
        assert control(carrier, "/control/advance", {"to": PERSON})[1] == {"moved": 1}
        status, said = control(carrier, "/control/inbound", {"from": PERSON, "to": ME, "body": "STOP"})
        assert (status, said["answered"]) == (200, None)
        assert send(carrier, "Hello") == 400


def test_it_ends_calmly_when_it_is_asked_to() -> None:
    with started() as (running, _):
        running.terminate()
        assert running.wait() == 0


def test_a_mishap_that_cannot_be_is_one_line() -> None:
    ended = subprocess.run(
        [COMMAND, "carrier", "--port", "0", "--mishap", "hiccup"], capture_output=True, text=True, check=False
    )
    assert ended.returncode == 1
    assert ended.stderr.startswith("quietbell: mishap 'hiccup'")
    assert "Traceback" not in ended.stderr
