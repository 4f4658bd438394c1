"""Signing in at the organisation's own identity provider (OpenID Connect Core 1.0, code flow with PKCE).

Only users whom the practice added come in; nobody is created, and no code of a phone is asked for besides.
"""

from scheduler.identities.oidc.finding import Refusal
from scheduler.identities.oidc.flow import CameBack, CameIn, ChoosePractice, Leaving, Outcome, Refused, finish, start
from scheduler.identities.oidc.provider import Provider
from scheduler.identities.oidc.wire import ProviderError

__all__ = [
    "CameBack",
    "CameIn",
    "ChoosePractice",
    "Leaving",
    "Outcome",
    "Provider",
    "ProviderError",
    "Refusal",
    "Refused",
    "finish",
    "start",
]
