"""Which requests a mishap strikes, and how one is written."""

from collections.abc import Sequence

import pytest

from jobs.errors import InputError
from scheduler.carrier.mishaps import AFTER, BEFORE, RECEIPTS, Kind, Mishap, Mishaps, On, Subject, parse_mishap

ALL = frozenset(Kind)


def make_subject(key: str = "a", on: On = On.SEND, account: str = "AC1", numbers: Sequence[str] = ("+1",)) -> Subject:
    return Subject(on, account, frozenset(numbers), key)


def struck(mishaps: Mishaps, subject: Subject) -> list[Kind]:
    return [each.kind for each in mishaps.strike(subject, ALL)]


def test_a_count_ends_a_mishap() -> None:
    mishaps = Mishaps(seed=1)
    mishaps.add(Mishap(kind=Kind.THROTTLE, count=2))
    assert [struck(mishaps, make_subject(str(number))) for number in range(3)] == [[Kind.THROTTLE], [Kind.THROTTLE], []]


def test_the_same_seed_strikes_the_same_requests_in_whatever_order_they_come() -> None:
    first, second = Mishaps(seed=7), Mishaps(seed=7)
    for mishaps in (first, second):
        mishaps.add(Mishap(kind=Kind.ERROR_AFTER, share=0.3))
    keys = [str(number) for number in range(200)]
    forwards = {key for key in keys if struck(first, make_subject(key))}
    backwards = {key for key in reversed(keys) if struck(second, make_subject(key))}
    assert forwards == backwards
    assert 30 < len(forwards) < 90


def test_another_seed_strikes_others() -> None:
    def strikes(seed: int) -> list[bool]:
        mishaps = Mishaps(seed)
        mishaps.add(Mishap(kind=Kind.ERROR_AFTER, share=0.5))
        return [bool(struck(mishaps, make_subject(str(number)))) for number in range(64)]

    assert strikes(1) != strikes(2)


def test_the_same_request_again_is_another_request() -> None:
    mishaps = Mishaps(seed=1)
    assert mishaps.name(On.SEND, "x") != mishaps.name(On.SEND, "x")


def test_a_mishap_of_one_number_leaves_the_others_alone() -> None:
    mishaps = Mishaps(seed=1)
    mishaps.add(Mishap(kind=Kind.THROTTLE, number="+2"))
    assert struck(mishaps, make_subject(numbers=["+1"])) == []
    assert struck(mishaps, make_subject(numbers=["+1", "+2"])) == [Kind.THROTTLE]


def test_a_mishap_of_one_account_leaves_the_others_alone() -> None:
    mishaps = Mishaps(seed=1)
    mishaps.add(Mishap(kind=Kind.THROTTLE, account="AC2"))
    assert struck(mishaps, make_subject(account="AC1")) == []
    assert struck(mishaps, make_subject(account="AC2")) == [Kind.THROTTLE]


def test_a_mishap_is_for_sending_unless_it_says_otherwise() -> None:
    mishaps = Mishaps(seed=1)
    mishaps.add(Mishap(kind=Kind.THROTTLE))
    assert struck(mishaps, make_subject(on=On.LIST)) == []
    mishaps.add(Mishap(kind=Kind.ERROR_BEFORE, on=On.ANY))
    assert struck(mishaps, make_subject(on=On.LIST)) == [Kind.ERROR_BEFORE]


def test_a_request_ends_in_one_way_only_and_latency_goes_with_it() -> None:
    mishaps = Mishaps(seed=1)
    for kind in (Kind.LATENCY, Kind.THROTTLE, Kind.ACCEPT_THEN_HANG):
        mishaps.add(Mishap(kind=kind))
    assert struck(mishaps, make_subject()) == [Kind.LATENCY, Kind.THROTTLE]


def test_a_random_latency_lies_between_its_ends() -> None:
    mishaps = Mishaps(seed=1)
    slow = [Mishap(kind=Kind.LATENCY, seconds=1, most_seconds=3)]
    lengths = {mishaps.seconds_of(slow, Kind.LATENCY, str(number)) for number in range(50)}
    assert len(lengths) == 50
    assert all(1 <= length < 3 for length in lengths)


def test_every_kind_is_of_one_group() -> None:
    assert BEFORE | AFTER | RECEIPTS | {Kind.LATENCY, Kind.LISTING_LAG} == ALL
    assert not BEFORE & AFTER


def test_a_mishap_is_written_in_one_line() -> None:
    assert parse_mishap("throttle, share=0.25, count=3, retry_after=2, number=+14165550101, on=any") == Mishap(
        kind=Kind.THROTTLE, share=0.25, count=3, retry_after=2, number="+14165550101", on=On.ANY
    )


@pytest.mark.parametrize(
    "written",
    ["", "hiccup", "throttle,share", "throttle,share=2", "throttle,share=nan", "throttle,often=1", "latency,on=monday"],
)
def test_what_is_no_mishap_is_refused(written: str) -> None:
    with pytest.raises(InputError, match="mishap"):
        parse_mishap(written)
