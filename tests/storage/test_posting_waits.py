"""An endpoint that is asked too much says when to come back, over real sockets; on both databases."""

import datetime as dt
import uuid

from jobs.database import Database
from scheduler.chores import post_events
from tests.storage.builders import NOW, add_practice
from tests.storage.telling_out import add_endpoint, make_context, note, receiving, rows_of_deliveries


def test_an_endpoint_that_asks_for_time_is_left_alone_until_then(database: Database) -> None:
    database.write(add_practice)
    with receiving() as receiver:
        add_endpoint(database, receiver.url)
        for _ in range(7):
            note(database, uuid.uuid4())
        receiver.answers[:] = [(429, b"")] * 5
        receiver.retry_after = "1800"
        assert post_events.run(make_context(database))["failed"] == 5
    assert {row.next_at - NOW for row in rows_of_deliveries(database)} == {dt.timedelta(minutes=30)}
    assert len(receiver.came) == 5
