"""The conversation with each number: what came in is stored once and found again; stopping and starting take effect.

Each call is part of the caller's transaction.
"""

from jobs.conversation.inbound import Arrived, Home, Meant, arrive, automatic_answers, home_of, note_meaning
from jobs.conversation.listing import Conversation, Line, conversations, lines
from jobs.conversation.opting import Opted, opt_in, opt_out
from jobs.conversation.ownership import attach, claim
from jobs.conversation.settling import settle

__all__ = [
    "Arrived",
    "Conversation",
    "Home",
    "Line",
    "Meant",
    "Opted",
    "arrive",
    "attach",
    "automatic_answers",
    "claim",
    "conversations",
    "home_of",
    "lines",
    "note_meaning",
    "opt_in",
    "opt_out",
    "settle",
]
