"""A life: what was asked about, in sentences for people and as data for programs."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Life:
    """Sentences in the order in which one tells them, and the facts behind them as plain JSON values."""

    sentences: tuple[str, ...]
    facts: Mapping[str, object] = field(default_factory=dict)

    def as_json(self) -> dict[str, object]:
        """Return facts and sentences for programs."""
        return {**self.facts, "sentences": list(self.sentences)}
