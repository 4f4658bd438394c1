"""A practice to look at: records dated around the demo's start, and everything in one process."""
