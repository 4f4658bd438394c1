"""The gate on sensitive content: what it blocks, what it only warns of."""

import datetime as dt
import uuid
from typing import Literal

import pytest

from jobs.drafts import About, ClaimedJob
from jobs.gates.contract import Block, Draft, Facts, Pass, Verdict
from jobs.gates.sensitive import gate
from jobs.states import Origin
from jobs.terms import Terms
from jobs.windows import SendingWindow

NOW = dt.datetime(2026, 11, 3, 15, 0, tzinfo=dt.UTC)
Policy = dict[Literal["cards", "identity_numbers", "passports", "passwords"], Literal["block", "warn"]]


def judge(text: str, sensitive: Policy | None = None, number: str = "+15145550100", case_ref: str = "") -> Verdict:
    """Return the gate's verdict on a text."""
    terms = Terms(
        practice="northlight",
        name="Northlight",
        timezone="America/Toronto",
        country="CA",
        languages=("en",),
        sending_window={},
        countries=("CA",),
        kinds={},
        templates={},
        sensitive=sensitive or {},
    )
    facts = Facts(
        job=ClaimedJob(
            id=uuid.UUID(int=1),
            practice="northlight",
            origin=Origin.ONE_OFF,
            fence=1,
            due_at=NOW,
            useful_until=NOW + dt.timedelta(days=1),
        ),
        terms=terms,
        revision="r1",
        window=SendingWindow.every_day("00:00-24:00"),
        zones=("America/Toronto",),
        number=number,
        occasion=About("appointment", "2026-11-04T10:00", case_ref=case_ref or None),
    )
    return gate(Draft(text=text, segments=1, encoding="GSM-7", language="en", revision="r1"), facts, NOW)


def test_an_ordinary_text_passes_without_a_warning() -> None:
    assert judge("Your consultation is Tuesday, November 3 at 10:00. Call 514 555-0100.") == Pass()


def test_a_card_number_is_blocked_with_a_masked_reason() -> None:
    assert judge("Card 4242 4242 4242 4242") == Block("the text shows a card number (•••4242)")


def test_a_passport_number_is_only_warned_of_unless_the_practice_says_otherwise() -> None:
    assert judge("Passport AB123456") == Pass(("the text shows a passport number (•••56)",))
    assert judge("Passport AB123456", {"passports": "block"}) == Block("the text shows a passport number (•••56)")


@pytest.mark.parametrize("text", ["SIN 130 692 544", "password: hunter2", "4242 4242 4242 4242"])
def test_a_practice_may_choose_to_be_warned_instead(text: str) -> None:
    verdict = judge(text, {"cards": "warn", "identity_numbers": "warn", "passwords": "warn"})
    assert isinstance(verdict, Pass)
    assert len(verdict.warnings) == 1


def test_all_that_is_blocked_stands_in_one_reason() -> None:
    assert judge("Card 4242 4242 4242 4242, PIN 1234") == Block(
        "the text shows a card number (•••4242) and shows an access code (•••)"
    )


def test_the_numbers_of_the_job_itself_are_known() -> None:
    assert judge("Text us from 130 692 544", number="+34130692544") == Pass()
    assert judge("Passport file: AB123456", case_ref="AB123456") == Pass()
