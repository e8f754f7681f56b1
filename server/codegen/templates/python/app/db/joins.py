"""Conditions that look at another table."""

from typing import Any

from sqlalchemy import ColumnElement, TableClause, select
from sqlalchemy.sql.elements import KeyedColumnElement


def joined(
    reference: ColumnElement[Any],
    key: KeyedColumnElement[Any],
    value: KeyedColumnElement[Any],
) -> ColumnElement[Any]:
    """The value in the row whose key the reference holds. The table gets another name, as it may be the same one."""
    table = key.table
    if not isinstance(table, TableClause):
        raise TypeError("A reference leads to a table.")
    target = table.alias()
    return select(target.c[value.key]).where(target.c[key.key] == reference).scalar_subquery()
