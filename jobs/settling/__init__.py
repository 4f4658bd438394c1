"""Settling what is in doubt: doubtful attempts and what a provider lists of them in, settled jobs out."""

from jobs.settling.asking import Answer, NotAsked, ask_all
from jobs.settling.reading import Doubt
from jobs.settling.settling import Asked, put_back, settle_doubts, take_doubts

__all__ = ["Answer", "Asked", "Doubt", "NotAsked", "ask_all", "put_back", "settle_doubts", "take_doubts"]
