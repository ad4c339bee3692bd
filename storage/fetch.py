"""Reading rows in one trip to the connection's thread; a cursor would need three."""

from collections.abc import Iterable
from sqlite3 import Row
from typing import Any

from aiosqlite import Connection


async def rows(conn: Connection, sql: str, parameters: Iterable[Any] = ()) -> list[Row]:
    """All rows."""
    return list(await conn.execute_fetchall(sql, parameters))


async def one(conn: Connection, sql: str, parameters: Iterable[Any] = ()) -> Row | None:
    """The first row, if any."""
    return next(iter(await conn.execute_fetchall(sql, parameters)), None)


async def value(conn: Connection, sql: str, parameters: Iterable[Any] = ()) -> Any:
    """The first column of the first row; None if there is no row."""
    row = await one(conn, sql, parameters)
    return None if row is None else row[0]
