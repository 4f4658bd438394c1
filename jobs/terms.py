"""Terms: what of a revision a worker needs, as frozen models that travel as JSON in the revision's row.

Derived by `scheduler/publishing/revisions`; read by delivery, gates and rendering. Reads no file.
"""

import datetime as dt
from decimal import Decimal
from typing import Literal

from pydantic import BaseModel, ConfigDict


class Part(BaseModel):
    """A part of the terms: frozen, closed."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class SenderTerms(Part):
    """A number the practice sends from, with its pace (segments a second) and prices a segment by country."""

    id: str
    number: str
    provider: str
    segments_per_second: Decimal = Decimal(1)
    currency: str | None = None
    price: dict[str, Decimal] = {}
    fallback: str | None = None


class SpendingTerms(Part):
    """Caps a month in the practice's zone, in `currency`; `rates` are units of it per unit of another currency."""

    currency: str
    rates: dict[str, Decimal] = {}
    monthly_cap: Decimal | None = None
    one_offs_cap: Decimal | None = None
    warn_at: Decimal = Decimal("0.8")
    one_offs_at_cap: Literal["block", "warn"] = "block"
    rules_at_cap: Literal["block", "warn"] = "warn"
    per_number_per_day: int | None = None


class TemplateTerms(Part):
    """A template's sources by language and what the practice says of it."""

    sources: dict[str, str]
    max_segments: int = 2
    for_staff: bool = False
    purpose: Literal["service", "commercial"] = "service"
    title: dict[str, str] = {}


class KindTerms(Part):
    """How a kind is dated, its fields' types (word, words, text, number, money, day, moment, yes_no), its statuses."""

    dated: Literal["moment", "day"] = "moment"
    fields: dict[str, str] = {}
    live: tuple[str, ...] = ()
    done: tuple[str, ...] = ()
    off: tuple[str, ...] = ()


Answer = Literal["confirmed", "wants_move", "declined"]
"""What a reply may set the answer of an occasion to."""


class ReplyTerms(Part):
    """The words that mean an answer, as they were written, and the template that acknowledges it."""

    words: tuple[str, ...]
    say: str | None = None


class RuleTerms(Part):
    """What is needed of a rule after its jobs are planned.

    `to` are the roles texted, whose first one's replies count. `moved`, `cancelled` and `changed` name the templates of
    its corrections, `changed_of` the fields whose change is told. `again` are the steps that go once more where they
    were not delivered.
    """

    id: str
    kind: str
    to: tuple[str, ...] = ("contact",)
    sender: str | None = None
    purpose: Literal["service", "commercial"] = "service"
    moved: str | None = None
    cancelled: str | None = None
    changed: str | None = None
    changed_of: tuple[str, ...] = ()
    replies: dict[Answer, ReplyTerms] = {}
    again: tuple[str, ...] = ()


class Terms(Part):
    """One revision's terms. Windows are kept as written and read by `jobs.windows`; `plan_hashes` by `rule/step`.

    `rules` are in the revision's order: the first one with a template for it tells a correction. `auto_reply` names the
    template that answers outside the sending window.
    """

    practice: str
    name: str
    phone: str | None = None
    timezone: str
    country: str
    languages: tuple[str, ...]
    holidays: tuple[str, ...] = ()
    extra_closed: tuple[dt.date, ...] = ()
    extra_open: tuple[dt.date, ...] = ()
    sending_window: dict[str, str | tuple[str, ...]]
    corrections_window: str | None = None
    countries: tuple[str, ...]
    senders: tuple[SenderTerms, ...] = ()
    spending: SpendingTerms | None = None
    starts_with: str = ""
    first_text_adds: dict[str, str] = {}
    consent_service: Literal["assumed", "express"] = "assumed"
    consent_commercial: Literal["express", "implied"] = "express"
    sensitive: dict[Literal["cards", "identity_numbers", "passports", "passwords"], Literal["block", "warn"]] = {}
    on_doubt: Literal["hold", "resend", "give_up"] = "hold"
    auto_reply: str | None = None
    kinds: dict[str, KindTerms]
    contact_fields: dict[str, str] = {}
    templates: dict[str, TemplateTerms]
    rules: tuple[RuleTerms, ...] = ()
    plan_hashes: dict[str, str] = {}

    def rule(self, rule_id: str) -> RuleTerms | None:
        """Return the rule of that id, or None where there is none."""
        return next((rule for rule in self.rules if rule.id == rule_id), None)

    def sender(self, sender_id: str | None) -> SenderTerms | None:
        """Return the sender of that id, the practice's first for None, or None where there is none."""
        if sender_id is None:
            return self.senders[0] if self.senders else None
        return next((sender for sender in self.senders if sender.id == sender_id), None)
