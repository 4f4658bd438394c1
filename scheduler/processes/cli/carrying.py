"""`quietbell carrier`: the stand-in carrier by itself, until it is stopped, for walks, benchmarks and trying out."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from scheduler.processes.cli.screen import say, show_json
from scheduler.processes.stopping import stop_on_signals

_LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("carrier")(carrier)


def carrier(  # noqa: PLR0913 - one for each option of the command
    *,
    host: Annotated[str, typer.Option(help="Where it listens.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="On which port; 0 takes a free one.")] = 4010,
    ledger: Annotated[
        Path | None, typer.Option(help="The file that it keeps its ledger in; else it keeps none.")
    ] = None,
    seed: Annotated[int | None, typer.Option(help="The same seed brings the same mishaps.")] = None,
    mishap: Annotated[
        list[str] | None,
        typer.Option(help="What goes wrong, as in `throttle,share=0.1,retry_after=2`; may be repeated."),
    ] = None,
    receipt_seconds: Annotated[float, typer.Option(help="Seconds between a text's statuses.")] = 1.0,
    inbound_url: Annotated[str | None, typer.Option(help="Where texts that people send are handed on to.")] = None,
    json: Annotated[bool, typer.Option("--json", help="Print its address and credentials as JSON.")] = False,
) -> None:
    """Stand in for Twilio and MessageBird, and misbehave on command. No text leaves the machine."""
    # Only this command needs a web server.
    from scheduler.carrier import parse_mishap, running_carrier  # noqa: PLC0415

    mishaps = [parse_mishap(written) for written in mishap or ()]
    running_so = running_carrier(
        host=host, port=port, ledger=ledger, seed=seed, receipt_seconds=receipt_seconds, inbound_url=inbound_url
    )
    with stop_on_signals() as stop, running_so as running:
        for each in mishaps:
            running.command(each)
        shown = {
            "url": running.url,
            "account_sid": running.account_sid,
            "auth_token": running.auth_token,
            "access_key": running.access_key,
            "signing_key": running.signing_key,
        }
        if json:
            show_json(shown)
        else:
            _show(shown, ledger, is_open=host not in _LOOPBACK)
        sys.stdout.flush()
        stop.wait()


def _show(shown: dict[str, str], ledger: Path | None, *, is_open: bool) -> None:
    say(f"The stand-in carrier answers at {shown['url']} until it is stopped.", "strong")
    say(f"Twilio: account {shown['account_sid']}, token {shown['auth_token']}.")
    say(f"MessageBird: access key {shown['access_key']}, signing key {shown['signing_key']}.")
    say(f"Ledger: {ledger or 'none; --ledger FILE keeps one'}. Commands: POST {shown['url']}/control.")
    if is_open:
        say("Others can reach it: its control door asks for no password.", "bad")
