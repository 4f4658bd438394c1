"""Passwords: which are refused, how they are kept and compared."""

import pytest
from argon2 import PasswordHasher

from jobs.errors import InputError
from scheduler.identities import passwords


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("short-pass", "too short"),
        ("x" * 1001, "too long"),
        ("abababababab", "too plain"),
        ("maya-the-great12", "little more than the name"),
    ],
)
def test_a_weak_password_is_refused_with_its_reason(password: str, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        passwords.hashed(password, "maya-the-great")


def test_a_password_is_kept_by_argon2id_and_only_it_matches() -> None:
    kept = passwords.hashed("correct horse battery", "maya")
    assert kept.startswith("$argon2id$")
    assert passwords.matches(kept, "correct horse battery")
    assert not passwords.matches(kept, "correct horse batterie")


def test_two_spellings_of_one_letter_are_one_password() -> None:
    kept = passwords.hashed("caf\u00e9 du matin clair", "maya")
    assert passwords.matches(kept, "cafe\u0301 du matin clair")


@pytest.mark.parametrize("given", ["", "\ud800", "nul\0inside", "x" * 100_000])
def test_no_odd_password_matches_or_breaks_anything(given: str) -> None:
    assert not passwords.matches(None, given)
    assert not passwords.matches(passwords.hashed("correct horse battery", "maya"), given)


def test_a_hash_that_is_none_matches_nothing() -> None:
    assert not passwords.matches("not a hash", "correct horse battery")


def test_a_hash_of_weaker_parameters_is_outdated() -> None:
    assert passwords.is_outdated(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash("x"))
    assert not passwords.is_outdated(passwords.hashed("correct horse battery", "maya"))
