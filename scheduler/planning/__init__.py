"""Decides what jobs should exist: the pure planner, and the replanner that compares its decisions with what is stored."""
