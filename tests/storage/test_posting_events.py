"""Events over real sockets: signed, in order, tried again for a day, and lost by no crash; on both databases."""

import datetime as dt
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select
from standardwebhooks import Webhook

from jobs import events
from jobs.clock import SteppingClock
from jobs.database import Database
from jobs.errors import InputError, NotFoundError
from jobs.events import MAIL, POST, SCHEDULE, Seen
from jobs.events.deliveries import HELD_BACK_FOR, LEASE
from jobs.records import audit
from scheduler.chores import forget_events, post_events
from tests.storage.builders import DAY, NOW, add_practice
from tests.storage.telling_out import (
    Receiver,
    add_endpoint,
    kinds,
    make_context,
    note,
    receiving,
    rows_of_deliveries,
    rows_of_endpoints,
)

ANA, BEN = uuid.uuid4(), uuid.uuid4()
SECOND = dt.timedelta(seconds=1)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def practice(database: Database) -> Database:
    database.write(add_practice)
    return database


def post(database: Database) -> dict[str, int]:
    return {name: count for name, count in post_events.run(make_context(database)).items() if count}


def test_an_event_is_posted_once_signed_with_its_endpoints_secret(practice: Database, receiver: Receiver) -> None:
    added = add_endpoint(practice, receiver.url)
    [event_id] = note(practice, ANA)

    assert post(practice) == {"delivered": 1}
    assert post(practice) == {}

    [(headers, body)] = receiver.came
    signature = Webhook(added.secret).sign(event_id, NOW, body)
    assert (headers["webhook-id"], headers["webhook-timestamp"]) == (event_id, str(int(NOW.timestamp())))
    assert headers["webhook-signature"] == signature
    assert headers["content-type"] == "application/json"
    assert receiver.bodies == [{"type": "text.sent", "timestamp": "2026-03-02T15:00:00+00:00", "data": {"reason": "é"}}]


def test_each_endpoint_gets_the_kinds_it_asked_for(practice: Database, receiver: Receiver) -> None:
    add_endpoint(practice, receiver.url, events.Kind.TEXT_SENT)
    add_endpoint(practice, receiver.url, events.Kind.JOB_HELD)

    note(practice, ANA)
    note(practice, ANA, kind=events.Kind.JOB_EXPIRED)

    assert kinds(practice) == ["text.sent"]
    assert post(practice) == {"delivered": 1}


def test_a_practice_without_endpoints_notes_nothing(practice: Database, receiver: Receiver) -> None:
    practice.write(lambda connection: add_practice(connection, "another"))
    add_endpoint(practice, receiver.url, practice="another")

    assert note(practice, ANA) == []
    assert (kinds(practice), rows_of_deliveries(practice)) == ([], [])


def test_what_is_rolled_back_is_never_told(practice: Database, receiver: Receiver) -> None:
    add_endpoint(practice, receiver.url)

    def fail(connection: object) -> None:
        new = events.NewEvent(practice="northlight", kind=events.Kind.TEXT_SENT, payload={})
        events.note(connection, [new], now=NOW)  # type: ignore[arg-type]  # a connection
        raise NotFoundError

    with pytest.raises(NotFoundError):
        practice.write(fail)
    assert post(practice) == {}


def test_an_event_with_a_key_is_told_once(practice: Database, receiver: Receiver) -> None:
    add_endpoint(practice, receiver.url)

    note(practice, ANA, key="a")
    note(practice, ANA, ANA, key="a")
    note(practice, ANA, key="b")

    assert len(kinds(practice)) == 2


def test_what_is_refused_is_tried_on_the_schedule_for_a_day_and_then_given_up(
    practice: Database, receiver: Receiver, clock: SteppingClock
) -> None:
    add_endpoint(practice, receiver.url)
    note(practice, ANA)
    receiver.answers = [(500, b"we are broken")] * len(SCHEDULE)
    moments = []
    for _ in SCHEDULE:
        post(practice)
        moments.append(clock.now() - NOW)
        clock.jump_to(rows_of_deliveries(practice)[0].next_at)

    [row] = rows_of_deliveries(practice)
    for planned, made in zip(SCHEDULE, moments, strict=True):
        assert planned <= made <= planned * 1.1
    assert (row.attempts, row.done_at, row.answer) == (10, None, "it answered 500: we are broken")
    assert row.dead_at is not None
    assert post(practice) == {}
    assert len(set(receiver.ids)) == 1


def test_a_dead_one_goes_again_from_the_start_when_a_person_says_so(
    practice: Database, receiver: Receiver, clock: SteppingClock
) -> None:
    add_endpoint(practice, receiver.url)
    note(practice, ANA)
    receiver.answers = [(500, b"")] * len(SCHEDULE)
    for _ in SCHEDULE:
        post(practice)
        clock.jump_to(rows_of_deliveries(practice)[0].next_at)

    again = practice.write(lambda c: events.send_again(c, "northlight", None, now=clock.now()))

    assert (again, post(practice)) == (1, {"delivered": 1})


def test_an_event_that_arrived_goes_again_by_its_id_and_keeps_it(practice: Database, receiver: Receiver) -> None:
    add_endpoint(practice, receiver.url)
    [event_id] = note(practice, ANA)
    post(practice)

    practice.write(lambda c: events.send_again(c, "northlight", [uuid.UUID(event_id)], now=NOW))

    assert post(practice) == {"delivered": 1}
    assert receiver.ids == [event_id, event_id]
    assert receiver.bodies[0] == receiver.bodies[1]


def test_another_practices_event_is_not_sent_again(practice: Database, receiver: Receiver) -> None:
    add_endpoint(practice, receiver.url)
    [event_id] = note(practice, ANA)
    post(practice)

    with pytest.raises(NotFoundError):
        practice.write(lambda c: events.send_again(c, "another", [uuid.UUID(event_id)], now=NOW))


def test_a_contacts_events_arrive_in_their_order(practice: Database, receiver: Receiver) -> None:
    add_endpoint(practice, receiver.url)
    ids = [note(practice, ANA)[0] for _ in range(4)]

    assert post(practice) == {"delivered": 4}
    assert receiver.ids == ids


def test_a_contacts_later_event_waits_for_the_one_that_fails_and_others_do_not(
    practice: Database, receiver: Receiver, clock: SteppingClock
) -> None:
    add_endpoint(practice, receiver.url)
    [first] = note(practice, ANA)
    receiver.answers = [(500, b"")]
    post(practice)
    [second], [others], [nobodys] = note(practice, ANA), note(practice, BEN), note(practice, None)

    post(practice)
    assert sorted(receiver.ids) == sorted([first, others, nobodys])
    clock.jump_to(NOW + 6 * SECOND)
    post(practice)

    assert receiver.ids[-2:] == [first, second]


def test_a_later_event_waits_two_hours_and_no_longer(
    practice: Database, receiver: Receiver, clock: SteppingClock
) -> None:
    add_endpoint(practice, receiver.url)
    [first], [second] = note(practice, ANA), note(practice, ANA)
    while clock.now() < NOW + HELD_BACK_FOR:
        receiver.answers = [(500, b"")]
        post(practice)
        assert second not in receiver.ids
        clock.jump_to(min(row.next_at for row in rows_of_deliveries(practice) if row.event_id.hex == first))

    receiver.answers = [(500, b"")] * 2
    post(practice)

    assert second in receiver.ids


def test_an_endpoint_that_fails_keeps_no_other_back(practice: Database, receiver: Receiver) -> None:
    add_endpoint(practice, "http://127.0.0.1:9/")
    add_endpoint(practice, receiver.url)
    note(practice, *[None] * 8)

    found = post(practice)

    assert (found["delivered"], len(receiver.came)) == (8, 8)
    waiting = [row for row in rows_of_deliveries(practice) if row.done_at is None]
    assert sorted(row.attempts for row in waiting) == [0, 0, 0, 1, 1, 1, 1, 1]
    assert {row.answer for row in waiting} == {None, "it cannot be reached"}


def test_a_gone_endpoint_is_disabled_for_good_and_the_audit_log_says_so(practice: Database, receiver: Receiver) -> None:
    added = add_endpoint(practice, receiver.url)
    note(practice, ANA, BEN)
    receiver.answers = [(410, b""), (410, b"")]

    assert post(practice)["disabled"] == 1
    note(practice, ANA)

    [row] = rows_of_endpoints(practice)
    assert (row.disabled_at, row.disabled_by) == (NOW, "chore")
    assert all(each.dead_at == NOW for each in rows_of_deliveries(practice))
    assert len(receiver.came) == 2
    with practice.read() as connection:
        acts = connection.execute(select(audit.c.action, audit.c.subject_id)).all()
    assert acts == [("endpoint.disabled", added.id.hex)]


def test_no_redirect_is_followed(practice: Database, receiver: Receiver) -> None:
    add_endpoint(practice, receiver.url)
    note(practice, ANA)
    receiver.answers = [(307, b"")]

    assert post(practice) == {"failed": 1}
    assert len(receiver.came) == 1


def test_only_the_beginning_of_an_answer_is_read(practice: Database, receiver: Receiver) -> None:
    add_endpoint(practice, receiver.url)
    note(practice, ANA)
    receiver.answers = [(500, b"x" * 2_000_000)]

    post(practice)

    assert len(rows_of_deliveries(practice)[0].answer) < 200


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "[::1]", "10.0.0.1", "169.254.169.254", "[::ffff:127.0.0.1]"]
)
def test_a_private_address_is_not_asked_whatever_it_is_called(practice: Database, host: str) -> None:
    add_endpoint(practice, f"https://{host}:9/", private=False)
    note(practice, ANA)

    post_events.run(make_context(practice, events_allow_private=False))

    assert "private address" in rows_of_deliveries(practice)[0].answer


def test_without_tls_nothing_is_posted_unless_that_is_allowed(practice: Database, receiver: Receiver) -> None:
    add_endpoint(practice, receiver.url)
    note(practice, ANA)

    post_events.run(make_context(practice, events_allow_private=False))

    assert receiver.came == []
    assert "https://" in rows_of_deliveries(practice)[0].answer


UNFIT = (
    "http://example.org/",
    "ftp://example.org",
    "https://",
    "https://me:pw@example.org/",
    "https://a b",
    "x",
    "mailto:",
    "mailto:a@b@c",
    "mailto:a@b?bcc=c@d",
    "https://example.org/#a",
    "https://example.org:99999/",
)


@pytest.mark.parametrize("address", UNFIT)
def test_an_address_that_is_not_fit_is_refused(practice: Database, address: str) -> None:
    with pytest.raises(InputError):
        add_endpoint(practice, address, private=False)


def test_a_process_that_dies_before_it_writes_loses_nothing(
    practice: Database, receiver: Receiver, clock: SteppingClock
) -> None:
    add_endpoint(practice, receiver.url)
    [event_id] = note(practice, ANA)
    taken = practice.write(lambda c: events.take(c, POST, most=9, now=NOW))
    assert [each.event_id.hex for each in taken] == [event_id]

    assert post(practice) == {}
    clock.jump_to(NOW + LEASE)

    assert post(practice) == {"delivered": 1}


def test_one_that_wakes_after_its_lease_changes_nothing_of_the_new_holders(
    practice: Database, clock: SteppingClock
) -> None:
    add_endpoint(practice, "https://example.org/")
    note(practice, ANA)
    old = practice.write(lambda c: events.take(c, POST, most=9, now=NOW))
    clock.jump_to(NOW + LEASE)
    new = practice.write(lambda c: events.take(c, POST, most=9, now=clock.now()))

    late = practice.write(lambda c: events.failed(c, [events.Failed(old[0], "late")], lambda: 0.0, now=clock.now()))
    assert late == {"failed": 0}
    practice.write(lambda c: events.put_back(c, old, until=NOW))
    [row] = rows_of_deliveries(practice)
    assert (row.attempts, row.next_at, row.answer) == (new[0].attempts, clock.now() + LEASE, None)


def test_two_processes_at_once_post_each_event_once(practice: Database, receiver: Receiver) -> None:
    add_endpoint(practice, receiver.url)
    note(practice, *[None] * 30)

    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(post, practice) for _ in range(4)]:
            done.result()
    post(practice)

    assert (len(receiver.ids), len(set(receiver.ids))) == (30, 30)


def test_what_waits_is_listed_with_its_last_answer(practice: Database, receiver: Receiver) -> None:
    add_endpoint(practice, receiver.url)
    note(practice, ANA)
    receiver.answers = [(503, b"busy")]
    post(practice)

    with practice.read() as connection:
        [row] = events.dead_or_open(connection, "northlight", Seen())
        dead = events.dead_or_open(connection, "northlight", Seen(only_dead=True))

    assert (row.kind, row.attempts, row.answer, dead) == ("text.sent", 1, "it answered 503: busy", [])


def test_a_removed_endpoint_takes_its_deliveries_along(practice: Database, receiver: Receiver) -> None:
    added = add_endpoint(practice, receiver.url)
    note(practice, ANA)

    with pytest.raises(NotFoundError):
        practice.write(lambda c: events.remove_endpoint(c, "another", added.id))
    practice.write(lambda c: events.remove_endpoint(c, "northlight", added.id))

    assert rows_of_deliveries(practice) == []
    assert note(practice, ANA) == []


def test_events_are_forgotten_after_a_month_unless_one_is_still_to_be_delivered(
    practice: Database, receiver: Receiver, clock: SteppingClock
) -> None:
    add_endpoint(practice, receiver.url, events.Kind.TEXT_SENT)
    note(practice, ANA)
    post(practice)
    note(practice, BEN)
    clock.jump_to(NOW + 31 * DAY)

    forget_events.run(make_context(practice))

    [row] = rows_of_deliveries(practice)
    assert (row.contact_id, len(kinds(practice))) == (BEN, 1)


def test_an_erased_contact_is_in_no_event(practice: Database, receiver: Receiver) -> None:
    add_endpoint(practice, receiver.url)
    note(practice, ANA, BEN)

    assert practice.write(lambda c: events.forget_contact(c, [ANA])) == 1
    assert {row.contact_id for row in rows_of_deliveries(practice)} == {BEN}


def test_mail_is_not_posted(practice: Database) -> None:
    add_endpoint(practice, "mailto:desk@northlight.example", events.Kind.TEXT_SENT)
    note(practice, ANA)

    assert post(practice) == {}
    assert len(practice.write(lambda c: events.take(c, MAIL, most=9, now=NOW))) == 1
