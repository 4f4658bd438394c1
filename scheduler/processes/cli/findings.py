"""What `doctor` finds: a level, what was looked at, what was found and what to do. Plain values."""

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How a finding weighs."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at: what was found, and what to do where something is to be done."""

    level: Level
    what: str
    found: str
    advice: str = ""

    def as_json(self) -> dict[str, str]:
        """Return it as plain data."""
        return {"level": self.level.value, "what": self.what, "found": self.found, "advice": self.advice}
