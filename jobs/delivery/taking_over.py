"""Which sender takes over what another one surely did not send: terms and pauses in, a sender or none out. Pure.

Never for what may have been sent: a text in doubt stays with its own provider, which alone can tell of it.
"""

from collections.abc import Iterator, Sequence

from jobs.delivery.batches import Ended
from jobs.providers.contract import Closed, Outcome
from jobs.senders import PROVIDER, SENDER, Pause
from jobs.terms import SenderTerms, Terms


def has_fallback(ended: Ended) -> bool:
    """Tell whether the sender of a text names one to take over."""
    return next(_fallbacks(ended.going.facts.terms, ended.going.intent.sender), None) is not None


def who_takes_over(ended: Ended, pauses: Sequence[Pause]) -> SenderTerms | None:
    """Return the first sender along the fallbacks that may be able to send what this one was not.

    Neither it nor its provider is paused, and where an account is closed it is at another provider.
    """
    intent = ended.going.intent
    shut = intent.provider if _is_account_closed(ended.outcome) else None
    return free_fallback(ended.going.facts.terms, intent.sender, pauses, shut=shut)


def free_fallback(
    terms: Terms, sender_id: str, pauses: Sequence[Pause], *, shut: str | None = None
) -> SenderTerms | None:
    """Return the first sender along the fallbacks that no pause stops and that is not at the provider `shut`."""
    for each in _fallbacks(terms, sender_id):
        if each.provider != shut and not any(is_stopped_by(pause, terms.practice, each) for pause in pauses):
            return each
    return None


def is_stopped_by(pause: Pause, practice: str, sender: SenderTerms) -> bool:
    """Tell whether a pause stops this sender in particular; one of the whole practice or a rule stops all alike."""
    return pause.scope in {SENDER, PROVIDER} and pause.covers(
        practice=practice, rule=None, sender=sender.id, provider=sender.provider
    )


def _fallbacks(terms: Terms, sender_id: str) -> Iterator[SenderTerms]:
    """Yield the fallback of a sender, that one's own, and so on; each once, whatever the terms say."""
    passed, sender = {sender_id}, terms.sender(sender_id)
    while sender is not None and sender.fallback is not None and sender.fallback not in passed:
        passed.add(sender.fallback)
        sender = terms.sender(sender.fallback)
        if sender is not None:
            yield sender


def _is_account_closed(outcome: Outcome) -> bool:
    return isinstance(outcome, Closed) and outcome.what != SENDER
