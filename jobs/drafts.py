"""What a text is made from (a job, its occasion, its person, the terms) and the draft made of it: frozen values.

Pure. `facts` fills them from rows, one query a kind; `rendering` and the gates read them; nothing is decided here.
"""

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from jobs.states import Origin
from jobs.terms import Terms
from jobs.windows import SendingWindow


@dataclass(frozen=True, slots=True)
class ClaimedJob:
    """A job that this worker holds, as far as sending needs it; `rule_step` is `rule/step` or None.

    Of an acknowledgement, `acknowledges` says what (`jobs.step`), and `received_at` when the text came that it answers.
    """

    id: uuid.UUID
    practice: str
    origin: Origin
    fence: int
    due_at: dt.datetime
    useful_until: dt.datetime
    sender: str = ""
    provider: str = ""
    rule_step: str | None = None
    plan_hash: str = ""
    anchor: str | None = None
    template: str | None = None
    text: str | None = None
    variables: Mapping[str, object] = field(default_factory=dict)
    purpose: str = "service"
    contact_id: uuid.UUID | None = None
    occasion_id: uuid.UUID | None = None
    to_number: str | None = None
    ignore_quiet_hours: bool = False
    attempts: int = 0
    stop_wanted: bool = False
    acknowledges: str | None = None
    received_at: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """A contact as a text needs it; `timezone` was stated, `phone_zones` are the possible ones of the number."""

    name: str = ""
    first_name: str = ""
    phone: str | None = None
    phone_problem: str | None = None
    phone_zones: tuple[str, ...] = ()
    timezone: str | None = None
    language: str | None = None
    fields: Mapping[str, object] = field(default_factory=dict)
    reminders_off: bool = False
    gone: bool = False
    case_owner: str | None = None


@dataclass(frozen=True, slots=True)
class About:
    """An occasion as a text needs it; `start` and `end` are local wall times as they were given, or days."""

    kind: str
    start: str | None
    end: str | None = None
    timezone: str | None = None
    remote: bool = False
    status: str = ""
    fields: Mapping[str, object] = field(default_factory=dict)
    reminders_off: bool = False
    muted_rules: tuple[str, ...] = ()
    gone: bool = False
    case_ref: str | None = None
    change_count: int = 0


@dataclass(frozen=True, slots=True)
class Told:
    """What a contact was last told of an occasion, from the intent on: its start, as written then, and its fields.

    Among the fields stands `status` where the text told it because the occasion was off.
    """

    start: str
    fields: Mapping[str, object] = field(default_factory=dict)

    @property
    def is_off(self) -> bool:
        """Whether the contact was told that the occasion is off."""
        return bool(self.fields.get("status"))


@dataclass(frozen=True, slots=True)
class Draft:
    """A rendered text, its bill, and what it tells; `cost` is estimated, in `currency`, None without a price."""

    text: str
    segments: int
    encoding: str
    language: str
    revision: str
    template: str | None = None
    told_start: str | None = None
    told_fields: Mapping[str, object] = field(default_factory=dict)
    cost: Decimal | None = None
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class Money:
    """What a practice has spent and reserved this month, in its cap's currency; one-offs are part of all."""

    all: Decimal = Decimal(0)
    one_offs: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Facts:
    """All that rendering and the gates may know of one job.

    `zones` are the recipient's possible zones, never empty. `opted_out` says how, None where they did not;
    `consent` is the newest word on this purpose: consent (express), implied, withdrawn or None. `texts_today`
    counts the rules' texts to the number on the recipient's local day; `first_text`: none went there ever. Of a
    correction, `told` is what its contact was told of the occasion, and `being_told`: another text about it is
    going out to them right now. `number_fault`: why a provider says that the number can never be texted.
    `unclear_at`: when the number last sent something unclear that staff have not settled; `perhaps_opted_out`:
    something of that may be an opt-out.
    """

    job: ClaimedJob
    terms: Terms
    revision: str
    window: SendingWindow
    zones: tuple[str, ...]
    number: str | None = None
    contact: Person | None = None
    occasion: About | None = None
    opted_out: str | None = None
    consent: str | None = None
    spent: Money = Money()
    texts_today: int = 0
    first_text: bool = False
    corrections_window: SendingWindow | None = None
    told: Told | None = None
    being_told: bool = False
    number_fault: str | None = None
    unclear_at: dt.datetime | None = None
    perhaps_opted_out: bool = False
