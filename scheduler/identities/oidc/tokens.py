"""Verifies an ID token: the token and the provider's keys come in, its claims go out. Pure.

OpenID Connect Core 1.0, section 3.1.3.7. Only signatures by a key pair count: neither `none` nor a shared secret, which
whoever knows the provider's public key could make (RFC 8725, section 2.1).
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet, KeySetSerialization
from joserfc.jws import JWSRegistry

from jobs.errors import QuietbellError

ALGORITHMS: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
LEEWAY_SECONDS: Final = 60
"""How far the provider's clock may be from ours."""
_KINDS_OF_KEY: Final = frozenset({"RSA", "EC"})


class TokenError(QuietbellError):
    """An ID token is not what it should be; the message names the check, never the token."""


class UnknownKeyError(TokenError):
    """No key that is known signed it: the provider may have new ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What an ID token must be."""

    issuer: str
    client_id: str
    nonce: str = field(repr=False)
    now: dt.datetime
    access_token: str | None = field(default=None, repr=False)


def verify(token: str, keys: Mapping[str, object], expected: Expected) -> dict[str, object]:
    """Return the claims of an ID token.

    Raises:
        UnknownKeyError: it names a key that is not among these.
        TokenError: a check failed.

    """
    key_set = _usable(keys)
    try:
        read = jwt.decode(token, key_set, registry=JWSRegistry(algorithms=ALGORITHMS, strict_check_header=False))
        claims = CodeIDToken(
            read.claims,
            read.header,
            {
                "iss": {"essential": True, "value": expected.issuer},
                "aud": {"essential": True, "value": expected.client_id},
            },
            {"nonce": expected.nonce, "client_id": expected.client_id, "access_token": expected.access_token},
        )
        claims.validate(now=int(expected.now.timestamp()), leeway=LEEWAY_SECONDS)
    except InvalidKeyIdError as error:
        message = "the ID token is signed with a key that the provider does not publish"
        raise UnknownKeyError(message) from error
    except JoseError as error:
        message = f"the ID token is refused: {error.error}"
        raise TokenError(message) from error
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:  # of what is no token at all
        message = f"the ID token cannot be read: {type(error).__name__}"
        raise TokenError(message) from error
    found: dict[str, object] = dict(claims)
    if not isinstance(found.get("sub"), str) or not found["sub"]:
        message = "the ID token names nobody"
        raise TokenError(message)
    return found


def _usable(keys: Mapping[str, object]) -> KeySet:
    """Return the public keys that signatures may be checked with; others may stand among them."""
    listed = keys.get("keys")
    wanted = [
        each
        for each in (listed if isinstance(listed, list) else [])
        if isinstance(each, dict) and each.get("kty") in _KINDS_OF_KEY and each.get("use", "sig") == "sig"
    ]
    serial: KeySetSerialization = {"keys": wanted}
    try:
        return KeySet.import_key_set(serial)
    except (JoseError, ValueError, TypeError, KeyError) as error:
        message = "the identity provider's keys cannot be read"
        raise TokenError(message) from error
