"""The door for the command line and the API: rows and files in, frozen results out, each call in own transactions."""

import uuid
from collections.abc import Mapping, Sequence

from jobs.database import Database
from jobs.errors import InputError
from scheduler.intake import applying, files
from scheduler.intake.muting import Muted, Muting, mute
from scheduler.intake.occasions import find_occasion, remove_occasions, set_answer
from scheduler.intake.outcomes import Imported, NeedsConfirmation, Refused, Upserted
from scheduler.intake.reading import FileRequest, Tell, say_nothing, what_of
from scheduler.intake.rows import Problem, Row, read_row
from scheduler.intake.turns import LoadCurrent, Turns
from scheduler.planning.basis import OCCASIONS_A_TRANSACTION, Replanned
from scheduler.publishing.revisions import load_current


class Intake:
    """Contacts and occasions of any practice into one database."""

    def __init__(self, database: Database, load: LoadCurrent = load_current) -> None:
        """Open nothing yet; `load` gives a practice's current revision."""
        self._turns = Turns(database, load)

    def upsert(
        self, practice: str, what: str, named: Sequence[Mapping[str, object]], *, fires: bool | None = None
    ) -> Upserted | Refused:
        """Take rows in by column name, as JSON has them: all of them or none, at most 500 at once.

        A name that is not given keeps what is stored; null or an empty value clears it. `fires`: whether what is new or
        another status is an event for `on:` steps; None: a single row is, several are not. A row's `announce` goes
        before it.

        Raises:
            InputError: there is nothing of that name to take in, two rows have the same ref, or there are too many.
            NotFoundError: nothing was published for the practice.

        """
        if len(named) > OCCASIONS_A_TRANSACTION:
            message = f"{len(named):,} rows at once: give at most {OCCASIONS_A_TRANSACTION}, or import a file"
            raise InputError(message)
        kind = what_of(self._turns.current(practice), what)
        read = [read_row(kind.columns, each, place) for place, each in enumerate(named, 1)]
        problems = tuple(problem for each in read if not isinstance(each, Row) for problem in each)
        if problems:
            return Refused(problems)
        rows = [each for each in read if isinstance(each, Row)]
        is_event = len(rows) == 1 if fires is None else fires
        return self._turns.take(practice, lambda turn: applying.take(turn, kind.name, rows, fires=is_event))

    def import_file(self, request: FileRequest, tell: Tell = say_nothing) -> Imported | Refused | NeedsConfirmation:
        """Take a CSV file in, whole or not at all; `tell` hears how far it is."""
        return files.import_file(self._turns, request, tell)

    def dry_run(self, request: FileRequest, tell: Tell = say_nothing) -> Imported | Refused | NeedsConfirmation:
        """Say what importing a CSV file would do; nothing is kept."""
        return files.dry_run(self._turns, request, tell)

    def resume_imports(self, tell: Tell = say_nothing) -> list[Imported]:
        """Finish every import that a crash left half taken in."""
        return applying.resume_imports(self._turns, tell)

    def set_answer(self, practice: str, occasion_id: uuid.UUID, answer: str) -> Replanned:
        """Keep what an occasion's person said of it: none, confirmed, wants_move or declined."""
        return self._turns.take(
            practice, lambda turn: set_answer(turn.connection, turn.current, occasion_id, answer, turn.now)
        )

    def mute(self, order: Muting) -> Muted:
        """Turn reminders of an occasion or to a contact off or on, or mute rules for an occasion."""
        return self._turns.take(order.practice, lambda turn: mute(turn, order))

    def remove_occasion(self, practice: str, kind: str, ref: str) -> Replanned:
        """Mark an occasion gone and cancel its jobs; an upsert of the same ref brings it back."""
        return self._turns.take(
            practice,
            lambda turn: remove_occasions(
                turn.connection, turn.current, [find_occasion(turn.connection, practice, kind, ref)], turn.now
            ),
        )


__all__ = [
    "FileRequest",
    "Imported",
    "Intake",
    "Muted",
    "Muting",
    "NeedsConfirmation",
    "Problem",
    "Refused",
    "Upserted",
]
