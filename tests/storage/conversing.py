"""A practice whose people write back: reminders delivered to a scripted provider, texts in, what became of them."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import select

from jobs import consent, store
from jobs.providers.contract import Capabilities, Inbound
from jobs.records import texts
from jobs.states import UNSENT, Origin
from jobs.store.values import Job
from scheduler.inbound import NobodysNumber, Received, receive
from scheduler.rulebook.schema import Rulebook
from tests.storage.delivering import ScriptedProvider, make_delivery
from tests.storage.intake_practice import Desk, make_rulebook, opened

ANA = "+15145550001"
OFFICE = "+15145550100"
REPLIES: Mapping[str, object] = {
    "confirm": {"words": ["C", "OUI", "1"], "say": "thanks"},
    "reschedule": {"words": ["R", "2"], "say": "call"},
}
DAY_BEFORE: Mapping[str, object] = {"id": "day-before", "before": "1 day", "at": "16:00", "template": "reminder"}
HOUR_BEFORE: Mapping[str, object] = {
    "id": "hour-before",
    "before": "1 hour",
    "template": "reminder",
    "in_quiet_hours": "skip",
    "unless": {"answer": "confirmed"},
}


def make_answered_rulebook(**changes: Any) -> Rulebook:
    """Return a rulebook whose rule about visits takes replies and withholds its last step from who confirmed."""
    rule = {"replies": REPLIES, "moved": "reminder", "cancelled": "off", **changes.pop("rule", {})}
    book = make_rulebook(steps=(DAY_BEFORE, HOUR_BEFORE), rule=rule, **changes)
    said = {
        "reminder": {"en": "See you {{ occasion.start | date }} at {{ occasion.start | time }}."},
        "thanks": {"en": "Thank you, {{ contact.first_name }}."},
        "call": {"en": "We will call you."},
        "off": {"en": "Your visit is cancelled."},
    }
    return book.model_copy(update={"templates": said})


@contextmanager
def opened_talk(url: str, rulebook: Rulebook) -> Iterator["Talk"]:
    """Give a practice with a contact, Ana, and no occasion."""
    with opened(url, rulebook) as desk:
        yield Talk(desk)


@contextmanager
def talking(url: str, rulebook: Rulebook | None = None) -> Iterator["Talk"]:
    """Give a practice with a contact, Ana, and a visit of hers on December 1 at 10:00."""
    with opened_talk(url, rulebook or make_answered_rulebook()) as talk:
        talk.desk.visit()
        yield talk


class Talk:
    """A desk whose people write back."""

    def __init__(self, desk: Desk) -> None:
        """Begin with nothing said."""
        self.desk = desk
        self.provider = ScriptedProvider()
        self._count = 0

    def write(
        self,
        body: str,
        *,
        number: str = ANA,
        to: str = OFFICE,
        provider_id: str | None = None,
        capabilities: Capabilities | None = None,
        **values: Any,
    ) -> Received:
        """Let somebody write to the practice, and return what became of it."""
        self._count += 1
        name = provider_id or f"IN-{self._count}"
        inbound = Inbound(provider_id=name, from_number=number, to_number=to, body=body, **values)
        found = receive(self.desk.database, "terminal", inbound, capabilities or Capabilities())
        assert isinstance(found, Received), found
        return found

    def write_to_nobody(self, body: str) -> NobodysNumber:
        """Let somebody write to a number that no practice has."""
        inbound = Inbound(provider_id="IN-0", from_number=ANA, to_number="+15145559999", body=body)
        found = receive(self.desk.database, "terminal", inbound)
        assert isinstance(found, NobodysNumber), found
        return found

    def remind(self, ref: str = "A-1", step: str = "day-before") -> None:
        """Let the clock come to a step of an occasion and deliver it."""
        occasion_id = self.desk.occasion_id(ref)
        (job,) = (job for job in self.desk.jobs() if job.occasion_id == occasion_id and job.step == step)
        if job.due_at > self.desk.clock.now():
            self.desk.clock.jump_to(job.due_at)
        self.deliver([job.id])

    def deliver(self, ids: Sequence[uuid.UUID] | None = None, **changes: Any) -> list[str]:
        """Deliver these jobs, or all that are due, and return the words that went out."""
        now = self.desk.clock.now()
        due = [job.id for job in self.desk.jobs() if job.state in UNSENT and job.due_at <= now]
        before = len(self.provider.asked)
        chosen = due if ids is None else list(ids)
        self.desk.database.write(lambda connection: store.enqueue(connection, chosen, now=now))
        make_delivery(self.desk.database, self.provider, **changes).deliver(chosen)
        return [request.body for request in self.provider.asked[before:]]

    def acknowledgements(self) -> list[Job]:
        """Return the jobs that answer texts, oldest first."""
        found = [job for job in self.desk.jobs() if job.origin is Origin.ACKNOWLEDGEMENT]
        return sorted(found, key=lambda job: job.created_at)

    def texts(self) -> list[dict[str, Any]]:
        """Return every line of every conversation, oldest first."""
        with self.desk.database.read() as connection:
            return [dict(row) for row in connection.execute(select(texts).order_by(texts.c.at, texts.c.id)).mappings()]

    def words(self, number: str = ANA) -> list[consent.Recorded]:
        """Return the consent history of a number."""
        with self.desk.database.read() as connection:
            return consent.history(connection, "northlight", number)

    def is_opted_out(self, number: str = ANA) -> bool:
        """Tell whether a number is opted out."""
        key = ("northlight", number)
        with self.desk.database.read() as connection:
            found = consent.standings(connection, [key], self.desk.clock.now()).get(key)
        return found is not None and found.opted_out is not None

    def standing(self, purpose: str, number: str = ANA) -> str | None:
        """Return the newest word of a number on a purpose."""
        key = ("northlight", number)
        with self.desk.database.read() as connection:
            found = consent.standings(connection, [key], self.desk.clock.now()).get(key)
        return None if found is None else found.on(purpose)

    def answer(self, ref: str = "A-1") -> str:
        """Return what was answered about an occasion."""
        return str(self.desk.occasion(ref)["answer"])

    def plan_one_off(self, **values: Any) -> uuid.UUID:
        """Plan a one-off that is due now and return its id."""
        now = self.desk.clock.now()
        given: dict[str, Any] = {"practice": "northlight", "identity": uuid.uuid4(), "origin": Origin.ONE_OFF}
        given |= {"sender": "main", "provider": "terminal", "planned_for": now, "text": "Your file is ready."}
        given |= {"useful_until": now.replace(year=now.year + 1)} | values
        planned = self.desk.database.write(
            lambda connection: store.plan(connection, [store.NewJob(**given)], by=store.person("ana"), now=now)
        )
        return planned[0]


__all__ = ["ANA", "OFFICE", "Talk", "make_answered_rulebook", "opened_talk", "talking"]
