"""What would be sent, when and why: the planner and the gates themselves over stored records and a clock that jumps.

It reads in one transaction, keeps what happens in memory, writes nothing and asks no provider.
"""

from scheduler.simulate.ahead import simulate
from scheduler.simulate.back_test import BackTest, back_test
from scheduler.simulate.fates import Fate, Period, Simulation, Untexted
from scheduler.simulate.likeness import Compared, Likeness, counts_by_rule
from scheduler.simulate.reading import find_contact

__all__ = [
    "BackTest",
    "Compared",
    "Fate",
    "Likeness",
    "Period",
    "Simulation",
    "Untexted",
    "back_test",
    "counts_by_rule",
    "find_contact",
    "simulate",
]
