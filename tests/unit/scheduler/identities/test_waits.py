"""How long one waits after failures, and what counts as one address."""

import datetime as dt

from scheduler.identities.backing_off import LONGEST_WAIT, counters, wait


def test_the_first_failures_cost_no_wait_and_then_each_doubles_it() -> None:
    waits = [wait(failures, 5) / dt.timedelta(seconds=1) for failures in range(4, 10)]
    assert waits == [0, 0, 1, 2, 4, 8]


def test_no_wait_is_longer_than_a_quarter_of_an_hour() -> None:
    assert wait(10**9, 5) == LONGEST_WAIT == dt.timedelta(minutes=15)


def test_one_network_of_ipv6_is_one_address() -> None:
    assert counters("p", "maya", "2001:db8::1") == counters("p", "maya", "2001:db8:0:0:ffff::2")
    assert counters("p", "maya", "2001:db8::1") != counters("p", "maya", "2001:db8:0:1::1")
    assert counters("p", "maya", "::ffff:192.0.2.1") == counters("p", "maya", "192.0.2.1")


def test_names_of_two_practices_are_counted_apart() -> None:
    assert counters("north", "maya", None) != counters("south", "maya", None)
