"""Bird's v1 API: the adapter in `provider`, its dialect in the others, which are pure."""

from jobs.providers.bird.provider import Account, BirdProvider, make

__all__ = ["Account", "BirdProvider", "make"]
