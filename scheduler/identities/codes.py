"""Codes from a user's phone (TOTP, RFC 6238): begun, confirmed, checked, dropped. Each code is taken once.

The secret is kept sealed, since every check needs it: whoever reads the database alone learns no code.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Final

import pyotp
from pyotp.exceptions import OTPVerificationError
from sqlalchemy import Connection, or_, select, update

from jobs.errors import InputError
from jobs.records import users
from jobs.sealing import seal, unseal
from scheduler.identities.audit import Act, Signed, Subject, note
from scheduler.identities.users import User

ISSUER: Final = "Quietbell"
STEPS_AROUND: Final = 1
"""A code of the 30 seconds before or after is taken too: phones' clocks differ."""
DIGITS: Final = 6


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A secret that is not in force yet, and the address that a phone reads as a QR code."""

    secret: str
    uri: str


def begin(user: User) -> Enrolment:
    """Return a new secret for a user; it counts once a code of it is confirmed."""
    return again(user, pyotp.random_base32())


def again(user: User, secret: str) -> Enrolment:
    """Return a secret that was begun before and is not in force yet, to be shown once more."""
    uri = pyotp.TOTP(secret).provisioning_uri(name=f"{user.name} ({user.practice})", issuer_name=ISSUER)
    return Enrolment(secret, uri)


def confirm(connection: Connection, user: User, secret: str, code: str, signed: Signed) -> None:
    """Ask this user for codes of this secret from now on, since one of them is right.

    Raises:
        InputError: the code is not one of this secret at this moment.

    """
    step = step_of(secret, code, signed.at)
    if step is None:
        message = "this code is not right: check the phone's clock, and write the code it shows now"
        raise InputError(message)
    sealed = seal(connection, secret)
    connection.execute(update(users).where(users.c.id == user.id).values(totp_secret=sealed, totp_step=step))
    note(connection, Act(signed, "user.codes_begun", Subject("user", user.name)))


def drop(connection: Connection, user: User, signed: Signed) -> bool:
    """Ask a user for no code any more (a lost phone); tell whether one was asked for."""
    asked = update(users).where(users.c.id == user.id, users.c.totp_secret.is_not(None))
    if connection.execute(asked.values(totp_secret=None, totp_step=None)).rowcount == 0:
        return False
    note(connection, Act(signed, "user.codes_dropped", Subject("user", user.name)))
    return True


def take(connection: Connection, user: User, code: str, now: dt.datetime) -> bool:
    """Tell whether a code is right and was not taken before; it is taken now, and so is every earlier one."""
    secret = connection.execute(select(users.c.totp_secret).where(users.c.id == user.id)).scalar()
    step = None if secret is None else step_of(unseal(connection, secret), code, now)
    if step is None:
        return False
    fresh = or_(users.c.totp_step.is_(None), users.c.totp_step < step)
    return connection.execute(update(users).where(users.c.id == user.id, fresh).values(totp_step=step)).rowcount == 1


def step_of(secret: str, code: str, now: dt.datetime) -> int | None:
    """Return the time step that a code is of; None where it is none of the present one or those beside it."""
    written = "".join(code.split())
    if len(written) != DIGITS or not (written.isascii() and written.isdigit()):
        return None
    try:
        return pyotp.TOTP(secret).verify_and_get_timecode(written, for_time=now, valid_window=STEPS_AROUND)
    except (OTPVerificationError, ValueError):  # ValueError: no base32
        return None
