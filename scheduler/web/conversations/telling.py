"""What the next page tells of a text that was planned: that it goes, or until when it waits."""

from typing import Final

from fastapi import Request

from scheduler.web.conversations.posting import Posted
from scheduler.web.notices import Notice
from scheduler.web.people import Person
from scheduler.web.practices import zone_of
from scheduler.web.times import tell_moment
from scheduler.web.words import sentence, words_of

GOING: Final = sentence("The text is on its way.")
HELD: Final = sentence("The text waits: it will go {moment}.")
LATER: Final = sentence("The text will go {moment}.")


def told(request: Request, person: Person, posted: Posted) -> Notice:
    """Return the sentence."""
    moment = tell_moment(posted.goes_at, zone_of(request, person.practice), words_of(request).language)
    if posted.is_held:
        return Notice(HELD, {"moment": moment}, "warning")
    return Notice(LATER, {"moment": moment}) if posted.is_later else Notice(GOING)
