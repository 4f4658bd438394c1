"""What the tests of the processes share: logs go back to where they went, whatever a command set up."""

import logging
from collections.abc import Iterator

import pytest
import structlog


@pytest.fixture(autouse=True)
def _former_logs() -> Iterator[None]:
    """Put the former set-up of logs back after each test."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()
