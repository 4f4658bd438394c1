"""What an adapter is made from: its own variables of the environment, a clock, and where the terminal prints.

Checked values go out; a refusal names the variable and never repeats what may be a secret.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias
from urllib.parse import urlsplit

from jobs.clock import Clock
from jobs.errors import ConfigurationError
from jobs.providers.contract import Provider

Sink: TypeAlias = Callable[[str], None]

_ANSWERS = {"1": True, "true": True, "yes": True, "": False, "0": False, "false": False, "no": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """What one provider is given: `given` are its variables, `QUIETBELL_TWILIO_AUTH_TOKEN` as `auth_token`."""

    provider: str
    given: Mapping[str, str] = field(default_factory=dict, repr=False)
    clock: Clock
    sink: Sink = field(repr=False)
    ledger: Path | None = None

    def only(self, *names: str) -> None:
        """Refuse a variable that is none of these: a misspelt one would silently do nothing.

        Raises:
            ConfigurationError: naming it and what there is.

        """
        for name in self.given:
            if name not in names:
                known = ", ".join(variable(self.provider, each) for each in names)
                message = f"{variable(self.provider, name)} is no setting of {self.provider}: it has {known}"
                raise ConfigurationError(message)

    def need(self, name: str) -> str:
        """Return the value of a variable.

        Raises:
            ConfigurationError: it is not set.

        """
        value = self.given.get(name)
        if not value:
            message = f"{variable(self.provider, name)} is not set: {self.provider} needs it (or …_FILE)"
            raise ConfigurationError(message)
        return value

    def choice(self, name: str) -> bool:
        """Return whether a variable says yes; not set is no.

        Raises:
            ConfigurationError: it says neither.

        """
        answer = _ANSWERS.get(self.given.get(name, "").lower())
        if answer is None:
            message = f"{variable(self.provider, name)} must be yes or no"
            raise ConfigurationError(message)
        return answer

    def address(self, name: str, default: str) -> str:
        """Return an address over HTTP(S) without its last slash, or `default` where it is not set.

        Raises:
            ConfigurationError: it is no such address, or holds more than scheme, host, port and path.

        """
        return web_address(variable(self.provider, name), self.given.get(name) or default)


Make: TypeAlias = Callable[[Setup], Provider | None]
"""Makes an adapter, or None where nothing of it is set up; what an entry point of the group names."""


def variable(provider: str, name: str) -> str:
    """Return the variable of the environment that holds a provider's setting."""
    return f"QUIETBELL_{provider}_{name}".upper().replace("-", "_")


def web_address(named: str, text: str) -> str:
    """Return an address over HTTP(S) without its last slash.

    Raises:
        ConfigurationError: it is no such address, or holds more than scheme, host, port and path.

    """
    try:
        parts = urlsplit(text)
        fits = parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        fits = False
    if not fits or "@" in parts.netloc or parts.query or parts.fragment or any(c.isspace() for c in text):
        message = f"{named} must be an address such as https://sms.example.org, without a query"
        raise ConfigurationError(message)
    return text.rstrip("/")
