"""How much a replan does in one transaction, and how long it rests between two, so that others wait little for it.

Times go in, a number of occasions and seconds come out. It sleeps and asks no clock itself.
"""

from dataclasses import dataclass
from typing import Final

SECONDS_ALONE, SECONDS_BESIDE_OTHERS = 0.12, 0.03
"""How long one transaction plans, about: on SQLite every other writer waits for it."""
REST_ALONE, REST_BESIDE_OTHERS = 0.001, 0.012
"""How long SQLite's lock is left to others between two: time for what a worker does next with a text."""
FEWEST_AT_ONCE, FIRST_AT_ONCE, MOST_AT_ONCE = 5, 25, 1000
SECONDS_WAITED: Final = 0.002
"""Who waits longer for its turn is not alone: others' transactions take longer, and a busy machine's delays do not."""
PARTS_BESIDE_OTHERS: Final = 40
"""So many parts long it goes on as beside others once it met one."""


@dataclass(slots=True)
class Pace:
    """How many occasions the next transaction takes, and how long to rest before it."""

    at_once: int = FIRST_AT_ONCE
    beside_others: int = 0

    def note(self, occasions: int, *, seconds: float, waited: float) -> None:
        """Reckon from a transaction of so many occasions, how long it planned and had waited for its turn."""
        self.beside_others = PARTS_BESIDE_OTHERS if waited > SECONDS_WAITED else max(0, self.beside_others - 1)
        wanted = SECONDS_BESIDE_OTHERS if self.beside_others else SECONDS_ALONE
        fits = int(occasions * wanted / max(seconds, 0.001))
        self.at_once = max(FEWEST_AT_ONCE, min(fits, 2 * self.at_once, MOST_AT_ONCE))

    @property
    def rest(self) -> float:
        """Return how many seconds to rest."""
        return REST_BESIDE_OTHERS if self.beside_others else REST_ALONE
