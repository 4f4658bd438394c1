"""The types of a rulebook's single values: how each is read from a file, written back, and shown in the JSON Schema."""

import datetime as dt
from typing import Annotated

from pydantic import BeforeValidator, PlainSerializer, StringConstraints, WithJsonSchema

from scheduler.rulebook.words import Duration, UsefulUntil, read_day, read_duration, read_time, read_useful_until

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=60)]
Word = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=60)]
Line = Annotated[str, StringConstraints(min_length=1, max_length=200, strip_whitespace=False)]
Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
Currency = Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(_[A-Z]{2})?$")]

DurationText = Annotated[
    Duration,
    BeforeValidator(lambda value: value if isinstance(value, Duration) else read_duration(value)),
    PlainSerializer(str, return_type=str),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": r"^\d{1,5} +(minutes?|hours?|days?|business days?|weeks?|months?)$",
            "examples": ["1 day", "2 hours", "3 business days"],
        },
    ),
]
TimeText = Annotated[
    dt.time,
    BeforeValidator(lambda value: value if isinstance(value, dt.time) else read_time(value)),
    PlainSerializer(lambda value: f"{value:%H:%M}", return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^([01]\d|2[0-3]):[0-5]\d$", "examples": ["09:30"]}),
]
DayText = Annotated[
    dt.date,
    BeforeValidator(lambda value: value if isinstance(value, dt.date) else read_day(value)),
    PlainSerializer(lambda value: value.isoformat(), return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$", "examples": ["2026-12-24"]}),
]
UsefulUntilText = Annotated[
    UsefulUntil,
    BeforeValidator(lambda value: value if isinstance(value, UsefulUntil) else read_useful_until(value)),
    PlainSerializer(str, return_type=str),
    WithJsonSchema({"type": "string", "examples": ["2 hours before", "2 days after", "18:00"]}),
]

ReplyWord = Annotated[
    str,
    StringConstraints(min_length=1, max_length=40),
    # Unquoted, `1` and `true` are no strings to a reader of YAML; they are taken as they were written.
    WithJsonSchema({"type": ["string", "number", "boolean"], "examples": ["C", "OUI", 1]}),
]
