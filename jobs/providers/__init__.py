"""The providers there are, by the name that a sender gives: an explicit list, one adapter a file."""

from jobs.providers.contract import Provider
from jobs.providers.terminal import TerminalProvider

PROVIDERS: dict[str, type[Provider]] = {"terminal": TerminalProvider}
"""Wiring makes one of each; `check` knows a sender's provider by these names."""
