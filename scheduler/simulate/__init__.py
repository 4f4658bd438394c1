"""What would be sent, when and why: the planner and the gates themselves over stored records and a clock that jumps.

It reads in one transaction, keeps what happens in memory, writes nothing and asks no provider.
"""

from scheduler.simulate.back_test import Asked, BackTest, back_test
from scheduler.simulate.ahead import simulate
from scheduler.simulate.comparing import Compared, Likeness
from scheduler.simulate.fates import Fate, Period, Simulation, Untexted

__all__ = [
    "Asked",
    "BackTest",
    "Compared",
    "Fate",
    "Likeness",
    "Period",
    "Simulation",
    "Untexted",
    "back_test",
    "simulate",
]
