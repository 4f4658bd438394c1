"""People's phones in the demo with the carrier: who answers which text with what, once each, over the carrier."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import InitVar, dataclass, field
from typing import Final

from sqlalchemy import Connection, RowMapping, select

from jobs.database import Database
from jobs.records import attempts, contacts, jobs, texts
from scheduler.carrier import RunningCarrier
from scheduler.processes.demo.story import PRACTICE

OK: Final = 200
DIRECTION_IN: Final = "in"
ANSWERS: Final = {
    "C-101": "C",
    "C-108": "Oui!",
    "C-103": "STOP",
    "C-131": "R",
    "C-117": "Can I bring my sister along?",
}
"""What each writes once the reminder of a consultation has come; the words are those of the shipped rules."""
DAY_BEFORE: Final = {
    "C-104": "Is there parking near the office?",
    "C-111": "C",
    "C-125": "Merci! Est-ce que je dois apporter mon passeport?",
    "C-139": "Oui",
    "C-120": "Thank you, see you then",
}
"""And what others wrote the day before."""
EVER: Final = dt.datetime.min.replace(tzinfo=dt.UTC)
RULE, STEP = "consultation", "day-before"
MEANS: Final = {
    "confirmed": "confirmed",
    "wants_move": "wants another time: staff are asked",
    "declined": "declined",
    "opt_out": "opted out: nothing more goes to this number",
    "opt_in": "opted in again",
    "help": "asks for help",
    "ambiguous": "may be an opt-out: staff are asked, texts wait",
    "unclear": "staff are asked, rules' texts wait a while",
}


@dataclass(slots=True)
class Phones:
    """The phones that answer, and what was written so far."""

    database: Database
    carrier: RunningCarrier
    answers: InitVar[Mapping[str, str]] = ANSWERS
    since: dt.datetime = EVER
    """Reminders of before are answered no more."""
    _silent: dict[str, str] = field(init=False)

    def __post_init__(self, answers: Mapping[str, str]) -> None:
        """Let everybody be silent."""
        self._silent = dict(answers)

    def answer(self) -> list[str]:
        """Let those write whose reminder has come; return what was written and what it means, in sentences."""
        if not self._silent:
            return []
        with self.database.read() as connection:
            reminded = _reminded(connection, list(self._silent), self.since, self.database.moment(connection))
        return [self._write(each) for each in reminded if each["ref"] in self._silent]

    def wrote(self, ref: str) -> bool:
        """Tell whether this contact has written."""
        return ref not in self._silent

    def _write(self, to: RowMapping) -> str:
        words = self._silent.pop(to["ref"])
        taken = self.carrier.send_inbound(to["to_number"], to["from_number"], words, provider=to["provider"])
        if taken != OK:
            return f"{to['name']} answered “{words}”, and it was not taken in: {taken}."
        with self.database.read() as connection:
            meaning = _meaning(connection, to["to_number"])
        return f"{to['name']} answers “{words}”: {MEANS.get(meaning, meaning)}."


def _reminded(
    connection: Connection, refs: Sequence[str], since: dt.datetime, now: dt.datetime
) -> Sequence[RowMapping]:
    """Return who of these was reminded since then, and by which number; an answer is later than what it answers."""
    query = (
        select(contacts.c.ref, contacts.c.name, attempts.c.to_number, attempts.c.from_number, attempts.c.provider)
        .join(jobs, jobs.c.contact_id == contacts.c.id)
        .join(attempts, attempts.c.job_id == jobs.c.id)
        .where(contacts.c.practice == PRACTICE, contacts.c.ref.in_(refs))
        .where(jobs.c.rule == RULE, jobs.c.step == STEP, attempts.c.provider_id.is_not(None))
        .where(attempts.c.started_at >= since, attempts.c.started_at < now)
        .order_by(attempts.c.id)
    )
    return connection.execute(query).mappings().all()


def _meaning(connection: Connection, number: str) -> str:
    query = (
        select(texts.c.meaning)
        .where(texts.c.practice == PRACTICE, texts.c.number == number, texts.c.direction == DIRECTION_IN)
        .order_by(texts.c.at.desc(), texts.c.id.desc())
        .limit(1)
    )
    return connection.execute(query).scalar() or ""
