"""The sentences of the pages in French, by the English ones, a file for each room of the console.

A test finds what is missing here and what nobody says.
"""

from collections.abc import Mapping
from typing import Final

from scheduler.web.french import (
    calendar,
    contacts,
    conversations,
    frame,
    jobs,
    overview,
    rules,
    settings,
    signing,
    time_machine,
)

_ROOMS: Final = (calendar, contacts, conversations, frame, jobs, overview, rules, settings, signing, time_machine)

FRENCH: Final[Mapping[str, str]] = {english: said for room in _ROOMS for english, said in room.FRENCH.items()}
FRENCH_MANY: Final[Mapping[str, tuple[str, str]]] = {
    english: said for room in _ROOMS for english, said in room.FRENCH_MANY.items()
}
"""By the English sentence for many: the French for one, and for many."""
