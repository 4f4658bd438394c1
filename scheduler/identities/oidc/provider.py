"""The identity provider as it is set up: where to send people, and what the code they come back with is worth.

What it says of itself and its keys are remembered for an hour; a key that is unknown is looked for anew. It knows no
user, and touches no database.
"""

import asyncio
import datetime as dt
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from authlib.oauth2.auth import ClientAuth
from authlib.oauth2.rfc6749.parameters import prepare_grant_uri, prepare_token_request
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from jobs.clock import Clock
from scheduler.identities.oidc.tokens import Expected, TokenError, UnknownKeyError, verify
from scheduler.identities.oidc.wire import ProviderError, ask, is_safe
from scheduler.settings import DEFAULT_CLAIM, IdentityProvider

REMEMBERED: Final = dt.timedelta(hours=1)
KEYS_AGAIN: Final = dt.timedelta(seconds=10)
"""Unknown keys make us ask for the keys at most so often."""
SCOPES: Final = "openid profile email"
_DISCOVERY: Final = "/.well-known/openid-configuration"
_ENDPOINTS: Final = ("authorization_endpoint", "token_endpoint", "jwks_uri")


@dataclass(frozen=True, slots=True)
class Proof:
    """What binds an answer to the browser that asked: both derived from what only that browser holds."""

    nonce: str = field(repr=False)
    verifier: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class _Remembered:
    found: Mapping[str, object]
    at: dt.datetime


class Provider:
    """One identity provider. Safe between threads; its methods block for some seconds at most."""

    def __init__(self, setup: IdentityProvider, callback: str, clock: Clock) -> None:
        """Ask nothing yet; `callback` is where people are sent back to."""
        self.setup = setup
        self.callback = callback
        self._clock = clock
        self._lock = threading.Lock()
        self._memory: dict[str, _Remembered] = {}

    def way_in(self, state: str, proof: Proof) -> str:
        """Return the address to send a browser to.

        Raises:
            ProviderError: the provider does not say where.

        """
        address = prepare_grant_uri(
            _text(self._metadata(), "authorization_endpoint"),
            self.setup.client_id,
            "code",
            redirect_uri=self.callback,
            scope=SCOPES,
            state=state,
            nonce=proof.nonce,
            code_challenge=create_s256_code_challenge(proof.verifier),  # type: ignore[no-untyped-call]  # the stubs leave it out
            code_challenge_method="S256",
        )
        return str(address)

    def claims_of(self, code: str, proof: Proof) -> dict[str, object]:
        """Return what the provider says of whoever came back with this code.

        Raises:
            ProviderError: it cannot be asked, or does not take the code.
            TokenError: what it answered is not to be believed.

        """
        tokens = self._exchange(code, proof)
        id_token, access_token = tokens.get("id_token"), tokens.get("access_token")
        if not isinstance(id_token, str):
            message = "the identity provider answered without an ID token"
            raise TokenError(message)
        held = access_token if isinstance(access_token, str) else None
        expected = Expected(
            issuer=self.setup.issuer,
            client_id=self.setup.client_id,
            nonce=proof.nonce,
            now=self._clock.now(),
            access_token=held,
        )
        claims = self._verified(id_token, expected)
        return claims if self.setup.claim in claims else {**self._more(claims, held), **claims}

    def _exchange(self, code: str, proof: Proof) -> dict[str, object]:
        metadata = self._metadata()
        address = _text(metadata, "token_endpoint")
        listed = metadata.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        by_header = not isinstance(listed, list) or "client_secret_basic" in listed
        body = prepare_token_request(
            "authorization_code", redirect_uri=self.callback, code=code, code_verifier=proof.verifier
        )
        method = "client_secret_basic" if by_header else "client_secret_post"
        auth = ClientAuth(self.setup.client_id, self.setup.client_secret, method)
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        address, headers, body = auth.prepare("POST", address, form, body)  # type: ignore[no-untyped-call]  # as above
        return asyncio.run(ask("POST", address, headers=headers, body=body))

    def _verified(self, token: str, expected: Expected) -> dict[str, object]:
        keys = self._keys()
        try:
            return verify(token, keys.found, expected)
        except UnknownKeyError:
            if self._clock.now() - keys.at < KEYS_AGAIN:
                raise
            return verify(token, self._keys(anew=True).found, expected)

    def _more(self, claims: Mapping[str, object], access_token: str | None) -> dict[str, object]:
        """Return what the userinfo endpoint says of the same person: some providers tell the address only there."""
        address = self._metadata().get("userinfo_endpoint")
        if access_token is None or not isinstance(address, str) or not is_safe(address, self.setup.issuer):
            return {}
        found = asyncio.run(ask("GET", address, headers={"Authorization": f"Bearer {access_token}"}))
        if found.get("sub") != claims.get("sub"):
            message = "the identity provider tells of somebody else at its userinfo endpoint"
            raise TokenError(message)
        return found

    def _metadata(self) -> Mapping[str, object]:
        return self._remembered(self.setup.issuer.rstrip("/") + _DISCOVERY, self._check).found

    def _keys(self, *, anew: bool = False) -> _Remembered:
        return self._remembered(_text(self._metadata(), "jwks_uri"), anew=anew)

    def _check(self, metadata: Mapping[str, object]) -> None:
        if metadata.get("issuer") != self.setup.issuer:
            message = (
                f"{self.setup.issuer} says it is another issuer: QUIETBELL_OIDC_ISSUER must equal that to the letter"
            )
            raise ProviderError(message)
        for name in _ENDPOINTS:
            if not is_safe(_text(metadata, name), self.setup.issuer):
                message = f"{self.setup.issuer} names no https address as its {name}"
                raise ProviderError(message)

    def _remembered(
        self, address: str, check: Callable[[Mapping[str, object]], None] | None = None, *, anew: bool = False
    ) -> _Remembered:
        now = self._clock.now()
        with self._lock:
            known = self._memory.get(address)
        if known is not None and not anew and now - known.at < REMEMBERED:
            return known
        found = asyncio.run(ask("GET", address))
        if check is not None:
            check(found)
        fresh = _Remembered(found, now)
        with self._lock:
            self._memory[address] = fresh
        return fresh


def _text(metadata: Mapping[str, object], name: str) -> str:
    found = metadata.get(name)
    if not isinstance(found, str):
        message = f"the identity provider does not say its {name}"
        raise ProviderError(message)
    return found


def claim_of(setup: IdentityProvider, claims: Mapping[str, object]) -> str | None:
    """Return what names the user among claims; None where it is missing, or an address that was not verified."""
    found = claims.get(setup.claim)
    if not isinstance(found, str) or not found.strip():
        return None
    if setup.claim == DEFAULT_CLAIM and claims.get("email_verified") is not True:
        return None
    return found.strip()
