"""The providers there are, by the name that a sender gives: an explicit list, and those of other packages.

An adapter is imported when it is made, for SDKs are heavy; asking for names imports none.
"""

import datetime as dt
import importlib
import importlib.metadata
from collections.abc import Iterator, Mapping
from functools import cache

from jobs.errors import ConfigurationError
from jobs.providers.contract import Provider
from jobs.providers.setup import Make, Setup

GROUP = "quietbell.providers"
"""The entry-point group of other packages' providers; docs/providers.md explains it."""

_OURS: Mapping[str, str] = {
    "bird": "jobs.providers.bird",
    "messagebird": "jobs.providers.messagebird",
    "terminal": "jobs.providers.terminal",
    "twilio": "jobs.providers.twilio",
}
"""Each module's `make` makes it; all but the terminal need something set up."""

LAST_DAYS: Mapping[str, dt.date] = {"messagebird": dt.date(2026, 12, 31)}
"""Through which day a provider has announced to answer: MessageBird's legacy API, whose successor is Bird's v1."""
SUCCESSORS: Mapping[str, str] = {"messagebird": "bird"}


class Registry(Mapping[str, Make]):
    """What makes each provider, by name; ours win over another package's of the same name."""

    def __getitem__(self, name: str) -> Make:
        """Return what makes a provider.

        Raises:
            KeyError: there is none of that name.
            ConfigurationError: another package's cannot be loaded.

        """
        if name in _OURS:
            make: Make = importlib.import_module(_OURS[name]).make
            return make
        return _load(_others()[name])

    def __iter__(self) -> Iterator[str]:
        """Go through the names, in order."""
        return iter(sorted({*_OURS, *_others()}))

    def __len__(self) -> int:
        """Count them."""
        return len({*_OURS, *_others()})

    def __contains__(self, name: object) -> bool:
        """Tell whether there is a provider of that name, without loading it."""
        return name in _OURS or name in _others()


PROVIDERS: Mapping[str, Make] = Registry()
"""Wiring makes one of each that is set up; `check` knows a sender's provider by these names."""


def make_provider(setup: Setup) -> Provider | None:
    """Return the provider that a setup names, or None where nothing of it is set up.

    Raises:
        ConfigurationError: half of it is set up, or another package's cannot be loaded or is no provider.

    """
    if setup.provider in _OURS and setup.provider != "terminal" and not setup.given:
        return None
    made = PROVIDERS[setup.provider](setup)
    if made is not None and getattr(made, "id", None) != setup.provider:
        message = f"the provider {setup.provider} makes one that calls itself {getattr(made, 'id', None)!r}"
        raise ConfigurationError(message)
    return made


def forget_others() -> None:
    """Look for other packages' providers again when they are next asked for: one was installed meanwhile."""
    _others.cache_clear()


@cache
def _others() -> Mapping[str, importlib.metadata.EntryPoint]:
    return {point.name: point for point in importlib.metadata.entry_points(group=GROUP)}


def _load(point: importlib.metadata.EntryPoint) -> Make:
    try:
        make: Make = point.load()
    except Exception as problem:
        package = point.dist.name if point.dist else "another package"
        message = f"the provider {point.name} of {package} cannot be loaded: {type(problem).__name__}: {problem}"
        raise ConfigurationError(message) from problem
    return make
