"""Logs: structured, numbers masked, bodies never."""

import io
import json
import logging
from typing import Any

import pytest
import structlog
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from scheduler.processes.logs import set_up_logs
from scheduler.settings import Settings


@pytest.fixture
def written() -> io.StringIO:
    """Send logs to a stream."""
    stream = io.StringIO()
    set_up_logs(Settings(), stream)
    return stream


def last(stream: io.StringIO) -> dict[str, Any]:
    event: dict[str, Any] = json.loads(stream.getvalue().splitlines()[-1])
    return event


def test_an_event_is_one_line_of_json_with_its_moment(written: io.StringIO) -> None:
    structlog.get_logger().info("taken", jobs=3)
    assert last(written).keys() == {"event", "jobs", "level", "timestamp"}
    assert last(written)["jobs"] == 3


def test_a_number_is_masked_wherever_it_stands(written: io.StringIO) -> None:
    structlog.get_logger().info("to +15145550123", to="+15145550123", more={"numbers": ["+33612345678"]})
    assert "5550123" not in written.getvalue()
    assert "612345678" not in written.getvalue()


def test_a_body_is_never_written(written: io.StringIO) -> None:
    structlog.get_logger().info("sent", body="Your hearing is tomorrow", attempt={"text": "Your hearing"})
    assert "hearing" not in written.getvalue()


def test_what_a_library_logs_goes_the_same_way(written: io.StringIO) -> None:
    logging.getLogger("some.library").warning("could not reach %s", "+15145550123")
    assert last(written)["level"] == "warning"
    assert "5550123" not in written.getvalue()


def test_numbers_in_a_traceback_are_masked(written: io.StringIO) -> None:
    try:
        int("+15145550123x")
    except ValueError:
        structlog.get_logger().exception("failed")
    assert "ValueError" in last(written)["exception"]
    assert "5550123" not in written.getvalue()


def test_the_values_of_a_failed_statement_are_never_written(written: io.StringIO) -> None:
    engine = create_engine("sqlite://")
    words = "Your hearing is tomorrow"
    try:
        with engine.connect() as connection:
            connection.execute(text("INSERT INTO nowhere VALUES (:body)"), {"body": words})
    except OperationalError:
        structlog.get_logger().exception("failed")
    engine.dispose()
    assert "no such table" in last(written)["exception"]
    assert words not in written.getvalue()


def test_what_lies_below_the_level_is_not_written(written: io.StringIO) -> None:
    structlog.get_logger().debug("detail")
    assert written.getvalue() == ""
