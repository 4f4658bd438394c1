"""What an inbound text means: its words in, a meaning out. Pure: it changes nothing and asks nobody.

Words that carriers and the law know come first, then the practice's reply words, then phrases; the rest is for people.
"""

from jobs.replies.plain import joined, plain
from jobs.replies.reading import Meaning, Reading, answer_of, read, read_phrase, read_word, waits_for_staff
from jobs.replies.sayings import AUTO_REPLY, Saying, say
from jobs.replies.words import CARRIERS_ANSWER

__all__ = [
    "AUTO_REPLY",
    "CARRIERS_ANSWER",
    "Meaning",
    "Reading",
    "Saying",
    "answer_of",
    "joined",
    "plain",
    "read",
    "read_phrase",
    "read_word",
    "say",
    "waits_for_staff",
]
