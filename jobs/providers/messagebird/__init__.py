"""MessageBird's legacy API: the adapter in `provider`, its dialect in the others, which are pure."""

from jobs.providers.messagebird.provider import Account, MessageBirdProvider, make

__all__ = ["Account", "MessageBirdProvider", "make"]
