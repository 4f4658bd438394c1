"""The stand-in carrier: an HTTP server that speaks Twilio's and MessageBird's APIs and misbehaves on command.

It stands apart: of ours it uses only clock, errors and segments, and it follows the providers' documents, not our
adapters. `running_carrier` starts one beside a test; `quietbell carrier` runs one by itself.
"""

from scheduler.carrier.accounts import ACCOUNTS, Account, Provider
from scheduler.carrier.ledger import read_ledger
from scheduler.carrier.mishaps import Kind, parse_mishap
from scheduler.carrier.running import RunningCarrier, running_carrier
from scheduler.carrier.texts import Text

__all__ = [
    "ACCOUNTS",
    "Account",
    "Kind",
    "Provider",
    "RunningCarrier",
    "Text",
    "parse_mishap",
    "read_ledger",
    "running_carrier",
]
