"""Column types shared by all tables, the metadata they hang on, and the maker of ids."""

import datetime as dt
import uuid
from typing import Any

import uuid_utils
from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Integer, MetaData
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator, TypeEngine

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    },
)

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
MICROSECOND = dt.timedelta(microseconds=1)


def to_microseconds(moment: dt.datetime) -> int:
    """Return whole microseconds since 1970 of an aware moment: how SQLite keeps it."""
    return (moment - EPOCH) // MICROSECOND


def from_microseconds(microseconds: int) -> dt.datetime:
    """Return the aware UTC moment of whole microseconds since 1970."""
    return EPOCH + dt.timedelta(microseconds=microseconds)


class Moment(TypeDecorator[dt.datetime]):
    """An aware moment: `timestamptz` on PostgreSQL, an integer of microseconds since 1970 on SQLite."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the column type of `dialect`."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(BigInteger())
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> object:
        """Refuse naive moments; turn aware ones into what the database keeps."""
        if value is None:
            return None
        if value.tzinfo is None:
            message = f"naive moment {value!r}"
            raise ValueError(message)
        return to_microseconds(value) if dialect.name == "sqlite" else value

    def process_result_value(self, value: object, dialect: Dialect) -> dt.datetime | None:
        """Return an aware UTC moment."""
        if value is None:
            return None
        if isinstance(value, int):
            return from_microseconds(value)
        if isinstance(value, dt.datetime):
            return value.astimezone(dt.UTC)
        message = f"{value!r} is no moment as {dialect.name} keeps it"
        raise TypeError(message)


Json = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
BigId = BigInteger().with_variant(Integer(), "sqlite")


def new_id() -> uuid.UUID:
    """Return a new UUIDv7: unique, and ordered by the moment it was made (RFC 9562 section 5.7)."""
    return uuid.UUID(int=uuid_utils.uuid7().int)
