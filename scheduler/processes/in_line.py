"""Waits until a practice's jobs are in line with what was published, and does that work where nobody else is at it.

On a SQLite file that a running process owns, that process's chore does it: a second writer would starve its intake.
"""

import threading

from jobs.database import Database
from scheduler.processes.ownership import OwnedElsewhereError, owning
from scheduler.publishing.replanning import Tell, finish_replan, say_nothing, wish_of
from scheduler.publishing.replans import Wish
from scheduler.settings import Settings

LOOK_SECONDS = 0.2
LOOKS_WITHOUT_PROGRESS = 75
"""After so many the owner of the file is taken to be stuck, and the work is done here."""


def bring_in_line(settings: Settings, database: Database, practice: str, tell: Tell = say_nothing) -> Wish | None:
    """Return the practice's last replan once it has ended; None where none was ever asked for."""
    if _is_owned(settings):
        wish = _watch(database, practice, tell)
        if wish is None or wish.is_ended:
            return wish
    return finish_replan(database, practice, tell)


def _watch(database: Database, practice: str, tell: Tell) -> Wish | None:
    """Look on until the replan has ended, or does not go on any more."""
    idle, before, pause = 0, wish_of(database, practice), threading.Event()
    while before is not None and not before.is_ended and idle < LOOKS_WITHOUT_PROGRESS:
        pause.wait(LOOK_SECONDS)
        wish = wish_of(database, practice)
        idle = idle + 1 if wish == before else 0
        before = wish
        if wish is not None:
            tell(wish.done, wish.total)
    return before


def _is_owned(settings: Settings) -> bool:
    """Tell whether another process runs the ticker and the worker of this SQLite file."""
    file = settings.database_file
    if file is None or not file.exists():
        return False
    try:
        with owning(file):
            return False
    except OwnedElsewhereError:
        return True
