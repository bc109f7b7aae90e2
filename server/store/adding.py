"""Rows added to a SQLite file with as little as it takes: what every edit waits for."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import Any

from sqlalchemy import Engine, Table, insert
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlmodel import SQLModel

Row = Mapping[str, Any]


class Adder:
    """A connection of its own, in a thread of its own, one transaction for each call.

    The driver for coroutines changes threads at every step, and SQLAlchemy makes each statement anew: together they
    cost seven times as much.
    """

    def __init__(self, engine: Engine) -> None:
        """`engine` makes the connection, and says how types are written."""
        self._engine = engine
        self._thread = ThreadPoolExecutor(1, "rows")
        self._connection: DBAPIConnection | None = None

    async def add(self, table: type[SQLModel], rows: Sequence[Row]) -> None:
        """Add rows, all or none; they are on the disk when this returns. Every row has the same names."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._add, table, rows)

    def _add(self, table: type[SQLModel], rows: Sequence[Row]) -> None:
        statement, written = _statement(self._engine, table, tuple(rows[0]))
        values = [tuple(as_written(row[name]) for name, as_written in written) for row in rows]
        if self._connection is None:
            self._connection = self._engine.raw_connection()
        cursor = self._connection.cursor()
        try:
            cursor.execute("BEGIN IMMEDIATE")
            cursor.executemany(statement, values)
            cursor.execute("COMMIT")
        except BaseException:
            self._drop()  # what was begun is undone; the next call begins with a fresh connection
            raise
        cursor.close()

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()  # the pool rolls back what is open

    def close(self) -> None:
        """Let the file go; a second time does nothing."""
        self._thread.shutdown()
        self._drop()
        self._engine.dispose()


@lru_cache
def _statement(
    engine: Engine, table: type[SQLModel], names: tuple[str, ...]
) -> tuple[str, list[tuple[str, Callable[[Any], Any]]]]:
    """The statement that adds a row with these names, and how each value is written."""
    columns: Table = table.__table__  # type: ignore[attr-defined]
    compiled = insert(columns).compile(engine, column_keys=list(names))
    order = list(compiled.positiontup or names)
    kinds = {name: columns.c[name].type.dialect_impl(engine.dialect).bind_processor(engine.dialect) for name in order}
    return str(compiled), [(name, kinds[name] or _as_it_is) for name in order]


def _as_it_is(value: Any) -> Any:
    return value
