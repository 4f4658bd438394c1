"""The revisions, oldest first by the number in front; each is one change."""
