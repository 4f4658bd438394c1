"""The accounts that the stand-in carrier knows: who may ask, with what secret, for which numbers. Values only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final


class Provider(StrEnum):
    """Whose API an account speaks."""

    TWILIO = "twilio"
    MESSAGEBIRD = "messagebird"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One customer of the carrier. `secret` is Twilio's auth token or MessageBird's access key.

    Twilio signs with the auth token, MessageBird with `signing_key`, which is not the access key. An account that lists
    no `numbers` may send from any; one that lists no `services` has any Messaging Service, with one number in it.
    """

    provider: Provider
    id: str
    secret: str = field(repr=False)
    signing_key: str = field(default="", repr=False)
    numbers: tuple[str, ...] = ()
    services: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


# Made up for this stand-in; they open nothing anywhere else.
TWILIO_ACCOUNT: Final = Account(provider=Provider.TWILIO, id="AC" + "51e7be11" * 4, secret="stand-in-auth-token")  # noqa: S106 - opens nothing
MESSAGEBIRD_ACCOUNT: Final = Account(
    provider=Provider.MESSAGEBIRD,
    id="stand-in",
    secret="stand-in-access-key",  # noqa: S106 - opens nothing
    signing_key="stand-in-signing-key-of-many-octets",
)
ACCOUNTS: Final = (TWILIO_ACCOUNT, MESSAGEBIRD_ACCOUNT)


def first_of(accounts: Sequence[Account], provider: Provider) -> Account:
    """Return the first account that speaks a provider's API; an account that opens nothing where there is none."""
    nobody = Account(provider=provider, id="", secret="")
    return next((account for account in accounts if account.provider is provider), nobody)
