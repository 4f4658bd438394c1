"""How much a replan takes at once: as much as fits into its time, less beside others."""

from scheduler.publishing.pacing import (
    FEWEST_AT_ONCE,
    FIRST_AT_ONCE,
    MOST_AT_ONCE,
    PARTS_BESIDE_OTHERS,
    REST_ALONE,
    REST_BESIDE_OTHERS,
    SECONDS_ALONE,
    SECONDS_BESIDE_OTHERS,
    Pace,
)


def paced(*, occasions: int = 100, seconds: float, waited: float = 0.0, times: int = 1) -> Pace:
    pace = Pace(at_once=occasions)
    for _ in range(times):
        pace.note(occasions, seconds=seconds, waited=waited)
    return pace


def test_it_begins_small() -> None:
    assert Pace().at_once == FIRST_AT_ONCE


def test_alone_it_takes_what_fits_into_its_time() -> None:
    assert paced(seconds=2 * SECONDS_ALONE).at_once == 50


def test_it_grows_twofold_at_most_and_not_for_ever() -> None:
    assert paced(seconds=0.001).at_once == 200
    assert paced(occasions=MOST_AT_ONCE, seconds=0.001).at_once == MOST_AT_ONCE


def test_it_never_takes_nothing() -> None:
    assert paced(seconds=1000).at_once == FEWEST_AT_ONCE


def test_who_had_to_wait_takes_less_and_rests_longer() -> None:
    pace = paced(seconds=SECONDS_BESIDE_OTHERS, waited=0.01)
    assert (pace.at_once, pace.rest) == (100, REST_BESIDE_OTHERS)


def test_alone_again_it_is_soon_as_before() -> None:
    pace = paced(seconds=SECONDS_BESIDE_OTHERS, waited=0.01)
    for _ in range(PARTS_BESIDE_OTHERS):
        pace.note(100, seconds=SECONDS_ALONE, waited=0.0)
    assert pace.rest == REST_ALONE
