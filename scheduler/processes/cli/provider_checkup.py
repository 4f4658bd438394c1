"""What `doctor` finds of providers: set up, half set up, named by a sender without credentials, about to end.

Settings and the providers' names that senders use come in, findings go out. It asks no provider and shows no secret.
"""

import datetime as dt
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from urllib.parse import urlsplit

from jobs.clock import SystemClock
from jobs.errors import ConfigurationError
from jobs.providers import LAST_DAYS, PROVIDERS, SUCCESSORS, make_provider
from jobs.providers.contract import CallbackReader, Provider
from jobs.providers.setup import variable
from scheduler.processes.cli.findings import Finding, Level
from scheduler.settings import Settings
from scheduler.wiring import known_providers, setup_of

_FIRST_SETTING = {"twilio": "account_sid", "messagebird": "access_key", "bird": "access_key"}
_HERE = frozenset({"localhost", "127.0.0.1", "::1"})


def look_at_providers(settings: Settings) -> Iterator[Finding]:
    """Find what is wrong with each provider that is set up, and whether callbacks can reach us."""
    hears_of = []
    for name in PROVIDERS:
        made = _made(settings, name)
        if isinstance(made, Finding):
            yield made
        elif made is not None and name in settings.providers:
            yield _set_up(settings, name)
            hears_of += [name] if isinstance(made, CallbackReader) else []
    if hears_of and settings.public_url is None:
        found = f"receipts and replies of {', '.join(hears_of)} cannot reach us"
        advice = "Set QUIETBELL_PUBLIC_URL to the address that leads to this installation."
        yield Finding(Level.WARN, "callbacks", found, advice)


def look_at_senders(practice: str, used: AbstractSet[str], settings: Settings, today: dt.date) -> Iterator[Finding]:
    """Find whether every provider that a practice's senders use is known, set up, and here to stay."""
    unknown, missing = used - set(PROVIDERS), names_without_credentials(used, settings)
    if not used:
        yield Finding(Level.WARN, practice, "no sender: nothing can be sent", "Name one under `senders`.")
    elif unknown:
        advice = f"Known here: {', '.join(known_providers())}."
        yield Finding(Level.FAIL, practice, f"unknown provider {', '.join(sorted(unknown))}", advice)
    elif missing:
        advice = f"Set {', '.join(variable(name, _FIRST_SETTING.get(name, '…')) for name in missing)} and the rest."
        yield Finding(Level.FAIL, practice, f"no credentials for its provider {', '.join(missing)}", advice)
    else:
        yield Finding(Level.OK, practice, f"sends through {', '.join(sorted(used))}")
    for name in sorted(used & set(LAST_DAYS)):
        yield _ending(practice, name, today)


def names_without_credentials(used: AbstractSet[str], settings: Settings) -> list[str]:
    """Return the providers there are of which nothing is set up, in order."""
    return sorted(name for name in used & set(PROVIDERS) if _made(settings, name) is None)


def _ending(practice: str, name: str, today: dt.date) -> Finding:
    last = LAST_DAYS[name]
    level, verb = (Level.WARN, "ends") if today <= last else (Level.FAIL, "has ended")
    found = f"sends through {name}, which {verb} on {last.isoformat()}"
    return Finding(level, practice, found, f"Move its senders to `provider: {SUCCESSORS[name]}`.")


def _made(settings: Settings, name: str) -> Provider | Finding | None:
    try:
        return make_provider(setup_of(settings, name, SystemClock()))
    except ConfigurationError as problem:
        return Finding(Level.FAIL, name, str(problem), "Mend the setting; nothing starts before.")


def _set_up(settings: Settings, name: str) -> Finding:
    address = urlsplit(settings.providers.get(name, {}).get("base_url", ""))
    if address.scheme == "http" and address.hostname not in _HERE:
        advice = f"Use https:// in {variable(name, 'base_url')}."
        return Finding(Level.WARN, name, f"credentials go to {address.hostname} unencrypted", advice)
    return Finding(Level.OK, name, "set up")
