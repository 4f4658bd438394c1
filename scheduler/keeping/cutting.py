"""Cuts phone numbers so that nobody has them back: what is left tells apart and ends in the last two digits.

The eight digits in between are drawn at random: nothing that is kept, and no list of all numbers, leads back.
"""

import re
import secrets
from collections.abc import Collection, Sequence
from typing import Any, Final

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    RowMapping,
    Table,
    and_,
    bindparam,
    or_,
    select,
    tuple_,
    update,
)

from scheduler.keeping.cares import Care, columns_of

CUT: Final = "gone:"
"""How a cut number begins: `gone:3f9a1c2b:01`."""
HASHED: Final = "sha256:"
"""How a number of a consent begins of which only the hash is kept (`jobs.consent.hashed`)."""
_NUMBER: Final = re.compile(r"\+\d(?:[ ().-]{0,2}\d){6,14}")


class Cutter:
    """Cuts numbers, the same one alike each time that this object sees it."""

    def __init__(self) -> None:
        """Begin with none."""
        self._cut: dict[str, str] = {}

    def cut(self, number: str) -> str:
        """Return what is kept of a number."""
        if number.startswith((CUT, HASHED)):
            return number
        if number not in self._cut:
            self._cut[number] = f"{CUT}{secrets.token_hex(4)}:{number[-2:]}"
        return self._cut[number]

    def cut_within(self, reason: str) -> str:
        """Return a reason with every number in it cut."""
        return _NUMBER.sub(lambda found: f"…{found.group()[-2:]}", reason)


def has_number(column: ColumnElement[Any]) -> ColumnElement[bool]:
    """Return the condition that a column holds a number that is not cut."""
    return and_(column.is_not(None), ~column.startswith(CUT), ~column.startswith(HASHED))


def mentions_number(column: ColumnElement[Any]) -> ColumnElement[bool]:
    """Return the condition that a reason may name a number."""
    return column.like("%+_______%")


def holds_number(table: Table) -> ColumnElement[bool]:
    """Return the condition that a row of a table holds, or may name, a number that is not cut."""
    found = [has_number(column) for column in columns_of(table, Care.NUMBER)]
    return or_(*found, *(mentions_number(column) for column in columns_of(table, Care.MENTIONS)))


def cut_rows(connection: Connection, table: Table, chosen: ColumnElement[bool], cutter: Cutter) -> int:
    """Cut the numbers in the chosen rows of a table; return in how many rows there were any."""
    columns = columns_of(table, Care.NUMBER, Care.MENTIONS)
    keys = list(table.primary_key.columns)
    found = select(*keys, *columns).where(chosen, holds_number(table)).with_for_update(of=table)
    rows = connection.execute(found).mappings().all()
    changed = [new for row in rows if (new := _cut_row(row, keys, columns, cutter)) is not None]
    if changed:
        ours = and_(*(key == bindparam(f"key_{key.name}", type_=key.type) for key in keys))
        connection.execute(
            update(table).where(ours).values({c.name: bindparam(f"new_{c.name}") for c in columns}), changed
        )
    return len(changed)


def _cut_row(
    row: RowMapping, keys: Sequence[Column[Any]], columns: Sequence[Column[Any]], cutter: Cutter
) -> dict[str, Any] | None:
    mentions = {column.name for column in columns_of(columns[0].table, Care.MENTIONS)}
    new = {c.name: _cut_value(row[c.name], cutter, is_mention=c.name in mentions) for c in columns}
    if all(new[name] == row[name] for name in new):
        return None
    return {f"new_{name}": value for name, value in new.items()} | {f"key_{key.name}": row[key.name] for key in keys}


def _cut_value(value: str | None, cutter: Cutter, *, is_mention: bool) -> str | None:
    if value is None:
        return None
    return cutter.cut_within(value) if is_mention else cutter.cut(value)


def by_keys(table: Table, keys: Collection[Sequence[Any]]) -> ColumnElement[bool]:
    """Return the condition that a row has one of these primary keys."""
    columns = list(table.primary_key.columns)
    if len(columns) == 1:
        return columns[0].in_([key for (key,) in keys])
    return tuple_(*columns).in_([tuple(key) for key in keys])
