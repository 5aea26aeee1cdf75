"""Many rows into one table for little more than what the database itself takes.

SQLAlchemy prepares every value of every row anew, which costs five times the insert. Here a statement is compiled once
for each dialect, what all rows share is prepared once, and the driver gets the rows as they are.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

import sqlalchemy as sa

Row = Mapping[str, Any]
Prepare = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class _Plan:
    """What one dialect wants: the statement, how values are prepared, and a row in the shape of its parameters."""

    sql: str
    prepare: Mapping[str, Prepare]
    shape: Callable[[dict[str, Any]], Any]


class Bulk:
    """Inserts into one table. columns: those that every row gives, shared or of its own."""

    def __init__(self, table: sa.Table, columns: Sequence[str]) -> None:
        self._table, self._columns = table, tuple(columns)
        self._plans: dict[str, _Plan] = {}

    def insert(self, connection: sa.Connection, shared: Row, rows: Iterable[Row]) -> None:
        """Insert rows in the caller's transaction. shared: columns that are the same in all of them."""
        plan = self._plans.get(connection.dialect.name) or self._plan(connection.dialect)
        given = {name: _prepared(plan, name, value) for name, value in shared.items()}
        own = [(name, work) for name, work in plan.prepare.items() if name not in given]
        found = []
        for row in rows:
            whole = {**given, **row}
            for name, work in own:
                whole[name] = work(whole[name])
            found.append(plan.shape(whole))
        if found:
            connection.exec_driver_sql(plan.sql, found)

    def _plan(self, dialect: sa.Dialect) -> _Plan:
        compiled = sa.insert(self._table).compile(dialect=dialect, column_keys=list(self._columns))
        prepare = {name: work for name in self._columns if (work := _preparing(self._table.c[name], dialect))}
        shape: Callable[[dict[str, Any]], Any] = itemgetter(*compiled.positiontup) if compiled.positiontup else dict
        plan = self._plans[dialect.name] = _Plan(str(compiled), prepare, shape)
        return plan


def _prepared(plan: _Plan, name: str, value: Any) -> Any:  # noqa: ANN401 - whatever the column holds
    return plan.prepare[name](value) if name in plan.prepare else value


def _preparing(column: sa.Column[Any], dialect: sa.Dialect) -> Prepare | None:
    """What turns a value of this column into what the driver takes; None when it takes it as it is."""
    work = column.type.dialect_impl(dialect).bind_processor(dialect)
    if work is None or not isinstance(column.type, sa.JSON):
        return work
    empty = work([])
    return lambda value: work(value) if value else empty
