"""A signal asks for a calm stop."""

import signal
import subprocess
import sys

import pytest

from scheduler.processes.stopping import stop_on_signals


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_asks_for_a_stop(number: signal.Signals) -> None:
    with stop_on_signals() as wanted:
        assert not wanted.is_set()
        signal.raise_signal(number)
        assert wanted.is_set()


def test_the_former_ways_come_back() -> None:
    former = signal.getsignal(signal.SIGTERM)
    with stop_on_signals():
        assert signal.getsignal(signal.SIGTERM) is not former
    assert signal.getsignal(signal.SIGTERM) is former


def test_a_second_signal_ends_the_process_at_once() -> None:
    program = """
import signal
from scheduler.processes.stopping import stop_on_signals
with stop_on_signals():
    signal.raise_signal(signal.SIGTERM)
    signal.raise_signal(signal.SIGTERM)
"""
    ended = subprocess.run([sys.executable, "-c", program], check=False)
    assert ended.returncode == -signal.SIGTERM
