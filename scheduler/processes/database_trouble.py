"""What a database's error means in one line: the driver's words, never the statement, its values or an address."""

from sqlalchemy.exc import SQLAlchemyError


def trouble(problem: SQLAlchemyError) -> str:
    """Return the first line of what the driver said, as the end of a sentence about the database."""
    cause = getattr(problem, "orig", None)
    lines = str(cause if cause is not None else problem).strip().splitlines()
    return f"does not answer as it should: {lines[0] if lines else type(problem).__name__}"
