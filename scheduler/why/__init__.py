"""Why a text went, goes or does not go: the life of a job, and of an occasion's decisions with and without jobs.

It runs the planner again and reads the timeline; it computes nothing of its own and changes nothing.
"""

from scheduler.why.life import Life
from scheduler.why.telling import why_job, why_occasion

__all__ = ["Life", "why_job", "why_occasion"]
