"""Twilio: the adapter in `provider`, its SDK on our wire in `sdk`, and its dialect in the others, which are pure."""

from jobs.providers.twilio.provider import Account, TwilioProvider, make

__all__ = ["Account", "TwilioProvider", "make"]
