"""Finish imports whose process died half-way; one that a living process takes in is left to it.

A run is short, so that a process can stop; the next one goes on.
"""

from collections import Counter
from typing import Final

from scheduler.chores.context import Context
from scheduler.intake.applying import resume_imports
from scheduler.intake.turns import Turns
from scheduler.publishing.revisions import load_current

SECONDS_A_RUN: Final = 8.0


def run(context: Context) -> Counter[str]:
    """Go on for some seconds with imports that nobody takes in any more; count those that were finished."""
    turns = Turns(context.database, load_current)
    finished = resume_imports(turns, seconds=SECONDS_A_RUN)
    return Counter(finished=len(finished))
