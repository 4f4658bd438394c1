"""Who has to be phoned: occasions ahead whose person no text has told, though one should have; and who was phoned.

For the command line, the API and the pages alike. It plans and sends nothing; all it writes is a note of a call.
"""

from scheduler.unreached.listing import Asked, UnreachedPerson, list_unreached
from scheduler.unreached.phoning import Call, Noted, note_call
from scheduler.unreached.reading import Called

__all__ = ["Asked", "Call", "Called", "Noted", "UnreachedPerson", "list_unreached", "note_call"]
