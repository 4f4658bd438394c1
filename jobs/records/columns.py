"""Column types shared by all tables, the metadata they hang on, and the maker of ids."""

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any, TypeAlias

import uuid_utils
from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Integer, LargeBinary, MetaData, Uuid
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


Processor: TypeAlias = Callable[[Any], Any] | None
"""What SQLAlchemy runs over each value of a column; None leaves values as they are."""


class Moment(TypeDecorator[dt.datetime]):
    """An aware moment: `timestamptz` on PostgreSQL, an integer of microseconds since 1970 on SQLite."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose the column type of `dialect`."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(BigInteger())
        return dialect.type_descriptor(DateTime(timezone=True))

    def bind_processor(self, dialect: Dialect) -> Processor:
        """Refuse naive moments; turn aware ones into what the database keeps."""
        return _moment_for_sqlite if dialect.name == "sqlite" else _moment_for_postgresql

    def result_processor(self, dialect: Dialect, coltype: object) -> Processor:  # noqa: ARG002 - theirs
        """Return aware UTC moments."""
        return _moment_of_sqlite if dialect.name == "sqlite" else _moment_of_postgresql


def _moment_for_sqlite(value: dt.datetime | None) -> int | None:
    return None if value is None else to_microseconds(_aware(value))


def _moment_for_postgresql(value: dt.datetime | None) -> dt.datetime | None:
    return None if value is None else _aware(value)


def _aware(value: dt.datetime) -> dt.datetime:
    if value.tzinfo is None:
        message = f"naive moment {value!r}"
        raise ValueError(message)
    return value


def _moment_of_sqlite(value: int | None) -> dt.datetime | None:
    return None if value is None else from_microseconds(value)


def _moment_of_postgresql(value: dt.datetime | None) -> dt.datetime | None:
    return None if value is None else value.astimezone(dt.UTC)


class _Bytes(TypeDecorator[uuid.UUID]):
    """An id as its sixteen bytes: half as long as its digits, in every index."""

    impl = LargeBinary(16)
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Processor:  # noqa: ARG002 - theirs
        """Return how an id becomes what SQLite keeps."""
        return _id_for_sqlite

    def result_processor(self, dialect: Dialect, coltype: object) -> Processor:  # noqa: ARG002 - theirs
        """Return how it is read."""
        return _id_of_sqlite


def _id_for_sqlite(value: uuid.UUID | None) -> bytes | None:
    return None if value is None else value.bytes


def _id_of_sqlite(value: bytes | None) -> uuid.UUID | None:
    return None if value is None else uuid_of(int.from_bytes(value, "big"))


Id = Uuid().with_variant(_Bytes(), "sqlite")
"""`uuid` on PostgreSQL, sixteen bytes on SQLite (`hex(id)` shows them)."""
Json = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
BigId = BigInteger().with_variant(Integer(), "sqlite")


def new_id() -> uuid.UUID:
    """Return a new UUIDv7: unique, and ordered by the moment it was made (RFC 9562 section 5.7)."""
    return uuid_of(uuid_utils.uuid7().int)


def uuid_of(number: int) -> uuid.UUID:
    """Return the UUID of a number of 128 bits, without the checks that take `uuid.UUID` two thirds of its time."""
    made = _new(uuid.UUID)
    _set(made, "int", number)
    _set(made, "is_safe", uuid.SafeUUID.unknown)
    return made


_new, _set = object.__new__, object.__setattr__
