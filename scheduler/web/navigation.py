"""The rooms of the console, in the order of its navigation: what each is called, where it is, and who finds it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from scheduler.identities.rights import Right
from scheduler.web.people import Person
from scheduler.web.words import sentence


@dataclass(frozen=True, slots=True)
class Room:
    """One entry; `key` is the letter that leads there after `g`."""

    path: str
    label: str
    right: Right | None
    key: str

    def holds(self, path: str) -> bool:
        """Tell whether a page stands in this room."""
        return path == self.path or (self.path != "/" and path.startswith(f"{self.path}/"))


ROOMS: Final = (
    Room("/", sentence("Overview"), Right.READ_JOBS, "o"),
    Room("/jobs", sentence("Jobs"), Right.READ_JOBS, "j"),
    Room("/conversations", sentence("Conversations"), Right.READ_INBOX, "m"),
    Room("/calendar", sentence("Calendar"), Right.READ_RECORDS, "c"),
    Room("/contacts", sentence("Contacts"), Right.READ_RECORDS, "p"),
    Room("/rules", sentence("Rules and templates"), Right.READ_RULEBOOK, "r"),
    Room("/time-machine", sentence("Time machine"), Right.READ_RULEBOOK, "t"),
    Room("/settings", sentence("Settings"), None, "s"),
)


def rooms_of(person: Person | None) -> tuple[Room, ...]:
    """Return the rooms that somebody may enter; none before they signed in."""
    if person is None:
        return ()
    return tuple(room for room in ROOMS if room.right is None or person.may(room.right))


def keys_of(person: Person | None) -> Mapping[str, str]:
    """Return what each key that follows `g` leads to."""
    return {room.key: room.label for room in rooms_of(person)}
