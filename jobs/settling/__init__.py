"""Settling what is in doubt: doubtful attempts and what a provider lists of them in, settled jobs out."""

from jobs.settling.asking import ask_all
from jobs.settling.reading import Doubt
from jobs.settling.settling import Asked, settle_doubts, take_doubts

__all__ = ["Asked", "Doubt", "ask_all", "settle_doubts", "take_doubts"]
