"""Decides what jobs should exist: the pure planner, and the replanner that compares decisions with what is stored."""
