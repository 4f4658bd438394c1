"""Mail to staff over a real socket: what needs a person, in one mail, without words and whole numbers."""

from collections.abc import Iterator

import pytest

from jobs.clock import SteppingClock
from jobs.database import Database
from jobs.events import Kind
from scheduler.chores import mail_staff
from tests.storage.builders import MINUTE, NOW, add_practice
from tests.storage.conversing import ANA, Talk, talking
from tests.storage.telling_out import (
    MailRoom,
    add_endpoint,
    make_context,
    note,
    rows_of_deliveries,
    rows_of_endpoints,
    taking_mail,
)

DESK = "mailto:desk@northlight.example"


@pytest.fixture
def room() -> Iterator[MailRoom]:
    with taking_mail() as room:
        yield room


@pytest.fixture
def practice(database: Database) -> Database:
    database.write(add_practice)
    return database


def mail(database: Database, room: MailRoom) -> dict[str, int]:
    return {name: count for name, count in mail_staff.run(make_context(database, mail=room.server)).items() if count}


def test_staff_hear_of_a_text_without_its_words_and_the_whole_number(database_url: str, room: MailRoom) -> None:
    with talking(database_url) as talk:
        database = talk.desk.database
        add_endpoint(database, DESK)
        write_and_confirm(talk)

        assert mail(database, room) == {"mails": 1}
        assert mail(database, room) == {}

    [words] = room.mails
    assert room.recipients == ["RCPT TO:<desk@northlight.example>"]
    assert "Subject: northlight: somebody wrote to the practice" in words
    assert "contact C-1; case F-77; for maya; it asks for a person" in words
    assert "parking" not in words
    assert ANA not in words


def write_and_confirm(talk: Talk) -> None:
    talk.desk.contact(owner="maya")
    talk.desk.visit(case_ref="F-77", contact="C-1")
    talk.remind()
    talk.write("Is there parking?")


def test_several_come_in_one_mail(practice: Database, room: MailRoom) -> None:
    add_endpoint(practice, DESK)
    note(practice, None, kind=Kind.TEXT_RECEIVED, payload={"number": "+1514•••01", "meaning": "ambiguous"})
    note(practice, None, kind=Kind.JOB_IN_DOUBT)

    assert mail(practice, room) == {"mails": 1}
    assert "Subject: northlight: 2 things to look at" in room.mails[0]
    assert "quietbell jobs --state in_doubt" in room.mails[0]


def test_an_unclear_opt_out_is_named(practice: Database, room: MailRoom) -> None:
    add_endpoint(practice, DESK)
    note(practice, None, kind=Kind.TEXT_RECEIVED, payload={"contact": "C-1", "meaning": "ambiguous"})
    mail(practice, room)

    assert "perhaps an opt-out" in room.mails[0]


def test_a_mail_address_gets_what_needs_a_person_unless_kinds_are_named(practice: Database) -> None:
    add_endpoint(practice, DESK)
    add_endpoint(practice, DESK, Kind.JOB_EXPIRED)

    assert [row.kinds for row in rows_of_endpoints(practice)] == [
        ["text.received", "job.in_doubt", "occasion.unreached", "provider.closed"],
        ["job.expired"],
    ]


def test_a_server_that_takes_no_mail_is_tried_again(practice: Database, room: MailRoom, clock: SteppingClock) -> None:
    add_endpoint(practice, DESK)
    note(practice, None, kind=Kind.JOB_IN_DOUBT)
    room.takes = False

    assert mail(practice, room) == {"failed": 1}
    assert rows_of_deliveries(practice)[0].answer == "the mail server answered 451"
    room.takes = True
    clock.jump_to(NOW + MINUTE)
    assert mail(practice, room) == {"mails": 1}


def test_without_a_mail_server_it_waits(practice: Database) -> None:
    add_endpoint(practice, DESK)
    note(practice, None, kind=Kind.JOB_IN_DOUBT)

    assert not mail_staff.run(make_context(practice))
    assert rows_of_deliveries(practice)[0].attempts == 0
