"""The shape of a rulebook: a practice's settings, rules and templates, as pydantic models.

Plain data (from YAML or JSON) comes in, frozen models go out. What needs more than one key to judge is in
`publishing/checks`; where a value stands in a file is the reader's affair.
"""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)

from scheduler.rulebook.value_types import (
    Country,
    Currency,
    DayText,
    DurationText,
    Language,
    Line,
    ReplyWord,
    Slug,
    TimeText,
    UsefulUntilText,
    Word,
)
from scheduler.rulebook.words import Duration, Unit

FieldType = Literal["word", "words", "text", "number", "money", "day", "moment", "yes_no"]
Scalar = bool | int | Decimal | str


class Part(BaseModel):
    """A part of a rulebook: frozen, and no key it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True, arbitrary_types_allowed=True)


class ValueTest(Part):
    """`{under: 5}`, `{over: 0}` or `{not: x}`; several keys must all hold."""

    under: Decimal | None = None
    over: Decimal | None = None
    not_: Scalar | tuple[Scalar, ...] | None = Field(default=None, alias="not")

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.under is None and self.over is None and self.not_ is None:
            message = "an empty test: write under, over or not"
            raise ValueError(message)
        return self


ConditionValue = Scalar | tuple[Scalar, ...] | ValueTest
Keys = dict[str, ConditionValue]
"""Keys of a condition with the values wanted; it holds when every key does."""
Condition = Annotated[
    tuple[Keys, ...],
    BeforeValidator(lambda value: (value,) if isinstance(value, Mapping) else value),
    WithJsonSchema(
        {
            "description": "keys that must all hold, or a list of such mappings of which one must hold",
            "anyOf": [{"type": "object"}, {"type": "array", "items": {"type": "object"}, "minItems": 1}],
        },
    ),
]
"""A tuple of mappings: it holds when one of them does; a mapping holds when every key does."""


class StatusWords(Part):
    """What the case system says of an occasion: a `live` one is reminded of, `done` and `off` end its reminders."""

    live: tuple[Word, ...] = Field(min_length=1, max_length=50)
    done: tuple[Word, ...] = Field(default=(), max_length=50)
    off: tuple[Word, ...] = Field(default=(), max_length=50)


class Kind(Part):
    """A kind of occasion: dated by moment or by day, its own fields and its status words."""

    dated: Literal["moment", "day"] = "moment"
    fields: dict[Word, FieldType] = Field(default={}, max_length=100)
    status: StatusWords = StatusWords(live=("open",), done=("done",), off=("cancelled",))


class Sender(Part):
    """A number the practice sends from."""

    id: Slug
    number: Line
    provider: Slug
    segments_per_second: Decimal = Field(default=Decimal(1), gt=0, le=1000)
    currency: Currency | None = None
    price: dict[Country, Decimal] = Field(default={}, max_length=300)
    fallback: Slug | None = None


class AtCap(Part):
    """What happens at a spend cap."""

    one_offs: Literal["block", "warn"] = "block"
    rules: Literal["block", "warn"] = "warn"


class Spending(Part):
    """Spend caps a month in the practice's zone, in `currency`; `rates` are units of `currency` per unit of another."""

    currency: Currency
    rates: dict[Currency, Decimal] = {}
    monthly_cap: Decimal | None = Field(default=None, ge=0)
    one_offs_cap: Decimal | None = Field(default=None, ge=0)
    warn_at: Annotated[str, StringConstraints(pattern=r"^\d{1,3}%$")] = "80%"
    at_cap: AtCap = AtCap()
    per_number_per_day: int | None = Field(default=None, ge=1)


Right = Literal["texts", "any_number", "abroad", "past_cap", "sensitive", "in_quiet_hours"]
BlockOrWarn = Literal["block", "warn"]


class Sensitive(Part):
    """What to do with a text that carries sensitive content."""

    cards: BlockOrWarn = "block"
    identity_numbers: BlockOrWarn = "block"
    passports: BlockOrWarn = "warn"
    passwords: BlockOrWarn = "block"


class Consent(Part):
    """What consent a purpose needs."""

    service: Literal["assumed", "express"] = "assumed"
    commercial: Literal["express", "implied"] = "express"


class Keep(Part):
    """How long bodies and numbers are kept; none: for ever."""

    bodies: str | None = None
    numbers: str | None = None


class TemplateSettings(Part):
    """What the practice says of a template."""

    title: dict[Language, Line] = {}
    max_segments: int = Field(default=2, ge=1, le=10)
    for_staff: bool = False
    purpose: Literal["service", "commercial"] = "service"


PropertyName = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Z0-9-]*$", max_length=60)]
"""A property of an iCalendar event, such as LOCATION or X-CASE (RFC 5545 section 3.1)."""


class XProperty(Part):
    """`x_property: X-CONTACT-REF`: the property of an event that holds its person's ref."""

    x_property: Annotated[str, StringConstraints(pattern=r"^X-[A-Z0-9-]+$", max_length=60)]


WayToPerson = Literal["attendee_email", "phone_in_text"] | XProperty


def _is_pace(every: Duration) -> Duration:
    """Refuse what is no pace at which a feed can be read."""
    if every.count == 0 or every.unit not in {Unit.MINUTES, Unit.HOURS, Unit.DAYS}:
        message = f"`{every}` is no pace: write minutes, hours or days, at least 1 minute"
        raise ValueError(message)
    return every


class Calendar(Part):
    """A calendar to read: its events are occasions of a kind; `contact` are ways to find the person, tried in order.

    `fields` maps a field of the kind (or `case_ref`) to the event's property; `defaults` are for fields without one.
    """

    id: Slug
    kind: Word
    every: Annotated[DurationText, AfterValidator(_is_pace)] = Duration(10, Unit.MINUTES)
    contact: tuple[WayToPerson, ...] = Field(default=(), max_length=10)
    fields: dict[Word, PropertyName] = Field(default={}, max_length=50)
    defaults: dict[Word, Scalar] = Field(default={}, max_length=50)

    @property
    def pace(self) -> dt.timedelta:
        """Return how long lies between two reads."""
        return dt.timedelta(**{self.every.unit.value: self.every.count})


WindowValue = str | tuple[str, ...]
Window = dict[str, WindowValue]
"""Days (`mon`, `mon-fri`, `mon,wed`, `holidays`) to `HH:MM-HH:MM`, several, or `closed`. Read by `jobs.windows`."""

DEFAULT_WINDOW: Window = {"mon-sat": "09:00-20:00", "sun": "closed", "holidays": "closed"}


class Practice(Part):
    """A practice's settings."""

    practice: Slug
    name: Line
    timezone: Line
    country: Country
    languages: tuple[Language, ...] = Field(min_length=1, max_length=20)
    phone: Line | None = None
    holidays: tuple[str, ...] = Field(default=(), max_length=50)
    extra_closed: tuple[DayText, ...] = Field(default=(), max_length=1000)
    extra_open: tuple[DayText, ...] = Field(default=(), max_length=1000)
    sending_window: Window = DEFAULT_WINDOW
    corrections_window: str | None = None
    countries: tuple[Country, ...] | None = Field(default=None, max_length=300)
    senders: tuple[Sender, ...] = Field(default=(), max_length=200)
    spending: Spending | None = None
    who_may_send: dict[Right, tuple[Word, ...]] = {}
    starts_with: Annotated[str, StringConstraints(max_length=60)] = ""
    first_text_adds: dict[Language, Line] = {}
    consent: Consent = Consent()
    sensitive: Sensitive = Sensitive()
    on_doubt: Literal["hold", "resend", "give_up"] = "hold"
    auto_reply: Word | None = None
    confirm_above: int = Field(default=500, ge=0)
    keep: Keep = Keep()
    kinds: dict[Word, Kind] = Field(default={}, max_length=50)
    contact_fields: dict[Word, FieldType] = Field(default={}, max_length=100)
    templates: dict[Word, TemplateSettings] = Field(default={}, max_length=500)
    calendars: tuple[Calendar, ...] = Field(default=(), max_length=50)

    @property
    def allowed_countries(self) -> tuple[Country, ...]:
        """Return the countries a text may go to."""
        return (self.country,) if self.countries is None else self.countries


class OnStatus(Part):
    """`on: {status: x}`: the moment at which a known occasion's status became x."""

    status: Word


class Step(Part):
    """One reminder inside a rule."""

    id: Slug
    was: Slug | None = None
    only_if: Condition | None = None
    unless: Condition | None = None
    template: Word
    before: DurationText | None = None
    after: DurationText | None = None
    from_: Word | None = Field(default=None, alias="from")
    at: TimeText | None = None
    on: Literal["created"] | OnStatus | None = None
    wait: DurationText | None = None
    every: DurationText | None = None
    times: int = Field(default=1, ge=1, le=100)
    in_quiet_hours: Literal["later", "earlier", "nearest", "skip"] | None = None
    if_late: Literal["skip", "send_now"] = "skip"
    useful_until: UsefulUntilText | None = None
    if_undelivered: Literal["again"] | None = None


class Reply(Part):
    """The words that a reply may be, and the template that acknowledges it."""

    words: tuple[ReplyWord, ...] = Field(min_length=1, max_length=20)
    say: Word | None = None


class Replies(Part):
    """Replies that set the occasion's answer: confirmed, wants_move or declined."""

    confirm: Reply | None = None
    reschedule: Reply | None = None
    decline: Reply | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.confirm is None and self.reschedule is None and self.decline is None:
            message = "no reply is named: write confirm, reschedule or decline"
            raise ValueError(message)
        return self

    def by_name(self) -> dict[str, Reply]:
        """Return the replies that are given, by the key they stand under."""
        given = {"confirm": self.confirm, "reschedule": self.reschedule, "decline": self.decline}
        return {name: reply for name, reply in given.items() if reply is not None}


class Changed(Part):
    """Fields whose change is told to who was told the old value."""

    of: tuple[Word, ...] = Field(min_length=1, max_length=50)
    template: Word


class Rule(Part):
    """Who is reminded of what, when, with which text."""

    id: Slug
    was: Slug | None = None
    for_: Word = Field(alias="for")
    steps: tuple[Step, ...] = Field(min_length=1, max_length=50)
    only_if: Condition | None = None
    unless: Condition | None = None
    to: tuple[Word, ...] = Field(default=("contact",), min_length=1, max_length=20)
    sender: Slug | None = None
    purpose: Literal["service", "commercial"] = "service"
    effective_from: DayText | None = None
    moved: Word | None = None
    cancelled: Word | None = None
    changed: Changed | None = None
    replies: Replies | None = None


class RuleFile(Part):
    """A file of rules."""

    rules: tuple[Rule, ...]


class Rulebook(Part):
    """A practice's settings, rules (in file order, files by name) and the templates they use.

    `templates` maps a template's name to its sources by language.
    """

    practice: Practice
    rules: tuple[Rule, ...]
    templates: dict[Word, dict[Language, str]]


BUILT_IN_KINDS: dict[str, Kind] = {
    "appointment": Kind(
        fields={"type": "word", "mode": "word", "place": "text"},
        status=StatusWords(live=("booked", "confirmed"), done=("attended",), off=("cancelled", "no_show")),
    ),
    "payment": Kind(
        dated="day",
        fields={"amount": "money", "balance": "money"},
        status=StatusWords(live=("open", "partly_paid"), done=("paid",), off=("void",)),
    ),
}


def kinds_of(practice: Practice) -> dict[str, Kind]:
    """Return all kinds a practice has: the built-in ones, adjusted key by key, and its own."""
    kinds = dict(BUILT_IN_KINDS)
    for name, kind in practice.kinds.items():
        built_in = kinds.get(name)
        given = {key: getattr(kind, key) for key in kind.model_fields_set}
        if built_in is None:
            kinds[name] = kind
            continue
        if "fields" in given:
            given["fields"] = {**built_in.fields, **kind.fields}
        kinds[name] = built_in.model_copy(update=given)
    return kinds
