"""Decides what is sent when, and holds every way in."""
