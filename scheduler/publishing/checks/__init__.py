"""The checks before a rulebook is published, one subject a file; `listing` runs them all at once."""
